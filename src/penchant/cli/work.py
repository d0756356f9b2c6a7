"""`penchant work`: a worker alone."""

import sys

from penchant import app
from penchant.cli import lifeline
from penchant.cli.options import Data, UntilStdinCloses, settings_of
from penchant.cli.start import prepare


def work(data: Data = None, until_stdin_closes: UntilStdinCloses = False) -> None:
    """Run a worker alone: it does the imports, trainings and deployments that are waiting."""
    settings = settings_of(data)
    if until_stdin_closes:
        lifeline.stop_when_closed(sys.stdin.fileno())
    prepare(settings)
    app.work(settings)
