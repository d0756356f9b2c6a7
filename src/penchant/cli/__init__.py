"""The command line: a module or a folder per command, named in `program`."""

from penchant.cli.program import main

__all__ = ["main"]
