"""When a solution is to train by itself."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from penchant.domain.resources import Resource
from penchant.domain.training_modes import trained_in_full

DEFAULT_DAYS: Final = 7


def trains_itself(sent: Mapping[str, Any]) -> bool:
    """Whether a solution of these members trains from time to time: unless somebody said no."""
    return sent.get("performAutoTraining") is not False


def days_of(expression: str) -> int:
    """The days of `rate(N days)`, whose form the service's model has checked."""
    return int("".join(re.findall(r"\d", expression)))


def due_at(solution: Resource, versions: Sequence[Resource], delay: timedelta) -> datetime:
    """The moment from which a solution is to be trained again.

    That is the interval of its schedule after the beginning of the last training, whoever asked
    for it and however it ended. Where none has begun since the solution was created, or was told
    to train itself, it is a delay after that.

    Args:
        solution: One that trains itself.
        versions: All its versions, newest first.
        delay: Before the first training.
    """
    since = solution.own.get("trainsSince")
    began = solution.created_at if since is None else datetime.fromisoformat(since)
    last = last_training(versions)
    if last is None or last.created_at < began:
        return began + delay
    config = solution.sent.get("solutionConfig", {}).get("autoTrainingConfig", {})
    expression = config.get("schedulingExpression")
    days = DEFAULT_DAYS if expression is None else days_of(expression)
    return last.created_at + timedelta(days=days)


def last_training(versions: Sequence[Resource]) -> Resource | None:
    """The newest version that learned anew; `versions` are newest first."""
    return next((one for one in versions if trained_in_full(one)), None)
