"""`penchant evaluate`: files in, a report out."""

from collections.abc import Sequence
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from penchant.cli.evaluate.order import Order, Protocol
from penchant.cli.files.reading import Files
from penchant.cli.options import Interactions, Items, Schemas, Users, settings_of
from penchant.cli.refusal import Refusal
from penchant.cli.terminal import out
from penchant.evaluation.ranking import Seen
from penchant.settings import LARGEST_SEED


class Ways(StrEnum):
    """Ways with seen items to judge."""

    KEPT = Seen.KEPT.value
    REMOVED = Seen.REMOVED.value
    BOTH = "both"


_DEFAULT: Final = "aws-user-personalization"
_Recipes = Annotated[
    list[str] | None,
    typer.Option(
        "--recipe",
        metavar="NAME",
        help="A recipe to judge; may stand several times.",
        show_default=_DEFAULT,
    ),
]
_Protocol = Annotated[
    Protocol | None,
    typer.Option(
        "--protocol",
        metavar="NAME",
        help="Rows to hold out: service, last-10-percent, leave-one-out or time.",
        show_default="service",
    ),
]
_Test = Annotated[
    Path | None,
    typer.Option("--test", metavar="FILE", help="A file of rows to find, instead of a protocol."),
]
_Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--hyper-parameter", metavar="NAME=VALUE", help="A value for the recipes that know it."
    ),
]
_Seed = Annotated[
    int,
    typer.Option(
        "--seed",
        metavar="N",
        min=0,
        max=LARGEST_SEED,
        help="Seed of split, trainings and tests.",
    ),
]
_Seeds = Annotated[
    int, typer.Option("--seeds", metavar="N", min=1, help="Trainings per recipe, averaged.")
]
_Seen = Annotated[
    Ways,
    typer.Option(
        "--seen",
        metavar="WAY",
        help="Items that a user had may be recommended: kept, removed or both.",
    ),
]
_Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder for the report.")]


def evaluate(
    interactions: Interactions,
    items: Items = None,
    users: Users = None,
    recipe: _Recipes = None,
    protocol: _Protocol = None,
    test: _Test = None,
    schema: Schemas = None,
    hyper_parameter: _Parameters = None,
    seed: _Seed = 0,
    seeds: _Seeds = 1,
    seen: _Seen = Ways.BOTH,
    out_folder: _Out = Path("penchant-evaluation"),
) -> None:
    """Judge recipes on files of your own: metrics with intervals, tests, plots."""
    if test is not None and protocol is not None:
        raise Refusal(f"--test {test} and --protocol {protocol} exclude each other; give one")
    order = Order(
        files=Files(interactions, users, items, schema or []),
        test=test,
        out=out_folder,
        recipes=recipe or [_DEFAULT],
        protocol=protocol or Protocol.SERVICE,
        parameters=_parameters(hyper_parameter or []),
        seed=seed,
        seeds=seeds,
        seen=list(Seen) if seen is Ways.BOTH else [Seen(seen)],
    )
    evaluation: Any = import_module("penchant.cli.evaluate.run")  # it loads torch: only when used
    evaluation.run(order, settings_of(None), out())


def _parameters(given: Sequence[str]) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise Refusal(f"--hyper-parameter {text!r} is not NAME=VALUE; write bptt=16 or so")
        parameters[name] = value
    return parameters
