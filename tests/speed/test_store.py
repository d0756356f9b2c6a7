"""How fast the stores are: on SQLite always, on PostgreSQL where it is installed.

What is committed is flushed to the disk, so figures of two machines do not compare.
"""

import tempfile
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine

from penchant.domain.resources import utc_now
from penchant.jobs.queue import JobQueue
from penchant.jobs.states import JobState
from penchant.store.database import connect, migrate, writing
from penchant.store.events import Event, EventLog

from ..contract.postgres import cluster, missing

pytestmark = pytest.mark.speed
SHOP = "arn:aws:personalize:us-east-1:000000000000:dataset-group/shop"
PER_CALL = 10


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    folder = tempfile.TemporaryDirectory(prefix="speed-", ignore_cleanup_errors=True)
    with folder as name:
        if request.param == "sqlite":
            yield f"sqlite:///{name}/penchant.db"
        elif reason := missing():
            pytest.skip(reason)
        else:
            with cluster(Path(name)) as address:
                yield address


@pytest.fixture(scope="module")
def engine(url: str) -> Iterator[Engine]:
    engine = connect(url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def log(engine: Engine) -> Iterator[EventLog]:
    log = EventLog(engine)
    yield log
    log.close()


def events(n: int, numbers: count, user_id: str = "") -> list[Event]:
    return [
        Event(
            user_id=user_id or f"user{number * 7919 % 20_000}",
            item_id=f"item{number % 1_000}",
            timestamp=1_700_000_000 + number,
            event_type="click",
            session_id=f"session{number % 5_000}",
            event_id=f"5f0c2b7e-{number:027d}",
            properties={"price": 3.5},
        )
        for number in (next(numbers) for _ in range(n))
    ]


NUMBERS = count()


@pytest.mark.parametrize("n_clients", [1, 8, 32])
def test_calls_of_ten_events_from_clients_that_wait_for_each(benchmark, log, n_clients):
    n_calls = 50 * n_clients

    def append_and_wait() -> None:
        for _ in range(50):
            log.append(SHOP, events(PER_CALL, NUMBERS)).result()

    def all_clients() -> None:
        clients = [threading.Thread(target=append_and_wait) for _ in range(n_clients)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()

    benchmark.pedantic(all_clients, rounds=5, warmup_rounds=1)
    benchmark.extra_info["events_per_s"] = n_calls * PER_CALL / benchmark.stats.stats.median


def test_as_many_events_as_the_log_takes(benchmark, log):
    calls = [events(PER_CALL, NUMBERS) for _ in range(2_000)]

    def flood() -> None:
        for written in [log.append(SHOP, call) for call in calls]:
            written.result()

    benchmark.pedantic(flood, rounds=3, warmup_rounds=1)
    benchmark.extra_info["events_per_s"] = 2_000 * PER_CALL / benchmark.stats.stats.median


@pytest.mark.parametrize("n_events", [0, 10, 100])
def test_the_newest_events_of_a_user(benchmark, log, n_events):
    log.append(SHOP, events(n_events * 3, NUMBERS, f"heavy{n_events}")).result()
    found = benchmark(log.newest, SHOP, f"heavy{n_events}", n_events or 100)
    assert len(found) == n_events


def test_a_scan_for_training(benchmark, log):
    found = benchmark.pedantic(lambda: sum(map(len, log.scan(SHOP))), rounds=3)
    benchmark.extra_info["events_per_s"] = found / benchmark.stats.stats.median


def test_a_job_from_the_queue_to_its_end(benchmark, engine):
    queue = JobQueue(engine, utc_now, max_attempts=5)
    arns = (f"arn:{n}" for n in count())

    def one_job() -> None:
        with writing(engine) as tx:
            queue.enqueue(tx, "train", next(arns), {})
        job = queue.claim("worker", 15)
        assert job is not None
        with writing(engine) as tx:
            queue.finish(tx, job, JobState.DONE)

    benchmark.pedantic(one_job, rounds=200, warmup_rounds=20)


def test_an_idle_worker_asks_for_a_job(benchmark, engine):
    queue = JobQueue(engine, utc_now, max_attempts=5)
    assert benchmark(queue.claim, "worker", 15) is None
