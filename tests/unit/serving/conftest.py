"""A house with one campaign over a model small enough to know its scores by heart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import NO_TIME
from penchant.data.vocabulary import Vocabulary
from penchant.domain.arns import Kind, Owner
from penchant.domain.callers import Caller
from penchant.domain.recipes import RECIPES
from penchant.domain.resources import Resource
from penchant.domain.serving import Serving
from penchant.models.artifacts import Artifact
from penchant.models.histories import Histories
from penchant.models.known_ids import KnownIds
from penchant.serving.deployment import Deployment, deploy
from penchant.store.database import connect, migrate
from penchant.store.resources import Resources

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = Owner("000000000000", "us-east-1")


@dataclass(frozen=True)
class NextItemModel:
    """Scores what follows the last item, or the item asked for; the last row: nothing is known."""

    items: Vocabulary
    follows: np.ndarray
    event_type_names: tuple[str, ...] = ("click", "buy")

    def score(self, queries: Sequence[Query]) -> np.ndarray:
        rows = [
            query.history.items[-1] if len(query.history) else query.item_index for query in queries
        ]
        return self.follows[rows].astype(np.float32)

    def save(self, folder: Path) -> None:
        np.save(folder / "follows.npy", self.follows)

    @property
    def description(self) -> dict[str, Any]:
        return {}


def next_item_artifact(follows: np.ndarray, counts: Sequence[int]) -> Artifact:
    """Items "0", "1", ...; the user "known" clicked on the items 0 and 1."""
    items = Vocabulary(str(number) for number in range(len(counts)))
    until = int(NOW.timestamp()) - 3600
    histories = Histories(
        np.array([0, 2]),
        np.array([0, 1], np.int32),
        np.array([until - 10, until]),
        np.array([0, 0], np.int16),
        np.array([np.nan, np.nan], np.float32),
    )
    times = np.full(len(counts), NO_TIME)
    return Artifact(
        model=NextItemModel(items, follows),
        users=KnownIds.of(Vocabulary(["known"])),
        items=items,
        histories=histories,
        item_counts=np.array(counts),
        item_created_at=times,
        item_first_at=times,
        item_last_at=times,
        trained_from=until - 10,
        trained_until=until,
        meta={"maxHistory": 200},
        folder=Path("artifacts/1"),
    )


def deployed(campaign: Resource, artifact: Artifact) -> Deployment:
    """A campaign ready to answer."""
    return deploy(campaign.arn, Serving.of(campaign), artifact)


@dataclass
class House:
    """Resources on SQLite, artifacts by folder, and a clock to turn.

    `reads` lists the folders read, in order; `hold` is called before a folder is read.
    """

    resources: Resources
    artifacts: dict[str, Artifact]
    now_s: float = 100.0
    reads: list[str] = field(default_factory=list)
    hold: Callable[[], object] = lambda: None

    caller = Caller("AKID", OWNER)
    data_dir = Path("/data")

    def monotonic(self) -> float:
        return self.now_s

    def read(self, folder: Path) -> Artifact:
        self.reads.append(str(folder.relative_to(self.data_dir)))
        self.hold()
        return self.artifacts[self.reads[-1]]

    def campaign(self, name: str, recipe: str, config: dict[str, Any] | None = None) -> Resource:
        """A campaign, ACTIVE; `put` keeps it."""
        entry = next(entry for entry in RECIPES.values() if entry.name == recipe)
        serving = {
            "solutionVersionArn": OWNER.arn(Kind.SOLUTION_VERSION, "s/00000001"),
            "artifact": "artifacts/1",
            "recipeArn": entry.arn,
            "datasetGroupArn": OWNER.arn(Kind.DATASET_GROUP, "shop"),
            "campaignConfig": config or {},
        }
        return Resource(
            arn=OWNER.arn(Kind.CAMPAIGN, name),
            kind=Kind.CAMPAIGN,
            owner=OWNER,
            name=name,
            status="ACTIVE",
            created_at=NOW,
            updated_at=NOW,
            own={"serving": serving},
        )

    def put(self, campaign: Resource) -> str:
        with self.resources.transaction() as tx:
            if self.resources.get(campaign.arn, tx) is not None:
                self.resources.remove(tx, campaign.arn)
            self.resources.add(tx, campaign)
        return campaign.arn

    def serve(self, campaign: Resource, **serving: Any) -> None:
        """Let a campaign answer with something else, as a worker in another process does."""
        self.put(replace(campaign, own={"serving": {**campaign.own["serving"], **serving}}))

    def remove(self, arn: str) -> None:
        with self.resources.transaction() as tx:
            self.resources.remove(tx, arn)


@pytest.fixture
def small_artifact():
    """Five items; 4 was never interacted with. After 1 comes 2, then 3, then 0, 1, 4."""
    follows = np.zeros((6, 5))
    follows[0] = [0, 4, 3, 2, 1]
    follows[1] = [1, 0, 3, 2, -1]
    follows[5] = [5, 4, 3, 2, 1]
    return next_item_artifact(follows, [9, 8, 7, 6, 0])


@pytest.fixture
def house(tmp_path, small_artifact):
    engine = connect(f"sqlite:///{tmp_path / 'penchant.db'}")
    migrate(engine)
    yield House(Resources(engine), {"artifacts/1": small_artifact})
    engine.dispose()
