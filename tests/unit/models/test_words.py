"""Words are found in any script."""

import pytest

from penchant.models.words import MOST_WORDS, Words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("Toy Story (1995)", ["toy", "story", "1995"]),
        ("Straße, ÉTÉ; ﬁn", ["strasse", "été", "fin"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("東京都", ["東京", "京都"]),
        ("茶", ["茶"]),
        ("Sony製カメラX", ["sony", "製カ", "カメ", "メラ", "x"]),
        ("ภาษาไทย", ["ภา", "าษ", "ษา", "าไ", "ไท", "ทย"]),
        ("\x00\ud800 😀 a", ["a"]),
    ],
)
def test_words_are_cut_in_any_script(text, words):
    assert Words().of(text) == words


def test_long_texts_are_read_from_their_beginning():
    assert Words().of("w " * 10_000) == ["w"] * MOST_WORDS
    assert len(Words().of("茶" * 30_000)) == MOST_WORDS
