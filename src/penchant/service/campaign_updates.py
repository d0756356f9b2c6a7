"""The update of a campaign: writing one down, asked for or following the newest version."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.errors import ResourceInUseException
from penchant.domain.resources import Resource
from penchant.domain.training_modes import trained_in_full
from penchant.domain.updates import is_updating, last_update, new_update
from penchant.jobs.kinds import JobKind
from penchant.service.ledger import Ledger
from penchant.store.resources import Held


def write_update(ledger: Ledger, tx: Connection, campaign: Held, **members: Any) -> None:
    """Write down an update and queue its deployment.

    Args:
        ledger: Where it is written.
        tx: The transaction that update and job are written in together.
        campaign: What is updated.
        members: Of the update, under the API's names; what is None stays as it is.
    """
    now = ledger.clock()
    own = {**campaign.own, "update": new_update(now, **members)}
    ledger.resources.change(tx, campaign, now, own=own)
    ledger.queue.enqueue(tx, JobKind.DEPLOY, campaign.arn, {})


def refuse_running_update(campaign: Resource) -> None:
    """Refuse to touch a campaign while an update is under way.

    Raises:
        ResourceInUseException: One is.
    """
    if is_updating(campaign):
        raise ResourceInUseException(
            f"{campaign.arn} has an update that is {last_update(campaign)['status']}; wait until "
            "it has ended."
        )


def follows(sent: Mapping[str, Any]) -> bool:
    """Whether a campaign of these members deploys newer versions by itself."""
    config = sent.get("campaignConfig") or {}
    return bool(config.get("syncWithLatestSolutionVersion"))


def follow(ledger: Ledger, tx: Connection, campaign: Held) -> None:
    """Write down the update of a campaign that follows its solution and lags behind.

    A version that an update could not deploy is not tried again; a newer one is. A version whose
    training mode is UPDATE is not followed.
    """
    settled = campaign.status in {statuses.ACTIVE, statuses.CREATE_FAILED}
    if not settled or not follows(campaign.sent) or is_updating(campaign):
        return
    versions = ledger.resources.children(campaign.parent_arn, Kind.SOLUTION_VERSION, tx)
    newer = _newer(versions, {campaign.sent["solutionVersionArn"], _tried(campaign)})
    if newer is not None:
        write_update(ledger, tx, campaign, solutionVersionArn=newer.arn)


def _newer(versions: Sequence[Resource], known: set[str]) -> Resource | None:
    """The newest version that can be followed, if it is newer than all that are known."""
    for one in versions:
        if one.arn in known:
            return None
        if one.status == statuses.ACTIVE and trained_in_full(one):
            return one
    return None


def _tried(campaign: Resource) -> str:
    return last_update(campaign).get("solutionVersionArn") or ""
