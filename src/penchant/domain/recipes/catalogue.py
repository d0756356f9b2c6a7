"""All recipes that an installation has: the service's own, and those that were added to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from penchant.domain.arns import in_partition, public
from penchant.domain.recipes.entry import RecipeEntry


@dataclass(frozen=True)
class Catalogue:
    """Recipes by their ARNs.

    Attributes:
        entries: In the order of `ListRecipes`.

    Raises:
        ValueError: A name or an older name stands twice.
    """

    entries: tuple[RecipeEntry, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for entry in self.entries:
            for name in (entry.name, *entry.aliases):
                if name in seen:
                    raise ValueError(f"two recipes have the name {name!r}: rename one of them")
                seen.add(name)

    def find(self, arn: str) -> RecipeEntry | None:
        """The recipe with this ARN, or with this older ARN, in any partition; None without any."""
        return self._by_arn.get(in_partition(arn))

    def get(self, arn: str) -> RecipeEntry:
        """Like `find`, for a recipe that was there before.

        Raises:
            ValueError: It is there no more.
        """
        entry = self.find(arn)
        if entry is None:
            raise ValueError(f"the recipe {arn} is not installed any more: install it again")
        return entry

    @cached_property
    def _by_arn(self) -> Mapping[str, RecipeEntry]:
        return {
            public("recipe", name): entry
            for entry in self.entries
            for name in (entry.name, *entry.aliases)
        }
