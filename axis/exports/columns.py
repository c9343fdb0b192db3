"""The columns of each kind of export, with the type of their values. It reads no store.

A value is None where there is none. The names are those of the API's answers and of the ledger's leaves.
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

Kind = Literal["text", "integer", "time", "day", "texts"]
"""`time`: microseconds since 1970 in UTC; `day`: `YYYY-MM-DD`; `texts`: a list."""
What = Literal["documents", "deliveries", "statuses", "verdicts", "refusals", "entries", "evidence"]
WHATS: Final[tuple[What, ...]] = get_args(What)


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column: its name, and what its values are."""

    name: str
    kind: Kind = "text"


def _columns(**kinds: Kind) -> tuple[ColumnSpec, ...]:
    return tuple(ColumnSpec(name.removesuffix("_"), kind) for name, kind in kinds.items())


COLUMNS: Final[dict[What, tuple[ColumnSpec, ...]]] = {
    "documents": _columns(
        position="integer",
        id="text",
        from_="text",
        from_name="text",
        to="texts",
        number="text",
        issued_on="day",
        type="text",
        subject="text",
        priority="text",
        action="text",
        accepted_at="time",
        day="day",
        indication="text",
        sub_indication="text",
        signed_by="text",
        attachments="integer",
        manifest="text",
    ),
    "deliveries": _columns(
        id="text",
        document="text",
        from_="text",
        from_name="text",
        to="text",
        to_name="text",
        number="text",
        issued_on="day",
        type="text",
        subject="text",
        priority="text",
        action="text",
        accepted_at="time",
        day="day",
        indication="text",
        signed_by="text",
        status="text",
        status_by="text",
        status_note="text",
        status_at="time",
        request="text",
        request_action="text",
    ),
    "statuses": _columns(
        position="integer",
        at="time",
        document="text",
        delivery="text",
        from_="text",
        to="text",
        number="text",
        code="text",
        by="text",
        note="text",
        request="text",
    ),
    "verdicts": _columns(
        document="text",
        sequence="integer",
        at="time",
        from_="text",
        number="text",
        policy="text",
        trust="text",
        indication="text",
        sub_indication="text",
        signed_by="text",
    ),
    "refusals": _columns(
        position="integer",
        id="text",
        at="time",
        day="day",
        from_="text",
        number="text",
        code="text",
        manifest="text",
        request_id="text",
        indication="text",
        sub_indication="text",
    ),
    "entries": _columns(
        position="integer",
        v="integer",
        event="text",
        at="time",
        day="day",
        clock="text",
        document="text",
        from_="text",
        to="texts",
        number="text",
        issued_on="day",
        type="text",
        action="text",
        priority="text",
        signed_on="day",
        kind="text",
        manifest="text",
        indication="text",
        sub_indication="text",
        signed_by="text",
        policy="text",
        delivery="text",
        code="text",
        by="text",
        note="text",
        request_action="text",
        request_document="text",
        leaf="text",
    ),
}
"""Of evidence there are no rows, but archives."""
