"""The user's files as a training set, and the rows of a test of their own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from penchant.cli.evaluate.order import Files
from penchant.cli.refusal import Refusal
from penchant.data.assembly import assemble
from penchant.data.datasets import Dataset
from penchant.data.engine import open_engine
from penchant.data.failures import ImportFailure
from penchant.data.fields import Schema
from penchant.data.imports import import_files
from penchant.data.inferred_schemas import column_names, infer_schema
from penchant.data.rules import INTERACTIONS, ITEMS, USERS, DatasetRules
from penchant.data.schemas import parse_schema
from penchant.data.sources import SourceFile
from penchant.data.training_set import TrainingSet
from penchant.settings import Settings


@dataclass(frozen=True)
class Rows:
    """What the files hold.

    Attributes:
        whole: Every row, those of the test's file as well.
        train: The rows of the interactions' file; None where there is no file for the test.
    """

    whole: TrainingSet
    train: TrainingSet | None = None


def read_rows(files: Files, settings: Settings, console: Console) -> Rows:
    """Read, check and assemble the files; what is worth knowing about them is printed.

    Raises:
        Refusal: A file cannot be read; the text names file, line and column, and what to do.
    """
    for path in (files.interactions, files.users, files.items, files.test, *files.schemas):
        if path is not None and not path.is_file():
            raise Refusal(f"there is no file {path}; name an existing one")
    schemas = _schemas(files.schemas)
    with TemporaryDirectory(prefix="penchant-evaluate-") as scratch:
        reader = _Reader(Path(scratch), settings, console, schemas)
        log = reader.read(files.interactions, INTERACTIONS)
        sides = {
            "users": reader.read(files.users, USERS) if files.users else None,
            "items": reader.read(files.items, ITEMS) if files.items else None,
        }
        whole = reader.assemble(log, **sides)
        if files.test is None:
            return Rows(whole)
        test = reader.read(files.test, INTERACTIONS, like=log.schema)
        both = Dataset(log.schema, [*log.parts, *test.parts])
        return Rows(reader.assemble(both, **sides), whole)


@dataclass(frozen=True)
class _Reader:
    folder: Path
    settings: Settings
    console: Console
    schemas: Mapping[str, Schema]

    def read(self, path: Path, rules: DatasetRules, like: Schema | None = None) -> Dataset:
        """One file as a dataset of one part."""
        file = SourceFile(path, path.name)
        part = self.folder / f"{len(list(self.folder.iterdir()))}.parquet"
        with _told_as_refusal():
            schema = like or self.schemas.get(rules.record) or self._inferred(file, rules)
            report = import_files(
                [file],
                schema,
                rules.record,
                part,
                memory_bytes=self.settings.import_memory_bytes,
                threads=self.settings.import_threads,
                spill=self.folder / "spill",
                progress=lambda *_: None,
                minimum_rows=1,
            )
        self.say(f"{path.name}: {report.n_rows:,} rows, {', '.join(f.name for f in schema.fields)}")
        for warning in report.warnings:
            self.say(f"  {warning.text}")
        return Dataset(schema, [part])

    def assemble(
        self, interactions: Dataset, users: Dataset | None, items: Dataset | None
    ) -> TrainingSet:
        """Datasets as arrays."""
        return assemble(
            interactions,
            users=users,
            items=items,
            memory_bytes=self.settings.import_memory_bytes,
            threads=self.settings.import_threads,
            spill=self.folder / "spill",
        )

    def say(self, text: str) -> None:
        """Print a line."""
        self.console.print(f"  {text}", markup=False)

    def _inferred(self, file: SourceFile, rules: DatasetRules) -> Schema:
        settings = self.settings
        with open_engine(settings.import_memory_bytes, settings.import_threads) as engine:
            schema = infer_schema(engine, file, rules)
            taken = {field.name for field in schema.fields}
            left = [one for one in column_names(engine, file) if one.upper() not in taken]
        if left:
            self.say(
                f"{file.name}: not used: {', '.join(left)} (name what to learn from in --schema)"
            )
        return schema


def _schemas(paths: Sequence[Path]) -> dict[str, Schema]:
    """Schemas by the name of their record."""
    found: dict[str, Schema] = {}
    for path in paths:
        try:
            schema = parse_schema(path.read_text("utf-8"))
        except ValueError as error:
            raise Refusal(f"{path}: {error}") from None
        if schema.record in found:
            raise Refusal(f"{path} is a second schema of {schema.record}; give one per dataset")
        found[schema.record] = schema
    return found


@contextmanager
def _told_as_refusal() -> Iterator[None]:
    try:
        yield
    except ImportFailure as error:
        told = str(error).rstrip(". ")
        raise Refusal(f"{told}. Mend the file and run the command again.") from None
