"""The composition root: settings, then stores, then services, then doors."""

import inspect
import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from threadpoolctl import threadpool_limits

from penchant.custom_recipes import catalogue_of
from penchant.domain.recipes import Catalogue
from penchant.domain.resources import utc_now
from penchant.edge.application import application
from penchant.edge.asgi import App
from penchant.edge.attributed import AttributedGauges
from penchant.edge.keys import FirstOf
from penchant.edge.server import serve as serve_http
from penchant.jobs.kinds import JobKind
from penchant.jobs.queue import JobQueue
from penchant.logs import start_logging
from penchant.models.artifacts import read_artifact
from penchant.models.registry import loaders_of
from penchant.sandbox.application import application as sandbox_application
from penchant.sandbox.metrics import PersonalizeMetrics
from penchant.sandbox.temporary_keys import TemporaryKeys
from penchant.service.action_events import ActionEvents
from penchant.service.action_runtime import ActionRuntime
from penchant.service.batch_inference_jobs import BatchInferenceJobOperations
from penchant.service.batch_segment_jobs import BatchSegmentJobOperations
from penchant.service.campaigns import CampaignOperations
from penchant.service.counting import counted
from penchant.service.data_deletion_jobs import DataDeletionJobOperations
from penchant.service.dataset_export_jobs import DatasetExportJobOperations
from penchant.service.dataset_groups import DatasetGroupOperations
from penchant.service.dataset_import_jobs import DatasetImportJobOperations
from penchant.service.dataset_updates import DatasetUpdateOperations
from penchant.service.datasets import DatasetOperations
from penchant.service.event_trackers import EventTrackerOperations
from penchant.service.events import Events
from penchant.service.filter_requests import FilterRequests
from penchant.service.filters import FilterOperations
from penchant.service.ledger import Ledger
from penchant.service.metadata_requests import MetadataRequests
from penchant.service.metric_attributions import MetricAttributionOperations
from penchant.service.quotas import Quotas
from penchant.service.recipes import RecipeOperations
from penchant.service.recommenders import RecommenderOperations
from penchant.service.runtime import Runtime
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
from penchant.store.keys import AccessKeys
from penchant.store.resources import Resources
from penchant.store.stores import Stores, open_stores, sandbox_root
from penchant.worker.attribution.imports import AttributeImport
from penchant.worker.attribution.tasks import Attribute
from penchant.worker.batch.task import Batch
from penchant.worker.deletion.discarding import Discard
from penchant.worker.deletion.task import Forget
from penchant.worker.deploying import Deploy
from penchant.worker.exporting import Export
from penchant.worker.importing import Import
from penchant.worker.loop import Worker
from penchant.worker.recommenders.switching import Switch
from penchant.worker.recommenders.training import Recommend
from penchant.worker.renewal.task import Renew
from penchant.worker.schedule import Schedule
from penchant.worker.tasks import Task, Workshop
from penchant.worker.training.task import Train


@dataclass(frozen=True, slots=True)
class House:
    """The stores and the queue of one installation, opened."""

    settings: Settings
    stores: Stores
    queue: JobQueue
    deployments: Deployments
    knowledge: Knowledge
    recipes: Catalogue

    @property
    def keys(self) -> AccessKeys:
        """The access keys."""
        return self.stores.keys

    @property
    def resources(self) -> Resources:
        """The resources."""
        return self.stores.resources

    def close(self) -> None:
        """Let go of everything; what was acknowledged is on disk."""
        self.deployments.close()
        self.knowledge.close()
        self.stores.close()


def open_house(settings: Settings) -> House:
    """Open, or make, everything below the data folder."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    recipes = catalogue_of(settings)
    stores = open_stores(settings)
    read = partial(read_artifact, loaders=loaders_of(recipes.entries))
    knowledge = Knowledge(
        DatasetReader(
            stores.resources, stores.records, settings.data_dir, settings.import_memory_bytes
        )
    )
    return House(
        settings,
        stores,
        JobQueue(stores.engine, utc_now, settings.max_attempts),
        Deployments(
            stores.resources,
            settings.data_dir,
            read=read,
            recipes=recipes,
            prepare=knowledge.prepare,
        ),
        knowledge,
        recipes,
    )


def operations(house: House) -> Mapping[str, Callable[..., Any]]:
    """Every operation that this version answers, by its method name."""
    stores = house.stores
    quotas = Quotas.read(house.settings)
    ledger = Ledger(stores.resources, stores.tags, house.queue, utc_now, house.recipes, quotas)
    filters = FilterRequests(Filtering(stores.resources, stores.events, house.knowledge))
    metadata = MetadataRequests(house.knowledge)
    attributed = AttributedMetrics(stores.engine)
    desks = (
        SchemaOperations(ledger),
        DatasetGroupOperations(ledger, stores.events, attributed),
        DatasetOperations(ledger, stores.events, stores.records),
        DatasetUpdateOperations(ledger),
        DatasetImportJobOperations(ledger),
        DatasetExportJobOperations(ledger),
        DataDeletionJobOperations(ledger),
        MetricAttributionOperations(ledger, stores.events, attributed, stores.cursors),
        SolutionOperations(ledger),
        SolutionUpdateOperations(ledger),
        SolutionVersionOperations(ledger),
        CampaignOperations(ledger),
        EventTrackerOperations(ledger),
        FilterOperations(ledger),
        BatchInferenceJobOperations(ledger),
        BatchSegmentJobOperations(ledger),
        RecommenderOperations(ledger),
        RecipeOperations(house.recipes, stores.cursors),
        TagOperations(ledger),
        Events(stores.resources, stores.events, stores.records, utc_now),
        ActionEvents(stores.resources, stores.events),
        ActionRuntime(house.deployments, stores.events, filters, utc_now),
        Runtime(house.deployments, stores.events, stores.shown, filters, metadata, utc_now),
    )
    return {
        name: method
        for desk in desks
        for name, method in inspect.getmembers(desk, inspect.ismethod)
        if not name.startswith("_")
    }


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Answer requests until SIGTERM or SIGINT.

    Args:
        settings: Where to listen and where the data is.
        ready: Called with the address once it answers.
    """
    start_logging(settings.log_level)
    house = open_house(settings)
    try:
        with threadpool_limits(1):
            serve_http(_doors(house), settings.host, settings.port, ready)
    finally:
        house.close()


def _doors(house: House) -> App:
    """Everything that answers on the port."""
    settings, root = house.settings, sandbox_root(house.settings)
    temporary = TemporaryKeys(house.keys.find)
    attributed, usage = AttributedMetrics(house.stores.engine), house.stores.usage
    sandbox = None
    if root is not None:
        sandbox = sandbox_application(
            root,
            account=settings.account,
            register=temporary.add,
            metrics=PersonalizeMetrics(usage, attributed, utc_now),
        )
    keys = FirstOf(house.keys, temporary)
    gauges = AttributedGauges(attributed, utc_now)
    answering = counted(operations(house), usage)
    return application(answering, keys, sandbox, settings, utc_now, gauges=gauges.render)


def work(settings: Settings) -> None:
    """Do jobs until SIGTERM or SIGINT, which gives them back; a second one ends at once."""
    start_logging(settings.log_level)
    stop = threading.Event()

    def end(number: int, _: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    house = open_house(settings)
    try:
        threads = [
            threading.Thread(target=worker.run, args=(stop,), name=f"worker-{number}")
            for number, worker in enumerate(workers(house))
        ]
        schedule = Schedule(_workshop(house))
        threads.append(threading.Thread(target=schedule.run, args=(stop,), name="schedule"))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        house.close()


def workers(house: House) -> list[Worker]:
    """As many workers as the settings ask for, and one that leaves trainings to them.

    So nobody's import or deployment waits behind a training.
    """
    workshop = _workshop(house)
    short, every = tasks(workshop)
    name = partial("{}-{}-{}".format, socket.gethostname(), os.getpid())
    return [
        Worker(name(number), workshop, every if number else short)
        for number in range(house.settings.n_workers + 1)
    ]


def tasks(workshop: Workshop) -> tuple[Mapping[str, Task], Mapping[str, Task]]:
    """What does the jobs of each kind: those that nobody waits behind for long, and all."""
    short: Mapping[str, Task] = {
        JobKind.IMPORT: Import(workshop),
        JobKind.EXPORT: Export(workshop),
        JobKind.DELETE_DATA: Forget(workshop),
        JobKind.ATTRIBUTE: Attribute(workshop),
        JobKind.ATTRIBUTE_IMPORT: AttributeImport(workshop),
        JobKind.DEPLOY: Deploy(workshop),
        JobKind.DISCARD: Discard(workshop),
        JobKind.SWITCH_RECOMMENDER: Switch(workshop),
    }
    long: Mapping[str, Task] = {
        JobKind.TRAIN: Train(workshop),
        JobKind.RENEW: Renew(workshop),
        JobKind.TRAIN_RECOMMENDER: Recommend(workshop),
        JobKind.RENEW_RECOMMENDER: Renew(workshop),
    }
    batch = Batch(workshop)
    return short, {**short, **long, JobKind.BATCH_INFERENCE: batch, JobKind.BATCH_SEGMENT: batch}


def _workshop(house: House) -> Workshop:
    return Workshop(house.stores, house.queue, house.settings, utc_now)
