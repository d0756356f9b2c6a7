"""Makes the table of operations of COMPATIBILITY.md from what tests have shown.

    pytest tests/wire/test_pairs.py tests/journeys --junitxml=report.xml
    python bench/make_compatibility.py report.xml

Reads what the tests of the reports met, writes it to docs/compatibility.json and makes the table
of it; without reports it makes the table alone. tests/docs checks that the page is as this program
would make it, and that nothing is claimed which is not tested.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import ascii_lowercase
from typing import Any
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.wire.pairs import UNPROVOKED  # noqa: E402
from tests.wire.provocations import WAYS  # noqa: E402
from tests.wire.test_constraints import CASES  # noqa: E402

from penchant.protocol.catalogue import CONTROL, EVENTS, RUNTIME, Operation, load_apis  # noqa: E402

PAGE, EVIDENCE = ROOT / "COMPATIBILITY.md", ROOT / "docs" / "compatibility.json"
TITLES = {
    CONTROL: "Control plane",
    EVENTS: "Events",
    RUNTIME: "Runtime",
}
ERRORS = (
    "InvalidInputException",
    "ResourceNotFoundException",
    "ResourceAlreadyExistsException",
    "ResourceInUseException",
    "LimitExceededException",
    "TooManyTagsException",
    "TooManyTagKeysException",
    "InvalidNextTokenException",
)
LETTERS = dict(zip(dict.fromkeys(way.behaviour for way in WAYS), ascii_lowercase, strict=False))
NUMBERS = {reason: number for number, reason in enumerate(dict.fromkeys(UNPROVOKED.values()), 1)}
CLIENTS = ("boto3", "aws", "JavaScript")
LIVE = ("journeys/", "wire/test_pairs")
"""Tests that talk to the real services; others of tests/wire talk to an echo."""
SHOWN_FILES = 3
PROVOKED = re.compile(r"test_an_error_of_the_model_is_provoked\[(\w+)-(\w+)-(.+)\]")


def read(reports: Iterable[Path]) -> dict[str, Any]:
    """What the tests that passed have met.

    Returns:
        `answers`: operation -> client -> test files in which it got a good answer; `provoked`:
        operation -> error -> ways in which a test has provoked it.
    """
    answers: Any = defaultdict(lambda: defaultdict(set))
    provoked: Any = defaultdict(lambda: defaultdict(set))
    for case in _passed(reports):
        for client, operation in _answers(case):
            if _file(case).startswith(LIVE):
                answers[operation][client].add(_file(case))
        if found := PROVOKED.fullmatch(case.get("name", "")):
            operation, error, way = found.groups()
            provoked[operation][error].add(way)
    return {"answers": _plain(answers), "provoked": _plain(provoked)}


def _passed(reports: Iterable[Path]) -> Iterator[ET.Element]:
    for report in reports:
        for case in ET.parse(report).iter("testcase"):
            if all(case.find(word) is None for word in ("failure", "error", "skipped")):
                yield case


def _answers(case: ET.Element) -> Iterator[tuple[str, str]]:
    for one in case.iter("property"):
        operation, _, outcome = one.get("value", "").partition(" ")
        if one.get("name", "").startswith("met by ") and outcome == "answer":
            yield one.get("name", "").removeprefix("met by "), operation


def _file(case: ET.Element) -> str:
    """The file of a test below tests/, without its ending."""
    return case.get("classname", "").removeprefix("tests.").replace(".", "/")


def _plain(found: Any) -> dict[str, Any]:
    return {
        operation: {name: sorted(ones) for name, ones in sorted(inner.items())}
        for operation, inner in sorted(found.items())
    }


def table(evidence: dict[str, Any]) -> str:
    """A table per service, an operation per row, and what the letters and numbers mean."""
    sections = [_section(service, evidence) for service in TITLES]
    ways = [f"- **{letter}** {way}" for way, letter in LETTERS.items()]
    reasons = [f"{number}. {reason}" for reason, number in NUMBERS.items()]
    letters = "How an error is met:\n\n" + "\n".join(ways)
    numbers = "Why an error is never answered:\n\n" + "\n".join(reasons)
    return "\n\n".join([*sections, letters, numbers])


def _section(service: str, evidence: dict[str, Any]) -> str:
    operations = sorted(
        (one for one in load_apis() if one.service == service), key=lambda one: one.name
    )
    listed = {error for one in operations for error in one.error_names}
    errors = [error for error in ERRORS if error in listed]
    names = ["operation", "answered to", "bounds", *map(_short, errors)]
    head = f"| {' | '.join(names)} |\n|{'---|' * len(names)}"
    rows = [_row(operation, errors, evidence) for operation in operations]
    return "\n".join([f"### {TITLES[service]}", "", head, *rows])


def _row(operation: Operation, errors: list[str], evidence: dict[str, Any]) -> str:
    n_bounds = sum(case.operation.name == operation.name for case in CASES)
    answers = evidence["answers"].get(operation.name)
    if answers is None:
        return f"| `{operation.name}` | not yet | {n_bounds} |{' |' * len(errors)}"
    clients = [f"{client}: {_files(answers[client])}" for client in CLIENTS if client in answers]
    cells = [_cell(operation, error, evidence) for error in errors]
    return f"| `{operation.name}` | {'; '.join(clients)} | {n_bounds} | {' | '.join(cells)} |"


def _files(files: list[str]) -> str:
    """Journeys first: they say most."""
    ordered = sorted(files, key=lambda file: (not file.startswith("journeys"), file))
    shown = ", ".join(f"`{file}`" for file in ordered[:SHOWN_FILES])
    more = len(ordered) - SHOWN_FILES
    return f"{shown} and {more} more" if more > 0 else shown


def _cell(operation: Operation, error: str, evidence: dict[str, Any]) -> str:
    if error not in operation.error_names:
        return "-"
    ways = evidence["provoked"].get(operation.name, {}).get(error)
    if ways:
        return " ".join(sorted(LETTERS[way] for way in ways))
    reason = UNPROVOKED.get((operation.name, error))
    return f"never ({NUMBERS[reason]})" if reason else "not tested"


def _short(error: str) -> str:
    """`ResourceInUse` for ResourceInUseException."""
    return f"`{error.removesuffix('Exception')}`"


def remade(page: str, evidence: dict[str, Any]) -> str:
    """The page with its made part replaced."""
    pattern = r"(<!-- made: operations -->\n).*?(<!-- end -->)"
    part = table(evidence)
    return re.sub(pattern, lambda found: f"{found[1]}{part}\n{found[2]}", page, flags=re.DOTALL)


def main(reports: list[Path]) -> None:
    """Rewrite evidence, where reports are given, and page."""
    if reports:
        EVIDENCE.write_text(json.dumps(read(reports), indent=1) + "\n", "utf-8")
    evidence = json.loads(EVIDENCE.read_text("utf-8"))
    PAGE.write_text(remade(PAGE.read_text("utf-8"), evidence), "utf-8")


if __name__ == "__main__":
    main([Path(word) for word in sys.argv[1:]])
