"""Judge recipes and peers on folders of interactions: one evaluator, all items, lists of 25.

    python bench/accuracy.py --data public-data/ml-100k --protocol last10 --recipe sims
    python bench/accuracy.py --data public-data/ml-100k --protocol loo --recipe \
        --peer "implicit ALS" --peers-python /tmp/peers/bin/python --results docs/accuracy.json

A folder holds `interactions.csv.gz` with the columns user_id, item_id, timestamp. Users with fewer
than 5 rows and rows that stand twice are dropped. Peers learn from the same rows in an environment
of their own (bench/peers/requirements.txt) and give back lists, which are judged here.
`--results` keeps figures in a file, from which bench/make_accuracy.py makes the pages.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from peer_runs import PEERS, run_peer
from references import ease, markov
from rich.console import Console
from rich.table import Table

from penchant.data.training_set import Int32s, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.metrics import LIST_LENGTH, coverage
from penchant.evaluation.per_user import LABELS, per_user
from penchant.evaluation.ranking import Scorer, rank_both
from penchant.evaluation.significance import bootstrap_intervals
from penchant.evaluation.splits import (
    Split,
    aws_notebook_split,
    last_fraction,
    leave_one_out,
    service_split,
    temporal,
)
from penchant.recipes.baselines import ITEM_ITEM
from penchant.recipes.contract import Step, silent
from penchant.recipes.popularity import RecentPopularity
from penchant.recipes.registry import FAMILIES

FEWEST_ROWS = 5
SHOWN = ("HR@10", "NDCG@10", "MRR@25", "P@5", "P@10", "P@25", "R@25")

PROTOCOLS: dict[str, Callable[[TrainingSet], Split]] = {
    "last10": last_fraction,
    "loo": leave_one_out,
    "temporal": temporal,
    "aws": aws_notebook_split,
    "service": lambda training_set: service_split(training_set, seed=0),
}
REFERENCES: dict[str, Callable[[TrainingSet], Scorer]] = {
    "EASE": lambda training_set: ease(training_set, half_life=float("inf")),
    "EASE, recent events weighted": ease,
    "Markov counters": markov,
}


@dataclass(frozen=True)
class Judged:
    """The lists of one model and what it took; `group` is Penchant, baseline, reference or peer."""

    name: str
    group: str
    kept: Int32s
    removed: Int32s
    wall_s: float
    cpu_s: float
    epochs: int = 0


def read_interactions(folder: Path, *, fewest: int = FEWEST_ROWS) -> TrainingSet:
    """Read `interactions.csv.gz`, keeping the file's order among rows of one time."""
    position = "position" if folder.name == "ml-1m" else "row"
    rows = duckdb.sql(
        f"""
        WITH raw AS (SELECT user_id, item_id, timestamp::DOUBLE::BIGINT AS timestamp,
                            row_number() OVER () AS row, *
                       EXCLUDE (user_id, item_id, timestamp)
                       FROM read_csv('{folder / "interactions.csv.gz"}', parallel = false,
                            types = {{'user_id': 'VARCHAR', 'item_id': 'VARCHAR'}})),
             one AS (SELECT user_id, item_id, timestamp, min({position}) AS place, min(row) AS row
                       FROM raw GROUP BY ALL)
        SELECT user_id, item_id, timestamp FROM one
        QUALIFY count(*) OVER (PARTITION BY user_id) >= {fewest}
        ORDER BY user_id, timestamp, place, row
        """
    ).fetchnumpy()
    users, user_indices = np.unique(rows["user_id"].astype(str), return_inverse=True)
    items, item_indices = np.unique(rows["item_id"].astype(str), return_inverse=True)
    n_rows = len(user_indices)
    return TrainingSet(
        users=Vocabulary(users.tolist()),
        items=Vocabulary(items.tolist()),
        user_indices=user_indices.astype(np.int32),
        item_indices=item_indices.astype(np.int32),
        timestamps=rows["timestamp"].astype(np.int64),
        event_types=np.full(n_rows, -1, np.int16),
        event_values=np.full(n_rows, np.nan, np.float32),
    )


def models(split: Split, options: argparse.Namespace) -> Iterator[Judged]:
    """Fit what was asked for, one after the other."""
    for name in options.recipe:
        group = (
            "baseline" if name in ("popularity", "recent-popularity", "item-item") else "Penchant"
        )
        yield judged(name, group, split, lambda name=name: fit(name, split.train, options))
    for name in options.reference:
        yield judged(name, "reference", split, lambda name=name: REFERENCES[name](split.train))
    for name in options.peer:
        with tempfile.TemporaryDirectory() as scratch:
            *_, last = run_peer(
                options.peers_python,
                name,
                split,
                options.peers_out or Path(scratch),
                seconds=options.seconds,
                threads=options.threads,
                seed=options.seed,
            )
        yield Judged(
            name, "peer", last.kept, last.removed, last.wall_s, last.cpu_s, epochs=last.epoch
        )


def judged(name: str, group: str, split: Split, make: Callable[[], Scorer]) -> Judged:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    model = make()
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    kept, removed = rank_both(model, split.queries, LIST_LENGTH)
    return Judged(name, group, kept, removed, wall_s, cpu_s)


def fit(name: str, training_set: TrainingSet, options: argparse.Namespace) -> Scorer:
    if name == "recent-popularity":
        return RecentPopularity().fit(training_set)
    recipe = ITEM_ITEM if name == "item-item" else FAMILIES[name].from_parameters({}, {})
    show = tell if options.show_progress else silent
    return recipe.fit(training_set, seed=options.seed, progress=show)


def tell(step: Step) -> None:
    print(f"{step.stage} {step.done:.0%} epoch {step.epoch} loss {step.loss}", flush=True)


def figures(one: Judged, split: Split) -> dict[str, Any]:
    """Metrics by label with their intervals, JSON values."""
    found: dict[str, Any] = {}
    for seen, ranked in (("kept", one.kept), ("removed", one.removed)):
        values = per_user(ranked, split.relevant)
        columns = np.stack(list(values.values()), axis=1)
        intervals = bootstrap_intervals(columns, seed=0)
        found[seen] = {
            LABELS[name]: [round(x, 5) for x in (interval.mean, interval.low, interval.high)]
            for name, interval in zip(values, intervals, strict=True)
        }
        found[seen]["coverage"] = round(coverage(ranked, split.n_items), 4)
    spent = {"wall_s": round(one.wall_s, 1), "cpu_s": round(one.cpu_s, 1), "epochs": one.epochs}
    return {"name": one.name, "group": one.group, **found, **spent}


def judge(folder: Path, protocol: str, options: argparse.Namespace) -> Table:
    split = PROTOCOLS[protocol](read_interactions(folder))
    title = (
        f"{folder.name}, {protocol} ({split.train.n_users} users, {split.n_items} items, "
        f"{split.train.n_rows} training rows, {len(split.queries)} test users, "
        f"{split.tie_share:.0%} with ties at the cut)"
    )
    table = Table(title=title)
    for head in ("model", "seen", *SHOWN, "coverage", "fit s", "CPU s"):
        table.add_column(head, no_wrap=True)
    for one in models(split, options):
        row = figures(one, split)
        if options.results:
            keep(options.results, f"{folder.name}, {protocol}", title, row)
        for seen in ("kept", "removed"):
            cells = [f"{row[seen][label][0]:.4f}" for label in SHOWN]
            spent = (f"{row['wall_s']:.1f}", f"{row['cpu_s']:.1f}")
            table.add_row(one.name, seen, *cells, f"{row[seen]['coverage']:.2f}", *spent)
    return table


def keep(path: Path, key: str, title: str, row: dict[str, Any]) -> None:
    """Put a row in the place of an older one of the same name."""
    results = json.loads(path.read_text("utf-8")) if path.exists() else {}
    part = results.setdefault(key, {"title": title, "rows": []})
    rows = [other for other in part["rows"] if other["name"] != row["name"]]
    today = datetime.now(UTC).date().isoformat()
    part.update(title=title, rows=[*rows, {**row, "date": today}])
    path.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


def main() -> None:
    known = [*FAMILIES, "recent-popularity", "item-item"]
    usual = ["hrnn", "popularity", "sims", "recent-popularity", "item-item"]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of one data set, or more")
    parser.add_argument("--protocol", nargs="+", choices=PROTOCOLS, default=["last10"])
    parser.add_argument("--recipe", nargs="*", choices=known, default=usual)
    parser.add_argument("--reference", nargs="*", choices=REFERENCES, default=[])
    parser.add_argument("--peer", nargs="*", choices=PEERS, default=[])
    parser.add_argument("--peers-python", type=Path, help="interpreter of the peers' environment")
    parser.add_argument("--peers-out", type=Path, help="folder that keeps what they answered")
    parser.add_argument("--seconds", type=float, default=120, help="of CPU, for a peer with epochs")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--results", type=Path, help="JSON file to keep figures in")
    parser.add_argument("--show-progress", action="store_true")
    options = parser.parse_args()
    if options.peer and not options.peers_python:
        parser.error("--peer needs --peers-python; see bench/peers/requirements.txt")
    inside = sorted(path.parent for path in options.data.glob("*/interactions.csv.gz"))
    for folder in inside or [options.data]:
        for protocol in options.protocol:
            Console(width=140).print(judge(folder, protocol, options))


if __name__ == "__main__":
    main()
