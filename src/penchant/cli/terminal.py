"""Where commands write: colour and boxes for people, plain lines for files and pipes."""

import sys

from rich.console import Console


def out() -> Console:
    """The console of standard output, made when it is needed so that redirections are seen."""
    return Console(file=sys.stdout, highlight=False, soft_wrap=True)


def complain(text: str) -> None:
    """Write one line to standard error."""
    Console(file=sys.stderr, highlight=False, soft_wrap=True).print(
        f"penchant: {text}", markup=False
    )
