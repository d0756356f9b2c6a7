"""Several worker processes share one queue, and die."""

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import Engine

from penchant.jobs.queue import JobQueue
from penchant.jobs.states import JobState
from penchant.store.database import writing

from ..waiting import until
from .processes import next_line, program

WORK = """
import sys
from penchant.domain.resources import utc_now
from penchant.jobs.queue import JobQueue
from penchant.jobs.states import JobState
from penchant.store.database import connect, writing

url, name = sys.argv[1:]
engine = connect(url)
queue = JobQueue(engine, utc_now, max_attempts=5)
print("ready", flush=True)
while (job := queue.claim(name, 60)) is not None:
    queue.heartbeat(job, 60, {"half": True})
    with writing(engine) as tx:
        queue.finish(tx, job, JobState.DONE)
    print(job.resource_arn, job.attempts, flush=True)
"""
HOLD = """
import sys, time
from penchant.domain.resources import utc_now
from penchant.jobs.queue import JobQueue
from penchant.store.database import connect

queue = JobQueue(connect(sys.argv[1]), utc_now, max_attempts=5)
job = queue.claim("doomed", 1.5)
queue.heartbeat(job, 1.5, checkpoint={"epoch": 7})
print(job.id, flush=True)
time.sleep(600)
"""


def now() -> datetime:
    return datetime.now(UTC)


def test_two_processes_do_every_job_exactly_once(engine: Engine, database_url):
    queue = JobQueue(engine, now, max_attempts=5)
    arns = [f"arn:{n}" for n in range(60)]
    with writing(engine) as tx:
        for arn in arns:
            queue.enqueue(tx, "train", arn, {})
    with (
        program(WORK, database_url, "one") as one,
        program(WORK, database_url, "two") as two,
    ):
        done = Counter()
        for child in (one, two):
            assert next_line(child) == "ready"
        for child in (one, two):
            while line := next_line(child):
                arn, attempts = line.split()
                assert attempts == "1"
                done[arn] += 1
            assert child.wait() == 0
    assert done == Counter(arns)
    assert sum(queue.depths().values()) == 0


def test_the_job_of_a_killed_process_is_taken_over_at_its_checkpoint(engine: Engine, database_url):
    queue = JobQueue(engine, now, max_attempts=5)
    with writing(engine) as tx:
        queue.enqueue(tx, "train", "arn:0", {})
    with program(HOLD, database_url) as doomed:
        number = int(next_line(doomed))
        doomed.kill()
    job = until(lambda: queue.claim("heir", 60))
    assert (job.id, job.attempts, job.checkpoint) == (number, 2, {"epoch": 7})
    with writing(engine) as tx:
        assert queue.finish(tx, job, JobState.DONE) is JobState.DONE
