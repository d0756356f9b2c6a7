"""Which embedder the settings name, for the recipe that compares meanings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from penchant.data.datasets import Dataset
from penchant.data.embedder import Embedder
from penchant.data.schemas import parse_schema
from penchant.domain.datasets import INTERACTIONS, ITEMS
from penchant.domain.recipes import RECIPES
from penchant.domain.resources import Resource
from penchant.settings import Settings
from penchant.worker.tasks import TaskFailure
from penchant.worker.training.text_endpoint import EndpointEmbedder
from penchant.worker.training.text_folder import FolderEmbedder

_SEMANTIC: Final = "semantic-similarity"
_NO_INTERACTIONS: Final = """{"type": "record", "name": "Interactions", "namespace": "none", "fields": [
    {"name": "USER_ID", "type": "string"}, {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"}]}"""  # noqa: E501


def embedder_of(settings: Settings, version: Resource) -> Embedder | None:
    """What embeds texts for a version; None where its recipe reads none or learns it from them.

    Raises:
        ValueError: The settings name a folder that is no model, or an endpoint without a model.
    """
    if _family(version) != _SEMANTIC:
        return None
    if settings.text_embedding_endpoint_url:
        return _endpoint(settings)
    if settings.text_embedding_model:
        return FolderEmbedder(
            Path(settings.text_embedding_model),
            batch=settings.text_embedding_batch,
            threads=settings.training_threads,
        )
    return None


def needs_interactions(version: Resource) -> bool:
    """Whether nothing can be learned for a version without interactions."""
    entry = RECIPES.get(version.sent.get("recipeArn") or "")
    return entry is None or entry.needs_interactions


def with_interactions(kept: Mapping[str, Dataset], version: Resource) -> Dataset:
    """The interactions dataset; an empty one where there is none and the recipe needs none.

    Raises:
        TaskFailure: It is missing, or the items' schema is not what the recipe compares.
    """
    if _family(version) == _SEMANTIC:
        _check_items(kept.get(ITEMS), version)
    found = kept.get(INTERACTIONS)
    if found is not None:
        return found
    if needs_interactions(version):
        raise TaskFailure(
            f"{version.sent['datasetGroupArn']} has no interactions dataset; create one and "
            "import interactions."
        )
    return Dataset(parse_schema(_NO_INTERACTIONS))


def _family(version: Resource) -> str:
    entry = RECIPES.get(version.sent.get("recipeArn") or "")
    return "" if entry is None else entry.family


def _check_items(items: Dataset | None, version: Resource) -> None:
    if items is None:
        raise TaskFailure(
            f"{version.sent['datasetGroupArn']} has no items dataset; create one whose schema has "
            "a string with itemName and a string with textual, and import items."
        )
    fields = items.schema.fields
    names = [one.name for one in fields if one.item_name]
    if len(names) != 1:
        raise TaskFailure(
            f'The items\' schema has {len(names)} fields with "itemName": true'
            f"{': ' if names else ''}{', '.join(names)}; aws-semantic-similarity needs exactly one."
        )
    if not any(one.textual for one in fields):
        raise TaskFailure(
            'The items\' schema has no field with "textual": true; aws-semantic-similarity needs '
            "one, of type string."
        )


def _endpoint(settings: Settings) -> EndpointEmbedder:
    if not settings.text_embedding_model:
        raise ValueError(
            "text_embedding_endpoint_url is set, but text_embedding_model is not; name the model "
            "that the endpoint is to use"
        )
    return EndpointEmbedder(
        settings.text_embedding_endpoint_url,
        settings.text_embedding_model,
        settings.text_embedding_api_key,
        batch=settings.text_embedding_batch,
        timeout_s=settings.text_embedding_timeout_s,
    )
