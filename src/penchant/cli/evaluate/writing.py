"""The folder that an evaluation leaves behind."""

import csv
import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from penchant.cli.atomic import write_atomically
from penchant.cli.evaluate.report.page import page
from penchant.cli.evaluate.report.plots import plots
from penchant.cli.evaluate.report.words import METHOD, label
from penchant.cli.refusal import Refusal
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.report import Contestant, Report
from penchant.evaluation.splits import Split

REPORT = "report.json"


def claim(folder: Path) -> None:
    """Make the folder; one that holds an earlier evaluation is written anew.

    Raises:
        Refusal: It holds something else, or cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        others = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise Refusal(f"--out {folder} can't be used: {error.strerror}; name another") from None
    if others and REPORT not in others:
        raise Refusal(f"--out {folder} holds other files ({others[0]}); name another folder")


def write(
    folder: Path,
    report: Report,
    contestants: Sequence[Contestant],
    split: Split,
    *,
    title: str,
    about: Mapping[str, str],
    remarks: Sequence[str],
) -> list[str]:
    """Write page, plots, JSON and tables; return their names, the page first."""
    names = ["metrics.csv", "lists.csv.gz", "test_rows.csv.gz", REPORT]
    _write_csv(folder / names[0], _metrics(report))
    _write_csv(folder / names[1], _lists(contestants, split))
    _write_csv(folder / names[2], _test_rows(split))
    for name, _, picture in plots(report):
        write_atomically(folder / f"{name}.svg", picture)
        names.append(f"{name}.svg")
    values: dict[str, Any] = {
        "about": dict(about),
        "remarks": list(remarks),
        "split": split.summary(),
        "parameters": {one.name: dict(one.parameters) for one in contestants},
        "method": METHOD,
        **report.values(),
    }
    write_atomically(folder / REPORT, json.dumps(values, indent=1))
    text = page(report, title=title, about=about, remarks=remarks, files=names)
    write_atomically(folder / "report.html", text)
    return ["report.html", *names]


def _metrics(report: Report) -> Iterable[Sequence[Any]]:
    yield "recipe", "seen", "metric", "label", "mean", "low", "high", "seed_deviation"
    for one in report.figures:
        ends = (one.interval.mean, one.interval.low, one.interval.high)
        rounded = [f"{value:.6f}" for value in ends]
        deviation = "" if one.seed_deviation is None else f"{one.seed_deviation:.6f}"
        yield one.name, one.seen, one.metric, label(one.metric), *rounded, deviation


def _lists(contestants: Sequence[Contestant], split: Split) -> Iterable[Sequence[Any]]:
    yield "recipe", "seen", "run", "USER_ID", "rank", "ITEM_ID"
    users = _ids(split.train.users, (query.user_index for query in split.queries))
    items = split.train.items.ids
    for one in contestants:
        for seen, runs in one.lists.items():
            for run, ranked in enumerate(runs):
                for user, row in zip(users, ranked.tolist(), strict=True):
                    for rank, item in enumerate(row, start=1):
                        if item >= 0:
                            yield one.name, seen, run, user, rank, items[item]


def _test_rows(split: Split) -> Iterable[Sequence[Any]]:
    yield "USER_ID", "ITEM_ID", "TIMESTAMP", "compared"
    rows = split.test_rows()
    yield from zip(
        _ids(split.train.users, rows["users"].tolist()),
        _ids(split.train.items, rows["items"].tolist()),
        rows["timestamps"].tolist(),
        rows["compared"].astype(int).tolist(),
        strict=True,
    )


def _ids(vocabulary: Vocabulary, indices: Iterable[int]) -> list[str]:
    return [vocabulary.ids[index] for index in indices]


def _write_csv(path: Path, rows: Iterable[Sequence[Any]]) -> None:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
