"""What metadata and texts are worth to the HRNN: known items, and items that nobody met.

    python bench/side_information.py --data public-data/ml-100k --told nothing columns texts both

A tenth of the items is taken out of the training rows. Known items are judged as by
`bench/accuracy.py --protocol last10` (seen items removed), hidden ones by their mean percentile
among the hidden items alone (50 is chance) and the share of them in the first tenth.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
from accuracy import read_interactions

from penchant.data.queries import History
from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.metrics import hits_in, precision, reciprocal_rank
from penchant.evaluation.ranking import rank
from penchant.evaluation.splits import Split, last_fraction
from penchant.recipes.contract import silent
from penchant.recipes.hrnn import Hrnn

TOLD = ("nothing", "columns", "texts", "both")


def column(folder: Path, name: str, ids: tuple[str, ...], value: str) -> list[str]:
    """Values of `<name>s.csv.gz` in the order of `ids`, empty where missing."""
    rows = duckdb.sql(
        f"SELECT {name}_id, {value} FROM read_csv('{folder / f'{name}s.csv.gz'}', all_varchar=true)"
    ).fetchall()
    found = dict(rows)
    return [found.get(one) or "" for one in ids]


def categories(values: list[str]) -> Categories:
    parts = [[part for part in value.split("|") if part] for value in values]
    known = Vocabulary(sorted({part for of_row in parts for part in of_row}))
    offsets = np.cumsum([0, *map(len, parts)])
    return Categories(known, offsets, known.indices([part for row in parts for part in row]))


def numbers(values: list[str]) -> np.ndarray:
    return np.array([float(value) if value else np.nan for value in values], np.float32)


def described(folder: Path, data: TrainingSet, told: str) -> TrainingSet:
    items, users = data.items.ids, data.users.ids
    titles = column(folder, "item", items, "title")
    texts = {"TITLE": tuple(titles)} if told in ("texts", "both") else {}
    if told not in ("columns", "both"):
        return replace(data, item_features=Features(texts=texts))
    years = [title[-5:-1] if title[-5:-1].isdigit() else "" for title in titles]
    return replace(
        data,
        item_features=Features(
            {"GENRES": categories(column(folder, "item", items, "genres"))},
            {"YEAR": numbers(years)},
            texts,
        ),
        user_features=Features(
            {
                "GENDER": categories(column(folder, "user", users, "gender")),
                "OCCUPATION": categories(column(folder, "user", users, "occupation")),
            },
            {"AGE": numbers(column(folder, "user", users, "age"))},
        ),
    )


def judge(split: Split, hidden: np.ndarray, seed: int, recipe: Hrnn) -> str:
    train = split.train.subset(~hidden[split.train.item_indices])
    began = time.process_time()
    model = recipe.fit(train, seed=seed, progress=silent)
    took_s = time.process_time() - began
    queries = [replace(query, history=without(query.history, hidden)) for query in split.queries]
    known = [items[~hidden[items]] for items in split.relevant]
    asked = [place for place, items in enumerate(known) if len(items)]
    ranked = rank(model, [queries[i] for i in asked], 25, remove_seen=True)
    hits, _ = hits_in(ranked, [known[i] for i in asked])
    places = []
    hidden_items = np.flatnonzero(hidden)
    for query, items in zip(queries, split.relevant, strict=True):
        wanted = np.isin(hidden_items, items)
        if wanted.any():
            scores = model.score([query])[0, hidden_items]
            places += [share_before(scores, one) for one in scores[wanted]]
    return (
        f"known MRR@25 {reciprocal_rank(hits).mean():.4f} P@10 {precision(hits, 10).mean():.4f}; "
        f"hidden percentile {100 * (1 - np.mean(places)):.1f}, "
        f"in the first tenth {np.mean(np.array(places) < 0.1):.3f} (n={len(places)}); "
        f"{took_s:.0f} CPU s"
    )


def share_before(scores: np.ndarray, one: float) -> float:
    """Share of scores above one of them; equal ones count half, so that ties are chance."""
    return float((scores > one).mean() + (scores == one).mean() / 2)


def without(history: History, hidden: np.ndarray) -> History:
    kept = ~hidden[history.items]
    names = ("items", "timestamps", "event_types", "event_values")
    return replace(history, **{name: getattr(history, name)[kept] for name in names})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--told", nargs="+", choices=TOLD, default=TOLD)
    parser.add_argument("--hidden-dimension", type=int, default=149)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    recipe = Hrnn(hidden_dimension=options.hidden_dimension)
    data = read_interactions(options.data)
    hidden = np.random.default_rng(options.seed).random(data.n_items) < 0.1
    for told in options.told:
        split = last_fraction(described(options.data, data, told))
        print(f"{told}: {judge(split, hidden, options.seed, recipe)}", flush=True)


if __name__ == "__main__":
    main()
