"""What every command does before it opens the data folder's stores."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy.exc import SQLAlchemyError

from penchant import app
from penchant.cli.administrator import ensure_administrator
from penchant.cli.data_folder import DataFolder
from penchant.cli.refusal import Refusal
from penchant.domain.resources import utc_now
from penchant.settings import Settings


@contextmanager
def open_house(settings: Settings) -> Iterator[app.House]:
    """The stores of a data folder that is ours, migrated, with an administrator's key.

    Raises:
        Refusal: The folder is not usable or the database does not answer.
    """
    folder = DataFolder(settings.data_dir)
    folder.claim()
    try:
        house = app.open_house(settings)
    except (SQLAlchemyError, OSError) as error:
        raise Refusal(f"the database can't be used: {_first_line(error)}") from None
    except ValueError as error:  # what a custom recipe's package or file says
        raise Refusal(str(error)) from None
    with closing(house):
        ensure_administrator(house.stores.keys, folder, settings.account, utc_now())
        yield house


@contextmanager
def open_existing(settings: Settings) -> Iterator[app.House]:
    """`open_house`, of an installation that was made before.

    Raises:
        Refusal: There is none, or as `open_house` says.
    """
    if not settings.database_url and not settings.data_dir.exists():
        raise Refusal(f"there is no installation in {settings.data_dir}; name its --data")
    with open_house(settings) as house:
        yield house


def prepare(settings: Settings) -> DataFolder:
    """Make or migrate everything below the data folder, so that servers and workers can start."""
    with open_house(settings):
        return DataFolder(settings.data_dir)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
