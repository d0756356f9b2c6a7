"""Makes docs/accuracy.md, and its part of README.md, from the figures in docs/accuracy.json.

    python bench/make_accuracy.py

bench/accuracy.py writes the figures with `--results`, bench/training_speed.py those of
docs/training_speed.json.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from penchant.cli.evaluate.report.words import number

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "accuracy.json"
SPEED = ROOT / "docs" / "training_speed.json"
PAGE = ROOT / "docs" / "accuracy.md"
README = ROOT / "README.md"
COLUMNS = ("NDCG@10", "HR@10", "MRR@25", "P@10", "R@25")
GROUPS = {"Penchant": "", "baseline": "baseline", "reference": "reference", "peer": "other library"}
NAMES = {
    "hrnn": "aws-user-personalization",
    "transformer": "aws-user-personalization-v2",
    "ffnn": "awspersonalizeffnnmodel",
    "deepfm": "awspersonalizedeepfmmodel",
}
HEAD = """# Accuracy beside other libraries

The same training rows for everybody, one evaluator, every item of the catalogue ranked, lists of
25; 95 % bootstrap intervals over test users in brackets. *removed*: items of the user's training
rows cannot be recommended; *kept*: they can. *loo*: the last row of every user is the test;
*last10*: the newest tenth of every user's rows; *aws*: AWS's notebook protocol, nearly the same;
*temporal*: one cut in time at the 90 % quantile. Users with fewer than 5 rows and repeated rows are
dropped. *Ties at the cut*: test users whose first test row has the time of their last training row,
so that which of them comes first is chance.

Penchant's recipes run at their defaults, on interactions alone. Other libraries run at their own
defaults, except: 100 neighbours for implicit's; 64 dimensions, 2 heads and batches of 32 users for
RecTools' transformers. Libraries that learn in epochs were stopped after so many as the table says,
well before they had converged: their rows say what one gets for so many CPU seconds, not what the
models can do with many times as many. *EASE* and *Markov counters* are a few lines each in
[bench/references.py](../bench/references.py). One thread each on two shared x86 cores; the machine
was busy, so CPU seconds are told.

To measure again, put `interactions.csv.gz` with the columns `user_id`, `item_id` and `timestamp`
into a folder, here `public-data/ml-100k`:

```
python -m venv /tmp/peers
/tmp/peers/bin/pip install -c constraints.txt -r bench/peers/requirements.txt
python bench/accuracy.py --data public-data/ml-100k --protocol loo --recipe hrnn \\
    --peer "implicit ALS" --peers-python /tmp/peers/bin/python --results docs/accuracy.json
python bench/training_speed.py --data public-data/ml-100k --peers-python /tmp/peers/bin/python
python bench/make_accuracy.py
```
"""
SPEED_HEAD = """## Seconds of learning until the same accuracy

The mark is the best NDCG@10 (leave-one-out, seen items removed) that the other library reached in
the time it was given, looked at after every epoch. That time was too short for it to converge; the
time in the table is that of the first epoch at the mark. Ours is the whole time of a training with
the fewest epochs that passes the mark. Same rows, same threads; CPU seconds, because the machine
was shared.

| data | mark | other library | CPU s | Penchant | NDCG@10 | CPU s | times as fast |
|---|---|---|---|---|---|---|---|"""


def page(results: Mapping[str, Any], speed: Mapping[str, Any]) -> str:
    """The whole page."""
    parts = [HEAD]
    for key, part in results.items():
        parts += [f"## {key}\n", f"{_sentence(part['title'])}\n", *table(part["rows"]), ""]
    if speed:
        parts += [SPEED_HEAD, *speed_rows(speed), ""]
    return "\n".join(parts)


def speed_rows(speed: Mapping[str, Any]) -> Iterator[str]:
    """One row per setting, other library and recipe of ours."""
    for key, rows in speed.items():
        for row in rows:
            theirs, ours = row["theirs"], row["ours"]
            there = f"{key} | {number(row['mark'], 4)} | {row['peer']} | {theirs['cpu_s']:.0f}"
            recipe = _named(row["recipe"])
            here = f"{recipe} | not reached | - | -"
            if ours:
                ratio = theirs["cpu_s"] / ours["cpu_s"]
                reached = f"{number(ours['ndcg'], 4)} | {ours['cpu_s']:.0f} | {ratio:.1f}"
                here = f"{recipe} | {reached}"
            yield f"| {there} | {here} |"


def table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One table, the best first."""
    more = ("coverage", "NDCG@10 kept", "epochs", "CPU s", "on")
    yield f"| model | | {' | '.join((*COLUMNS, *more))} |"
    yield "|---|---|" + "---|" * (len(COLUMNS) + 5)
    for row in sorted(rows, key=lambda row: -row["removed"]["NDCG@10"][0]):
        mean, low, high = row["removed"]["NDCG@10"]
        cells = [
            _named(row["name"], row["group"]),
            GROUPS[row["group"]],
            f"{number(mean, 4)} [{number(low)}, {number(high)}]",
            *(number(row["removed"][label][0], 4) for label in COLUMNS[1:]),
            number(row["removed"]["coverage"], 2),
            number(row["kept"]["NDCG@10"][0], 4),
            str(row["epochs"] or "-"),
            f"{row['cpu_s']:.0f}",
            row["date"],
        ]
        yield f"| {' | '.join(cells)} |"


def short(results: Mapping[str, Any], speed: Mapping[str, Any]) -> str:
    """The README's part: NDCG@10 of every model in every setting, and seconds to equal it."""
    names: dict[str, str] = {}
    for part in results.values():
        names |= {row["name"]: row["group"] for row in part["rows"]}
    lines = [f"| NDCG@10, seen items removed | {' | '.join(results)} |"]
    lines.append("|---|" + "---|" * len(results))
    for group in GROUPS:
        for name in (one for one, of in names.items() if of == group):
            cells = [_cell(part["rows"], name) for part in results.values()]
            lines.append(f"| {_named(name, group)} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *speed_summary(speed)] if speed else lines)


def speed_summary(speed: Mapping[str, Any]) -> Iterator[str]:
    """The README's table of speeds: a row per setting and other library."""
    ours = list(dict.fromkeys(row["recipe"] for rows in speed.values() for row in rows))
    recipes = " | ".join(f"{_named(recipe)}, CPU s" for recipe in ours)
    yield f"| until the other library's best NDCG@10, not converged | mark | CPU s | {recipes} |"
    yield "|---|---|---|" + "---|" * len(ours)
    for key, rows in speed.items():
        for peer in dict.fromkeys(row["peer"] for row in rows):
            found = {row["recipe"]: row for row in rows if row["peer"] == peer}
            first = next(iter(found.values()))
            theirs = f"{number(first['mark'], 4)} | {first['theirs']['cpu_s']:.0f}"
            cells = " | ".join(_reached(found.get(recipe)) for recipe in ours)
            yield f"| {peer}: {key} | {theirs} | {cells} |"


def _reached(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "-"
    if not row["ours"]:
        return "not reached"
    spent = row["ours"]["cpu_s"]
    return f"{spent:.0f} (**{row['theirs']['cpu_s'] / spent:.1f} times** as fast)"


def _named(name: str, group: str = "Penchant") -> str:
    return f"**{NAMES.get(name, name)}**" if group == "Penchant" else name


def _cell(rows: Sequence[Mapping[str, Any]], name: str) -> str:
    found = [row for row in rows if row["name"] == name]
    if not found:
        return "-"
    value = number(found[0]["removed"]["NDCG@10"][0], 4)
    if not (epochs := found[0]["epochs"]):
        return value
    return f"{value} (stopped after {epochs} epoch{'s'[: epochs > 1]})"


def _sentence(title: str) -> str:
    return title[title.index("(") + 1 : -1].capitalize() + "."


def figures() -> tuple[dict[str, Any], dict[str, Any]]:
    """Accuracies and training speeds, as they were measured."""
    speed = json.loads(SPEED.read_text("utf-8")) if SPEED.exists() else {}
    return json.loads(RESULTS.read_text("utf-8")), speed


def main() -> None:
    results, speed = figures()
    PAGE.write_text(page(results, speed), "utf-8")
    text = README.read_text("utf-8")
    pattern = r"(<!-- made: accuracy -->\n).*?(<!-- end -->)"
    part = short(results, speed)
    made = re.sub(pattern, lambda found: f"{found[1]}{part}\n{found[2]}", text, flags=re.DOTALL)
    README.write_text(made, "utf-8")


if __name__ == "__main__":
    main()
