import uuid

from penchant.domain.identifiers import Uuids


def test_every_call_gives_another_uuid_of_version_4():
    make = Uuids()
    found = [make() for _ in range(1_000)]
    assert len(set(found)) == 1_000
    for text in found:
        read = uuid.UUID(text)
        assert (str(read), read.version, read.variant) == (text, 4, uuid.RFC_4122)


def test_two_of_them_give_out_no_id_twice():
    assert not {Uuids()() for _ in range(500)} & {Uuids()() for _ in range(500)}


def test_all_digits_are_by_chance_where_the_version_lets_them():
    make = Uuids()
    columns = list(zip(*(make().replace("-", "") for _ in range(2_000)), strict=True))
    assert [len(set(column)) for column in columns] == [16] * 12 + [1] + [16] * 3 + [4] + [16] * 15
