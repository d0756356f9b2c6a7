"""What is kept for who asks again."""

from penchant.serving.kept import Kept


def test_a_value_holds_as_long_as_its_sources_are_the_same_objects():
    kept, one, other = Kept(2), [1], [1]
    kept.keep("a", (one, 7), "value")
    assert kept.find("a", (one, 7)) == "value"
    assert kept.find("a", (other, 7)) is None
    assert kept.find("a", (one, 8)) is None
    assert kept.find("b", (one, 7)) is None


def test_large_numbers_are_the_same_when_they_are_equal():
    kept = Kept(1)
    kept.keep("a", (10**12,), "value")
    assert kept.find("a", (int("1" + "0" * 12),)) == "value"


def test_what_was_asked_for_longest_ago_goes_first():
    kept = Kept(2)
    kept.keep("a", (), 1)
    kept.keep("b", (), 2)
    kept.find("a", ())
    kept.keep("c", (), 3)
    assert [kept.find(name, ()) for name in "abc"] == [1, None, 3]
