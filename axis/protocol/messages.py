"""The published kinds of typed messages: the members of each, its JSON Schema, and the check of a message.

A message is the main attachment of a document of type `thong-diep`. JSON Schema 2020-12, RFC 6901.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, ValidationError

from axis.protocol import cabinet_messages, population_messages
from axis.protocol.errors import Place
from axis.protocol.message_body import MessageBody, UnitCode
from axis.protocol.strict_json_faults import escape_pointer

DOSSIERS_MOST: Final = 1_000
"""Dossiers that one message tells of."""
UNITS_MOST: Final = 1_000
"""Units that one message tells of."""

DossierCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z.]{3,20}-[0-9]{6}-[0-9]{4,6}$")]
"""`000.00.00.H24-200115-0001`: unit, day, and the counter of that unit and day."""
ProcedureCode = Annotated[str, Field(pattern=r"^[0-9]\.[0-9]{6}(\.[0-9A-Za-z.]{3,20})?$")]


_RFC3339 = re.compile(
    r"(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def _readable(value: str) -> str:
    """Let a time through that all readers of the published schema understand alike."""
    if not _RFC3339.fullmatch(value):
        raise ValueError("a time of RFC 3339 from 1900 on, with its offset")
    datetime.fromisoformat(value)
    return value


Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"}), AfterValidator(_readable)]
"""A time with its offset: `2024-01-15T08:00:00+07:00`."""


class DossierStatus(MessageBody):
    """Where one dossier stands."""

    code: DossierCode
    """The dossier's code."""
    procedure: ProcedureCode
    """The code of its procedure."""
    channel: Literal[1, 2, 3]
    """How it was filed: 1 at the counter, 2 online, 3 by post."""
    service: Literal["full", "partial", "none"]
    """The procedure's online service: end to end, in part, none."""
    status: Annotated[int, Field(ge=1, le=10)]
    """The status of docs/neighbours/one-stop.md#statuses."""
    at: Moment
    """Since when it stands so."""
    due: Moment | None
    """By when it is to be resolved; null where no deadline was entered."""


class DossierStatuses(MessageBody):
    """What became of dossiers since the last message of this unit."""

    unit: UnitCode
    """The unit that handles them."""
    dossiers: Annotated[list[DossierStatus], Field(min_length=1, max_length=DOSSIERS_MOST)]
    """In order of time."""


class DossierStep(MessageBody):
    """What was done on one dossier."""

    code: DossierCode
    """The dossier's code."""
    status: Annotated[int, Field(ge=1, le=10)]
    """The status it had then, of docs/neighbours/one-stop.md#statuses."""
    at: Moment
    """When it was done."""
    department: Annotated[str, Field(min_length=1, max_length=300)]
    """The part of the unit that did it."""
    text: Annotated[str, Field(max_length=1_000)]
    """What was done."""
    begun: Moment | None
    """When it was begun."""
    due: Moment | None
    """By when it had to be done."""


class DossierSteps(MessageBody):
    """What a unit did on dossiers that it told of before."""

    unit: UnitCode
    """The unit that handles them."""
    steps: Annotated[list[DossierStep], Field(min_length=1, max_length=DOSSIERS_MOST)]
    """In order of time."""


class UnitIndicators(MessageBody):
    """What one unit's online services were used for in a month."""

    unit: UnitCode
    """The unit."""
    rank: Annotated[int, Field(ge=1)] | None
    """Among units of its kind, by the share of dossiers handled fully online; null without dossiers."""
    dossiers: Annotated[int, Field(ge=0)]
    """Dossiers that were first told of in the month."""
    online: Annotated[int, Field(ge=0)]
    """Of them, those filed online."""
    fully_online: Annotated[int, Field(ge=0)]
    """Of these, those of a procedure that is online end to end."""
    target: Annotated[int, Field(ge=0, le=1_000)] | None
    """The share to be handled fully online in the year, in thousandths; null where none is set."""
    services: Annotated[int, Field(ge=0)]
    """Procedures that produced dossiers."""
    visits: Annotated[int, Field(ge=0)]
    """Visits of its pages."""


class ServiceIndicators(MessageBody):
    """What online services were used for in a month, by unit."""

    unit: UnitCode
    """The unit that measures."""
    month: Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
    """The month: `2024-01`."""
    units: Annotated[list[UnitIndicators], Field(max_length=UNITS_MOST)]
    """Those that told of something in the month, by kind and rank."""
    not_connected: Annotated[list[UnitCode], Field(max_length=UNITS_MOST)]
    """Those that never told of anything."""


KINDS: Final[dict[str, type[MessageBody]]] = {
    "chi-so-dich-vu": ServiceIndicators,
    "tien-do-ho-so": DossierSteps,
    "trang-thai-ho-so": DossierStatuses,
    "phien-hop": cabinet_messages.CabinetMeeting,
    "du-hop": cabinet_messages.Attendance,
    "phieu-lay-y-kien": cabinet_messages.BallotPaper,
    "y-kien-thanh-vien": cabinet_messages.Opinion,
    "ket-qua-lay-y-kien": cabinet_messages.BallotResult,
    "tra-cuu-dan-cu": population_messages.LookUp,
    "ket-qua-tra-cuu-dan-cu": population_messages.LookUpReply,
}
"""Each published kind with the members of its messages."""


def media_type_of(kind: str) -> str:
    """Return the media type of the main attachment of a message of this kind."""
    return f"application/vnd.axis.{kind}.v1+json"


def message_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a published kind; raises `KeyError` for another."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **KINDS[kind].model_json_schema(),
    }


def message_faults(kind: str, content: bytes) -> list[Place]:
    """Return every place at which a message breaks the schema of its kind; none for a kind not published.

    Places are pointers into the message. No value is shown, since it may speak of a person.
    """
    members = KINDS.get(kind)
    if members is None:
        return []
    try:
        members.model_validate_json(content, strict=True)
    except ValidationError as error:
        return [
            Place(
                "".join(f"/{escape_pointer(str(step))}" for step in detail["loc"]),
                "nothing" if detail["type"] == "missing" else "another value",
                f"what the schema of its kind says: {detail['msg']}",
            )
            for detail in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    return []
