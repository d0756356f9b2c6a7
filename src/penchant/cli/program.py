"""All commands, and what becomes of their failures: one line and exit status 2."""

import signal
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any, Final, NoReturn

import typer

from penchant.cli.refusal import Refusal
from penchant.cli.terminal import complain

COMMANDS: Final = {
    "up": "penchant.cli.up",
    "serve": "penchant.cli.serve",
    "work": "penchant.cli.work",
    "demo": "penchant.cli.demo.command",
    "check": "penchant.cli.check",
    "evaluate": "penchant.cli.evaluate.command",
    "leaderboard": "penchant.cli.leaderboard",
    "doctor": "penchant.cli.doctor",
    "credentials": "penchant.cli.credentials",
    "env": "penchant.cli.env",
    "version": "penchant.cli.version",
}
_UsageError: Any = typer.BadParameter.__base__  # what every wrong option raises; has no public name
_SERVERS: Final = frozenset({"up", "serve", "work"})
_GROUPS: Final = frozenset({"credentials"})


def program(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command `penchant` with the subcommands `names`; only their modules are imported."""
    commands = typer.Typer(
        name="penchant",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    commands.callback()(_nothing_before_a_command)
    for name in names:
        member: Any = getattr(import_module(COMMANDS[name]), name)
        if name in _GROUPS:
            commands.add_typer(member, name=name)
        else:
            commands.command(name)(member)
    return commands


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (default: the process's own) and return its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    names = words[:1] if words[:1] and words[0] in COMMANDS else COMMANDS
    try:
        return program(names)(args=words, prog_name="penchant", standalone_mode=False) or 0
    except _UsageError as error:
        if error.format_message():
            asked = error.ctx.command_path if error.ctx else "penchant"
            complain(f"{error.format_message()} See: {asked} --help")
        return 2
    except (Refusal, PermissionError) as error:
        complain(str(error))
        return 2
    except (typer.Abort, KeyboardInterrupt):
        return 130


def main() -> NoReturn:
    """Run the process's own command line.

    Servers end at once on a Ctrl-C that comes before they have begun to answer or to work, and on
    one that comes while they end: there is nothing that a kill would spoil.
    """
    if sys.argv[1:2] and sys.argv[1] in _SERVERS:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(run())


def _nothing_before_a_command() -> None:
    """Amazon Personalize as open software on your own machine."""
