"""The columns of a statistic as a table."""

from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel

from axis.csv_and_xlsx import Column, Kind

_KEYS: Final[dict[str, Kind]] = {
    "agency": "text",
    "month": "text",
    "day": "day",
    "type": "text",
    "level": "integer",
    "kind": "text",
    "indication": "text",
    "sub_indication": "text",
    "signed_by": "text",
    "signature_kind": "text",
    "algorithm": "text",
    "issuer": "text",
}
"""What `by` may name, and what its values are in a table."""


def statistics_columns(row: type[BaseModel], by: Sequence[str]) -> list[Column]:
    """Return the columns of a statistic: the members of `by`, in their order, and the figures."""
    found: list[Column] = []
    for name in dict.fromkeys(name for text in by for name in text.split(",") if name):
        found.append(Column(name, _KEYS[name]))
        if name == "agency":
            found.append(Column("agency_name"))
    return found + [
        Column(name, "integer" if field.annotation is int else "share")
        for name, field in row.model_fields.items()
        if name not in {*_KEYS, "agency_name"}
    ]
