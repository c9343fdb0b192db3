"""How the tables of a scenario's file are read, whichever module describes them. TOML 1.0."""

from decimal import Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

STRICT: Final = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)
"""No key that is not known, no value of another type; attributes' docstrings are the keys' descriptions."""


def whole_or_decimal(value: object) -> object:
    """Take a whole number for a share too: `share = 1`."""
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


Share = Annotated[
    Decimal,
    BeforeValidator(whole_or_decimal),
    Field(ge=0, le=1, decimal_places=3),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1, "multipleOf": 0.001}),
]
"""A part of a whole, with at most three decimals: 0.179 is 17.9 %."""
