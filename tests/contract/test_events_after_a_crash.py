"""An acknowledged event survives the death of its process."""

import pytest
from sqlalchemy import Engine

from penchant.store.events import EventLog

from .processes import next_line, program

SHOP = "arn:aws:personalize:us-east-1:000000000000:dataset-group/shop"
APPEND_FOR_EVER = """
import itertools, sys
from collections import deque
from penchant.store.database import connect
from penchant.store.events import Event, EventLog

url, stream, writer = sys.argv[1:]
log = EventLog(connect(url))
waiting = deque()
for n in itertools.count():
    events = [Event(user_id=writer, item_id=f"{n}-{k}", timestamp=n) for k in range(3)]
    waiting.append((n, log.append(stream, events)))
    while len(waiting) > 20:
        number, future = waiting.popleft()
        future.result()
        print(number, flush=True)
"""


@pytest.mark.parametrize("n_acknowledged", [1, 200])
def test_every_acknowledged_event_is_there_after_kill_9(
    engine: Engine, database_url, n_acknowledged
):
    with (
        program(APPEND_FOR_EVER, database_url, SHOP, "one") as one,
        program(APPEND_FOR_EVER, database_url, SHOP, "two") as two,
    ):
        acknowledged = {}
        for name, child in (("one", one), ("two", two)):
            acknowledged[name] = [int(next_line(child)) for _ in range(n_acknowledged)]
        one.kill()
        two.kill()
        for name, child in (("one", one), ("two", two)):
            acknowledged[name] += [int(line) for line in child.stdout or () if line.endswith("\n")]
    log = EventLog(engine)
    for name, numbers in acknowledged.items():
        kept = [event.item_id for event in log.newest(SHOP, name, 10**6)]
        assert set(kept) >= {f"{n}-{k}" for n in numbers for k in range(3)}
        assert len(kept) % 3 == 0, "a call's events are written together or not at all"
        assert len(set(kept)) == len(kept)
    assert log.count(SHOP) == log.last_sequence(SHOP)
    log.close()
