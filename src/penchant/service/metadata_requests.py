"""The metadata that a request wants to have with its items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from penchant.data.fields import Field
from penchant.domain.datasets import ITEMS, dataset_arn
from penchant.domain.errors import InvalidInputException
from penchant.service.loading import read
from penchant.serving.answers import Items
from penchant.serving.deployment import Deployment
from penchant.serving.knowledge import Knowledge
from penchant.serving.metadata import Metadata

MOST_COLUMNS: Final = 10
MOST_ITEMS: Final = 50
ENABLED: Final = "enableMetadataWithRecommendations"


@dataclass(frozen=True)
class Wanted:
    """Columns, and where their values are."""

    metadata: Metadata
    columns: Sequence[Field]

    def add_to(self, items: Items) -> Items:
        """The items with `metadata`; one of which nothing is known has none."""
        found = self.metadata.of([item["itemId"] for item in items], self.columns)
        return [
            {**item, "metadata": values} if values else item
            for item, values in zip(items, found, strict=True)
        ]


class MetadataRequests:
    """Reads the `metadataColumns` of a request.

    Args:
        knowledge: Where values are found.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def wanted(
        self,
        deployment: Deployment,
        columns: Mapping[str, Sequence[str]] | None,
        member: str,
        n_items: int,
    ) -> Wanted | None:
        """What the request wants; None where it wants nothing.

        Args:
            deployment: What answers.
            columns: Dataset type to names of columns, both in any case.
            member: The member that says how many items are asked for.
            n_items: How many.

        Raises:
            InvalidInputException: The campaign tells no metadata, there is no such column, or it
                is too much.
            InternalFailure: The values cannot be read.
        """
        if not columns:
            return None
        _check_enabled(deployment)
        names = _names(columns)
        if n_items > MOST_ITEMS:
            raise InvalidInputException(
                f"{member} asks for {n_items} items with metadataColumns; give at most "
                f"{MOST_ITEMS}, or leave metadataColumns out."
            )
        metadata = await self._metadata(deployment.events_stream)
        fields = [_field(metadata, name, deployment) for name in names]
        return Wanted(metadata, fields) if fields else None

    async def _metadata(self, group_arn: str) -> Metadata:
        found = self._knowledge.metadata(dataset_arn(group_arn, ITEMS))
        if isinstance(found, Metadata):
            return found
        return await read(found, f"The items of {group_arn}")


def _check_enabled(deployment: Deployment) -> None:
    if not deployment.recipe.tells_metadata and not deployment.config.get(ENABLED):
        update = "UpdateCampaign" if deployment.recipe.use_case is None else "UpdateRecommender"
        raise InvalidInputException(
            f"metadataColumns needs {ENABLED}, which {deployment.arn} has off; turn it on by "
            f"{update}, or leave metadataColumns out."
        )


def _names(columns: Mapping[str, Sequence[str]]) -> list[str]:
    for dataset_type in columns:
        if dataset_type.upper() != ITEMS:
            raise InvalidInputException(
                f"metadataColumns has {dataset_type!r}; answers carry metadata of {ITEMS} alone."
            )
    names = list(dict.fromkeys(name for listed in columns.values() for name in listed))
    if len(names) > MOST_COLUMNS:
        raise InvalidInputException(
            f"metadataColumns names {len(names)} columns; name at most {MOST_COLUMNS}."
        )
    return names


def _field(metadata: Metadata, name: str, deployment: Deployment) -> Field:
    if metadata.schema is None:
        raise InvalidInputException(
            f"metadataColumns names {name!r}, but {deployment.events_stream} has no Items dataset; "
            "create and import it, or leave metadataColumns out."
        )
    found = metadata.schema.find(name)
    if found is None:
        known = ", ".join(one.name for one in metadata.schema.fields)
        raise InvalidInputException(
            f"metadataColumns names {name!r}; the schema of the Items dataset has {known}."
        )
    return found
