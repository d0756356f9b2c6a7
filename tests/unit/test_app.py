"""What is put together of all rooms."""

from penchant.app import tasks
from penchant.domain.resources import utc_now
from penchant.jobs.kinds import JobKind
from penchant.jobs.queue import JobQueue
from penchant.settings import Settings
from penchant.store.stores import open_stores
from penchant.worker.tasks import Workshop


def test_every_kind_of_job_has_a_task_that_a_worker_does(tmp_path):
    settings = Settings(data_dir=tmp_path)
    stores = open_stores(settings)
    try:
        queue = JobQueue(stores.engine, utc_now, settings.max_attempts)
        short, every = tasks(Workshop(stores, queue, settings, utc_now))
    finally:
        stores.close()
    assert set(every) == set(JobKind)
    assert {JobKind.TRAIN, JobKind.BATCH_INFERENCE}.isdisjoint(short)
