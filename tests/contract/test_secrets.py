"""The secrets of an installation, whichever database keeps them."""

import threading

import pytest

from penchant.domain.arns import Kind, Owner
from penchant.domain.errors import InvalidNextTokenException
from penchant.domain.resources import Resource, utc_now
from penchant.store.cursors import Cursors
from penchant.store.resources import Resources
from penchant.store.secrets import secret

OWNER = Owner("000000000000", "us-east-1")


def test_a_secret_is_made_once_and_kept(engine):
    first = secret(engine, "cursors")
    assert len(first) == 32
    assert secret(engine, "cursors") == first
    assert secret(engine, "others") != first


def test_all_who_ask_at_once_get_the_same(engine):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(secret(engine, "cursors"))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_page_of_one_process_goes_on_in_another_of_the_same_installation(engine):
    resources, now = Resources(engine), utc_now()
    with resources.transaction() as tx:
        for name in ("one", "two"):
            arn = OWNER.arn(Kind.DATASET_GROUP, name)
            resources.add(tx, Resource(arn, Kind.DATASET_GROUP, OWNER, name, "ACTIVE", now, now))
    _, token = resources.page(OWNER, Kind.DATASET_GROUP, limit=1)
    page, _ = Resources(engine).page(OWNER, Kind.DATASET_GROUP, limit=1, after=token)
    assert [one.name for one in page] == ["one"]
    foreign = Resources(engine, Cursors(lambda: b"theirs", utc_now))
    with pytest.raises(InvalidNextTokenException, match="was not returned by this list"):
        foreign.page(OWNER, Kind.DATASET_GROUP, limit=1, after=token)
