"""What a recommender keeps beside what its creator sent.

Its `own` holds, once it is trained: `artifact` (of the newest training), `renewal` (see
`penchant.domain.renewals`), `former` (the artifact before that, which may still be in use),
`metrics`, `leaderboard`, `heard`, `triedAt` (when a training last ended, well or badly),
`failures` (of the retrainings since the newest training; absent for none) and `serving` (what it
answers with); after an UpdateRecommender, `update` (see `penchant.domain.updates`); always
`datasetUpdates` (see `penchant.service.dataset_updates`).
"""

from collections.abc import Mapping
from typing import Any, Final

from penchant.domain import statuses
from penchant.domain.resources import Resource
from penchant.domain.updates import is_updating, last_update

ANSWERING: Final = frozenset({statuses.ACTIVE, statuses.STOP_PENDING})
"""The statuses in which a recommender answers."""


def config_of(recommender: Resource) -> Mapping[str, Any]:
    """The `recommenderConfig` that is in force."""
    return recommender.sent.get("recommenderConfig") or {}


def wanted_config(recommender: Resource) -> Mapping[str, Any]:
    """The `recommenderConfig` that will be in force once a running update is done."""
    wanted: Mapping[str, Any] = last_update(recommender).get("recommenderConfig") or {}
    return wanted if is_updating(recommender) else config_of(recommender)
