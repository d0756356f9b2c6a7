"""The one way in which a command says no."""


class Refusal(Exception):  # noqa: N818 - read as a word: raise Refusal("...")
    """A command can't do what was asked; its text is one line with the value and the next step."""
