from penchant.jobs.states import FINAL, HELD, OPEN, JobState


def test_every_state_is_open_or_final():
    assert set(JobState) == OPEN | FINAL
    assert not OPEN & FINAL


def test_held_jobs_are_open():
    assert HELD < OPEN
    assert {JobState.QUEUED} == OPEN - HELD
