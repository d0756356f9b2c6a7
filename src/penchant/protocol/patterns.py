"""The regular expressions of the models, which are Java's, for Python's `re`."""

import re
from typing import Final

# Letters and numbers stand in one class with `_` wherever the models name them: that is `\w`.
_CLASSES: Final = {
    "ASCII": r"\x00-\x7F",
    "L": r"\w",
    "N": r"\w",
    "Z": r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
}
# The models' own forms of these take up to cubic time over a value that fails (5 s for 1 000
# characters); these accept the same values in linear time.
_LINEAR: Final = {
    r"^[\x20-\x7E]*[\x21-\x7E]+[\x20-\x7E]*$": r" *[\x21-\x7E][\x20-\x7E]*",
    r"arn:([a-z\d-]+):personalize:.*:.*:.+": r"arn:[a-z\d-]+:personalize:[^:\n]*:[^:\n]*:.+",
}
_PROPERTY: Final = re.compile(r"\\p\{(\w+)\}")
_CLASS_OR_PROPERTY: Final = re.compile(r"\[[^]]*\]|\\p\{\w+\}")


def translate(pattern: str) -> str:
    r"""Anchor a Java pattern at both ends and write `\p{...}` as Python does.

    `\d` means ASCII digits, as in Java, and so does `\w` unless a Unicode property asks for more.

    Raises:
        ValueError: The pattern names a Unicode property that has no translation.
    """
    pattern = _LINEAR.get(pattern, pattern)
    flags = "" if r"\p{L}" in pattern else "a"
    return rf"\A(?{flags}:{_CLASS_OR_PROPERTY.sub(_expand, pattern)})\Z"


def _expand(found: re.Match[str]) -> str:
    text = _PROPERTY.sub(_members, found[0])
    return text if text.startswith("[") else f"[{text}]"


def _members(found: re.Match[str]) -> str:
    name = found[1]
    if name not in _CLASSES:
        raise ValueError(f"no translation for the Unicode property {name!r}; add it to _CLASSES")
    return _CLASSES[name]
