"""Judge recipes on a folder of interactions: one evaluator, every item ranked, lists of 25.

    python bench/accuracy.py --data public-data/ml-100k --protocol last10 --recipe sims

The folder holds `interactions.csv.gz` with the columns user_id, item_id, timestamp. Users with
fewer than 5 rows and rows that stand twice are dropped.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
from rich.console import Console
from rich.table import Table

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.leaderboard import leaderboard
from penchant.evaluation.splits import (
    Split,
    aws_notebook_split,
    last_fraction,
    leave_one_out,
    service_split,
    temporal,
)
from penchant.models.contract import Model
from penchant.recipes.baselines import ITEM_ITEM
from penchant.recipes.contract import Step, silent
from penchant.recipes.popularity import RecentPopularity
from penchant.recipes.registry import FAMILIES

FEWEST_ROWS = 5

PROTOCOLS: dict[str, Callable[[TrainingSet], Split]] = {
    "last10": last_fraction,
    "loo": leave_one_out,
    "temporal": temporal,
    "aws": aws_notebook_split,
    "service": lambda training_set: service_split(training_set, seed=0),
}


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


def fit(name: str, training_set: TrainingSet, seed: int, *, show: bool) -> Model:
    if name == "recent-popularity":
        return RecentPopularity().fit(training_set)
    recipe = ITEM_ITEM if name == "item-item" else FAMILIES[name].from_parameters({}, {})
    return recipe.fit(training_set, seed=seed, progress=tell if show else silent)


def tell(step: Step) -> None:
    print(f"{step.stage} {step.done:.0%} epoch {step.epoch} loss {step.loss}", flush=True)


def judge(folder: Path, protocol: str, names: list[str], seed: int, *, show: bool) -> Table:
    split = PROTOCOLS[protocol](read_interactions(folder))
    table = Table(
        title=f"{folder.name}, {protocol} ({split.train.n_users} users, {split.n_items} items, "
        f"{split.train.n_rows} training rows, {len(split.queries)} test users, "
        f"{split.tie_share:.0%} with ties at the cut)"
    )
    heads = ("recipe", "seen", "HR@10", "NDCG@10", "MRR@25", "P@5", "P@10", "P@25", "R@25")
    for head in (*heads, "coverage", "fit s", "rank s"):
        table.add_column(head, no_wrap=True)
    for name in names:
        began = time.perf_counter()
        model = fit(name, split.train, seed, show=show)
        fitted = time.perf_counter()
        rows = leaderboard({name: model}, split)
        ranked_s = time.perf_counter() - fitted
        for row in rows:
            service, standard = row["service"], row["standard"]
            values = (
                standard["hit_rate_at_10"],
                service["normalized_discounted_cumulative_gain_at_10"],
                service["mean_reciprocal_rank_at_25"],
                service["precision_at_5"],
                service["precision_at_10"],
                service["precision_at_25"],
                standard["recall_at_25"],
                service["coverage"],
            )
            seconds = (f"{fitted - began:.1f}", f"{ranked_s:.1f}")
            table.add_row(name, row["seen"], *(f"{value:.4f}" for value in values), *seconds)
    return table


def main() -> None:
    known = [*FAMILIES, "recent-popularity", "item-item"]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of one data set, or more")
    parser.add_argument("--protocol", nargs="+", choices=PROTOCOLS, default=["last10"])
    parser.add_argument("--recipe", nargs="+", choices=known, default=known)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show-progress", action="store_true")
    options = parser.parse_args()
    inside = sorted(path.parent for path in options.data.glob("*/interactions.csv.gz"))
    for folder in inside or [options.data]:
        for protocol in options.protocol:
            table = judge(
                folder, protocol, options.recipe, options.seed, show=options.show_progress
            )
            Console(width=140).print(table)


if __name__ == "__main__":
    main()
