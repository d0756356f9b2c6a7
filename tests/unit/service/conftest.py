"""A control plane over a real SQLite database, without HTTP and without a worker."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from penchant.domain import statuses
from penchant.domain.arns import Owner
from penchant.domain.callers import Caller
from penchant.jobs.queue import JobQueue
from penchant.service.campaigns import CampaignOperations
from penchant.service.data_deletion_jobs import DataDeletionJobOperations
from penchant.service.dataset_export_jobs import DatasetExportJobOperations
from penchant.service.dataset_groups import DatasetGroupOperations
from penchant.service.dataset_import_jobs import DatasetImportJobOperations
from penchant.service.dataset_updates import DatasetUpdateOperations
from penchant.service.datasets import DatasetOperations
from penchant.service.event_trackers import EventTrackerOperations
from penchant.service.filter_requests import FilterRequests
from penchant.service.filters import FilterOperations
from penchant.service.ledger import Ledger
from penchant.service.metadata_requests import MetadataRequests
from penchant.service.metric_attributions import MetricAttributionOperations
from penchant.service.recommenders import RecommenderOperations
from penchant.service.schemas import SchemaOperations
from penchant.service.solution_updates import SolutionUpdateOperations
from penchant.service.solution_versions import SolutionVersionOperations
from penchant.service.solutions import SolutionOperations
from penchant.service.tags import TagOperations
from penchant.serving.datasets import DatasetReader
from penchant.serving.deployments import Deployments
from penchant.serving.filtering import Filtering
from penchant.serving.knowledge import Knowledge
from penchant.settings import Settings
from penchant.store.attributed import AttributedMetrics
from penchant.store.stores import Stores, open_stores

from ...schemas import avro_text
from .market import Market, catalogue, write_part
from .shop import Shop, artifact, trending_campaign

CALLER = Caller("AKIDEXAMPLE", Owner("111111111111", "eu-central-1"))
STRANGER = Caller("AKIDSTRANGER", Owner("222222222222", "eu-central-1"))
INTERACTIONS = avro_text(
    "Interactions",
    [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
)
POPULARITY = "arn:aws:personalize:::recipe/aws-popularity-count"
PERSONAL = "arn:aws:personalize:::recipe/aws-user-personalization"


@dataclass
class Desk:
    """All control-plane operations, with shortcuts to what they build on."""

    stores: Stores
    queue: JobQueue
    ledger: Ledger
    knowledge: Knowledge
    caller: Caller = CALLER
    stranger: Caller = STRANGER
    interactions: str = INTERACTIONS

    def __post_init__(self) -> None:
        self.schemas = SchemaOperations(self.ledger)
        attributed = AttributedMetrics(self.stores.engine)
        self.groups = DatasetGroupOperations(self.ledger, self.stores.events, attributed)
        self.datasets = DatasetOperations(self.ledger, self.stores.events, self.stores.records)
        self.imports = DatasetImportJobOperations(self.ledger)
        self.attributions = MetricAttributionOperations(
            self.ledger,
            self.stores.events,
            attributed,
            self.stores.cursors,
        )
        self.deletions = DataDeletionJobOperations(self.ledger)
        self.exports = DatasetExportJobOperations(self.ledger)
        self.dataset_updates = DatasetUpdateOperations(self.ledger)
        self.solutions = SolutionOperations(self.ledger)
        self.solution_updates = SolutionUpdateOperations(self.ledger)
        self.versions = SolutionVersionOperations(self.ledger)
        self.campaigns = CampaignOperations(self.ledger)
        self.trackers = EventTrackerOperations(self.ledger)
        self.recommenders = RecommenderOperations(self.ledger)
        self.tags = TagOperations(self.ledger)
        self.filters = FilterOperations(self.ledger)
        self.filtering = FilterRequests(
            Filtering(self.stores.resources, self.stores.events, self.knowledge)
        )
        self.metadata = MetadataRequests(self.knowledge)

    def schema(
        self, name: str = "plays", schema: str = INTERACTIONS, domain: str | None = None
    ) -> str:
        made = self.schemas.create_schema(CALLER, name=name, schema=schema, domain=domain)
        return made["schemaArn"]

    def group(self, name: str = "shop", domain: str | None = None) -> str:
        made = self.groups.create_dataset_group(CALLER, name=name, domain=domain)
        return made["datasetGroupArn"]

    def dataset(self, group: str, schema: str) -> str:
        return self.datasets.create_dataset(
            CALLER,
            name="clicks",
            schema_arn=schema,
            dataset_group_arn=group,
            dataset_type="Interactions",
        )["datasetArn"]

    def solution(self, group: str, name: str = "best", recipe: str = POPULARITY) -> str:
        return self.solutions.create_solution(
            CALLER, name=name, dataset_group_arn=group, recipe_arn=recipe
        )["solutionArn"]

    def version(self, solution: str, *, active: bool = True) -> str:
        arn = self.versions.create_solution_version(CALLER, solution_arn=solution)[
            "solutionVersionArn"
        ]
        if active:
            self.settle(arn, artifact="artifacts/1", metrics={"coverage": 0.5})
        return arn

    def campaign(self, version: str, name: str = "front", *, active: bool = True) -> str:
        arn = self.campaigns.create_campaign(CALLER, name=name, solution_version_arn=version)[
            "campaignArn"
        ]
        if active:
            self.settle(arn)
        return arn

    def settle(self, arn: str, status: str = statuses.ACTIVE, **own: Any) -> None:
        """What a worker writes when it is done."""
        with self.stores.resources.transaction() as tx:
            held = self.stores.resources.held(tx, arn)
            self.stores.resources.change(tx, held, self.ledger.clock(), status=status, own=own)


@pytest.fixture(scope="session", autouse=True)
def _strict(checked_results: None) -> None:
    """A result that its operation's model does not allow fails the test."""


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without rows, made once: the migrations are tested elsewhere."""
    folder = tmp_path_factory.mktemp("empty")
    open_stores(Settings(data_dir=folder)).close()
    return folder / "penchant.db"


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[Desk]:
    shutil.copy(empty_database, tmp_path)
    stores = open_stores(Settings(data_dir=tmp_path))
    moments = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n) for n in range(10_000))
    clock = lambda: next(moments)  # noqa: E731
    queue = JobQueue(stores.engine, clock, max_attempts=10)
    reader = DatasetReader(stores.resources, stores.records, tmp_path, 100_000_000)
    knowledge = Knowledge(reader)
    ledger = Ledger(stores.resources, stores.tags, queue, clock)
    yield Desk(stores, queue, ledger, knowledge)
    knowledge.close()
    stores.close()


@pytest.fixture
def shop(desk: Desk, tmp_path: Path) -> Iterator[Shop]:
    """Campaigns of all recipes over one artifact, by the recipe's name."""
    artifact(tmp_path / "artifacts" / "1")
    group = desk.group()
    version = desk.version(desk.solution(group))
    deployments = Deployments(desk.stores.resources, tmp_path)
    yield Shop(desk, group, version, deployments)
    deployments.close()


@pytest.fixture(scope="session")
def catalogue_part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The imported file of the market's items, made once."""
    return write_part(tmp_path_factory.mktemp("catalogue") / "0.parquet", "Items", catalogue())


@pytest.fixture
def market(shop: Shop, desk: Desk, tmp_path: Path, catalogue_part: Path) -> Iterator[Market]:
    """The same with a dataset of items."""
    made = Market(desk, shop.group, shop.version, shop.runtime._deployments, tmp_path)
    made.dataset("Items")
    made.add_part("Items", Path(shutil.copy(catalogue_part, tmp_path)))
    yield made
    made.knowledge.close()


@pytest.fixture
def trending(shop: Shop, tmp_path: Path) -> str:
    """A campaign of aws-trending-now."""
    return trending_campaign(shop, tmp_path)
