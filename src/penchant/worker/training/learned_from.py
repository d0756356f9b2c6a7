"""Which datasets a training reads, and whether they are all still there afterwards."""

from typing import Final

from sqlalchemy import Connection

from penchant.custom_recipes import catalogue_of
from penchant.domain.arns import Kind
from penchant.domain.datasets import ACTION_INTERACTIONS, ACTIONS, type_of
from penchant.domain.recipes import RecipeType
from penchant.domain.resources import Resource
from penchant.settings import Settings
from penchant.store.stores import Stores

KEPT_AS: Final = "learnedFrom"
"""What a solution version or a recommender keeps of its training, in `own`."""


def learned_from(stores: Stores, settings: Settings, version: Resource) -> dict[str, str]:
    """The datasets that a training of a version reads now: by ARN, when each was made."""
    entry = catalogue_of(settings).find(version.sent.get("recipeArn") or "")
    with_actions = entry is not None and entry.recipe_type is RecipeType.PERSONALIZED_ACTIONS
    datasets = stores.resources.children(version.sent["datasetGroupArn"], Kind.DATASET)
    return {
        dataset.arn: dataset.created_at.isoformat()
        for dataset in datasets
        if with_actions or type_of(dataset) not in (ACTIONS, ACTION_INTERACTIONS)
    }


def is_bereft(stores: Stores, version: Resource, tx: Connection | None = None) -> bool:
    """Whether a dataset that a version learned from was deleted, be it made anew or not.

    Nothing is known of trainings by releases that kept nothing.
    """
    group_arn = version.sent["datasetGroupArn"]
    there = {
        dataset.arn: dataset.created_at.isoformat()
        for dataset in stores.resources.children(group_arn, Kind.DATASET, tx)
    }
    return not version.own.get(KEPT_AS, {}).items() <= there.items()
