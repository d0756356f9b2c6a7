"""Judge recipes for related items: the item before last of every user asks for the last one.

    python bench/related.py --data public-data/ml-1m
    python bench/related.py --data public-data/ml-1m --implicit /tmp/venv/bin/python

Every item is ranked but the one asked for; seen items are not removed; lists of 25. Beside our
recipes stand a counter of what follows within 5 events and, where an interpreter with `implicit`
0.7 is named, its item-item recommenders, fitted on the same rows and judged by the same code.
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from accuracy import read_interactions
from rich.console import Console
from rich.table import Table
from scipy import sparse

from penchant.data.queries import Query
from penchant.data.training_set import Categories, Features, Float32s, Int32s, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.leaderboard import asking_for_related
from penchant.evaluation.metrics import coverage, hit_rate, hits_in, ndcg, reciprocal_rank
from penchant.evaluation.ranking import NO_ITEM, rank
from penchant.evaluation.splits import Split, leave_one_out
from penchant.recipes.baselines import ITEM_ITEM
from penchant.recipes.contract import silent
from penchant.recipes.similar_items import SimilarItems
from penchant.recipes.sims import Sims

WINDOW = 5
LONGEST = 25

# run by the other interpreter: pairs in, neighbours of every item out
_IMPLICIT = """
import sys, time
import numpy as np
from scipy import sparse
from implicit.nearest_neighbours import (
    CosineRecommender, ItemItemRecommender, TFIDFRecommender)
rows = np.load(sys.argv[1])
values = np.ones(len(rows["users"]))
table = sparse.csr_matrix((values, (rows["users"], rows["items"])), tuple(rows["shape"]))
table.data[:] = 1
found = {}
for kind in (CosineRecommender, ItemItemRecommender, TFIDFRecommender):
    model = kind(K=int(sys.argv[3]) + 1, num_threads=1)
    began = time.perf_counter()
    model.fit(table, show_progress=False)
    found[kind.__name__ + " s"] = time.perf_counter() - began
    near = model.similarity
    found[kind.__name__] = np.full((near.shape[0], int(sys.argv[3]) + 1), -1, np.int32)
    for item in range(near.shape[0]):
        span = slice(near.indptr[item], near.indptr[item + 1])
        best = near.indices[span][np.argsort(-near.data[span], kind="stable")]
        best = best[: int(sys.argv[3]) + 1]
        found[kind.__name__][item, : len(best)] = best
np.savez(sys.argv[2], **found)
"""


@dataclass(frozen=True)
class Counter:
    """Scores by counted steps."""

    counts: "sparse.csr_array"

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Rows of the table."""
        return self.counts[[query.item_index for query in queries]].toarray()


def counter(rows: TrainingSet, *, by_distance: bool) -> Counter:
    """What follows within 5 events, each step counting 1, or 1 over its distance."""
    users, items, n = rows.user_indices, rows.item_indices, rows.n_items
    counts = sparse.csr_array((n, n), dtype=np.float32)
    for distance in range(1, WINDOW + 1):
        same = users[distance:] == users[:-distance]
        value = 1 / distance if by_distance else 1.0
        pairs = (items[:-distance][same], items[distance:][same])
        counts = counts + sparse.csr_array((np.full(same.sum(), value, np.float32), pairs), (n, n))
    return Counter(counts)


OURS: Mapping[str, Callable[[TrainingSet], object]] = {
    "what follows within 5": lambda rows: counter(rows, by_distance=False),
    "what follows within 5, 1/distance": lambda rows: counter(rows, by_distance=True),
    "item-item": lambda rows: ITEM_ITEM.fit(rows, seed=0, progress=silent),
    "aws-sims": lambda rows: Sims().fit(rows, seed=0, progress=silent),
    "aws-similar-items, no metadata": lambda rows: SimilarItems().fit(
        replace(rows, item_features=Features()), seed=0, progress=silent
    ),
    "aws-similar-items": lambda rows: SimilarItems().fit(rows, seed=0, progress=silent),
}


def with_metadata(rows: TrainingSet, folder: Path) -> TrainingSet:
    """The rows with titles as texts, genres as categories and prices as numbers, as there are."""
    import duckdb  # noqa: PLC0415

    table = duckdb.sql(
        f"SELECT * FROM read_csv('{folder / 'items.csv.gz'}', types = {{'item_id': 'VARCHAR'}})"
    )
    places = rows.items.indices([str(one) for (one,) in table.select("item_id").fetchall()])
    kept = [(place, record) for place, record in zip(places, table.fetchall(), strict=True)]
    records = {int(place): dict(zip(table.columns, one, strict=True)) for place, one in kept}
    every = [records.get(place, {}) for place in range(rows.n_items)]
    features = Features(
        categories={"GENRES": _categories([one.get("genres") or "" for one in every])},
        numbers={"PRICE": np.array([one.get("price", np.nan) for one in every], np.float32)},
        texts={"TITLE": tuple(one.get("title") or "" for one in every)},
    )
    return replace(rows, item_features=features)


def _categories(texts: list[str]) -> Categories:
    parts = [[part for part in text.split("|") if part] for text in texts]
    values = Vocabulary(sorted({part for of_row in parts for part in of_row}))
    offsets = np.concatenate([[0], np.cumsum([len(of_row) for of_row in parts])])
    codes = values.indices([part for of_row in parts for part in of_row])
    return Categories(values, offsets.astype(np.int64), np.asarray(codes, np.int32))


def without_asked(ranked: Int32s, asked: Int32s) -> Int32s:
    """Lists (n, k) without the item asked for (n,), one shorter."""
    lists = np.full((len(ranked), ranked.shape[1] - 1), NO_ITEM, np.int32)
    for row, best, item in zip(lists, ranked, asked, strict=True):
        left = best[best != item][: len(row)]
        row[: len(left)] = left
    return lists


def of_implicit(python: str, rows: TrainingSet) -> dict[str, tuple[Int32s, float]]:
    """Lists (n_items, 26) by implicit's recommenders and the seconds of fitting them."""
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "rows.npz", Path(folder) / "found.npz"
        shape = (rows.n_users, rows.n_items)
        np.savez(given, users=rows.user_indices, items=rows.item_indices, shape=shape)
        command = [python, "-c", _IMPLICIT, str(given), str(found), str(LONGEST)]
        subprocess.run(command, check=True)
        arrays = dict(np.load(found))
    names = [name for name in arrays if not name.endswith(" s")]
    return {name: (arrays[name], float(arrays[f"{name} s"])) for name in names}


def row_of(name: str, lists: Int32s, split: Split, *seconds: float) -> list[str]:
    """A line of the table."""
    hits, n_relevant = hits_in(lists, split.relevant)
    values = (
        hit_rate(hits, 25).mean(),
        hit_rate(hits, 10).mean(),
        ndcg(hits, n_relevant, 10).mean(),
        reciprocal_rank(hits).mean(),
        coverage(lists, split.n_items),
    )
    return [name, *(f"{value:.4f}" for value in values), *(f"{one:.1f}" for one in seconds)]


def judge(folder: Path, python: str | None) -> Table:
    rows = with_metadata(read_interactions(folder), folder)
    split = asking_for_related(leave_one_out(rows))
    asked = np.array([query.item_index for query in split.queries], np.int32)
    table = Table(title=f"{folder.name}: {len(asked)} users, {split.n_items} items, HR@25's "
                  "standard error about .006")  # fmt: skip
    for head in ("", "HR@25", "HR@10", "NDCG@10", "MRR@25", "coverage", "fit s", "rank s"):
        table.add_column(head, no_wrap=True)
    for name, fit in OURS.items():
        began = time.perf_counter()
        model = fit(split.train)
        fitted = time.perf_counter()
        ranked = rank(model, split.queries, LONGEST + 1, remove_seen=False)
        ranked_s = time.perf_counter() - fitted
        lists = without_asked(ranked, asked)
        table.add_row(*row_of(name, lists, split, fitted - began, ranked_s))
    if python:
        for name, (near, fit_s) in of_implicit(python, split.train).items():
            lists = without_asked(near[asked], asked)
            table.add_row(*row_of(f"implicit {name}", lists, split, fit_s, 0.0))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of one data set")
    parser.add_argument("--implicit", help="an interpreter that has implicit 0.7")
    options = parser.parse_args()
    Console(width=120).print(judge(options.data, options.implicit))


if __name__ == "__main__":
    main()
