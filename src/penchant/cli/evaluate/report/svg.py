"""Pieces of SVG plots: texts, lines, dots, scales; readable on light and on dark paper.

Plots carry their own style and need nothing from outside, so that they look alike in the report
and as files of their own.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

Point = tuple[float, float]

STYLE: Final = (
    "svg{font:12px system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}"
    ".ink{fill:#1f2937}.soft{fill:#6b7280}.head{fill:#1f2937;font-weight:600}"
    ".grid{stroke:#9ca3af;stroke-opacity:.3}.axis{stroke:#9ca3af}"
    "@media(prefers-color-scheme:dark){.ink,.head{fill:#e5e7eb}.soft{fill:#9ca3af}"
    ".grid{stroke:#6b7280;stroke-opacity:.4}.axis{stroke:#6b7280}}"
)
COLOURS: Final = ("#3b82f6", "#f97316", "#10b981", "#a855f7", "#ec4899", "#eab308")
GREY: Final = "#8b93a1"
DASHES: Final = ("6 3", "2 3", "9 3 2 3")
_LETTER: Final = 6.6  # mean width of a letter at 12 px


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values from `low` to `high` onto pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where a value stands, in pixels."""
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.start + share * (self.end - self.start)


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round values from `low` to `high`, about as many as wanted."""
    rough = (high - low) / max(1, wanted)
    if rough <= 0:
        return [low]
    size = 10.0 ** math.floor(math.log10(rough))
    step = min((size * m for m in (1, 2, 5, 10)), key=lambda one: abs(one - rough))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]


def width_of(text: str) -> float:
    """About how wide a text is, in pixels."""
    return len(text) * _LETTER


def svg(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    """A whole picture, `title` being read to those who cannot see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style>{''.join(parts)}</svg>"
    )


def text(x: float, y: float, words: str, *, kind: str = "ink", anchor: str = "start") -> str:
    """Words at a place; `kind` is ink, soft or head, `anchor` start, middle or end."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}'
        "</text>"
    )


def rule(x1: float, y1: float, x2: float, y2: float, *, kind: str = "grid") -> str:
    """A line of a grid or an axis."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


@dataclass(frozen=True, slots=True)
class Pen:
    """How one contestant is drawn everywhere."""

    colour: str
    dash: str = ""

    def line(self, points: Sequence[Point], *, width: float = 2) -> str:
        """A line through points."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dash = f' stroke-dasharray="{self.dash}"' if self.dash else ""
        return (
            f'<polyline points="{path}" fill="none" stroke="{self.colour}" '
            f'stroke-width="{width:g}" stroke-linejoin="round"{dash}/>'
        )

    def solid(self, points: Sequence[Point], *, width: float = 2) -> str:
        """A line without dashes."""
        return Pen(self.colour).line(points, width=width)

    def dot(self, x: float, y: float, words: str, *, radius: float = 4) -> str:
        """A dot that tells `words` under the pointer."""
        return (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{self.colour}">'
            f"<title>{escape(words)}</title></circle>"
        )

    def bar(self, x: float, y: float, width: float, height: float) -> str:
        """A filled bar."""
        return (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height:.1f}" '
            f'rx="2" fill="{self.colour}" fill-opacity=".85"/>'
        )


def pens(names: Sequence[str], baselines: frozenset[str]) -> dict[str, Pen]:
    """Colours for recipes, dashed grey for baselines."""
    drawn: dict[str, Pen] = {}
    for name in names:
        n = sum((other in baselines) == (name in baselines) for other in drawn)
        if name in baselines:
            drawn[name] = Pen(GREY, DASHES[n % len(DASHES)])
        else:
            drawn[name] = Pen(COLOURS[n % len(COLOURS)], "" if n < len(COLOURS) else DASHES[0])
    return drawn


def legend(drawn: Mapping[str, Pen], x: float, y: float, width: float) -> tuple[list[str], float]:
    """Names with a piece of their line, in rows; also the height that they take."""
    parts: list[str] = []
    left, top = x, y
    for name, pen in drawn.items():
        needed = 32 + width_of(name) + 18
        if left + needed > x + width and left > x:
            left, top = x, top + 20
        parts.append(pen.line([(left, top), (left + 24, top)], width=2.5))
        parts.append(text(left + 31, top + 4, name))
        left += needed
    return parts, top - y + 32
