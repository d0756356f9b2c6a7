"""The folder that a program learns in and the variables it is given, by SageMaker's names."""

import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from penchant.data.training_set import Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.recipes.sources import CommandSource

CHANNEL: Final = "training"
INSIDE: Final = Path("/opt/ml")
"""Where a container finds the folder."""

_HOST: Final = "algo-1"
_PASSED_ON: Final = (
    "PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV",
    "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "DOCKER_HOST", "DOCKER_CONFIG", "SYSTEMROOT",
)  # fmt: skip
"""Variables of our own process; none of them holds a secret of ours."""


def fill(root: Path, training_set: TrainingSet, hyper_parameters: Mapping[str, str]) -> None:
    """Make the folder: configuration, rows, and where the program may write.

    Args:
        root: Stands for `/opt/ml`; exists.
        training_set: The rows to learn from.
        hyper_parameters: As texts.
    """
    config, channel = root / "input" / "config", root / "input" / "data" / CHANNEL
    for folder in (config, channel, root / "model", root / "output" / "data"):
        folder.mkdir(parents=True)
    told: Mapping[str, Any] = {
        "hyperparameters": dict(hyper_parameters),
        "inputdataconfig": {
            CHANNEL: {
                "ContentType": "text/csv",
                "TrainingInputMode": "File",
                "S3DistributionType": "FullyReplicated",
                "RecordWrapperType": "None",
            }
        },
        "resourceconfig": {"current_host": _HOST, "hosts": [_HOST], "network_interface_name": "lo"},
    }
    for name, values in told.items():
        (config / f"{name}.json").write_text(json.dumps(values, indent=1), encoding="utf-8")
    _write(channel / "interactions.csv", _interactions(training_set))
    _write(
        channel / "users.csv", _metadata("USER_ID", training_set.users, training_set.user_features)
    )
    _write(
        channel / "items.csv", _metadata("ITEM_ID", training_set.items, training_set.item_features)
    )


def environment(
    root: Path, name: str, source: CommandSource, hyper_parameters: Mapping[str, str]
) -> dict[str, str]:
    """The variables that tell the program of its training, with `root` as it sees the folder."""
    seen = INSIDE if source.image else root
    config = {
        "SM_MODEL_DIR": seen / "model",
        "SM_INPUT_DIR": seen / "input",
        "SM_INPUT_CONFIG_DIR": seen / "input" / "config",
        "SM_OUTPUT_DIR": seen / "output",
        "SM_OUTPUT_DATA_DIR": seen / "output" / "data",
        f"SM_CHANNEL_{CHANNEL.upper()}": seen / "input" / "data" / CHANNEL,
        "SM_CHANNELS": json.dumps([CHANNEL]),
        "SM_HPS": json.dumps(dict(hyper_parameters)),
        "SM_CURRENT_HOST": _HOST,
        "SM_HOSTS": json.dumps([_HOST]),
        "SM_NUM_CPUS": os.cpu_count() or 1,
        "TRAINING_JOB_NAME": name,
        "TRAINING_ROOT": seen,
        **{f"SM_HP_{key.upper()}": value for key, value in hyper_parameters.items()},
        **source.environment,
    }
    return {key: str(value) for key, value in config.items()}


def surroundings() -> dict[str, str]:
    """What of our own variables the program, or a container's client, is given too.

    The Python that we run with comes first in PATH, so that `python3` means it.
    """
    passed = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
    own = str(Path(sys.executable).parent)
    return {**passed, "PATH": os.pathsep.join([own, passed.get("PATH", os.defpath)])}


def line(source: CommandSource, root: Path, variables: Mapping[str, str]) -> tuple[str, ...]:
    """The command line: the declared command, or a container without a network.

    A container is given the variables one by one, and the folder at `/opt/ml`; its name is that of
    the folder, so that it can be ended by it. As SageMaker does, it is run with the word `train`.
    """
    if source.command:
        return source.command
    settings = [part for key, value in variables.items() for part in ("--env", f"{key}={value}")]
    return (
        "docker", "run", "--rm", "--init", "--network", "none", "--name", root.name,
        "--volume", f"{root}:{INSIDE}", *settings, source.image, "train",
    )  # fmt: skip


def _write(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _interactions(training_set: TrainingSet) -> Iterator[list[str]]:
    contexts = _columns(training_set.contexts)
    yield ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE", "WEIGHT", *contexts]
    users, items = training_set.users.ids, training_set.items.ids
    types = (*training_set.event_type_names, "")
    weights = training_set.weights
    rows = zip(
        training_set.user_indices.tolist(),
        training_set.item_indices.tolist(),
        training_set.timestamps.tolist(),
        training_set.event_types.tolist(),
        training_set.event_values.tolist(),
        strict=True,
    )
    for place, (user, item, timestamp, kind, value) in enumerate(rows):
        weight = "" if weights is None else f"{weights[place]:g}"
        told = [column[place] for column in contexts.values()]
        yield [
            users[user], items[item], str(timestamp), types[kind], _number(value), weight, *told,
        ]  # fmt: skip


def _metadata(head: str, ids: Vocabulary, features: Features) -> Iterator[list[str]]:
    columns = _columns(features)
    yield [head, *columns]
    for place, name in enumerate(ids.ids):
        yield [name, *(column[place] for column in columns.values())]


def _columns(features: Features) -> dict[str, list[str]]:
    """All columns as texts; several values of a category are parted by `|`."""
    columns: dict[str, list[str]] = {}
    for name, categories in features.categories.items():
        values, codes = categories.values.ids, categories.codes.tolist()
        bounds = categories.offsets.tolist()
        columns[name] = [
            "|".join(values[code] for code in codes[start:stop]) for start, stop in pairwise(bounds)
        ]
    for name, numbers in features.numbers.items():
        columns[name] = [_number(number) for number in numbers.tolist()]
    for name, texts in features.texts.items():
        columns[name] = list(texts)
    return columns


def _number(value: float) -> str:
    return "" if np.isnan(value) else repr(value)
