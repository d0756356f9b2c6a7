"""Recipes, algorithms and feature transformations: the service's own catalogue, read only."""

from collections.abc import Mapping
from typing import Any

from penchant.domain import statuses
from penchant.domain.arns import in_partition
from penchant.domain.callers import Caller
from penchant.domain.errors import ResourceNotFoundException
from penchant.domain.recipes import Catalogue, Parameter, RecipeEntry
from penchant.service.ledger import PAGE_SIZE
from penchant.store.cursors import Cursors


class RecipeOperations:
    """What `ListRecipes` offers and how each recipe can be set.

    An older ARN of a recipe finds it too, and one of another partition; what is answered has the
    recipe's own ARN in the partition of the caller's region.
    """

    def __init__(self, recipes: Catalogue, cursors: Cursors) -> None:
        self._recipes = recipes
        self._cursors = cursors

    def list_recipes(
        self,
        caller: Caller,
        *,
        recipe_provider: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
        domain: str | None = None,
    ) -> dict[str, Any]:
        """All recipes, those of the domains last; `domain` leaves only that domain's."""
        del recipe_provider
        scope = f"recipes\n{domain or ''}"
        entries = [one for one in self._recipes.entries if domain in (None, _domain(one))]
        limit = max_results or PAGE_SIZE
        found, after = self._cursors.part(entries, scope, after=next_token, limit=limit)
        partition = caller.owner.partition
        return {"recipes": [_summary(one, partition) for one in found], "nextToken": after}

    def describe_recipe(self, caller: Caller, *, recipe_arn: str) -> dict[str, Any]:
        """One recipe."""
        partition = caller.owner.partition
        entry = self._recipes.find(recipe_arn)
        if entry is None:
            raise ResourceNotFoundException.of(recipe_arn)
        return {
            "recipe": {
                **_common(entry, partition),
                "algorithmArn": in_partition(entry.algorithm_arn, partition),
                "featureTransformationArn": in_partition(
                    entry.feature_transformation_arn, partition
                ),
                "description": entry.description,
                "recipeType": entry.recipe_type.value,
            }
        }

    def describe_algorithm(self, caller: Caller, *, algorithm_arn: str) -> dict[str, Any]:
        """An algorithm with its hyper-parameters, their defaults and tunable ranges."""
        del caller
        arn = in_partition(algorithm_arn)
        found = [entry for entry in self._recipes.entries if entry.algorithm_arn == arn]
        if not found:
            raise ResourceNotFoundException.of(algorithm_arn)
        entry = found[0]
        return {
            "algorithm": {
                "name": entry.algorithm_name,
                "algorithmArn": algorithm_arn,
                "defaultHyperParameters": _defaults(entry.hyper_parameters),
                "defaultHyperParameterRanges": _ranges(entry.hyper_parameters),
                "trainingInputMode": "File",
                "creationDateTime": entry.created_at,
                "lastUpdatedDateTime": entry.created_at,
            }
        }

    def describe_feature_transformation(
        self, caller: Caller, *, feature_transformation_arn: str
    ) -> dict[str, Any]:
        """A feature transformation with the defaults of its parameters."""
        del caller
        arn = in_partition(feature_transformation_arn)
        found = [
            entry for entry in self._recipes.entries if entry.feature_transformation_arn == arn
        ]
        if not found:
            raise ResourceNotFoundException.of(feature_transformation_arn)
        parameters = {
            name: parameter
            for entry in found
            for name, parameter in entry.feature_parameters.items()
        }
        return {
            "featureTransformation": {
                "name": found[0].feature_transformation,
                "featureTransformationArn": feature_transformation_arn,
                "defaultParameters": _defaults(parameters),
                "status": statuses.ACTIVE,
                "creationDateTime": found[0].created_at,
                "lastUpdatedDateTime": found[0].created_at,
            }
        }


def _summary(entry: RecipeEntry, partition: str) -> dict[str, Any]:
    return {**_common(entry, partition), "domain": _domain(entry)}


def _domain(entry: RecipeEntry) -> str | None:
    return entry.use_case.domain.value if entry.use_case else None


def _common(entry: RecipeEntry, partition: str) -> dict[str, Any]:
    return {
        "name": entry.name,
        "recipeArn": in_partition(entry.arn, partition),
        "status": statuses.ACTIVE,
        "creationDateTime": entry.created_at,
        "lastUpdatedDateTime": entry.created_at,
    }


def _defaults(parameters: Mapping[str, Parameter]) -> dict[str, str]:
    return {name: parameter.default for name, parameter in parameters.items()}


def _ranges(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    numbers = {name: p for name, p in parameters.items() if p.low is not None}
    return {
        "integerHyperParameterRanges": [
            _number(name, p, int) for name, p in numbers.items() if p.integer
        ],
        "continuousHyperParameterRanges": [
            _number(name, p, float) for name, p in numbers.items() if not p.integer
        ],
        "categoricalHyperParameterRanges": [
            {"name": name, "values": list(p.choices), "isTunable": p.tunable}
            for name, p in parameters.items()
            if p.choices
        ],
    }


def _number(name: str, parameter: Parameter, kind: type[int] | type[float]) -> dict[str, Any]:
    return {
        "name": name,
        "minValue": kind(parameter.low or 0),
        "maxValue": kind(parameter.high or 0),
        "isTunable": parameter.tunable,
    }
