"""Everything is killed in the middle of imports and trainings, and nothing is lost or stuck."""

import os
import random
import signal
import threading
import time
from contextlib import suppress

import duckdb
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from penchant.domain.resources import utc_now
from penchant.jobs.queue import Job, JobQueue
from penchant.jobs.states import HELD
from penchant.settings import Settings
from penchant.store.stores import open_stores

from ..waiting import until

SEED = int(os.environ.get("KILL_SEED", "0"))
ROUNDS = 5
N_ROWS = 120 * 5 * 6


class Sender:
    """Sends events, two a request, and remembers those that were acknowledged."""

    def __init__(self, installation, tracking_id, round_number):
        self.acknowledged = []
        self._client = installation.client("personalize-events", read_timeout=5)
        self._tracking_id = tracking_id
        self._round = round_number
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        with suppress(BotoCoreError, ClientError):
            for number in range(100_000):
                ids = [f"{self._round}-{number}-{n}" for n in range(2)]
                self._client.put_events(
                    trackingId=self._tracking_id,
                    userId=f"u{number % 7}",
                    sessionId="s",
                    eventList=[
                        {"eventId": i, "eventType": "watch", "itemId": "c01-1", "sentAt": number}
                        for i in ids
                    ],
                )
                self.acknowledged += ids

    def join(self):
        self._thread.join()


@pytest.fixture
def installation(fresh):
    made = fresh()
    made.up(lease_s="2", heartbeat_s="0.5")
    return made


@pytest.fixture
def queue(installation):
    stores = open_stores(Settings(data_dir=installation.folder))
    yield JobQueue(stores.engine, utc_now, max_attempts=1)
    stores.close()


class Killer:
    """Kills everything at moments of a seed at which a worker has a job in hand.

    Attributes:
        killed: The jobs that were in hand, as they were then.
    """

    def __init__(self, installation, queue):
        self.killed: list[Job] = []
        self._installation = installation
        self._queue = queue
        self._moments = random.Random(SEED)

    def strike(self, more_work):
        """Wait for a moment, and kill; `more_work` is called when there is no job to be done."""
        time.sleep(self._moments.uniform(0, 2))
        while not self._killed_in_hand():
            if not self._queue.open():
                more_work()
            time.sleep(self._moments.uniform(0, 0.1))

    def _killed_in_hand(self):
        """Hold everything still, so that what is seen is what is killed."""
        self._installation.signal(signal.SIGSTOP)
        dead = {job.worker for job in self.killed}
        held = [job for job in self._queue.open() if job.state in HELD and job.worker not in dead]
        if held:
            self._installation.kill()
        else:
            self._installation.signal(signal.SIGCONT)
        self.killed += held
        return held


def test_killed_at_work_nothing_is_lost_stuck_or_half_visible(installation, queue):
    group, dataset = installation.dataset()
    address = installation.upload()
    installation.settled(installation.bring_in(dataset, address))
    tracking_id = installation.client("personalize").create_event_tracker(
        name="web", datasetGroupArn=group
    )["trackingId"]
    print(f"KILL_SEED={SEED}")
    killer = Killer(installation, queue)
    acknowledged, begun = [], []

    def work():
        name = f"round-{len(begun)}"
        begun.append(installation.bring_in(dataset, address, name))
        begun.append(installation.train(group, "aws-sims", name))

    for number in range(ROUNDS):
        sender = Sender(installation, tracking_id, number)
        work()
        until(lambda sent=sender: sent.acknowledged)
        killer.strike(work)
        sender.join()
        acknowledged += sender.acknowledged
        installation.up(lease_s="2", heartbeat_s="0.5")
    for arn in begun:
        installation.settled(arn)
    installation.stop()
    assert_kept(installation, group, dataset, acknowledged)
    assert len({job.worker for job in killer.killed}) >= ROUNDS
    for job in killer.killed:
        assert queue.of(job.resource_arn).attempts > job.attempts, job


def assert_kept(installation, group, dataset, acknowledged):
    """Every acknowledged event is in the log; the dataset is whole, with no leftovers."""
    stores = open_stores(Settings(data_dir=installation.folder))
    try:
        kept = {event.event_id for batch in stores.events.scan(group) for event in batch}
        parts = stores.resources.get(dataset).own["parts"]
    finally:
        stores.close()
    assert set(acknowledged) <= kept
    (part,) = parts
    rows = duckdb.sql(f"select count(*) from '{installation.folder / part}'").fetchall()
    assert rows == [(N_ROWS,)]
