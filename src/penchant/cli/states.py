"""How what a command looked at stands: well, worth a look, or to be mended."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """How a check ended; only FAIL makes a command's exit status 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


COLOURS: Final[Mapping[State, str]] = {
    State.OK: "green",
    State.WARN: "yellow",
    State.FAIL: "bold red",
}
