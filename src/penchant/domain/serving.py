"""What answers, and how."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from penchant.domain.resources import Resource

_EVENTS: Final = ("eventType", "eventValueThreshold", "eventParametersList")


@dataclass(frozen=True, slots=True)
class Serving:
    """What a campaign, a recommender or a batch job answers with.

    Campaigns and recommenders keep it as `own["serving"]`, once there is something to answer with.

    Attributes:
        artifact: Relative to the data folder.
        recipe_arn: What it was trained with.
        dataset_group_arn: Whose events and datasets are looked at.
        config: The `campaignConfig`, `recommenderConfig` or `batchInferenceJobConfig`, as sent.
        solution_version_arn: Empty where a recommender trained itself.
        events: What of a solution says which events it learned from, so that answers read no
            others: `eventType`, `eventValueThreshold` and `eventParametersList`, as sent.
    """

    artifact: str
    recipe_arn: str
    dataset_group_arn: str
    config: Mapping[str, Any] = field(default_factory=dict)
    solution_version_arn: str = ""
    events: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, resource: Resource) -> Self | None:
        """What a campaign or recommender answers with; None before there is anything."""
        kept: Mapping[str, Any] = resource.own.get("serving") or {}
        if not kept:
            return None
        return cls(
            artifact=kept.get("artifact", ""),
            recipe_arn=kept.get("recipeArn", ""),
            dataset_group_arn=kept.get("datasetGroupArn", ""),
            config=kept.get("campaignConfig") or {},
            solution_version_arn=kept.get("solutionVersionArn", ""),
            events={name: kept[name] for name in _EVENTS if name in kept},
        )

    @property
    def kept(self) -> dict[str, Any]:
        """As a row keeps it."""
        version = self.solution_version_arn
        return {
            **({"solutionVersionArn": version} if version else {}),
            "artifact": self.artifact,
            "recipeArn": self.recipe_arn,
            "datasetGroupArn": self.dataset_group_arn,
            "campaignConfig": self.config,
            **self.events,
        }

    def from_artifact(self, artifact: str) -> Self:
        """The same out of another artifact."""
        return replace(self, artifact=artifact)
