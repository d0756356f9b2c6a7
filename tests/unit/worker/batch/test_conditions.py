import pytest

from penchant.worker.batch.conditions import read_conditions
from penchant.worker.batch.lines import LineRefused


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ('ITEMS.genres = "Comedy"', [("genres", "Comedy")]),
        ('Items.genres="a b" and items.YEAR = 1994', [("genres", "a b"), ("YEAR", "1994")]),
        ('ITEMS.a = "AND" AND ITEMS.b = -1.5e3', [("a", "AND"), ("b", "-1.5e3")]),
        (' ITEMS.a = "" ', [("a", "")]),
    ],
)
def test_conditions_are_columns_with_their_values(text, conditions):
    assert read_conditions(text) == conditions


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("genres = 1", "'genres = 1'"),
        ('ITEMS.genres = "a', "'ITEMS.genres"),
        ('ITEMS.a = "b" OR ITEMS.a = "c"', "'OR ITEMS.a"),
        ("ITEMS.a = 1 ANDITEMS.b = 2", "'ANDITEMS.b = 2'"),
        ('ITEMS.a > "b"', "'ITEMS.a >"),
        ("ITEMS.a = b", "'ITEMS.a = b'"),
    ],
)
def test_what_cannot_be_read_is_told_from_where_on(text, rest):
    with pytest.raises(LineRefused) as told:
        read_conditions(text)
    assert f"cannot be read from {rest}" in str(told.value)
    assert str(told.value).startswith("User error: ")


@pytest.mark.parametrize("text", ["", 'ITEMS.a = "b" AND', 'ITEMS.a = "b" and '])
def test_what_ends_too_early_is_told_so(text):
    with pytest.raises(LineRefused, match="itemAttributes ends where a condition should stand;"):
        read_conditions(text.strip())


def test_only_the_beginning_of_what_cannot_be_read_is_told():
    with pytest.raises(LineRefused) as told:
        read_conditions("(" * 5_000)
    assert f"from {'(' * 80!r} on;" in str(told.value)
