"""What the domains ECOMMERCE and VIDEO_ON_DEMAND demand of schemas beyond what all schemas fulfil.

A schema of a domain fulfils the rules of its dataset type too; after it has been checked once, the
rules of the type are all that matters.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from penchant.data.rules import (
    FLOAT_OR_NULL,
    INTERACTIONS,
    ITEMS,
    LONG_OR_NULL,
    STRING,
    STRING_OR_NULL,
    USERS,
    DatasetRules,
)
from penchant.domain.recipes.use_cases import Domain

_CREATED: Final = {"CREATION_TIMESTAMP": LONG_OR_NULL}
_DESCRIBED: Final = frozenset({"PRODUCT_DESCRIPTION"})


def _strings(*names: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys(names, STRING_OR_NULL)


def _numbers(*names: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys(names, FLOAT_OR_NULL)


def _without(
    fields: Mapping[str, frozenset[str]], names: Iterable[str]
) -> dict[str, frozenset[str]]:
    return {name: types for name, types in fields.items() if name not in set(names)}


_INTERACTIONS: Final = replace(
    INTERACTIONS,
    required={**INTERACTIONS.required, "EVENT_TYPE": STRING},
    reserved=_without(INTERACTIONS.reserved, ["EVENT_TYPE"]),
)
_PRODUCTS: Final = replace(
    ITEMS,
    required={**ITEMS.required, **_numbers("PRICE"), **_strings("CATEGORY_L1")},
    reserved=_strings(
        "CATEGORY_L2", "CATEGORY_L3", "PRODUCT_DESCRIPTION", "AGE_GROUP", "ADULT", "GENDER"
    )
    | _CREATED,
    categorical=frozenset(
        {"CATEGORY_L1", "CATEGORY_L2", "CATEGORY_L3", "AGE_GROUP", "ADULT", "GENDER"}
    ),
    textual=_DESCRIBED,
    needs_metadata=False,
)
_VIDEOS: Final = replace(
    ITEMS,
    required={**ITEMS.required, **_strings("GENRES"), **_CREATED},
    reserved=_numbers("PRICE", "DURATION", "AVERAGE_RATING")
    | _strings(
        "GENRE_L2",
        "GENRE_L3",
        "PRODUCT_DESCRIPTION",
        "CONTENT_OWNER",
        "CONTENT_CLASSIFICATION",
    ),
    categorical=frozenset(
        {"GENRES", "GENRE_L2", "GENRE_L3", "CONTENT_OWNER", "CONTENT_CLASSIFICATION"}
    ),
    textual=_DESCRIBED,
    needs_metadata=False,
)
_VIEWERS: Final = replace(
    USERS,
    reserved=_strings("SUBSCRIPTION_MODEL"),
    categorical=frozenset({"SUBSCRIPTION_MODEL"}),
)

DOMAINS: Final[Mapping[Domain, tuple[DatasetRules, ...]]] = {
    Domain.ECOMMERCE: (_INTERACTIONS, USERS, _PRODUCTS),
    Domain.VIDEO_ON_DEMAND: (_INTERACTIONS, _VIEWERS, _VIDEOS),
}


def domain_rules(domain: str, record: str) -> DatasetRules:
    """The rules of a domain for the schema of a dataset type.

    Raises:
        ValueError: The domain has no such dataset type.
    """
    found = DOMAINS[Domain(domain)]
    for rules in found:
        if rules.record == record:
            return rules
    known = ", ".join(rules.record for rules in found)
    raise ValueError(f"the domain {domain} has no dataset type {record!r}; use one of {known}")
