"""`penchant check`: files looked at before they are imported, and schemas written for them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from penchant.cli.atomic import write_atomically
from penchant.cli.files import telling
from penchant.cli.files.reading import Files, Group, open_reader
from penchant.cli.options import Interactions, Items, Schemas, Users, settings_of
from penchant.cli.refusal import Refusal
from penchant.cli.states import State
from penchant.cli.terminal import out
from penchant.data.quality import Quality
from penchant.data.schemas import schema_json

_SchemasTo = Annotated[
    Path | None,
    typer.Option(
        "--schemas-to",
        metavar="FOLDER",
        help="Write the schemas there, as CreateSchema takes them.",
        show_default=False,
    ),
]


def check(
    interactions: Interactions,
    items: Items = None,
    users: Users = None,
    schema: Schemas = None,
    schemas_to: _SchemasTo = None,
) -> None:
    """Look at files before they are imported; exit status 1 when no training would take them."""
    files = Files(interactions, users, items, schema or [])
    console = out()
    paths = (files.interactions, files.users, files.items)
    with open_reader(paths, files.schemas, settings_of(None), console) as reader:
        group = reader.group(files)
        quality = reader.quality(group)
    telling.tell_counts(console, quality.counts)
    telling.tell_remarks(console, State.FAIL, (str(one) for one in quality.findings if one.forbids))
    milder = [str(one) for one in quality.findings if not one.forbids]
    telling.tell_remarks(console, State.WARN, [*milder, *reader.warnings])
    if schemas_to is not None:
        _write_schemas(schemas_to, group, console)
    _judge(quality, console)


def _judge(quality: Quality, console: Console) -> None:
    if any(one.forbids for one in quality.findings):
        console.print("\nThe files can be read, but a training would fail.")
        raise typer.Exit(1)
    console.print("\nThe files can be imported and trained on.")


def _write_schemas(folder: Path, group: Group, console: Console) -> None:
    datasets = [one for one in (group.interactions, group.users, group.items) if one is not None]
    texts = {
        folder / f"{one.schema.record.lower()}.json": schema_json(one.schema) for one in datasets
    }
    for path in texts:
        if path.exists():
            raise Refusal(f"{path} is there already; name another folder with --schemas-to")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            write_atomically(path, f"{text}\n")
            console.print(f"  written: {path}", markup=False)
    except OSError as error:
        raise Refusal(
            f"--schemas-to {folder} can't be used: {error.strerror}; name another folder"
        ) from None
