"""How many requests per second are taken, where the installation sets a bound.

The managed service bounds all of them; here every bound is a setting that is off unless it is
given, so that a program's way of waiting and trying again can be tested.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from penchant.domain.arns import Owner
from penchant.domain.errors import ThrottlingException
from penchant.protocol.catalogue import CONTROL, RUNTIME, Operation
from penchant.settings import Settings

BY_TARGET: Final = {
    "put_events": ("rate_put_events", ("tracking_id",)),
    "put_action_interactions": ("rate_put_action_interactions", ("tracking_id",)),
    "put_items": ("rate_put_items", ("dataset_arn",)),
    "put_users": ("rate_put_users", ("dataset_arn",)),
    "put_actions": ("rate_put_actions", ("dataset_arn",)),
    **dict.fromkeys(
        ("get_recommendations", "get_personalized_ranking", "get_action_recommendations"),
        ("rate_campaign", ("campaign_arn", "recommender_arn")),
    ),
}
"""Settings that bound an operation on one thing, and the arguments that name it."""
BY_SERVICE: Final = {RUNTIME: "rate_runtime", CONTROL: "rate_control_plane"}
"""Settings that bound all operations of a service together."""
_MOST: Final = 10_000

Key = tuple[str, Owner, str, str]


class Bucket:
    """Requests that may come now: one more each `1 / per_s`, never more than a second's.

    Args:
        per_s: Requests per second; below 1, one may come at a time.
        now_s: The moment, by a clock that never runs backwards.
    """

    def __init__(self, per_s: float, now_s: float) -> None:
        self._per_s = per_s
        self._most = max(1.0, per_s)
        self._left = self._most
        self._filled_s = now_s

    def holds_one(self, now_s: float) -> bool:
        """Whether a request may come at this moment."""
        self._left = min(self._most, self._left + (now_s - self._filled_s) * self._per_s)
        self._filled_s = now_s
        return self._left >= 1

    def take(self) -> None:
        """Count a request."""
        self._left -= 1


@dataclass(frozen=True, slots=True)
class _Bound:
    setting: str
    per_s: float
    members: tuple[str, ...]


class Rates:
    """Buckets per account, region and what an operation is about; used on the event loop only.

    Each process counts by itself, from its start on.

    Args:
        per_s: Requests per second by the name of the setting; none: everything is taken.
        monotonic_s: A clock that never runs backwards.
    """

    def __init__(self, per_s: Mapping[str, float], monotonic_s: Callable[[], float]) -> None:
        self._per_s = per_s
        self._monotonic_s = monotonic_s
        self._buckets: dict[Key, Bucket] = {}

    @classmethod
    def read(cls, settings: Settings, monotonic_s: Callable[[], float]) -> "Rates":
        """The bounds that the settings give; 0 is none."""
        names = {setting for setting, _ in BY_TARGET.values()} | set(BY_SERVICE.values())
        found = {name: getattr(settings, name) for name in names}
        return cls({name: per_s for name, per_s in found.items() if per_s}, monotonic_s)

    def take(self, operation: Operation, owner: Owner, arguments: Mapping[str, Any]) -> None:
        """Count a request.

        Raises:
            ThrottlingException: It is one too many in this second; it is not counted.
        """
        if not self._per_s:
            return
        now_s = self._monotonic_s()
        buckets = []
        for bound in self._bounds(operation):
            bucket = self._bucket(bound, operation, owner, arguments, now_s)
            if not bucket.holds_one(now_s):
                raise ThrottlingException(
                    f"Rate exceeded: more than {bound.per_s:g} requests per second, which "
                    f"PENCHANT_{bound.setting.upper()} allows; wait and send it again."
                )
            buckets.append(bucket)
        for bucket in buckets:
            bucket.take()

    def _bounds(self, operation: Operation) -> Iterator[_Bound]:
        setting, members = BY_TARGET.get(operation.method_name, ("", ()))
        for name, told in ((setting, members), (BY_SERVICE.get(operation.service, ""), ())):
            if name in self._per_s:
                yield _Bound(name, self._per_s[name], told)

    def _bucket(
        self,
        bound: _Bound,
        operation: Operation,
        owner: Owner,
        arguments: Mapping[str, Any],
        now_s: float,
    ) -> Bucket:
        about = next((arguments[name] for name in bound.members if name in arguments), "")
        key = (bound.setting, owner, operation.name if bound.members else "", about)
        if key not in self._buckets:
            if len(self._buckets) >= _MOST:
                self._buckets.clear()
            self._buckets[key] = Bucket(bound.per_s, now_s)
        return self._buckets[key]
