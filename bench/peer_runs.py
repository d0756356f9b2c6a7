"""Runs peers in their own environment on the rows of a split; see bench/peers."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from penchant.data.training_set import Int32s
from penchant.evaluation.splits import Split

_PROGRAM = Path(__file__).resolve().parent / "peers" / "run.py"
_DONE = "done"
PEERS = (
    "implicit ALS",
    "implicit BPR",
    "implicit cosine",
    "implicit TF-IDF",
    "RecTools EASE",
    "RecTools SASRec",
    "RecTools BERT4Rec",
    "RecTools HSTU",
    "RecBole GRU4Rec",
    "RecBole SASRec",
)


@dataclass(frozen=True)
class State:
    """A model after some learning: its lists, and what the learning took so far."""

    epoch: int
    wall_s: float
    cpu_s: float
    kept: Int32s
    removed: Int32s


def run_peer(
    python: Path, name: str, split: Split, folder: Path, *, seconds: float, threads: int, seed: int
) -> list[State]:
    """Fit a peer for about `seconds` of CPU; its states, one per epoch.

    States that lie in `folder` from an earlier run are taken as they are.

    Raises:
        CalledProcessError: The peer failed; its words are on standard error.
    """
    folder = folder.resolve()
    out = folder / name
    if not (out / _DONE).exists():
        folder.mkdir(parents=True, exist_ok=True)
        rows = folder / "rows.npz"
        write_rows(split, rows)
        command = [python.absolute(), _PROGRAM, "--peer", name, "--rows", rows, "--out", out]
        numbers = {"--seconds": seconds, "--threads": threads, "--seed": seed}
        words = [str(word) for pair in numbers.items() for word in pair]
        subprocess.run(
            [*map(str, command), *words],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,  # some leave logs where they run
            env={**os.environ, "OMP_NUM_THREADS": str(threads)},
        )
        (out / _DONE).touch()
    return list(read_states(out))


def write_rows(split: Split, path: Path) -> None:
    """The rows to learn from and the users to ask for, as `bench/peers/rows.py` reads them."""
    train = split.train
    np.savez(
        path,
        users=train.user_indices,
        items=train.item_indices,
        timestamps=train.timestamps,
        n_users=train.n_users,
        n_items=train.n_items,
        test_users=np.array([query.user_index for query in split.queries], np.int32),
    )


def read_states(folder: Path) -> Iterator[State]:
    """What a peer left."""
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as kept:
            numbers = {name: kept[name].item() for name in ("epoch", "wall_s", "cpu_s")}
            yield State(**numbers, kept=kept["kept"], removed=kept["removed"])
