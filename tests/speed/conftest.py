"""What answers, in full, but for HTTP."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine
from threadpoolctl import threadpool_limits

from penchant.service.filter_requests import FilterRequests
from penchant.service.metadata_requests import MetadataRequests
from penchant.service.runtime import Runtime
from penchant.serving.datasets import DatasetReader
from penchant.serving.deployments import Deployments
from penchant.serving.filtering import Filtering
from penchant.serving.knowledge import Knowledge
from penchant.store.database import connect, migrate
from penchant.store.events import Event, EventLog
from penchant.store.records import Records
from penchant.store.resources import Resources
from penchant.store.shown import ShownLists

from . import front
from .front import CALLER, CAMPAIGNS, GROUP, NOW, campaign


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def artifact():
    return front.artifact()


@dataclass(frozen=True)
class Ground:
    """What is kept, and where."""

    folder: Path
    engine: Engine
    resources: Resources
    events: EventLog
    records: Records


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """Two campaigns, and users with 0, 5 and 200 events since the training."""
    folder = tmp_path_factory.mktemp("speed")
    engine = connect(f"sqlite:///{folder / 'penchant.db'}")
    migrate(engine)
    made = Ground(folder, engine, Resources(engine), EventLog(engine), Records(engine))
    with made.resources.transaction() as tx:
        for name in CAMPAIGNS:
            made.resources.add(tx, campaign(name))
    for user, n in (("user-1", 5), ("user-2", 200)):
        made.events.append(GROUP, [clicked(user, number) for number in range(n)]).result()
    yield made
    made.events.close()
    engine.dispose()


@pytest.fixture(scope="module")
def runtime(ground, artifact):
    deployments = Deployments(ground.resources, Path(), read=lambda _: artifact)
    for arn in CAMPAIGNS.values():
        deployments.find(CALLER, arn)
    shown = ShownLists(ground.engine, lambda: NOW)
    reader = DatasetReader(ground.resources, ground.records, ground.folder, 200_000_000)
    knowledge = Knowledge(reader)
    filters = FilterRequests(Filtering(ground.resources, ground.events, knowledge))
    metadata = MetadataRequests(knowledge)
    yield Runtime(deployments, ground.events, shown, filters, metadata, lambda: NOW)
    knowledge.close()
    deployments.close()
    shown.close()


def clicked(user, number):
    return Event(
        user_id=user,
        item_id=f"item-{number}",
        timestamp=int(NOW.timestamp()) - number,
        event_type="click",
        event_id=str(number),
    )
