"""Random expressions let through the same rows as a slow and obvious reading of them."""

import operator
import random

import numpy as np
import pytest

from penchant.data.training_set import Categories
from penchant.data.vocabulary import Vocabulary
from penchant.filters.binding import bind
from penchant.filters.columns import NumberColumn, Table, TextColumn
from penchant.filters.masks import Circumstances, Masks
from penchant.filters.parsing import parse

WORDS = ("drama", "Drama", "a b", "購入", "x,y")
TYPES = ("Watch", "click", "Purchase")
COMPARED = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class World:
    """Items with texts and numbers, a user with a past; each as plain Python values."""

    def __init__(self, chance, n_items):
        self.items = [
            {
                "GENRE": set(chance.sample(WORDS, chance.randrange(3))),
                "YEAR": chance.choice([None, 1, 2, 3, 2.5]),
            }
            for _ in range(n_items)
        ]
        self.events = [{one for one in TYPES if chance.random() < 0.3} for _ in range(n_items)]
        self.user = {"AGE": chance.choice([None, 17, 18, 40]), "LAND": chance.choice(WORDS)}
        self.current = chance.randrange(-1, n_items)

    def masks(self):
        numbers = [item["YEAR"] for item in self.items]
        counts = [len(item["GENRE"]) for item in self.items]
        values = Vocabulary(WORDS)
        codes = [values.index(word) for item in self.items for word in sorted(item["GENRE"])]
        genres = Categories(values, np.cumsum([0, *counts]), np.array(codes, np.int32))
        years = np.array([np.nan if year is None else year for year in numbers])
        columns = {"GENRE": TextColumn(genres), "YEAR": NumberColumn(years)}
        return Masks(Table(len(self.items), columns))

    def circumstances(self):
        def events(types):
            wanted = {one.lower() for one in TYPES} if types is None else types
            return np.array(
                [
                    row
                    for row, had in enumerate(self.events)
                    if {one.lower() for one in had} & wanted
                ],
                np.int32,
            )

        age = self.user["AGE"]
        user = {"LAND": (self.user["LAND"],), "AGE": np.nan if age is None else float(age)}
        return Circumstances(events, user, self.current)


def quoted(words):
    return ", ".join(f'"{word}"' for word in words)


class Maker:
    """Writes random expressions, and beside each what it means, as a function of a row."""

    def __init__(self, chance, world):
        self.chance, self.world, self.values = chance, world, {}

    def value(self, text):
        """A literal, or a parameter that is given the same text."""
        if self.chance.random() < 0.5:
            return text
        name = f"P{len(self.values)}"
        self.values[name] = text
        return f"${name}"

    def expression(self):
        rules = [self.rule() for _ in range(self.chance.choice([1, 1, 2, 3]))]

        def means(row):
            counted = [(verb, match) for verb, match, counts in rules_of if counts]
            included = [match(row) for verb, match in counted if verb == "INCLUDE"]
            excluded = [match(row) for verb, match in counted if verb == "EXCLUDE"]
            return (any(included) if included else True) and not any(excluded)

        rules_of = [rule[1:] for rule in rules]
        return " | ".join(rule[0] for rule in rules), means

    def rule(self):
        verb = self.chance.choice(["INCLUDE", "EXCLUDE"])
        make = self.chance.choice([self.genre, self.year, self.event])
        lengths = [self.chance.choice([1, 1, 2]) for _ in range(self.chance.choice([1, 1, 2]))]
        groups = [[make() for _ in range(length)] for length in lengths]
        text = " OR ".join(" AND ".join(one for one, _ in group) for group in groups)
        counts, told = self.user_condition() if self.chance.random() < 0.3 else (True, "")

        def match(row):
            return any(all(holds(row) for _, holds in group) for group in groups)

        return f"{verb} ItemID WHERE {text}{told}", verb, match, counts

    def genre(self):
        words = self.chance.sample(WORDS, self.chance.choice([1, 2]))
        of = self.world.items
        kind = self.chance.randrange(4)
        if kind == 0:
            return (
                f"Items.Genre NOT IN ({quoted(words)})",
                lambda i: not of[i]["GENRE"] & set(words),
            )
        if kind == 1:
            now = of[self.world.current]["GENRE"] if self.world.current >= 0 else set()
            return "Items.GENRE IN CurrentItem.genre", lambda i: bool(of[i]["GENRE"] & now)
        if kind == 2:
            one = f'"{words[0]}"'
            return f"Items.GENRE = {self.value(one)}", lambda i: words[0] in of[i]["GENRE"]
        text = self.value(quoted(words))
        return f"Items.GENRE IN ({text})", lambda i: bool(of[i]["GENRE"] & set(words))

    def year(self):
        sign = self.chance.choice(list(COMPARED))
        if self.chance.random() < 0.2:
            now = self.world.items[self.world.current]["YEAR"] if self.world.current >= 0 else None
            text = f"Items.YEAR {sign} CurrentItem.YEAR"
        else:
            now = self.chance.choice([1, 2, 2.5, 4])
            text = f"Items.YEAR {sign} {self.value(str(now))}"

        def holds(row):
            year = self.world.items[row]["YEAR"]
            if now is None:
                return False
            return sign == "!=" if year is None else COMPARED[sign](year, now)

        return text, holds

    def event(self):
        types = self.chance.sample([*TYPES, "*"], self.chance.choice([1, 2]))
        wanted = {one.lower() for one in TYPES} if "*" in types else {t.lower() for t in types}
        spelled = quoted(one.upper() for one in types)

        def had(row):
            return bool({one.lower() for one in self.world.events[row]} & wanted)

        if self.chance.random() < 0.3:
            return f"Interactions.EVENT_TYPE NOT IN ({spelled})", lambda row: not had(row)
        return f"Interactions.event_type IN ({self.value(spelled)})", had

    def user_condition(self):
        age, land = self.world.user["AGE"], self.world.user["LAND"]
        if self.chance.random() < 0.5:
            word = self.chance.choice(WORDS)
            return land == word, f' IF CurrentUser.LAND IN ("{word}")'
        sign = self.chance.choice(list(COMPARED))
        holds = sign == "!=" if age is None else COMPARED[sign](age, 18)
        return holds, f" IF CurrentUser.AGE {sign} {self.value('18')} AND CurrentUser.LAND != 'no'"


@pytest.mark.parametrize("seed", range(20))
def test_ten_thousand_expressions_let_through_what_they_say(seed):
    chance = random.Random(seed)
    let_through = 0
    for _ in range(25):
        world = World(chance, n_items=12)
        masks, circumstances = world.masks(), world.circumstances()
        for _ in range(20):
            maker = Maker(chance, world)
            text, means = maker.expression()
            bound = bind(parse(text), maker.values)
            expected = [means(row) for row in range(12)]
            assert masks.allowed(bound, circumstances).tolist() == expected, text
            let_through += sum(expected)
    assert 0.2 < let_through / (25 * 20 * 12) < 0.8


@pytest.mark.parametrize("spelling", ["Not Taken", "not_taken", "NOT_TAKEN"])
def test_types_of_actions_are_asked_for_as_data_writes_them(spelling):
    asked = []
    text = f"INCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ('{spelling}', 'other One')"
    Masks(Table(1)).allowed(parse(text), Circumstances(lambda types: asked.append(types) or []))
    assert asked == [{"not_taken", "other one"}]


def test_types_of_interactions_differ_by_blanks_and_underscores():
    asked = []
    text = "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ('Not Taken')"
    Masks(Table(1)).allowed(parse(text), Circumstances(lambda types: asked.append(types) or []))
    assert asked == [{"not taken"}]
