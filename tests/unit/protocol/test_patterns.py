import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from penchant.protocol.patterns import translate

TAG = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"


def test_a_pattern_holds_for_the_whole_value():
    pattern = translate("[a-z]+")
    assert re.search(pattern, "abc")
    assert not re.search(pattern, "abc1")
    assert not re.search(pattern, "abc\n")
    assert not re.search(translate("^[a-z]+$"), "abc\n")


def test_digits_and_words_are_those_of_ascii_as_in_java():
    assert not re.search(translate(r"\d+"), "٣")
    assert not re.search(translate(r"[\w]+"), "ü")


def test_the_letters_numbers_and_blanks_of_tags_are_those_of_unicode():
    pattern = re.compile(translate(TAG))
    for code in range(0x3000):
        character = chr(code)
        category = unicodedata.category(character)[0]
        # digits such as superscripts differ between Java's and Python's tables, letters do not
        expected = category in "LZN" or character in "_.:/=+-@"
        assert bool(pattern.search(character)) == expected, (hex(code), category)


def test_a_property_outside_of_a_class_becomes_a_class():
    pattern = translate(r"\p{ASCII}{0,3}")
    assert re.search(pattern, "a\n~")
    assert not re.search(pattern, "abcd")
    assert not re.search(pattern, "é")


ARN_PATTERN = r"arn:([a-z\d-]+):personalize:.*:.*:.+"
PRINTABLE_PATTERN = r"^[\x20-\x7E]*[\x21-\x7E]+[\x20-\x7E]*$"


@given(st.from_regex(r"arn:a:personalize(:[:a\n]{0,4}){0,4}", fullmatch=True))
@example("arn:a:personalize:::")
@example("arn:a:personalize:::a")
@example("arn:a:personalize::::")
@example("arn:a:personalize:a:b")
def test_the_linear_form_of_an_arn_accepts_what_the_model_s_form_accepts(text):
    original = re.fullmatch(ARN_PATTERN, text)
    assert bool(re.search(translate(ARN_PATTERN), text)) == bool(original)


@given(st.text(" a~é\n\x7f", max_size=8))
def test_the_linear_form_of_printable_text_accepts_what_the_model_s_form_accepts(text):
    original = re.fullmatch(PRINTABLE_PATTERN, text)
    assert bool(re.search(translate(PRINTABLE_PATTERN), text)) == bool(original)


def test_text_made_to_take_long_does_not():
    assert not re.search(translate(PRINTABLE_PATTERN), "a" * 100_000 + "é")
    assert not re.search(translate(ARN_PATTERN), "arn:aws:personalize:" + ":" * 100_000 + "\n")


def test_an_unknown_property_is_named():
    with pytest.raises(ValueError, match="no translation for the Unicode property 'Lu'"):
        translate(r"\p{Lu}")
