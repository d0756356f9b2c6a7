"""What campaigns and recommenders answer with right now; changes are seen within half a second."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final

from penchant.domain import statuses
from penchant.domain.arns import Kind, Owner
from penchant.domain.callers import Caller
from penchant.domain.errors import InvalidInputException, ResourceNotFoundException
from penchant.domain.recipes import BUILT_IN, Catalogue
from penchant.domain.recommenders import ANSWERING
from penchant.domain.resources import Resource
from penchant.domain.serving import Serving
from penchant.models.artifacts import Artifact, read_artifact
from penchant.serving.deployment import Deployment, deploy, recipe_of
from penchant.serving.loading import Artifacts
from penchant.serving.trusted import TRUST_S
from penchant.store.resources import Resources

LONGEST_UNSEEN_S: Final = 1.0
_ANSWERING: Final = frozenset({Kind.CAMPAIGN, Kind.RECOMMENDER})
_STOPPED: Final = frozenset({statuses.STOP_IN_PROGRESS, statuses.INACTIVE})


@dataclass(slots=True)
class _Seen:
    """A campaign's row as last read; `checked_at` is monotonic.

    `following` is the artifact that is to come next, `waits_for` what is still to be read for it;
    `is_due` once more of that is read.
    """

    owner: Owner
    created_at: datetime
    serving: Serving
    deployment: Deployment
    checked_at: float
    is_due: bool = False
    following: str = ""
    waits_for: Sequence[Future[Any]] = ()

    def is_of(self, campaign: Resource) -> bool:
        """Whether a row is as it was, and of the same campaign: a name can be given again."""
        return self.serving == Serving.of(campaign) and self.created_at == campaign.created_at

    def distrust(self, load: Future[Any]) -> None:
        """Have the row looked at again now that something is read; a failure waits its turn."""
        if not load.cancelled() and load.exception() is None:
            self.is_due = True


class Deployments:
    """The campaigns that this process answers for. Safe to use from several threads.

    Of recommenders holds what is said of campaigns, but that they answer only while they are
    started. A campaign's row is trusted for `trust_s` and then read again. A campaign that is asked
    for the first time is loaded by a thread while its caller waits; so is one that was changed
    while nobody asked for a second. After an update of a campaign in use, the former artifact
    answers until the new one is loaded, and until what filters look at is read for it. What is
    missing or not ready is not remembered.

    Args:
        resources: Where campaigns are kept; `own["serving"]` says what one answers with.
        data_dir: Folder that artifact paths are relative to.
        capacity: Campaigns kept loaded; the one asked longest ago goes first.
        trust_s: How long a row is taken as it was read.
        monotonic: Seconds that never run backwards.
        read: Reads an artifact's folder.
        recipes: What campaigns may answer with.
        prepare: Has read for a dataset group's next artifact what was read for the former one;
            tells what to wait for.
    """

    def __init__(
        self,
        resources: Resources,
        data_dir: Path,
        *,
        capacity: int = 32,
        trust_s: float = TRUST_S,
        monotonic: Callable[[], float] = time.monotonic,
        read: Callable[[Path], Artifact] = read_artifact,
        recipes: Catalogue = BUILT_IN,
        prepare: Callable[[str, Artifact], Sequence[Future[Any]]] = lambda _group, _artifact: (),
    ) -> None:
        self._resources = resources
        self._data_dir = data_dir
        self._capacity = capacity
        self._trust_s = trust_s
        self._monotonic = monotonic
        self._artifacts = Artifacts(read)
        self._recipes = recipes
        self._prepare = prepare
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._lock = Lock()

    def find(self, caller: Caller, arn: str) -> Deployment:
        """What the caller's campaign answers with.

        Raises:
            ResourceNotFoundException: There is no such campaign, or it is another owner's.
            InvalidInputException: The ARN is of something else, or the campaign is not ready.
        """
        seen = self._seen.get(arn)
        if seen is None or seen.is_due or self._age_s(seen) >= self._trust_s:
            seen = self._look(caller, arn, seen)
        if seen.owner != caller.owner:
            raise ResourceNotFoundException.of(arn)
        return seen.deployment

    def loading(self, caller: Caller, arn: str) -> Future[Artifact] | None:
        """What to wait for so that `find` answers at once; None when it does already.

        Raises:
            ResourceNotFoundException: As `find` does.
            InvalidInputException: As `find` does.
        """
        seen = self._seen.get(arn)
        if seen is not None and self._age_s(seen) < LONGEST_UNSEEN_S:
            return None
        campaign = self._row(caller, arn)
        return None if seen and seen.is_of(campaign) else self._load(campaign)

    def answers(self, arn: str) -> bool:
        """Whether there is something to answer with, be it of before the last update."""
        return arn in self._seen

    def close(self) -> None:
        """Stop the threads that load artifacts."""
        self._artifacts.close()

    def _look(self, caller: Caller, arn: str, seen: _Seen | None) -> _Seen:
        now_s = self._monotonic()
        if seen is not None:
            seen.is_due = False
        campaign = self._row(caller, arn)
        if seen is None or not seen.is_of(campaign):
            load = self._load(campaign)
            if seen is not None and not self._may_follow(seen, campaign, load):
                seen.checked_at = now_s
                return seen
            serving = _serving(campaign)
            deployment = deploy(arn, serving, load.result(), self._recipes)
            seen = _Seen(campaign.owner, campaign.created_at, serving, deployment, now_s)
        seen.checked_at = now_s
        self._remember(arn, seen)
        return seen

    def _row(self, caller: Caller, arn: str) -> Resource:
        try:
            return _answering(self._resources.get(arn), caller, arn)
        except (ResourceNotFoundException, InvalidInputException):
            self._forget(arn, caller)
            raise

    def _age_s(self, seen: _Seen) -> float:
        return self._monotonic() - seen.checked_at

    def _may_follow(self, seen: _Seen, campaign: Resource, load: Future[Artifact]) -> bool:
        """Whether an artifact can follow another one without a wait; else sees to it."""
        if seen.created_at != campaign.created_at:
            return True
        if not load.done() or load.exception() is not None:
            load.add_done_callback(seen.distrust)
            return False
        unseen = self._age_s(seen) >= LONGEST_UNSEEN_S
        return unseen or self._is_prepared(seen, _serving(campaign), load)

    def _is_prepared(self, seen: _Seen, serving: Serving, load: Future[Artifact]) -> bool:
        if seen.serving.artifact == serving.artifact:
            return True
        if seen.following != serving.artifact:
            seen.following = serving.artifact
            seen.waits_for = self._prepare(serving.dataset_group_arn, load.result())
            for reading in seen.waits_for:
                reading.add_done_callback(seen.distrust)
        return all(reading.done() for reading in seen.waits_for)

    def _load(self, campaign: Resource) -> Future[Artifact]:
        serving = _serving(campaign)
        recipe_of(campaign.arn, serving, self._recipes)  # what is not installed cannot be loaded
        return self._artifacts.load(self._data_dir / serving.artifact)

    def _remember(self, arn: str, seen: _Seen) -> None:
        with self._lock:
            self._seen[arn] = seen
            self._seen.move_to_end(arn)
            while len(self._seen) > self._capacity:
                self._seen.popitem(last=False)
            self._drop_unused()

    def _forget(self, arn: str, caller: Caller) -> None:
        with self._lock:
            seen = self._seen.get(arn)
            if seen is not None and seen.owner == caller.owner:
                del self._seen[arn]
                self._drop_unused()

    def _drop_unused(self) -> None:
        named = [(seen.serving.artifact, seen.following) for seen in self._seen.values()]
        paths = {self._data_dir / name for names in named for name in names}
        self._artifacts.keep_only(paths)


def _serving(campaign: Resource) -> Serving:
    """Of one that `_answering` let through."""
    serving = Serving.of(campaign)
    assert serving is not None
    return serving


def _answering(campaign: Resource | None, caller: Caller, arn: str) -> Resource:
    if campaign is None or campaign.owner != caller.owner:
        raise ResourceNotFoundException.of(arn)
    if campaign.kind not in _ANSWERING:
        raise InvalidInputException(
            f"{arn} is the ARN of a {campaign.kind.value}; give that of a campaign."
        )
    if campaign.status in {statuses.DELETE_PENDING, statuses.DELETE_IN_PROGRESS}:
        raise ResourceNotFoundException.of(arn)
    resting = campaign.kind is Kind.RECOMMENDER and campaign.status not in ANSWERING
    if resting or Serving.of(campaign) is None:
        raise InvalidInputException(_not_ready(campaign))
    return campaign


def _not_ready(campaign: Resource) -> str:
    text = f"{campaign.arn} is {campaign.status} and cannot answer"
    if campaign.status in _STOPPED:
        return f"{text}; call StartRecommender and wait until it is {statuses.ACTIVE}."
    if campaign.status == statuses.CREATE_FAILED:
        return f"{text}: {campaign.failure_reason or 'its deployment failed'}. Create it again."
    describe = f"Describe{campaign.kind.value.capitalize()}"
    return f"{text} yet; wait until {describe} shows {statuses.ACTIVE}."
