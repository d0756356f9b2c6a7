"""Judge event weights: learn with important rows counting more, and with all rows alike.

    python bench/event_weights.py --data public-data/ml-100k --column rating --least 4
    python bench/event_weights.py --data public-data/online-retail --column quantity --least 12 \
        --protocol temporal --other 0.3

Rows whose value is at least `--least` are important and weigh 1, the others weigh `--other`. Both
models are told the event types and values; only the loss differs. Three measures, seen items kept
and removed: NDCG@10 of all rows, that with event weights as the service tells it, and that of the
important rows alone, with the standard error of the paired difference over the users.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
from accuracy import FEWEST_ROWS, PROTOCOLS
from rich.console import Console
from rich.table import Table

from penchant.data.training_set import Float32s, Int32s, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.metrics import LIST_LENGTH, gains_in, weighted_ndcg
from penchant.evaluation.ranking import rank_both
from penchant.evaluation.splits import Floats, Split
from penchant.recipes.contract import silent
from penchant.recipes.transformer import Transformer

K = 10


def read_rows(folder: Path, column: str, least: float) -> TrainingSet:
    """Rows of users with 5 or more, of type "important" or "other"; equal ones are summed."""
    rows = duckdb.sql(
        f"""
        WITH raw AS (SELECT *, row_number() OVER () AS place
                       FROM read_csv('{folder / "interactions.csv.gz"}', parallel = false,
                            types = {{'user_id': 'VARCHAR', 'item_id': 'VARCHAR'}})),
             one AS (SELECT user_id, item_id, timestamp::DOUBLE::BIGINT AS moment,
                            sum({column})::FLOAT AS value, min(place) AS place
                       FROM raw GROUP BY user_id, item_id, moment)
        SELECT * FROM one QUALIFY count(*) OVER (PARTITION BY user_id) >= {FEWEST_ROWS}
        ORDER BY user_id, moment, place
        """
    ).fetchnumpy()
    users, user_indices = np.unique(rows["user_id"].astype(str), return_inverse=True)
    items, item_indices = np.unique(rows["item_id"].astype(str), return_inverse=True)
    values = rows["value"].astype(np.float32)
    return TrainingSet(
        users=Vocabulary(users.tolist()),
        items=Vocabulary(items.tolist()),
        user_indices=user_indices.astype(np.int32),
        item_indices=item_indices.astype(np.int32),
        timestamps=rows["moment"].astype(np.int64),
        event_types=(values >= least).astype(np.int16),
        event_values=values,
        event_type_names=("other", "important"),
    )


def weights_of(rows: TrainingSet, other: float) -> Float32s:
    """1 for important rows, `other` for the rest, divided by their mean."""
    weights = np.where(rows.event_types == 1, 1.0, other)
    normed: Float32s = (weights / weights.mean()).astype(np.float32)
    return normed


def gains_of(split: Split) -> Mapping[str, Sequence[Floats]]:
    """What each relevant item counts, by measure."""
    assert split.gains is not None
    most = max(of_items.max() for of_items in split.gains)
    return {
        "all rows": [np.ones(len(items)) for items in split.relevant],
        "event weights": split.gains,
        "important rows": [np.where(of_items == most, 1.0, 0.0) for of_items in split.gains],
    }


def per_user(ranked: Int32s, split: Split) -> Mapping[str, Floats]:
    """NDCG@10 of every user to whom something counts, by measure."""
    found = {}
    for name, gains in gains_of(split).items():
        some = np.array([of_items.any() for of_items in gains])
        values = weighted_ndcg(gains_in(ranked, split.relevant, gains), gains, K)
        found[name] = values[some]
    return found


def learned(split: Split, train: TrainingSet, seed: int) -> tuple[list[Mapping[str, Floats]], int]:
    """Figures with seen items kept and removed, and CPU seconds of learning."""
    began = time.process_time()
    model = Transformer().fit(train, seed=seed, progress=silent)
    took_s = round(time.process_time() - began)
    lists = rank_both(model, split.queries, LIST_LENGTH)
    return [per_user(ranked, split) for ranked in lists], took_s


def add_rows(table: Table, split: Split, seed: int) -> None:
    """Learn twice and compare."""
    weighed, weighed_s = learned(split, split.train, seed)
    alike, alike_s = learned(split, replace(split.train, weights=None), seed)
    for seen, ours, plain in zip(("kept", "removed"), weighed, alike, strict=True):
        for measure, values in ours.items():
            gains = values - plain[measure]
            error = gains.std() / np.sqrt(len(gains))
            numbers = f"{plain[measure].mean():.4f}", f"{values.mean():.4f}"
            seconds = f"{alike_s} / {weighed_s}"
            change = f"{gains.mean():+.4f} ± {error:.4f}"
            table.add_row(str(seed), seen, measure, *numbers, change, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of one data set")
    parser.add_argument("--column", required=True, help="the column with the values")
    parser.add_argument("--least", type=float, required=True, help="least important value")
    parser.add_argument("--other", type=float, default=0.3, help="weight of the other rows")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="last10")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    rows = read_rows(options.data, options.column, options.least)
    split = PROTOCOLS[options.protocol](replace(rows, weights=weights_of(rows, options.other)))
    table = Table(title=f"{options.data.name}, {len(split.queries)} users, NDCG@{K}")
    for head in ("seed", "seen", "counting", "alike", "weighed", "change", "CPU s"):
        table.add_column(head, no_wrap=True)
    for seed in options.seeds:
        add_rows(table, split, seed)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
