"""What CreateRecommender and UpdateRecommender may say."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from penchant.data.rules import excluded_columns
from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.datasets import INTERACTIONS, ITEMS, type_of
from penchant.domain.errors import InvalidInputException, ResourceInUseException
from penchant.domain.recipes import RecipeEntry, UseCase
from penchant.domain.resources import Resource
from penchant.domain.updates import is_updating, last_update
from penchant.service.answer_config import check_answering
from penchant.service.ledger import Ledger
from penchant.service.solution_data import check_columns

_WHERE = "recommenderConfig"


def use_case_of(entry: RecipeEntry) -> UseCase:
    """What a recipe's recommenders are for.

    Raises:
        InvalidInputException: It is a recipe of solutions.
    """
    if entry.use_case is None:
        raise InvalidInputException(
            f"{entry.arn} is no recipe of a domain; call CreateSolution with it, or take one that "
            "ListRecipes shows for your dataset group's domain."
        )
    return entry.use_case


def check_group(ledger: Ledger, group: Resource, entry: RecipeEntry, tx: Connection) -> None:
    """Check that a dataset group has what a recommender of the recipe needs.

    Raises:
        InvalidInputException: It is of another domain or of none, or a dataset is missing.
    """
    case, domain = use_case_of(entry), group.sent.get("domain")
    if domain is None:
        raise InvalidInputException(
            f"{group.arn} has no domain, so that it takes no recommenders; create a dataset group "
            f"with domain {case.domain}, or a solution in this one."
        )
    if domain != case.domain:
        raise InvalidInputException(
            f"{entry.arn} belongs to the domain {case.domain} and {group.arn} to {domain}; "
            f"call ListRecipes with domain={domain} for those that fit."
        )
    there = {type_of(one) for one in ledger.resources.children(group.arn, Kind.DATASET, tx)}
    for needed in (INTERACTIONS, *([ITEMS] if case.needs_items else ())):
        if needed not in there:
            raise InvalidInputException(
                f"{group.arn} has no dataset of type {needed}, which {entry.name} needs; create "
                "and import it first."
            )


def check_config(
    ledger: Ledger,
    group: Resource,
    entry: RecipeEntry,
    config: Mapping[str, Any],
    tx: Connection,
) -> None:
    """Check a `recommenderConfig`.

    Raises:
        InvalidInputException: A setting is unknown, out of range, or not the recipe's, or a column
            is not there.
    """
    check_answering(entry, config, _WHERE)
    _check_training_data(ledger, group, entry, config.get("trainingDataConfig") or {}, tx)


def _check_training_data(
    ledger: Ledger,
    group: Resource,
    entry: RecipeEntry,
    config: Mapping[str, Any],
    tx: Connection,
) -> None:
    if config.get("includedDatasetColumns"):
        raise InvalidInputException(
            f"{_WHERE}.trainingDataConfig.includedDatasetColumns is nothing that {entry.name} can "
            "follow; name the other columns in excludedDatasetColumns."
        )
    try:
        excluded_columns(config.get("excludedDatasetColumns") or {})
    except ValueError as error:
        where = f"{_WHERE}.trainingDataConfig.excludedDatasetColumns"
        raise InvalidInputException(f"{where}: {error}.") from error
    check_columns(ledger, group, config, _WHERE, tx)


def same_columns(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two `recommenderConfig`s learn from the same columns."""
    return _excluded(one) == _excluded(other)


def _excluded(config: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    given = (config.get("trainingDataConfig") or {}).get("excludedDatasetColumns") or {}
    return {record: names for record, names in excluded_columns(given).items() if names}


def refuse_changing(recommender: Resource) -> None:
    """Refuse what cannot be done while a recommender is on its way to another status.

    Raises:
        ResourceInUseException: Its status, or that of its update, is not a final one.
    """
    if recommender.status in statuses.UNFINISHED:
        raise ResourceInUseException(
            f"{recommender.arn} is {recommender.status}; wait until that has ended."
        )
    if is_updating(recommender):
        raise ResourceInUseException(
            f"{recommender.arn} has an update that is {last_update(recommender)['status']}; wait "
            "until it has ended."
        )


def refuse_unless(recommender: Resource, *wanted: str, to: str) -> None:
    """Refuse what a recommender's status does not allow.

    Args:
        recommender: What is asked about.
        wanted: The statuses that allow it.
        to: What is asked for: "be started".

    Raises:
        ResourceInUseException: It is changing.
        InvalidInputException: Its status is final and none of `wanted`.
    """
    refuse_changing(recommender)
    if recommender.status not in wanted:
        raise InvalidInputException(
            f"{recommender.arn} is {recommender.status}; it can {to} when it is "
            f"{' or '.join(wanted)}."
        )
