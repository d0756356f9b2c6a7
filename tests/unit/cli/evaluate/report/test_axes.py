from penchant.cli.evaluate.report.axes import left, right, share_of


def test_two_panels_stand_side_by_side():
    one, other = (half(900, 10, "NDCG", 1, (1, 25)) for half in (left, right))

    assert one.x.end < other.x.start < other.x.end < 900
    assert one.x.end - one.x.start == other.x.end - other.x.start
    assert one.y == other.y


def test_a_frame_has_a_heading_and_a_number_at_every_line():
    texts = "".join(left(900, 0, "recall@k", 0.2, (0, 1)).frame())

    assert [f">{words}<" in texts for words in ("recall@k", "0", ".05", ".20")] == [True] * 4
    assert ".25" not in texts


def test_values_stand_above_the_axis_and_words_below_it():
    axes = left(900, 0, "recall@k", 1, (0, 4))

    ((_, y),) = axes.points([(2, 0.5)])
    assert axes.y.end < y < axes.y.start
    first, second = axes.below(2, "rare", "9 users")
    assert f'y="{axes.y.start + 18:.1f}"' in first
    assert f'y="{axes.y.start + 34:.1f}"' in second
    assert len(list(axes.below(2, "", "9 users"))) == 1


def test_numbers_beside_an_axis_have_two_decimals_but_for_0():
    assert [share_of(tick) for tick in (0, 0.25, 1)] == ["0", ".25", "1.00"]
