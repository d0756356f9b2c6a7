"""Where commands write: colour and boxes for people, plain lines for files and pipes."""

import sys
from typing import Final

from rich.console import Console
from rich.text import Text

_PLAIN_WIDTH: Final = 160


def out() -> Console:
    """The console of standard output, made when it is needed so that redirections are seen."""
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = _PLAIN_WIDTH  # a pipe has no edge at which tables would have to be cut
    return console


def tell_heading(console: Console, heading: str, meaning: str) -> None:
    """Write a heading and what it means above a table."""
    console.print()
    console.print(Text(heading, style="bold"))
    console.print(Text(meaning, style="dim"))


def counted(n: int, noun: str) -> str:
    """How many, in words: 1 user, 1,204 users."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def complain(text: str) -> None:
    """Write one line to standard error."""
    Console(file=sys.stderr, highlight=False, soft_wrap=True).print(
        f"penchant: {text}", markup=False
    )
