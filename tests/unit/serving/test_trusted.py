"""Rows that are taken as they were read, for a moment."""

from penchant.serving.trusted import Trusted


def test_a_row_is_trusted_for_half_a_second_from_before_it_was_read(house):
    trusted, row = Trusted(house.monotonic), house.campaign("c", "aws-popularity-count")
    assert trusted.find("c") is None
    read_at = trusted.now()
    house.now_s += 0.25
    trusted.keep("c", row, read_at)
    house.now_s += 0.24
    assert trusted.find("c") is row
    house.now_s += 0.01
    assert trusted.find("c") is None


def test_the_row_that_was_read_longest_ago_makes_room(house):
    trusted, row = Trusted(house.monotonic, capacity=2), house.campaign("c", "aws-popularity-count")
    for name in "abac":
        trusted.keep(name, row, trusted.now())
    assert [trusted.find(name) for name in "abc"] == [row, None, row]
