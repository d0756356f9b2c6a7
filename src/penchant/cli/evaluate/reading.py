"""The rows to be judged on, and what was noticed about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.console import Console

from penchant.cli.evaluate.order import Order
from penchant.cli.files.reading import open_reader
from penchant.cli.files.telling import tell_remarks
from penchant.cli.states import State
from penchant.data.rules import INTERACTIONS
from penchant.data.training_set import TrainingSet
from penchant.settings import Settings


@dataclass(frozen=True)
class Rows:
    """What the files hold.

    Attributes:
        whole: Every row, those of the test's file as well.
        train: The rows of the interactions' file; None where there is no file for the test.
        remarks: Sentences about the data.
    """

    whole: TrainingSet
    train: TrainingSet | None = None
    remarks: Sequence[str] = ()


def read_rows(order: Order, settings: Settings, console: Console) -> Rows:
    """Read, check and assemble the files; what is worth knowing about them is printed.

    Raises:
        Refusal: A file cannot be read; the text names file, line and column, and what to do.
    """
    files, test = order.files, order.test
    paths = (files.interactions, files.users, files.items, test)
    with open_reader(paths, files.schemas, settings, console) as reader:
        group = reader.group(files)
        log = group.interactions
        rows = reader.read(test, INTERACTIONS, like=log.schema).parts if test else ()
        remarks = [*map(str, reader.quality(group).findings), *reader.warnings]
        tell_remarks(console, State.WARN, remarks)
        known = reader.assemble(group)
        if not rows:
            return Rows(known, None, remarks)
        both = replace(group, interactions=replace(log, parts=[*log.parts, *rows]))
        return Rows(reader.assemble(both), known, remarks)
