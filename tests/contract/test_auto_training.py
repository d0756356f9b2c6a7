"""Processes that look at once for what is due, whichever database they share."""

import threading
from datetime import timedelta

import pytest

from penchant.domain.arns import Kind, Owner
from penchant.domain.resources import Resource, utc_now
from penchant.jobs.queue import JobQueue
from penchant.settings import Settings
from penchant.store.events import Event
from penchant.store.stores import open_stores
from penchant.worker.tasks import Workshop
from penchant.worker.training.schedule import AutoTraining

OWNER = Owner("000000000000", "us-east-1")
RECIPE = "arn:aws:personalize:::recipe/aws-popularity-count"
N_PROCESSES = 4


@pytest.fixture
def workshops(tmp_path, database_url):
    """A workshop of each process, two hours from now."""
    settings = Settings(data_dir=tmp_path, database_url=database_url)
    later = utc_now() + timedelta(hours=2)
    stores = [open_stores(settings) for _ in range(N_PROCESSES)]
    queues = [JobQueue(one.engine, utc_now, settings.max_attempts) for one in stores]
    yield [
        Workshop(one, queue, settings, lambda: later)
        for one, queue in zip(stores, queues, strict=True)
    ]
    for one in stores:
        one.close()


def put(stores, kind, name, parent_arn="", **sent):
    now = utc_now()
    made = Resource(OWNER.arn(kind, name), kind, OWNER, name, "ACTIVE", now, now, parent_arn, sent)
    with stores.resources.transaction() as tx:
        stores.resources.add(tx, made)
    return made.arn


def test_a_training_that_several_find_due_is_asked_for_once(workshops):
    stores = workshops[0].stores
    group = put(stores, Kind.DATASET_GROUP, "shop")
    solution = put(stores, Kind.SOLUTION, "best", group, recipeArn=RECIPE, datasetGroupArn=group)
    stores.events.append(group, [Event(user_id="u", item_id="i", timestamp=1)]).result()
    ready = threading.Barrier(N_PROCESSES)

    def look(workshop):
        chore = AutoTraining(workshop)
        ready.wait()
        chore.look()

    threads = [threading.Thread(target=look, args=(one,)) for one in workshops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores.resources.children(solution, Kind.SOLUTION_VERSION)) == 1
