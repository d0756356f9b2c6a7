"""Everything is killed in the middle of imports and trainings, and nothing is lost or stuck."""

import random
import threading
import time
from contextlib import suppress

import duckdb
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from penchant.domain.resources import utc_now
from penchant.jobs.queue import JobQueue
from penchant.settings import Settings
from penchant.store.stores import open_stores

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


def test_killed_at_random_moments_nothing_is_lost_stuck_or_half_visible(installation):
    seed = time.time_ns()
    print(f"seed {seed}")
    moments = random.Random(seed)
    group, dataset = installation.dataset()
    address = installation.upload()
    installation.settled(installation.bring_in(dataset, address))
    tracking_id = installation.client("personalize").create_event_tracker(
        name="web", datasetGroupArn=group
    )["trackingId"]
    acknowledged, begun = [], []
    for number in range(ROUNDS):
        begun.append(installation.bring_in(dataset, address, f"round-{number}"))
        begun.append(installation.train(group, "aws-sims", f"round-{number}"))
        sender = Sender(installation, tracking_id, number)
        time.sleep(moments.uniform(0.05, 5))
        installation.kill()
        sender.join()
        acknowledged += sender.acknowledged
        installation.up(lease_s="2", heartbeat_s="0.5")
    for arn in begun:
        installation.settled(arn)
    installation.stop()
    assert acknowledged
    assert_kept(installation, group, dataset, acknowledged)
    assert interrupted(installation, begun)


def interrupted(installation, begun):
    """The jobs that were in hand when a worker was killed, and begun again by another."""
    stores = open_stores(Settings(data_dir=installation.folder))
    try:
        queue = JobQueue(stores.engine, utc_now, max_attempts=1)
        tries = {arn: queue.of(arn).attempts for arn in begun}
    finally:
        stores.close()
    print(tries)
    return [arn for arn, attempts in tries.items() if attempts > 1]


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
