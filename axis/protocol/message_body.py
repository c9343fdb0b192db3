"""The base of the objects of typed messages, and members that several kinds have. JSON Schema 2020-12."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

UnitCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z.]{3,20}$")]


def _in_the_calendar(value: str) -> str:
    """Let a day through that there is."""
    date.fromisoformat(value)
    return value


Day = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"}),
    AfterValidator(_in_the_calendar),
]
"""`2024-01-15`."""
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class MessageBody(BaseModel):
    """An object of a message: no member that is not known, no value of another type."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)
