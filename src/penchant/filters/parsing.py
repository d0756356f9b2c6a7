"""From the text of a filter expression to its tree."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from lark import Lark, Token, Transformer, UnexpectedInput
from lark.exceptions import VisitError

from penchant.filters.errors import FilterError
from penchant.filters.syntax import (
    Alternative,
    Condition,
    Expression,
    Field,
    Operand,
    Operator,
    Parameter,
    Rule,
    Source,
    Target,
    Verb,
)

LONGEST: Final = 2_500
_SHOWN: Final = 20
_WORDS: Final = {
    "VERB": "INCLUDE or EXCLUDE",
    "TARGET": "ItemID, UserID or ActionID",
    "_WHERE": "WHERE",
    "_IF": "IF",
    "_AND": "AND",
    "_OR": "OR",
    "IN": "IN",
    "NOT_IN": "NOT IN",
    "COMPARISON": "a comparison such as = or <",
    "TEXT": 'a "text"',
    "NUMBER": "a number",
    "PARAMETER": "a $PARAMETER",
    "NAME": "a field such as Items.CATEGORY",
    "VBAR": "|",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": "a comma",
    "DOT": "a dot",
    "$END": "the end",
}
_PARAMETER_TEXT: Final = re.compile(r"\$[A-Za-z0-9_]+")


def parse(text: str) -> Expression:
    """Read a filter expression.

    Raises:
        FilterError: It is too long, or not one of the language; the text names the column.
    """
    if len(text) > LONGEST:
        raise FilterError(
            f"Invalid Expression: it has {len(text)} characters; use at most {LONGEST}, or split "
            "it into several filters."
        )
    try:
        expression: Expression = _Reader().transform(_parser().parse(text))
    except UnexpectedInput as error:
        raise FilterError(_described(text, error)) from None
    except VisitError as error:
        raise error.orig_exc from None
    return expression


@cache
def _parser() -> Lark:
    grammar = files("penchant.filters").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, start="expression", parser="lalr", maybe_placeholders=True)


class _Reader(Transformer[Token, Expression]):
    """Makes the tree's values, from the leaves up."""

    def expression(self, rules: Sequence[Rule]) -> Expression:
        return Expression(tuple(rules))

    def rule(self, parts: tuple[Token, Token, tuple[Alternative, ...], Alternative | None]) -> Rule:
        verb, target, alternatives, user_conditions = parts
        return Rule(Verb(verb.upper()), _target(target), alternatives, user_conditions or ())

    def alternatives(self, parts: Sequence[Alternative]) -> tuple[Alternative, ...]:
        return tuple(parts)

    def alternative(self, parts: Sequence[Condition]) -> Alternative:
        return tuple(parts)

    def condition(self, parts: tuple[Field, Token, Operand | tuple[Operand, ...]]) -> Condition:
        field, operator, operands = parts
        word = " ".join(operator.upper().split())
        listed = operands if isinstance(operands, tuple) else (operands,)
        return Condition(field, Operator(word), listed)

    def field(self, parts: tuple[Token, Token]) -> Field:
        source, name = parts
        return Field(_source(source), name.upper())

    def list(self, parts: Sequence[Operand]) -> tuple[Operand, ...]:
        return tuple(parts)

    def field_of_item(self, parts: tuple[Token, Token]) -> Field:
        return self.field(parts)

    def operand(self, parts: Sequence[Token]) -> Operand:
        (token,) = parts
        if token.type == "NUMBER":
            return str(token)
        text = str(token) if token.type == "PARAMETER" else token[1:-1]
        return Parameter(text[1:]) if _PARAMETER_TEXT.fullmatch(text) else text


def _target(token: Token) -> Target:
    return next(one for one in Target if one.value.upper() == token.upper())


def _source(token: Token) -> Source:
    wanted = token.upper()
    for source in Source:
        if source.value.upper() == wanted:
            return source
    known = ", ".join(Source)
    raise FilterError(
        f"Invalid Expression: {str(token)!r} at column {token.column} is no dataset; "
        f"use one of {known}."
    )


def _described(text: str, error: UnexpectedInput) -> str:
    allowed = getattr(error, "allowed", None) or getattr(error, "expected", None) or ()
    words = " or ".join(sorted(_WORDS.get(name, name) for name in allowed))
    token = getattr(error, "token", None)
    if token is not None and token.type == "$END":
        return f"Invalid Expression: it ends at column {len(text) + 1}, where {words} should stand."
    place = error.pos_in_stream or 0
    found = text[place : place + _SHOWN].split("\n", maxsplit=1)[0]
    return f"Invalid Expression: {found!r} at column {place + 1}, where {words} should stand."
