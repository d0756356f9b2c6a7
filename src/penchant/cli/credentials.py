"""`penchant credentials`: access keys, made, listed and revoked on the server's own machine."""

from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from penchant.cli.options import Data, settings_of
from penchant.cli.refusal import Refusal
from penchant.cli.start import open_house
from penchant.cli.terminal import out
from penchant.domain.resources import utc_now

credentials = typer.Typer(no_args_is_help=True, help="Create, list and revoke access keys.")

Label = Annotated[str, typer.Option("--label", help="What the key is for.")]
Account = Annotated[
    str | None,
    typer.Option(
        "--account",
        help="Account (12 digits) whose resources the key sees.",
        show_default="000000000000",
    ),
]
KeyId = Annotated[
    str, typer.Argument(metavar="ACCESS_KEY_ID", help="As `penchant credentials list` tells.")
]


@credentials.command()
def create(data: Data = None, label: Label = "", account: Account = None) -> None:
    """Make an access key and print it, once, in AWS's shared-credentials format."""
    settings = settings_of(data, account=account)
    with open_house(settings) as house:
        key = house.stores.keys.create(settings.account, label, utc_now())
    out().print(
        f"[{label or 'default'}]\n"
        f"aws_access_key_id = {key.id}\n"
        f"aws_secret_access_key = {key.secret}",
        markup=False,
    )


@credentials.command(name="list")
def list_keys(data: Data = None) -> None:
    """List all access keys, without their secrets."""
    table = Table(box=None)
    for column in ("access key", "account", "label", "created", "revoked"):
        table.add_column(column, no_wrap=column == "access key")
    with open_house(settings_of(data)) as house:
        for key in house.stores.keys.all():
            table.add_row(
                key.id, key.account, Text(key.label), _when(key.created_at), _when(key.revoked_at)
            )
    out().print(table)


@credentials.command()
def revoke(access_key_id: KeyId, data: Data = None) -> None:
    """Revoke an access key; servers refuse it from about a second later on."""
    with open_house(settings_of(data)) as house:
        if access_key_id not in {key.id for key in house.stores.keys.all()}:
            raise Refusal(f"there is no key {access_key_id}; see: penchant credentials list")
        house.stores.keys.revoke(access_key_id, utc_now())
    out().print(f"{access_key_id} is revoked")


def _when(moment: datetime | None) -> str:
    return moment.isoformat(sep=" ", timespec="seconds") if moment else "-"
