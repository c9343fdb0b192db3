"""The queries of inbox, statuses and events, and the shapes of their answers in OpenAPI.

Answers are not built from these models; tests compare the two.
"""

from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from axis.deliveries.cursors import BEGINNING, PATTERN
from axis.deliveries.filters import State
from axis.deliveries.limits import DELIVERY_ID_CHARACTERS, MAX_WAIT_SECONDS, PAGE_ITEMS, STATUSES_AT_ONCE
from axis.protocol.statuses import NAMES, NOTE_CHARACTERS

DeliveryPath = Annotated[
    str,
    Path(
        max_length=DELIVERY_ID_CHARACTERS,
        description="The delivery's id.",
        examples=["7c1b8a52-8a3e-4c59-a3b8-0c7c2d2a4b55.0"],
    ),
]


class EventsQuery(BaseModel):
    """What may stand in the query of the events."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[
        str, Field(pattern=PATTERN, description="`next` of the page before, or an event's `id`.")
    ] = BEGINNING
    limit: Annotated[int, Field(ge=1, le=PAGE_ITEMS, description="Most items of the page.")] = 100
    wait: Annotated[
        float,
        Field(
            ge=0,
            le=MAX_WAIT_SECONDS,
            allow_inf_nan=False,
            description="Seconds to wait for something when there is nothing yet.",
        ),
    ] = 0


class InboxQuery(EventsQuery):
    """What may stand in the query of the inbox."""

    agency: Annotated[
        str | None,
        Field(
            max_length=32,
            description="One of the agencies the token speaks for; in canonical or short form.",
        ),
    ] = None


class InboxAttachment(BaseModel):
    """An attachment without its bytes, which are fetched from the document."""

    name: str
    media_type: str
    size: int
    sha256: str


class InboxItem(BaseModel):
    """A delivery."""

    model_config = ConfigDict(populate_by_name=True)

    id: str = Field(description="The delivery's id.")
    document: str = Field(description="The document's id.")
    sender: str = Field(alias="from")
    to: str
    number: str
    subject: str
    type: str
    action: Literal["new", "recall", "update", "replace"]
    priority: str
    issued_on: str
    accepted_at: str
    indication: str | None
    signed_by: Literal["both", "organisation", "person", "none"]
    status: str | None = Field(description="The newest status's code.")
    attachments: list[InboxAttachment]


class InboxPage(BaseModel):
    """A page of an inbox."""

    items: list[InboxItem]
    next: str


class DeliveryItem(BaseModel):
    """A delivery, where it stands, and what its document is."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    document: str = Field(description="The document's id.")
    sender: str = Field(alias="from")
    to: str
    number: str
    issued_on: str
    type: str
    subject: str
    priority: str
    action: Literal["new", "recall", "update", "replace"]
    accepted_at: str
    indication: str | None
    sub_indication: str | None
    signed_by: Literal["both", "organisation", "person", "none"]
    state: State | None = Field(description="As the exchange statistics count it; null for a recall.")
    status: str | None = Field(description="The newest code; null before the first.")
    status_at: str | None
    by: str | None = Field(description="The agency that gave it.")
    note: str | None
    request: Literal["open", "agreed", "refused"] | None
    request_action: Literal["recall", "update", "replace"] | None
    superseded_by: str | None = Field(
        description="The document that updates or replaces this one, once the recipient agreed to it."
    )
    answer_due: str | None = Field(description="By when to answer; null for a recall or a message.")
    answered_at: str | None = Field(description="When the first answer came; 01, 13 and 16 are none.")
    expired_at: str | None = Field(
        description="When its sender was told that the receiver had given it no status for too long."
    )


class DeliveryPage(BaseModel):
    """A page of deliveries."""

    items: list[DeliveryItem]
    next: str | None = Field(description="`after` of the next page; null at the end.")


class GivenDeliveryStatus(BaseModel):
    """A status that a delivery was given."""

    at: str
    code: str
    by: str | None
    note: str | None
    request: str | None = Field(description="For 13, 15 and 16: recall, update or replace.")


class DeliveryWithStatuses(DeliveryItem):
    """A delivery with its history."""

    statuses: list[GivenDeliveryStatus]
    links: dict[str, str]


class EventItem(BaseModel):
    """An event."""

    id: str = Field(description="Also the cursor that stands after it.")
    kind: Literal["status", "refusal", "verdict", "expired"]
    at: str
    document: str | None
    delivery: str | None
    code: str = Field(
        description="The status's code, the refusal's, the new verdict's indication, or `expired`."
    )
    note: str | None
    by: str | None = Field(description="The agency that caused it; null where the hub did.")
    request: str | None = Field(default=None, description="For 13, 15 and 16: recall, update or replace.")
    request_document: str | None = Field(
        default=None, description="For a 13 that a recall, an update or a replacement opened: its id."
    )
    refusal: str | None = Field(default=None, description="The refusal's id, for a refusal.")
    number: str | None = Field(default=None, description="The refused document's number, where it had one.")


class EventPage(BaseModel):
    """A page of events."""

    items: list[EventItem]
    next: str


class StatusAnswer(BaseModel):
    """A status as it is recorded."""

    delivery: str
    document: str
    code: str
    note: str | None
    by: str
    at: str
    repeated: bool


class StatusAnswerOfMany(StatusAnswer):
    """The answer to one status of many."""

    status: Literal[200, 201] = Field(description="What it would have been answered with alone.")


class StatusAnswers(BaseModel):
    """The outcome of each of many statuses: an answer, or a problem. `status` tells which."""

    items: list[StatusAnswerOfMany | dict[str, Any]]


ORIGIN_CHARACTERS = 200
_STATUS: dict[str, Any] = {
    "code": {"title": "StatusCode", "type": "string", "enum": list(NAMES)},
    "note": {
        "type": ["string", "null"],
        "maxLength": NOTE_CHARACTERS,
        "description": "Required for 02, 13, 16.",
    },
    "origin": {
        "type": "string",
        "maxLength": ORIGIN_CHARACTERS,
        "description": "Of a relay: the id under which its other hub has the status; one is taken once.",
    },
    "request": {
        "enum": ["recall", "update", "replace"],
        "description": "Of a relay, for 13: what is asked for.",
    },
}
STATUS_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "title": "NewStatus",
                "type": "object",
                "additionalProperties": False,
                "required": ["code"],
                "properties": _STATUS,
            },
            "example": {"code": "03", "note": None},
        }
    },
}
_NAMED = {
    "title": "NewDeliveryStatus",
    "type": "object",
    "additionalProperties": False,
    "required": ["delivery", "code"],
    "properties": {"delivery": {"type": "string"}, **_STATUS},
}
STATUSES_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "array", "maxItems": STATUSES_AT_ONCE, "items": _NAMED},
            "example": [{"delivery": "7c1b8a52-8a3e-4c59-a3b8-0c7c2d2a4b55.0", "code": "01"}],
        }
    },
}
