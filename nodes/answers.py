"""The hub's answers as typed values: the members that clients need, read strictly.

The shapes are those of docs/contract.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the hub made of a document's signatures."""

    indication: str | None
    """`TOTAL-PASSED`, `TOTAL-FAILED`, `INDETERMINATE`, or None when nothing was signed."""
    sub_indication: str | None
    signed_by: str
    """`both`, `organisation`, `person` or `none`: from passed signatures only."""
    sentence: str
    body: Json
    """The verdict as it came, with every signature and check."""

    @classmethod
    def read(cls, value: Json) -> "Verdict":
        """Read a verdict object."""
        return cls(
            value["indication"], value.get("sub_indication"), value["signed_by"], value["sentence"], value
        )


@dataclass(frozen=True, slots=True)
class AddressedDelivery:
    """One delivery that a sending made: its id and the recipient."""

    id: str
    to: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The hub's answer to a document."""

    id: str
    accepted_at: str
    repeated: bool
    """The hub knew these manifest bytes already and gave its first answer again."""
    verdict: Verdict
    deliveries: tuple[AddressedDelivery, ...]
    receipt: str
    """The acceptance's proof, text of a C2SP tlog-proof."""

    @classmethod
    def read(cls, value: Json) -> "Sent":
        """Read the answer to `POST /v1/documents`."""
        return cls(
            id=value["id"],
            accepted_at=value["accepted_at"],
            repeated=value["repeated"],
            verdict=Verdict.read(value["verdict"]),
            deliveries=tuple(AddressedDelivery(item["id"], item["to"]) for item in value["deliveries"]),
            receipt=value["receipt"],
        )


@dataclass(frozen=True, slots=True)
class Arrived:
    """One item of an inbox: a document that was delivered to us."""

    id: str
    """Id of the delivery, which statuses are posted to."""
    document: str
    sender: str
    to: str
    number: str
    subject: str
    type: str
    action: str
    priority: str
    issued_on: str
    accepted_at: str
    indication: str | None
    signed_by: str
    status: str | None
    attachments: tuple[Json, ...]

    @classmethod
    def read(cls, value: Json) -> "Arrived":
        """Read an item of `GET /v1/inbox`."""
        return cls(
            id=value["id"],
            document=value["document"],
            sender=value["from"],
            to=value["to"],
            number=value["number"],
            subject=value["subject"],
            type=value["type"],
            action=value["action"],
            priority=value["priority"],
            issued_on=value["issued_on"],
            accepted_at=value["accepted_at"],
            indication=value["indication"],
            signed_by=value["signed_by"],
            status=value["status"],
            attachments=tuple(value["attachments"]),
        )


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened and concerns us."""

    id: str
    kind: str
    at: str
    document: str | None
    delivery: str | None
    code: str | None
    note: str | None
    by: str | None
    body: Json

    @classmethod
    def read(cls, value: Json) -> "Event":
        """Read an item of `GET /v1/events`."""
        return cls(
            id=str(value["id"]),
            kind=value["kind"],
            at=value["at"],
            document=value.get("document"),
            delivery=value.get("delivery"),
            code=value.get("code"),
            note=value.get("note"),
            by=value.get("by"),
            body=value,
        )


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list, and where to go on."""

    items: tuple[T, ...]
    next: str | None
    """Pass it as `after`; in inbox and events it is never None, else None is the end."""

    @classmethod
    def read(cls, value: Json, item: Callable[[Json], T]) -> "Page[T]":
        """Read `{"items": […], "next": …}` with `item` reading each item."""
        return cls(tuple(item(entry) for entry in value["items"]), value["next"])


@dataclass(frozen=True, slots=True)
class Answer:
    """A status to post: what we did with a delivery."""

    delivery: str
    code: str
    note: str | None = None

    def body(self) -> dict[str, str]:
        """Return the JSON object that `POST /v1/statuses` takes for it."""
        value = {"delivery": self.delivery, "code": self.code}
        if self.note is not None:
            value["note"] = self.note
        return value


@dataclass(frozen=True, slots=True)
class Answered:
    """What the hub said to one status: taken, or refused with a problem's code."""

    answer: Answer
    refused: str | None
    """The problem's code, None when it was taken."""
    detail: str | None
    body: Json
