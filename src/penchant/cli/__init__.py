"""The command line: `penchant up`, `serve`, `work`, `demo`, `credentials`, `env`, `doctor`."""

from penchant.cli.program import main

__all__ = ["main"]
