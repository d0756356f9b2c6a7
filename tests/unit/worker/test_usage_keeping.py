from dataclasses import replace

from penchant.domain.arns import Kind
from penchant.store.usage import Outcome, Usage
from penchant.worker.usage_keeping import UsageKeeping


def test_minutes_become_hours_after_a_day_and_are_forgotten_after_fifteen(yard, clock):
    shop = replace(yard.shop, clock=clock)
    group = yard.get(yard.put(Kind.DATASET_GROUP, "shop"))
    usage = Usage(shop.stores.engine, shop.stores.resources, lambda: clock().timestamp())
    for _ in range(90):
        usage.note(group.owner, group.arn, "put_events", Outcome.ANSWERED, 1.0)
        clock.pass_hours(1 / 60)

    def buckets(hours):
        clock.at(hours)
        UsageKeeping(shop).look()
        found = usage.of(group.owner)
        assert sum(one.calls.n for one in found) in (90, 0)
        return len(found)

    assert buckets(28) == 90
    assert buckets(33) in (2, 3)
    assert buckets(15 * 24 - 1) in (2, 3)
    assert buckets(15 * 24 + 3) == 0
    usage.close()
