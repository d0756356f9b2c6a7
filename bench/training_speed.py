"""Seconds of learning until the same NDCG@10: our recipes beside other libraries.

    python bench/training_speed.py --data public-data/ml-100k --peers-python /tmp/peers/bin/python

A peer is looked at after every epoch until `--seconds` of CPU are over; the best NDCG@10 that it
reached (leave-one-out, seen items removed) is the mark, and the first epoch that reached it the
peer's time. Our learning rate falls to nothing over a training's epochs, so a training that is cut
short says little: we fit anew with 1, 2, 3, ... epochs until one fit passes the mark, and the whole
time of that fit is ours. Both are given the same rows and as many threads.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from accuracy import PROTOCOLS, read_interactions
from peer_runs import PEERS, State, run_peer
from threadpoolctl import threadpool_limits

from penchant.data.training_set import Int32s
from penchant.domain.metrics import MAIN
from penchant.evaluation.metrics import LIST_LENGTH
from penchant.evaluation.per_user import per_user
from penchant.evaluation.ranking import rank_both
from penchant.evaluation.splits import Split
from penchant.recipes.contract import silent
from penchant.recipes.registry import FAMILIES

EPOCHS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20)


@dataclass(frozen=True)
class Point:
    """What a training had reached, and what it had taken until then."""

    epochs: int
    wall_s: float
    cpu_s: float
    ndcg: float


def points_of(states: Sequence[State], split: Split) -> list[Point]:
    return [
        Point(state.epoch, state.wall_s, state.cpu_s, ndcg_of(state.removed, split))
        for state in states
    ]


def ours(family: str, split: Split, mark: float, seed: int) -> Iterator[Point]:
    """Fits of more and more epochs, until one passes the mark."""
    recipe: Any = FAMILIES[family].from_parameters({}, {})
    for epochs in EPOCHS:
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        model = replace(recipe, epochs=epochs).fit(split.train, seed=seed, progress=silent)
        wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
        _, removed = rank_both(model, split.queries, LIST_LENGTH)
        point = Point(epochs, wall_s, cpu_s, ndcg_of(removed, split))
        print(f"{family}: {point}", flush=True)
        yield point
        if point.ndcg >= mark:
            return


def ndcg_of(ranked: Int32s, split: Split) -> float:
    return float(np.mean(per_user(ranked, split.relevant)[MAIN]))


def first_to(points: Sequence[Point], mark: float) -> Point | None:
    return next((point for point in points if point.ndcg >= mark), None)


def rows(
    theirs: dict[str, list[Point]], own: dict[str, list[Point]], threads: int
) -> Iterator[dict[str, Any]]:
    for peer, points in theirs.items():
        best = max(points, key=lambda point: point.ndcg)
        for family, fits in own.items():
            reached = first_to(fits, best.ndcg)
            yield {
                "peer": peer,
                "mark": round(best.ndcg, 4),
                "theirs": asdict(best),
                "recipe": family,
                "ours": asdict(reached) if reached else None,
                "threads": threads,
                "load": round(os.getloadavg()[0], 1),
                "date": datetime.now(UTC).date().isoformat(),
            }


def show(row: dict[str, Any]) -> str:
    mark, theirs, reached = row["mark"], row["theirs"], row["ours"]
    told = f"{row['peer']} {mark:.4f} in {theirs['cpu_s']:.0f} CPU s ({theirs['wall_s']:.0f} s)"
    if reached is None:
        return f"{told}; {row['recipe']} did not reach it"
    ratio = theirs["cpu_s"] / reached["cpu_s"]
    return (
        f"{told}; {row['recipe']} {reached['ndcg']:.4f} in {reached['cpu_s']:.0f} CPU s "
        f"({reached['wall_s']:.0f} s): {ratio:.1f} times as fast"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--protocol", choices=PROTOCOLS, default="loo")
    parser.add_argument("--recipe", nargs="+", choices=FAMILIES, default=["hrnn", "transformer"])
    parser.add_argument("--peer", nargs="+", choices=PEERS, default=["RecTools SASRec"])
    parser.add_argument("--peers-python", type=Path, required=True)
    parser.add_argument("--peers-out", type=Path, help="folder that keeps what they answered")
    parser.add_argument("--seconds", type=float, default=600, help="of CPU, for each peer")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--results", type=Path, help="JSON file to keep figures in")
    options = parser.parse_args()
    split = PROTOCOLS[options.protocol](read_interactions(options.data))
    with tempfile.TemporaryDirectory() as scratch, threadpool_limits(options.threads):
        folder = options.peers_out or Path(scratch)
        given = {"seconds": options.seconds, "threads": options.threads, "seed": options.seed}
        theirs = {
            name: points_of(run_peer(options.peers_python, name, split, folder, **given), split)
            for name in options.peer
        }
        mark = max(point.ndcg for points in theirs.values() for point in points)
        own = {name: list(ours(name, split, mark, options.seed)) for name in options.recipe}
    found = list(rows(theirs, own, options.threads))
    for row in found:
        print(show(row))
    if options.results:
        results = json.loads(options.results.read_text("utf-8")) if options.results.exists() else {}
        threads = f"{options.threads} thread{'s'[: options.threads > 1]}"
        results[f"{options.data.name}, {options.protocol}, {threads}"] = found
        options.results.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
