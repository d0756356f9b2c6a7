"""What the job queue promises, on every database."""

import pytest
from sqlalchemy import Engine

from penchant.jobs.queue import Job, JobQueue, LeaseLost
from penchant.jobs.states import JobState
from penchant.store.database import writing

ARN = "arn:aws:personalize:us-east-1:000000000000:solution/shop/0a1b2c3d"


@pytest.fixture
def queue(engine: Engine, clock) -> JobQueue:
    return JobQueue(engine, clock, max_attempts=3)


def enqueue(queue: JobQueue, engine: Engine, arn: str = ARN, kind: str = "train") -> Job:
    with writing(engine) as tx:
        return queue.enqueue(tx, kind, arn, {"b": 1, "a": [2]})


def finish(queue: JobQueue, engine: Engine, job: Job, state: JobState) -> JobState:
    with writing(engine) as tx:
        return queue.finish(tx, job, state)


def claimed(queue: JobQueue, worker: str = "w", lease_s: float = 10) -> Job:
    job = queue.claim(worker, lease_s)
    assert job is not None
    return job


def state_of(queue: JobQueue, arn: str = ARN) -> JobState:
    job = queue.of(arn)
    assert job is not None
    return job.state


def test_a_job_goes_from_the_queue_through_a_worker_to_its_end(queue, engine, clock):
    queued = enqueue(queue, engine)
    assert queue.of(ARN) == queued
    assert (queued.state, queued.attempts, queued.worker) == (JobState.QUEUED, 0, "")
    clock.pass_s(1)
    job = claimed(queue, "w-1", 10)
    assert (job.id, job.kind, job.resource_arn, job.payload) == (
        queued.id,
        "train",
        ARN,
        {"b": 1, "a": [2]},
    )
    assert (job.state, job.attempts, job.worker, job.exhausted) == (
        JobState.RUNNING,
        1,
        "w-1",
        False,
    )
    assert job.lease_until == clock().timestamp() + 10
    assert queue.of(ARN) == job
    assert finish(queue, engine, job, JobState.DONE) is JobState.DONE
    assert state_of(queue) is JobState.DONE
    assert queue.claim("w-1", 10) is None


def test_a_job_is_not_seen_before_its_transaction_commits(queue, engine):
    with writing(engine) as tx:
        queue.enqueue(tx, "train", ARN, {})
        assert queue.of(ARN) is None
        assert queue.of(ARN, tx) is not None
    assert queue.claim("w", 10) is not None


def test_a_job_whose_transaction_is_rolled_back_never_was(queue, engine):
    with pytest.raises(KeyError), writing(engine) as tx:  # noqa: PT012
        queue.enqueue(tx, "train", ARN, {})
        raise KeyError
    assert queue.claim("w", 10) is None


def test_the_oldest_job_of_the_wanted_kinds_comes_first(queue, engine):
    for arn, kind in (("a", "import"), ("b", "train"), ("c", "import")):
        enqueue(queue, engine, arn, kind)
    train = queue.claim("w", 10, kinds={"train", "other"})
    assert train is not None
    assert train.resource_arn == "b"
    assert queue.claim("w", 10, kinds={"train"}) is None
    assert queue.claim("w", 10, kinds=()) is None
    assert [claimed(queue).resource_arn for _ in range(2)] == ["a", "c"]


def test_a_heart_beat_renews_the_lease_and_leaves_notes(queue, engine, clock):
    enqueue(queue, engine)
    job = claimed(queue, lease_s=10)
    clock.pass_s(8)
    assert queue.heartbeat(job, 10, {"epoch": 1}, {"file": "x"}) == "continue"
    clock.pass_s(8)
    assert queue.claim("other", 10) is None
    assert queue.heartbeat(job, 10) == "continue"
    assert queue.heartbeat(job, 10, progress={}) == "continue"
    found = queue.of(ARN)
    assert found is not None
    assert (found.progress, found.checkpoint) == ({}, {"file": "x"})
    assert found.lease_until == clock().timestamp() + 10


def test_a_job_whose_lease_ran_out_is_taken_over_with_its_checkpoint(queue, engine, clock):
    enqueue(queue, engine)
    first = claimed(queue, "dead", 10)
    queue.heartbeat(first, 10, checkpoint={"epoch": 3})
    clock.pass_s(10)
    assert queue.claim("w", 10) is None, "a lease holds to its last moment"
    clock.pass_s(0.001)
    second = claimed(queue, "alive", 10)
    assert (second.id, second.attempts, second.checkpoint) == (first.id, 2, {"epoch": 3})
    assert second.state is JobState.RUNNING


def test_who_lost_a_job_cannot_change_it_any_more(queue, engine, clock):
    enqueue(queue, engine)
    first = claimed(queue, "same name", 10)
    clock.pass_s(11)
    second = claimed(queue, "same name", 10)
    assert queue.heartbeat(first, 99, {"from": "the dead"}) == "lost"
    assert not queue.release(first)
    with pytest.raises(LeaseLost, match=r"no longer has job \d+ \(train of .*, attempt 1\); drop"):
        finish(queue, engine, first, JobState.DONE)
    assert queue.of(ARN) == second
    assert finish(queue, engine, second, JobState.DONE) is JobState.DONE
    assert queue.heartbeat(second, 10) == "lost"
    with pytest.raises(LeaseLost):
        finish(queue, engine, second, JobState.FAILED)
    assert state_of(queue) is JobState.DONE


def test_a_late_worker_keeps_its_job_while_no_other_has_taken_it(queue, engine, clock):
    enqueue(queue, engine)
    job = claimed(queue, lease_s=10)
    clock.pass_s(60)
    assert queue.heartbeat(job, 10) == "continue"
    assert queue.claim("other", 10) is None
    clock.pass_s(60)
    assert finish(queue, engine, job, JobState.DONE) is JobState.DONE


def test_losing_the_lease_undoes_what_was_written_beside_finish(queue, engine, clock):
    enqueue(queue, engine)
    job = claimed(queue)
    clock.pass_s(11)
    claimed(queue, "other")
    with pytest.raises(LeaseLost), writing(engine) as tx:  # noqa: PT012
        queue.enqueue(tx, "train", "beside", {})
        queue.finish(tx, job, JobState.DONE)
    assert queue.of("beside") is None


def test_a_job_begun_too_often_is_handed_out_to_be_failed(queue, engine, clock):
    enqueue(queue, engine)
    flags = []
    for _ in range(5):
        job = claimed(queue)
        flags.append((job.attempts, job.exhausted))
        clock.pass_s(11)
    assert flags == [(1, False), (2, False), (3, False), (4, True), (5, True)]
    assert finish(queue, engine, job, JobState.FAILED) is JobState.FAILED
    assert queue.claim("w", 10) is None


def test_a_queued_job_is_stopped_at_once(queue, engine):
    enqueue(queue, engine)
    with writing(engine) as tx:
        assert queue.request_stop(tx, ARN) is True
    assert state_of(queue) is JobState.STOPPED
    assert queue.claim("w", 10) is None


def test_a_running_job_learns_of_the_stop_by_its_heart_beat(queue, engine):
    enqueue(queue, engine)
    job = claimed(queue)
    for _ in range(2):
        with writing(engine) as tx:
            assert queue.request_stop(tx, ARN) is False
    assert state_of(queue) is JobState.STOPPING
    assert queue.heartbeat(job, 10) == "stop"
    assert finish(queue, engine, job, JobState.STOPPED) is JobState.STOPPED


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        (JobState.DONE, JobState.STOPPED),
        (JobState.FAILED, JobState.FAILED),
        (JobState.STOPPED, JobState.STOPPED),
    ],
)
def test_a_job_asked_to_stop_does_not_end_as_done(queue, engine, wanted, written):
    enqueue(queue, engine)
    job = claimed(queue)
    with writing(engine) as tx:
        queue.request_stop(tx, ARN)
    assert finish(queue, engine, job, wanted) is written
    assert state_of(queue) is written


def test_a_stopping_job_of_a_dead_worker_is_handed_out_to_be_ended(queue, engine, clock):
    enqueue(queue, engine)
    claimed(queue, "dead")
    with writing(engine) as tx:
        queue.request_stop(tx, ARN)
    clock.pass_s(11)
    job = claimed(queue, "alive")
    assert (job.state, job.attempts) == (JobState.STOPPING, 2)
    assert finish(queue, engine, job, JobState.STOPPED) is JobState.STOPPED


def test_stopping_touches_only_open_jobs_of_the_resource(queue, engine):
    enqueue(queue, engine, "other")
    enqueue(queue, engine)
    assert claimed(queue).resource_arn == "other"
    finish(queue, engine, claimed(queue), JobState.DONE)
    with writing(engine) as tx:
        assert queue.request_stop(tx, ARN) is True, "nothing runs"
        assert queue.request_stop(tx, "unknown") is True
    assert (state_of(queue), state_of(queue, "other")) == (JobState.DONE, JobState.RUNNING)


def test_a_released_job_can_be_claimed_at_once_and_counts_no_attempt(queue, engine):
    enqueue(queue, engine)
    job = claimed(queue, "leaving")
    queue.heartbeat(job, 10, checkpoint={"epoch": 1})
    assert queue.release(job)
    assert queue.heartbeat(job, 10) == "lost"
    again = claimed(queue, "next")
    assert (again.attempts, again.checkpoint) == (1, {"epoch": 1})


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.STOPPING])
def test_a_job_cannot_finish_in_an_open_state(queue, engine, state):
    enqueue(queue, engine)
    job = claimed(queue)
    with pytest.raises(ValueError, match=f"cannot finish as {state}; use one of"):
        finish(queue, engine, job, state)


def test_the_newest_job_of_a_resource_is_its_job(queue, engine):
    first = enqueue(queue, engine)
    second = enqueue(queue, engine)
    assert second.id > first.id
    assert queue.of(ARN) == second
    assert queue.of("unknown") is None


def test_depths_count_the_open_jobs(queue, engine):
    for arn in "abc":
        enqueue(queue, engine, arn)
    claimed(queue)
    finish(queue, engine, claimed(queue), JobState.DONE)
    assert queue.depths() == {JobState.QUEUED: 1, JobState.RUNNING: 1, JobState.STOPPING: 0}


def test_jobs_that_have_not_ended_are_told_and_whether_somebody_alive_has_them(
    queue, engine, clock
):
    ended, held, waiting = (enqueue(queue, engine, f"{ARN}{n}") for n in range(3))
    finish(queue, engine, claimed(queue), JobState.DONE)
    claimed(queue, lease_s=10)
    told = queue.open()
    assert [job.id for job in told] == [held.id, waiting.id]
    assert ended.id not in [job.id for job in told]
    assert [queue.is_held(job) for job in told] == [True, False]
    clock.pass_s(11)
    assert [queue.is_held(job) for job in queue.open()] == [False, False]
