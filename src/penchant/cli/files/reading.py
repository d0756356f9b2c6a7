"""The user's files as datasets: checked as an import checks them, by given or guessed schemas."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from penchant.cli.files import telling
from penchant.cli.refusal import Refusal
from penchant.data.assembly import assemble
from penchant.data.datasets import Dataset
from penchant.data.engine import open_engine
from penchant.data.failures import ImportFailure
from penchant.data.fields import Schema
from penchant.data.imports import import_files
from penchant.data.inferred_schemas import column_names, infer_schema
from penchant.data.quality import Quality, quality_of
from penchant.data.rules import INTERACTIONS, ITEMS, USERS, DatasetRules
from penchant.data.schemas import parse_schema
from penchant.data.sources import SourceFile
from penchant.data.training_set import TrainingSet
from penchant.settings import Settings


@dataclass(frozen=True)
class Files:
    """Paths of a dataset group's files; `schemas` hold one Avro schema each."""

    interactions: Path
    users: Path | None = None
    items: Path | None = None
    schemas: Sequence[Path] = ()


@dataclass(frozen=True)
class Group:
    """The files as datasets."""

    interactions: Dataset
    users: Dataset | None = None
    items: Dataset | None = None


@dataclass
class Reader:
    """Reads files, and prints what is worth knowing about each.

    Attributes:
        warnings: What imports would warn of, file by file.
    """

    folder: Path
    settings: Settings
    console: Console
    schemas: Mapping[str, Schema]
    warnings: list[str] = field(default_factory=list)

    def group(self, files: Files) -> Group:
        """All files of a dataset group.

        Raises:
            Refusal: A file cannot be read; the text names file, line and column, and what to do.
        """
        return Group(
            self.read(files.interactions, INTERACTIONS),
            self.read(files.users, USERS) if files.users else None,
            self.read(files.items, ITEMS) if files.items else None,
        )

    def read(self, path: Path, rules: DatasetRules, like: Schema | None = None) -> Dataset:
        """One file as a dataset of one part.

        Args:
            path: The file.
            rules: Of its dataset type.
            like: The schema, where it is not looked for.

        Raises:
            Refusal: As `group`.
        """
        file = SourceFile(path, path.name)
        part = self.folder / f"{len(list(self.folder.iterdir()))}.parquet"
        with _told_as_refusal():
            schema = like or self.schemas.get(rules.record) or self._guessed(file, rules)
            report = import_files(
                [file],
                schema,
                rules.record,
                part,
                memory_bytes=self.settings.import_memory_bytes,
                threads=self.settings.import_threads,
                spill=self.folder / "spill",
                progress=lambda *_: None,
                minimum_rows=0,
            )
        if not report.n_rows:
            raise Refusal(f"{path} holds no rows; give a file that does")
        telling.tell_file(self.console, path.name, schema, report)
        self.warnings += [f"{path.name}: {warning.text}" for warning in report.warnings]
        return Dataset(schema, [part])

    def quality(self, group: Group) -> Quality:
        """What is worth knowing before a training."""
        return quality_of(
            group.interactions,
            users=group.users,
            items=group.items,
            minimum_interactions=self.settings.minimum_interactions,
            memory_bytes=self.settings.import_memory_bytes,
            threads=self.settings.import_threads,
            spill=self.folder / "spill",
        )

    def assemble(self, group: Group) -> TrainingSet:
        """Datasets as arrays."""
        return assemble(
            group.interactions,
            users=group.users,
            items=group.items,
            memory_bytes=self.settings.import_memory_bytes,
            threads=self.settings.import_threads,
            spill=self.folder / "spill",
        )

    def _guessed(self, file: SourceFile, rules: DatasetRules) -> Schema:
        settings = self.settings
        with open_engine(settings.import_memory_bytes, settings.import_threads) as engine:
            schema = infer_schema(engine, file, rules)
            taken = {field.name for field in schema.fields}
            left = [one for one in column_names(engine, file) if one.upper() not in taken]
        if left:
            telling.tell_unused(self.console, file.name, left)
        return schema


@contextmanager
def open_reader(
    paths: Sequence[Path | None], schemas: Sequence[Path], settings: Settings, console: Console
) -> Iterator[Reader]:
    """A reader for the time of the block; the datasets that it makes go with it.

    Args:
        paths: What will be read, to be missed before any work is done.
        schemas: Files of one Avro schema each.
        settings: Say how much memory an import takes.
        console: Told what is read.

    Raises:
        Refusal: A file is not there, or a schema is wrong.
    """
    for path in (*paths, *schemas):
        if path is None or path.is_file():
            continue
        if path.is_dir():
            raise Refusal(f"{path} is a folder; name a file in it")
        raise Refusal(f"there is no file {path}; name an existing one")
    known = _schemas(schemas)
    with TemporaryDirectory(prefix="penchant-files-") as scratch:
        yield Reader(Path(scratch), settings, console, known)


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
