"""What a recommender keeps beside what its creator sent.

Its `own` holds, once it is trained: `artifact` (of the newest training), `renewal` (see
`penchant.domain.renewals`), `former` (the artifact before that, which may still be in use),
`metrics`, `leaderboard`, `heard`, `triedAt` (when a training last ended, well or badly),
`failures` (of the retrainings since the newest training; absent for none) and `serving` (what it
answers with); after an UpdateRecommender, `update` with its `recommenderConfig` and its own
`status`; always `datasetUpdates` (see `penchant.service.dataset_updates`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from penchant.domain import statuses
from penchant.domain.resources import Resource

ANSWERING: Final = frozenset({statuses.ACTIVE, statuses.STOP_PENDING})
"""The statuses in which a recommender answers."""


def config_of(recommender: Resource) -> Mapping[str, Any]:
    """The `recommenderConfig` that is in force."""
    return recommender.sent.get("recommenderConfig") or {}


def wanted_config(recommender: Resource) -> Mapping[str, Any]:
    """The `recommenderConfig` that will be in force once a running update is done."""
    update = recommender.own.get("update") or {}
    wanted: Mapping[str, Any] = update.get("recommenderConfig") or {}
    return wanted if is_updating(recommender) else config_of(recommender)


def is_updating(recommender: Resource) -> bool:
    """Whether an update has not ended."""
    update = recommender.own.get("update") or {}
    return update.get("status") in statuses.UNFINISHED


def new_update(config: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """An update that was asked for `now`."""
    at = now.isoformat()
    return {
        "recommenderConfig": config,
        "status": statuses.CREATE_PENDING,
        "createdAt": at,
        "updatedAt": at,
    }


def settled_update(
    recommender: Resource, status: str, now: datetime, reason: str = ""
) -> dict[str, Any]:
    """The last update with another status."""
    settled = {"status": status, "failureReason": reason or None, "updatedAt": now.isoformat()}
    return {**recommender.own["update"], **settled}
