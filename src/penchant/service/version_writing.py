"""Writes down a solution version with the training that makes it, whoever asks for it."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.resources import Resource
from penchant.jobs.kinds import JobKind
from penchant.service.ledger import Ledger

MANUAL: Final = "MANUAL"
AUTOMATIC: Final = "AUTOMATIC"
_FROM_SOLUTION: Final = (
    "performHPO",
    "performAutoML",
    "performIncrementalUpdate",
    "recipeArn",
    "eventType",
    "datasetGroupArn",
    "solutionConfig",
)


def write_version(
    ledger: Ledger,
    tx: Connection,
    caller: Caller,
    solution: Resource,
    *,
    mode: str,
    training_type: str = MANUAL,
    name: str | None = None,
    tags: Sequence[Mapping[str, str]] | None = None,
) -> Resource:
    """Write down a version as the solution is configured now, and queue its training.

    Args:
        ledger: Where it is written.
        tx: The transaction that row and job are written in together.
        caller: Its owner is the version's.
        solution: What is trained.
        mode: Its `trainingMode`.
        training_type: MANUAL or AUTOMATIC.
        name: As its creator gave it; None for the end of its ARN.
        tags: Tags as sent.

    Raises:
        LimitExceededException: As many trainings wait as the installation's quota allows.
    """
    arn_name = f"{solution.name}/{uuid.uuid4().hex[:8]}"
    shown_name = name or arn_name
    sent = {
        "name": shown_name,
        "solutionArn": solution.arn,
        **{member: solution.sent.get(member) for member in _FROM_SOLUTION},
        "trainingMode": mode,
        "trainingType": training_type,
    }
    return ledger.write_down(
        tx,
        caller,
        Kind.SOLUTION_VERSION,
        shown_name,
        sent=sent,
        arn_name=arn_name,
        parent_arn=solution.arn,
        tags=tags,
        job=JobKind.TRAIN,
    )
