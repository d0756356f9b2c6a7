"""Where the artifacts of a solution version or a recommender lie, relative to the data folder."""

from collections.abc import Mapping

from penchant.domain.resources import Resource


def present_artifact(version: Resource) -> str:
    """What a trained version answers with: its newest renewal, or else what was trained."""
    return _renewal(version).get("artifact") or str(version.own["artifact"])


def artifacts(version: Resource) -> list[str]:
    """Every artifact of a version; none before it is trained."""
    renewal = _renewal(version)
    own = (version.own.get("artifact"), version.own.get("former"))
    names = (*own, renewal.get("artifact"), renewal.get("former"))
    return list(dict.fromkeys(name for name in names if name))


def _renewal(version: Resource) -> Mapping[str, str]:
    renewal: Mapping[str, str] = version.own.get("renewal") or {}
    return renewal
