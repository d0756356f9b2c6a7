"""Words of a text in any language."""

import re
import unicodedata
from typing import Final

MOST_WORDS: Final = 256
"""Words read of one text."""

_MOST_CHARACTERS: Final = 20_000
_UNSPACED: Final = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # Japanese syllables
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"  # Chinese characters
)
_RUNS: Final = re.compile(f"([{_UNSPACED}]+)|[^{_UNSPACED}]+")


class _Letters(dict[int, int | str]):
    """For `str.translate`: letters, marks and digits stay, all else becomes a blank."""

    def __missing__(self, code: int) -> int | str:
        kept = unicodedata.category(chr(code))[0] in "LMN"
        self[code] = code if kept else " "
        return self[code]


class Words:
    """Cuts texts into words, case and typographic variants folded.

    Scripts written without blanks between words (Chinese, Japanese, Thai, ...) give pairs of
    neighbouring characters, which find words nearly as well as a dictionary does.
    """

    def __init__(self) -> None:
        self._letters = _Letters()

    def of(self, text: str) -> list[str]:
        """The first `MOST_WORDS` words, in order."""
        plain = unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS]).casefold()
        spaced = plain.translate(self._letters).split()
        if plain.isascii():
            return spaced[:MOST_WORDS]
        words = [part for word in spaced[:MOST_WORDS] for part in _parts(word)]
        return words[:MOST_WORDS]


def _parts(word: str) -> list[str]:
    parts = []
    for run in _RUNS.finditer(word):
        characters = run[0]
        if run[1] and len(characters) > 1:
            parts += [characters[i : i + 2] for i in range(len(characters) - 1)]
        else:
            parts.append(characters)
    return parts
