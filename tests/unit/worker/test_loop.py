import threading

import pytest
from sqlalchemy.exc import OperationalError

from penchant.domain.arns import Kind
from penchant.jobs.states import JobState
from penchant.worker.loop import Worker
from penchant.worker.tasks import ResourceTask, TaskFailure

from ...waiting import until


class Trial(ResourceTask):
    """A task whose work is given by the test."""

    def __init__(self, shop, work):
        super().__init__(shop)
        self._work = work

    def do(self, job, report):
        self._work(report)
        return lambda tx: self._shop.mark(tx, job.resource_arn, "ACTIVE")


@pytest.fixture
def solution(yard):
    return yard.put(Kind.SOLUTION, "best", job="try")


def test_a_job_that_succeeds_makes_its_resource_active(yard, solution):
    yard.work("try", Trial(yard.shop, lambda report: report({"done": 1.0})))
    assert yard.get(solution).status == "ACTIVE"
    assert yard.shop.queue.of(solution).state is JobState.DONE


def test_while_it_runs_the_resource_is_in_progress(yard, solution):
    seen = []
    yard.work("try", Trial(yard.shop, lambda _: seen.append(yard.get(solution).status)))
    assert seen == ["CREATE IN_PROGRESS"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TaskFailure("The file is empty; send another."), "The file is empty; send another."),
        (ValueError("Too few rows."), "Too few rows."),
        (OSError("disk full"), "OSError: disk full (the worker's log has more)"),
        (KeyError(), "KeyError: KeyError (the worker's log has more)"),
    ],
)
def test_a_failure_becomes_a_reason_to_act_on(yard, solution, error, reason):
    def work(_):
        raise error

    yard.work("try", Trial(yard.shop, work))
    assert yard.get(solution).status == "CREATE FAILED"
    assert yard.get(solution).failure_reason == reason
    assert yard.shop.queue.of(solution).state is JobState.FAILED


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("column '\udc89\0'", "column '\\udc89\\x00'"),
        ("x" * 5000, "x" * 2000 + "..."),
    ],
)
def test_a_reason_is_kept_whatever_characters_it_holds(yard, solution, text, kept):
    def work(_):
        raise TaskFailure(text)

    yard.work("try", Trial(yard.shop, work))
    assert yard.get(solution).failure_reason == kept


def test_a_result_that_cannot_be_written_fails_the_job(yard, solution):
    class Unwritable(Trial):
        def do(self, job, report):
            return lambda tx: self._shop.mark(
                tx, job.resource_arn, "ACTIVE", name="\udc89" * 2, x=set()
            )

    yard.work("try", Unwritable(yard.shop, None))
    assert yard.get(solution).status == "CREATE FAILED"
    assert yard.shop.queue.of(solution).state is JobState.FAILED


def test_a_worker_outlives_what_it_cannot_write_down(yard, solution, caplog):
    class Hopeless(Trial):
        def fail(self, tx, job, reason):
            stop.set()
            raise RuntimeError("no way to write this")

    def work(_):
        raise TaskFailure("bad")

    stop = threading.Event()
    Worker("w", yard.shop, {"try": Hopeless(yard.shop, work)}).run(stop)
    assert "w cannot write down how a job ended; going on" in caplog.text
    assert yard.shop.queue.of(solution).state is JobState.RUNNING


def test_progress_reaches_the_queue_while_the_job_runs(yard, solution):
    def work(report):
        report({"stage": "counting", "done": 0.5})
        until(lambda: yard.shop.queue.of(solution).progress)

    yard.work("try", Trial(yard.shop, work))
    progress = dict(yard.shop.queue.of(solution).progress)
    assert progress.pop("left_s") >= 0
    assert progress == {"stage": "counting", "done": 0.5}


def test_each_stage_is_logged_once_with_what_is_known(yard, solution, caplog):
    def work(report):
        report({"stage": "learning", "done": 0.25, "epoch": 1, "n_epochs": 4, "loss": None})
        report({"stage": "learning", "done": 0.5, "epoch": 2, "n_epochs": 4, "loss": 1.23456})
        report({"stage": "saving", "done": 0.9})

    with caplog.at_level("INFO", "penchant.worker.loop"):
        yard.work("try", Trial(yard.shop, work))
    told = [record.getMessage() for record in caplog.records if "stage" in record.getMessage()]
    assert len(told) == 2
    assert "stage learning, done 0.25, epoch 1, n_epochs 4, left_s" in told[0]


def test_a_job_that_is_asked_to_stop_stops(yard, solution):
    def work(report):
        with yard.shop.stores.resources.transaction() as tx:
            assert yard.shop.queue.request_stop(tx, solution) is False
            yard.shop.mark(tx, solution, "CREATE STOPPING")
        until(lambda: report({}))

    yard.work("try", Trial(yard.shop, work))
    assert yard.get(solution).status == "CREATE STOPPED"


def test_a_stop_that_comes_as_the_work_ends_still_stops(yard, solution):
    def work(_):
        with yard.shop.stores.resources.transaction() as tx:
            yard.shop.queue.request_stop(tx, solution)
            yard.shop.mark(tx, solution, "CREATE STOPPING")

    yard.work("try", Trial(yard.shop, work))
    assert yard.get(solution).status == "CREATE STOPPED"


def test_a_worker_that_stops_gives_its_job_back(yard, solution):
    stop = threading.Event()

    def work(report):
        stop.set()
        report({})

    Worker("tester", yard.shop, {"try": Trial(yard.shop, work)}).run(stop)
    job = yard.shop.queue.of(solution)
    assert job.attempts == 0
    assert yard.shop.queue.claim("other", 60).id == job.id


def test_a_job_that_another_worker_took_leaves_no_mark(yard, solution):
    stop = threading.Event()

    def work(_):
        yard.shop.queue.release(yard.shop.queue.of(solution))
        assert yard.shop.queue.claim("other", 60) is not None
        stop.set()

    Worker("tester", yard.shop, {"try": Trial(yard.shop, work)}).run(stop)
    assert yard.get(solution).status == "CREATE IN_PROGRESS"
    assert yard.shop.queue.of(solution).worker == "other"


def test_a_job_that_never_ends_fails_its_resource(yard, solution):
    for attempt in range(yard.shop.settings.max_attempts):
        assert yard.shop.queue.claim(f"dies-{attempt}", -1) is not None
    yard.work("try", Trial(yard.shop, lambda _: None))
    assert yard.get(solution).status == "CREATE FAILED"
    assert yard.get(solution).failure_reason.startswith("Begun 10 times and never ended")


def test_an_outcome_that_cannot_be_written_is_a_failure(yard, solution):
    class Unwritable(Trial):
        def do(self, job, report):
            def commit(tx):
                raise ValueError("ACTIVE cannot become ACTIVE")

            return commit

    yard.work("try", Unwritable(yard.shop, None))
    assert yard.get(solution).failure_reason == "ACTIVE cannot become ACTIVE"
    assert yard.shop.queue.of(solution).state is JobState.FAILED


def test_jobs_of_an_unknown_kind_are_left_to_others(yard, solution):
    newer = yard.put(Kind.SOLUTION, "newer", job="distil")
    other = yard.put(Kind.SOLUTION, "other", job="try")
    yard.work("try", Trial(yard.shop, lambda _: None))
    yard.work("try", Trial(yard.shop, lambda _: None))
    assert yard.get(other).status == yard.get(solution).status == "ACTIVE"
    assert yard.shop.queue.of(newer).state is JobState.QUEUED


def test_a_database_that_is_away_for_a_while_costs_no_worker(yard, solution, monkeypatch, caplog):
    claim, answers = yard.shop.queue.claim, iter([OperationalError("SELECT", {}, OSError("gone"))])

    def sometimes(*args, **kwargs):
        for error in answers:
            raise error
        return claim(*args, **kwargs)

    monkeypatch.setattr(yard.shop.queue, "claim", sometimes)
    yard.work("try", Trial(yard.shop, lambda _: None))
    assert yard.get(solution).status == "ACTIVE"
    assert "tester cannot reach the database; trying again" in caplog.text
