"""What an expression lets through of a catalogue, of what came since, and of strangers."""

import numpy as np
import pytest

from penchant.data.training_set import Categories
from penchant.data.vocabulary import Vocabulary
from penchant.filters.columns import NumberColumn, Table, TextColumn
from penchant.filters.masks import Masks
from penchant.filters.parsing import parse
from penchant.models.known_ids import KnownIds
from penchant.serving.imported_events import ImportedEvents
from penchant.serving.sight import Sight
from penchant.serving.stock import Rows, Stock
from penchant.serving.user_events import CatalogueEvents, RecentEvents

ROWS = Rows(Vocabulary(["a", "b"]), Vocabulary(["x", "y"]))
GENRES = Categories(
    Vocabulary(["even", "odd"]), np.array([0, 1, 2, 3, 4]), np.array([0, 1, 0, 1], np.int32)
)
STOCK = Stock(
    ROWS,
    Masks(Table(4, {"GENRES": TextColumn(GENRES), "PRICE": NumberColumn(np.arange(4.0))})),
)
PEOPLE = Stock(
    Rows(Vocabulary(()), Vocabulary(["u"])),
    Masks(Table(1, {"AGE": NumberColumn(np.array([40.0]))})),
)
PAST = CatalogueEvents.of(
    [
        ImportedEvents(
            users=KnownIds.of(Vocabulary(["u"])),
            item_ids=("a", "x", "past"),
            type_names=("buy",),
            offsets=np.array([0, 3]),
            items=np.array([0, 1, 2], np.int32),
            types=np.zeros(3, np.int16),
        )
    ],
    ROWS.catalogue,
)
BOUGHT = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Buy")'
ODD = 'INCLUDE ItemID WHERE Items.GENRES IN ("odd")'


class Streams:
    def __init__(self, *pairs):
        self.found, self.n_asked = RecentEvents(7, frozenset(pairs)), 0

    def __call__(self, stream, user_id):
        assert (stream, user_id) == ("stream", "u")
        self.n_asked += 1
        return self.found


def passing(text, user="u", item=None, streams=None, imported=None):
    sight = Sight(parse(text), STOCK, imported, PEOPLE, "stream")
    return sight.passing(user, item, streams or Streams())


def test_the_catalogue_and_what_only_the_dataset_has_are_filtered_alike():
    found = passing(ODD)
    assert found.catalogue.tolist() == [False, True]
    assert found.others == ["y"]


def test_any_names_are_told_apart_strangers_among_them():
    assert passing(ODD).lets(["y", "zz", "b", "a", "zz"]) == [True, False, True, False, False]
    assert passing(ODD.replace("INCLUDE", "EXCLUDE")).lets(["zz", "b"]) == [True, False]
    assert passing(ODD).lets([]) == []


def test_what_a_user_did_counts_wherever_the_item_stands():
    streams = Streams(("b", "buy"), ("seen", "buy"), ("y", "click"))
    found = passing(BOUGHT, streams=streams, imported=PAST)
    assert found.catalogue.tolist() == [False, False]
    assert found.others == ["y"]
    assert found.lets(["past", "seen", "zz", "x"]) == [False, False, True, False]


def test_an_expression_without_events_does_not_ask_for_them():
    streams = Streams()
    assert passing(ODD, streams=streams).last_event is None
    assert streams.n_asked == 0


def test_the_newest_event_is_told_where_events_were_asked_for():
    assert passing(BOUGHT, imported=PAST).last_event == 7


def test_nobody_did_nothing():
    streams = Streams(("b", "buy"))
    assert passing(BOUGHT, user=None, streams=streams, imported=PAST).catalogue.tolist() == [
        True,
        True,
    ]
    assert streams.n_asked == 0


def test_rows_are_worked_out_anew_when_the_user_does_something():
    before = passing(BOUGHT, streams=Streams(("b", "buy")), imported=PAST).catalogue.tolist()
    after = passing(BOUGHT, streams=Streams(("b", "click")), imported=PAST).catalogue.tolist()
    assert (before, after) == ([False, False], [False, True])


@pytest.mark.parametrize(("item", "expected"), [("b", ["a"]), ("x", ["a", "b"]), ("zz", [])])
def test_the_current_item_may_stand_anywhere(item, expected):
    found = passing("INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE", item=item)
    assert [name for name, may in zip("ab", found.catalogue, strict=True) if may] == expected


def test_a_user_is_looked_up_and_an_unknown_one_has_no_values():
    expression = f"{ODD} IF CurrentUser.AGE > 18"
    assert passing(expression).catalogue.tolist() == [False, True]
    assert passing(expression, user=None).catalogue.tolist() == [True, True]


def test_a_catalogue_without_rows_lets_nobody_fail():
    empty = Stock(Rows(Vocabulary(()), Vocabulary(())), Masks(Table(0)))
    found = Sight(parse(ODD), empty, None, None, "stream").passing("u", "a", Streams())
    assert (found.lets(["zz"]), found.others, found.catalogue.tolist()) == ([False], [], [])
