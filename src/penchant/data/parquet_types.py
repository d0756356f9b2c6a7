"""Whether a column's type in a Parquet file can become what the schema wants."""

from collections.abc import Mapping
from typing import Final

from penchant.data.failures import ImportFailure
from penchant.data.fields import Field, Schema
from penchant.data.sources import SourceFile, columns_for

_TIMES: Final = ("TIMESTAMP", "DATE")
_NESTED: Final = ("STRUCT", "MAP", "UNION", "VARIANT")
_SECONDS: Final = ("long", "int")
_LIST: Final = "[]"


def check_types(schema: Schema, types: Mapping[str, str], file: SourceFile) -> None:
    """Find the first column that cannot be imported as it is typed.

    Args:
        schema: What is wanted.
        types: Column name -> DuckDB's name of its type, all columns of the file in their order.
        file: Named in the failure.

    Raises:
        ImportFailure: A column is missing, stands twice or is of an unfit type.
    """
    names = list(types)
    for field, place in zip(schema.fields, columns_for(schema, names, file), strict=True):
        column = names[place]
        advice = _advice(field, schema, types[column])
        if advice is not None:
            raise ImportFailure(
                f"{file.name}: column {column} is of type {types[column].partition('(')[0]}, but "
                f"the schema wants {field.kind}; {advice}."
            )


def is_time(kind: str) -> bool:
    """Whether a type is a point in time, which is imported as epoch seconds."""
    return kind.startswith(_TIMES) and not kind.endswith(_LIST)


def _advice(field: Field, schema: Schema, kind: str) -> str | None:
    """How to write the column so that it can be imported; None where it can be."""
    if is_time(kind):
        if field.kind in _SECONDS:
            return None
        return "write it as text" if field.kind == "string" else "write it as epoch seconds"
    if kind.endswith(_LIST):
        if _takes_lists(field, schema) and not _is_deep(kind.removesuffix(_LIST)):
            return None
    elif not _is_deep(kind):
        return None
    what = "epoch seconds" if field.name.endswith("TIMESTAMP") else "one plain value a record"
    return f"write it as {what}"


def _takes_lists(field: Field, schema: Schema) -> bool:
    """Whether `|` may part several values: in categories, impressions and strings of one's own."""
    own = field.name not in {*schema.rules.required, *schema.rules.reserved}
    return field.kind == "string" and (field.categorical or own or field.name == "IMPRESSION")


def _is_deep(kind: str) -> bool:
    return kind.endswith(_LIST) or kind.startswith(_NESTED)
