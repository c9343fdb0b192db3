"""Reads the file of what savings assume: each value low, middle and high, with the source it comes from.

TOML 1.0. The shipped file is `nodes/data/savings.toml`; JSON Schema 2020-12.
"""

import tomllib
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from nodes import toml_lines
from nodes.errors import AssumptionsInvalid
from nodes.scenario_findings import Findings, shape_finding

LEVELS: Final = ("low", "middle", "high")
"""Of the saving: `low` are the values that give the least."""
MOST_BYTES: Final = 65_536
"""Of a file of assumptions."""
_SHIPPED: Final = files("nodes").joinpath("data", "savings.toml")


def _decimal(value: object) -> object:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


Amount = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    Field(ge=0, le=1_000_000_000, allow_inf_nan=False),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1_000_000_000}),
]
Part = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    Field(ge=0, le=1, allow_inf_nan=False),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1}),
]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class Assumed(_Table):
    """A value that nobody counted."""

    low: Amount
    """The value that gives the least saving."""
    middle: Amount
    """The most likely one."""
    high: Amount
    """The value that gives the most saving."""
    source: Annotated[str, Field(min_length=1, max_length=500)]
    """Where the values come from, or `assumed`."""

    def at(self, level: str) -> Decimal:
        """Return the value of one of `LEVELS`."""
        value: Decimal = getattr(self, level)
        return value

    @property
    def is_in_order(self) -> bool:
        """Whether the three rise."""
        return bool(self.low <= self.middle <= self.high)


class Share(Assumed):
    """A part of a whole, between 0 and 1."""

    low: Part
    """The value that gives the least saving."""
    middle: Part
    """The most likely one."""
    high: Part
    """The value that gives the most saving."""


class Published(_Table):
    """A published estimate, set beside the calculated one."""

    vnd_per_year: Annotated[int, Field(ge=1, le=10**18)]
    """The saving of a year, in dong."""
    source: Annotated[str, Field(min_length=1, max_length=500)]
    """Who published it, and what it holds."""


class Assumptions(_Table):
    """All that is assumed beside what a hub counts. Prices and costs are in dong."""

    replaced_share: Share
    """Of all deliveries, those beside which no paper goes any more."""
    pages_per_document: Assumed
    """Printed pages of a document."""
    copies_by_recipient: Assumed
    """Copies that a recipient made of the one that came, for those who work on it."""
    kept_by_sender: Assumed
    """Printed copies of a document that its sender kept."""
    page_price: Assumed
    """Paper and ink of a printed page."""
    copied_page_price: Assumed
    """Paper and toner of a copied page."""
    express_share: Share
    """Of all deliveries, those that went by express post or courier; the others are letters."""
    letter_price: Assumed
    """Postage of a letter."""
    express_price: Assumed
    """Postage of an express letter."""
    sender_minutes: Assumed
    """Work of the sender on each delivery on paper: printing, sealing, enveloping, entering, handing in."""
    recipient_minutes: Assumed
    """Work of the recipient on each: opening, entering, copying, carrying."""
    hour_cost: Assumed
    """Cost of an hour of that work."""
    charge_per_delivery: Assumed
    """What the operator of the exchange is paid, for each delivery: the least saving is its highest value."""
    published: Published
    """The estimate that is set beside."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Name the assumptions, in their order."""
        return tuple(name for name in cls.model_fields if name != "published")

    def named(self, name: str) -> Assumed:
        """Return one of `names`."""
        value: Assumed = getattr(self, name)
        return value

    def with_value(self, name: str, level: str, value: Decimal) -> Self:
        """Return them with another value of one, which need not keep its bounds."""
        return self.model_copy(update={name: self.named(name).model_copy(update={level: value})})


def shipped_text() -> str:
    """Return the shipped file."""
    return _SHIPPED.read_text(encoding="utf-8")


def load(path: Path | None) -> Assumptions:
    """Read a file of assumptions, or the shipped one; raises `AssumptionsInvalid` with all that is wrong."""
    if path is None:
        return read(shipped_text(), "savings.toml")
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        text = content.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise AssumptionsInvalid(f"{path}: no text can be read there ({error})") from error
    if len(content) > MOST_BYTES:
        raise AssumptionsInvalid(f"{path}: found more than {MOST_BYTES:,} bytes, expected at most so many")
    return read(text, str(path))


def read(text: str, file: str) -> Assumptions:
    """Read assumptions; raises `AssumptionsInvalid` with everything that is wrong, each with its line."""
    try:
        value = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise AssumptionsInvalid(f"{file}: not TOML: {error}") from error
    found = Findings(file, toml_lines.lines_of(text))
    try:
        written = Assumptions.model_validate(value)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            found.add(*shape_finding(detail, Assumptions))
        raise AssumptionsInvalid.of(found.faults) from error
    for name in Assumptions.names():
        assumed = written.named(name)
        if name == "charge_per_delivery":
            fits, order = assumed.high <= assumed.middle <= assumed.low, "low ≥ middle ≥ high: a charge"
        else:
            fits, order = assumed.is_in_order, "low ≤ middle ≤ high"
        values = ", ".join(f"{assumed.at(level):f}" for level in LEVELS)
        found.must(fits, (name,), values, order)
    if found.faults:
        raise AssumptionsInvalid.of(found.faults)
    return written


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a file of assumptions."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Assumptions.model_json_schema()}
