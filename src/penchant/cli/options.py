"""Options that several commands share, and the settings they override."""

from pathlib import Path
from typing import Annotated, Any

import typer

from penchant.cli.refusal import Refusal
from penchant.settings import Settings, read

Data = Annotated[
    Path | None,
    typer.Option(
        "--data", help="Folder below which everything is kept.", show_default="penchant-data"
    ),
]
Host = Annotated[
    str | None, typer.Option("--host", help="Address to listen on.", show_default="127.0.0.1")
]
Port = Annotated[
    int | None,
    typer.Option(
        "--port",
        help="Port to listen on; 0 takes a free one.",
        show_default="8080",
    ),
]
AccessLog = Annotated[
    bool,
    typer.Option(
        "--access-log",
        help="Log every request, not those alone that failed.",
        show_default="off",
    ),
]
Interactions = Annotated[Path, typer.Argument(metavar="INTERACTIONS", help="Who chose what, when.")]
Items = Annotated[
    Path | None,
    typer.Option("--items", metavar="FILE", help="A file about the items.", show_default=False),
]
Users = Annotated[
    Path | None,
    typer.Option("--users", metavar="FILE", help="A file about the users.", show_default=False),
]
Schemas = Annotated[
    list[Path] | None,
    typer.Option(
        "--schema",
        metavar="FILE",
        help="An Avro schema, for the dataset it names.",
        show_default="by the header",
    ),
]
UntilStdinCloses = Annotated[
    bool, typer.Option("--until-stdin-closes", help="Stop when standard input ends.", hidden=True)
]


def told(access_log: bool) -> str | None:
    """The setting that the option `--access-log` stands for."""
    return "all" if access_log else None


def settings_of(data: Path | None, **overrides: Any) -> Settings:
    """Read the settings; options that were given override the environment.

    Raises:
        Refusal: A `PENCHANT_` variable is unknown or has a value of the wrong type.
    """
    try:
        return read(data_dir=data, **overrides)
    except ValueError as error:
        raise Refusal(f"{error}; see docs/reference/settings.md for the settings") from None
