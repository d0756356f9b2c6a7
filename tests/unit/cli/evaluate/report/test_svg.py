import pytest

from penchant.cli.evaluate.report.svg import GREY, Scale, legend, pens, text, ticks


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0, 0.21, [0, 0.05, 0.1, 0.15, 0.2]), (0, 0, [0])],
)
def test_ticks_are_round(low, high, found):
    assert ticks(low, high) == pytest.approx(found)


def test_a_scale_maps_its_ends_onto_its_ends():
    scale = Scale(2, 4, 100, 0)

    assert (scale(2), scale(3), scale(4)) == (100, 50, 0)
    assert Scale(1, 1, 7, 9)(1) == 7


def test_recipes_have_colours_and_baselines_are_grey_and_dashed():
    drawn = pens(("a", "b", "floor"), frozenset({"floor"}))

    assert drawn["floor"].colour == GREY
    assert drawn["floor"].dash
    assert drawn["a"].colour != drawn["b"].colour != GREY


def test_more_recipes_than_colours_are_told_apart_by_dashes():
    drawn = pens([str(n) for n in range(8)], frozenset())

    assert len({(pen.colour, pen.dash) for pen in drawn.values()}) == 8


def test_a_legend_that_is_too_wide_goes_on_below():
    drawn = pens([f"a rather long name {n}" for n in range(9)], frozenset())

    _, low = legend(drawn, 0, 0, 2000)
    _, high = legend(drawn, 0, 0, 500)

    assert high > low


def test_words_are_escaped():
    assert "&lt;b&gt; &amp;" in text(0, 0, "<b> &")
