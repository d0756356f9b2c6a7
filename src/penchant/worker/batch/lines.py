"""The lines of batch jobs: what one asks, and how it is answered at its place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Protocol

import orjson

Output = Mapping[str, Any]
"""What stands under `output`, such as `{"recommendedItems": [...], "scores": [...]}`."""

_MARK: Final = b"\xef\xbb\xbf"


class LineRefused(ValueError):  # noqa: N818  # says what happened
    """A line that cannot be answered; the text stands under `error`."""

    def __init__(self, reason: str, whose: str = "User error") -> None:
        super().__init__(f"{whose}: {reason}")


@dataclass(frozen=True, slots=True)
class Ask:
    """One line.

    Attributes:
        given: What the line holds, to stand under `input`; its text where it is no JSON.
        filter_values: Of the parameters of the job's filter.
        fault: Why it cannot be answered; None where it can.
    """

    given: Any
    user_id: str = ""
    item_id: str = ""
    item_list: tuple[str, ...] = ()
    attributes: str = ""
    filter_values: Mapping[str, str] = field(default_factory=dict)
    fault: LineRefused | None = None


class Answerer(Protocol):
    """Answers lines of one job."""

    @property
    def required(self) -> tuple[str, ...]:
        """The members that a line must have."""
        ...

    @property
    def results(self) -> str | None:
        """The member of `output` that is a list in every line, empty where one failed.

        None: lines that failed have no `output`.
        """
        ...

    @property
    def batch(self) -> int:
        """How many lines are answered at a time."""
        ...

    def answer(self, asks: Sequence[Ask]) -> Iterable[Output | LineRefused]:
        """The outputs of lines without a fault, in their order."""
        ...


def answered(lines: Iterable[bytes], answerer: Answerer) -> Iterator[bytes]:
    """A line of output for every line that is not blank, at the same place."""
    asks = (read_line(line, answerer.required) for line in lines if line.strip())
    while some := list(islice(asks, answerer.batch)):
        outputs = iter(answerer.answer([ask for ask in some if ask.fault is None]))
        for ask in some:
            output = next(outputs) if ask.fault is None else ask.fault
            yield written(ask.given, output, answerer.results)


def read_line(line: bytes, required: Sequence[str]) -> Ask:
    """What a line asks; ids may be whole numbers, as programs write them that cast theirs."""
    text = line.strip().removeprefix(_MARK)
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        fault = LineRefused(f"The line is no JSON: {error}")
        return Ask(text.decode("utf-8", "replace"), fault=fault)
    try:
        return _ask(given, required)
    except LineRefused as fault:
        return Ask(given, fault=fault)


def written(given: Any, output: Output | LineRefused, results: str | None) -> bytes:
    """One line of output; `results` as of `Answerer`."""
    line: dict[str, Any] = {"input": given}
    if not isinstance(output, LineRefused):
        line |= {"output": output, "error": None}
    elif results is None:
        line["error"] = str(output)
    else:
        line |= {"output": {results: []}, "error": str(output)}
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _ask(given: Any, required: Sequence[str]) -> Ask:
    members = given if isinstance(given, dict) else {}
    found = {
        "userId": _id(members.get("userId")),
        "itemId": _id(members.get("itemId")),
        "itemList": _ids(members.get("itemList")),
        "itemAttributes": _text(members.get("itemAttributes")),
    }
    if not all(found[name] for name in required):
        raise LineRefused(f"Required fields for the provided recipe are {', '.join(required)}")
    return Ask(
        given,
        user_id=_id(members.get("userId")),
        item_id=_id(members.get("itemId")),
        item_list=_ids(members.get("itemList")),
        attributes=_text(members.get("itemAttributes")),
        filter_values=_filter_values(members.get("filterValues")),
    )


def _id(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _ids(value: Any) -> tuple[str, ...]:
    """The ids of a list; none where one of its entries is no id."""
    ids = tuple(map(_id, value)) if isinstance(value, list) else ()
    return ids if all(ids) else ()


def _filter_values(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise LineRefused(
            'filterValues is no object of texts; write {"GENRES": "\\"horror\\",\\"comedy\\""}'
        )
    return value
