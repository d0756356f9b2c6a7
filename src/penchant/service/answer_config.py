"""What campaigns, recommenders and batch jobs may say of how answers are made."""

from collections.abc import Mapping
from typing import Any

from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import RecipeEntry
from penchant.models.influence import Influence
from penchant.serving.exploration import ExplorationConfig


def check_answering(entry: RecipeEntry, config: Mapping[str, Any], where: str) -> None:
    """Check `itemExplorationConfig` and `rankingInfluence`.

    Args:
        entry: The recipe that answers.
        config: What may hold them.
        where: The member that `config` was sent as.

    Raises:
        InvalidInputException: One is not the recipe's, unknown, or out of range.
    """
    takes = {
        "itemExplorationConfig": entry.explores,
        "rankingInfluence": entry.takes_influence,
    }
    for member, taken in takes.items():
        if config.get(member) and not taken:
            raise InvalidInputException(f"{where}: {entry.name} takes no {member}; leave it out.")
    try:
        ExplorationConfig.read(config)
        Influence.read(config)
    except ValueError as error:
        raise InvalidInputException(f"{where}: {error}.") from error
