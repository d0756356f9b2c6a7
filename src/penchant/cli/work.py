"""`penchant work`: a worker alone."""

import sys

from penchant import app
from penchant.cli import lifeline
from penchant.cli.options import Data, UntilStdinCloses, settings_of
from penchant.cli.start import prepare
from penchant.cli.terminal import out
from penchant.cli.version import installed


def work(data: Data = None, until_stdin_closes: UntilStdinCloses = False) -> None:
    """Run a worker alone: it does the imports, trainings and deployments that are waiting."""
    settings = settings_of(data)
    if until_stdin_closes:
        lifeline.stop_when_closed(sys.stdin.fileno())
    prepare(settings)
    if not until_stdin_closes:
        folder = settings.data_dir.absolute()
        out().print(f"Penchant {installed()} works for {folder}; stop it with Ctrl-C", markup=False)
    app.work(settings)
