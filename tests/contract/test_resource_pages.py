"""Paging against a model, with resources that come and go between the pages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine

from penchant.domain.arns import Kind, Owner
from penchant.domain.resources import Resource
from penchant.store.resources import Resources

START = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = Owner("000000000000", "us-east-1")
PARENTS = ("p", "q")


class Listing(RuleBasedStateMachine):
    """A walk through the pages shows each resource that was there all the time exactly once."""

    resources: Resources
    accounts = count()
    arns = Bundle("arns")

    def __init__(self) -> None:
        super().__init__()
        self.owner = replace(OWNER, account=f"{next(self.accounts):012d}")
        self.kept: list[Resource] = []
        self.walk: tuple[str | None, set[str], list[str], str | None] | None = None

    @rule(target=arns, second=st.integers(0, 3), parent=st.sampled_from(PARENTS))
    def add(self, second: int, parent: str) -> str:
        name = f"r{len(self.kept)}-{datetime.now(UTC).timestamp()}"
        arn = self.owner.arn(Kind.DATASET, name)
        at = START + timedelta(seconds=second)
        new = Resource(arn, Kind.DATASET, self.owner, name, "ACTIVE", at, at, parent)
        with self.resources.transaction() as tx:
            self.resources.add(tx, new)
        self.kept.append(new)
        return arn

    @rule(arn=consumes(arns))
    def remove(self, arn: str) -> None:
        with self.resources.transaction() as tx:
            self.resources.remove(tx, arn)
        self.kept = [resource for resource in self.kept if resource.arn != arn]

    @rule(parent=st.none() | st.sampled_from(PARENTS), limit=st.integers(1, 4))
    def turn_the_page(self, parent: str | None, limit: int) -> None:
        if self.walk is None:
            self.walk = (parent, {one.arn for one in self._listed(parent)}, [], None)
        parent, there, seen, after = self.walk
        page, following = self.resources.page(
            self.owner, Kind.DATASET, parent_arn=parent, after=after, limit=limit
        )
        assert len(page) <= limit
        seen = seen + [resource.arn for resource in page]
        self.walk = None if following is None else (parent, there, seen, following)
        if following is None:
            assert len(seen) == len(set(seen))
            assert there & {one.arn for one in self.kept} <= set(seen)

    @invariant()
    def one_large_page_is_the_list(self) -> None:
        page, following = self.resources.page(self.owner, Kind.DATASET, limit=1_000)
        assert following is None
        assert page == self._listed(None)

    def _listed(self, parent: str | None) -> list[Resource]:
        newest_first = [one for one in self.kept[::-1] if parent in (None, one.parent_arn)]
        return sorted(newest_first, key=lambda one: one.created_at, reverse=True)


def test_pages_hold_while_resources_come_and_go(engine: Engine) -> None:
    class Here(Listing):
        resources = Resources(engine)

    quick = settings(
        max_examples=15,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here, settings=quick)


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_many_resources_of_one_moment_are_paged_whole(engine: Engine, limit: int) -> None:
    resources = Resources(engine)
    new = [
        Resource(f"arn:{n}", Kind.DATASET, OWNER, f"r{n}", "ACTIVE", START, START)
        for n in range(15)
    ]
    with resources.transaction() as tx:
        for resource in new:
            resources.add(tx, resource)
    found: list[Resource] = []
    after: str | None = None
    while after is not None or not found:
        page, after = resources.page(OWNER, Kind.DATASET, after=after, limit=limit)
        found += page
    assert found == new[::-1]
