"""The frame of one of two panels that stand side by side: grid, axes, scales."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from penchant.cli.evaluate.report.svg import Point, Scale, rule, text, ticks
from penchant.cli.evaluate.report.words import number

HEIGHT: Final = 230
"""Of a panel from its heading to its lower axis, in pixels."""
_GAP: Final = 44


@dataclass(frozen=True, slots=True)
class Axes:
    """A panel; `x` and `y` map values onto pixels, the lower end of `y` being the axis."""

    head: str
    x: Scale
    y: Scale

    def frame(self) -> Iterator[str]:
        """Heading, grid, the numbers beside it and the lower axis."""
        x, y = self.x, self.y
        yield text(x.start - 28, y.end - 14, self.head, kind="head")
        for tick in ticks(0, y.high):
            yield rule(x.start, y(tick), x.end, y(tick))
            yield text(x.start - 8, y(tick) + 4, share_of(tick), kind="soft", anchor="end")
        yield rule(x.start, y.start, x.end, y.start, kind="axis")

    def below(self, value: float, *lines: str) -> Iterator[str]:
        """Words under the axis, one line below the other; an empty one leaves room."""
        for n, words in enumerate(lines):
            y = self.y.start + 18 + 16 * n
            if words:
                yield text(self.x(value), y, words, kind="soft", anchor="middle")

    def points(self, values: Iterable[Point]) -> list[Point]:
        """Values (x, y) as pixels."""
        return [(self.x(across), self.y(up)) for across, up in values]


def left(width: float, top: float, head: str, high: float, across: tuple[float, float]) -> Axes:
    """The left panel of a picture: y from 0 to `high`, x from one to the other of `across`."""
    return _axes(38, (width - _GAP) / 2, top, head, high, across)


def right(width: float, top: float, head: str, high: float, across: tuple[float, float]) -> Axes:
    """The right panel; arguments as those of `left`."""
    half = (width - _GAP) / 2
    return _axes(38 + half + _GAP, half, top, head, high, across)


def share_of(tick: float) -> str:
    """A number beside an axis: .25, 1.00, and 0 without decimals."""
    return number(tick, 2) if tick else "0"


def _axes(
    start: float, half: float, top: float, head: str, high: float, across: tuple[float, float]
) -> Axes:
    x = Scale(*across, start, start + half - 60)
    return Axes(head, x, Scale(0, high, top + HEIGHT, top + 30))
