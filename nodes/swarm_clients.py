"""REST and the old protocol behind one interface for the swarm: send a document, read arrivals, answer.

What is written is decided by the plan, what is answered by `nodes.node`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from axis.protocol import edxml
from axis.protocol.agency_codes import CodeUnreadable, canonical
from nodes.answers import Answer, Answered, Arrived, Event, Sent
from nodes.client import MOST_ITEMS, Client
from nodes.document_writer import Draft, Office, SignedBy, WrittenDocument, write_document
from nodes.edxml_messages import ACTIONS, PRIORITIES, write_message, write_status
from nodes.errors import MessageUnreadable, NodesError, OldRefusal, ProblemError
from nodes.known_agencies import agency
from nodes.node import ASKED_BACK, COMPLETED, REFUSED, Requested
from nodes.node_loop import open_requests
from nodes.vxp import Kind, OldClient, Waiting

_LAST = frozenset({REFUSED, COMPLETED})
"""Nothing is said of a delivery after these but the answer to a request."""
_ACTIONS = {kind: action for action, kind in ACTIONS.items()}
_PRIORITIES = {level: priority for priority, level in PRIORITIES.items()}


Signing = tuple[Draft, SignedBy]
"""A document to be written, and who signs it."""


class NotTaken(NodesError):
    """The hub refused what the plan says it must accept, so the run cannot give the expected figures."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The result of sending one document."""

    deliveries: int
    is_repeated: bool
    """The hub says that it knew the document; over the old protocol it does not say."""
    manifest: bytes = b""
    """What was signed; nothing over the old protocol, which has none."""
    indication: str | None = None
    """The verdict's; the old protocol does not say."""


class SwarmClient(Protocol):
    """One agency's connection to the hub."""

    office: Office

    def send(self, draft: Draft, signed_by: SignedBy, at: datetime) -> Delivered:
        """Write and send a document, signed at an aware moment; raises `NodesError` when it is not taken."""
        ...

    def send_many(self, drafts: Sequence[Signing], at: datetime) -> list[Delivered]:
        """Do the same for several, together where the protocol allows it."""
        ...

    def arrivals(self) -> list[Arrived]:
        """Read all documents that are not answered yet, each of them once."""
        ...

    def answer(self, answers: Sequence[Answer], at: datetime) -> tuple[Answered, ...]:
        """Give statuses; each is answered on its own, in order."""
        ...

    def requested(self) -> list[Requested]:
        """Read which deliveries were asked back since the last reading, but those answered meanwhile."""
        ...

    def returned(self) -> int:
        """Read the statuses that came back, if the protocol hands them over once; return how many."""
        ...

    def waiting(self) -> int:
        """Return the number of items that still wait on the hub, if the protocol has a queue."""
        ...


@dataclass(slots=True)
class RestSwarmClient:
    """REST, with the signatures over the manifest."""

    client: Client
    office: Office
    cursor: str | None = None
    events: str | None = None
    """Cursor into the events."""

    def send(self, draft: Draft, signed_by: SignedBy, at: datetime) -> Delivered:
        """Send, and make sure that the hub found the signers the plan names."""
        written = self._write(draft, signed_by, at)
        sent = self.client.send(written.manifest, written.signatures, written.attachments)
        return self._delivered(sent, signed_by, written)

    def send_many(self, drafts: Sequence[Signing], at: datetime) -> list[Delivered]:
        """Send them in one bulk request; raises the first refusal."""
        written = [self._write(draft, signed_by, at) for draft, signed_by in drafts]
        answers = self.client.send_many(
            [(each.manifest, each.signatures, each.attachments) for each in written]
        )
        delivered = []
        for (_, signed_by), each, answer in zip(drafts, written, answers, strict=True):
            if isinstance(answer, ProblemError):
                raise answer
            delivered.append(self._delivered(answer, signed_by, each))
        return delivered

    def _write(self, draft: Draft, signed_by: SignedBy, at: datetime) -> WrittenDocument:
        recipients = [agency(code) for code in draft.recipients]
        return write_document(self.office, recipients, draft, signed_by, at=at)

    def _delivered(self, sent: Sent, signed_by: SignedBy, written: WrittenDocument) -> Delivered:
        if sent.verdict.signed_by != signed_by:
            raise NotTaken(
                f"document {sent.id} of {self.office.agency.code} was signed by {signed_by}, and the hub "
                f"found {sent.verdict.signed_by}: {sent.verdict.sentence}"
            )
        return Delivered(len(sent.deliveries), sent.repeated, written.manifest, sent.verdict.indication)

    def arrivals(self) -> list[Arrived]:
        """Read the inbox to its end. In a repeated run some items have a status already.

        What was asked back before anybody read it counts as not answered.
        """
        found: list[Arrived] = []
        is_full = True
        while is_full:
            page = self.client.inbox(self.cursor)
            self.cursor = page.next
            found += [item for item in page.items if item.status in {None, ASKED_BACK}]
            is_full = len(page.items) == MOST_ITEMS
        return found

    def answer(self, answers: Sequence[Answer], at: datetime) -> tuple[Answered, ...]:  # noqa: ARG002 - the hub has the time
        """Post them together."""
        return self.client.post_statuses(answers)

    def requested(self) -> list[Requested]:
        """Read the events to their end, but for what one asked back oneself."""
        found: list[Event] = []
        is_full = True
        while is_full:
            page = self.client.events(self.events)
            self.events = page.next
            found += (event for event in page.items if event.by != self.office.agency.code)
            is_full = len(page.items) == MOST_ITEMS
        return list(open_requests(tuple(found)))

    def returned(self) -> int:
        """Return 0: events can be read at any time, so nothing waits."""
        return 0

    def waiting(self) -> int:
        """Return 0, for the same reason."""
        return 0


@dataclass(slots=True)
class OldSwarmClient:
    """The old protocol: edXML, with the signatures in the PDF."""

    client: OldClient
    office: Office
    about: dict[str, edxml.ResponseFor] = field(default_factory=dict)
    """The facts for a status on each item that may still get one."""

    def send(self, draft: Draft, signed_by: SignedBy, at: datetime) -> Delivered:
        """Send; who signed, the hub's statistics will say."""
        recipients = [agency(code) for code in draft.recipients]
        message = write_message(self.office, recipients, draft, signed_by, at=at)
        self.client.send(message, sender=self.office.agency.code, recipients=draft.recipients)
        return Delivered(len(draft.recipients), is_repeated=False)

    def send_many(self, drafts: Sequence[Signing], at: datetime) -> list[Delivered]:
        """Send one message for each."""
        return [self.send(draft, signed_by, at) for draft, signed_by in drafts]

    def arrivals(self) -> list[Arrived]:
        """Fetch the items of the queue, and remove them."""
        found = []
        for item, message in self._taken("edoc"):
            if not isinstance(message, edxml.Document):
                raise MessageUnreadable(f"{item.id}: a status in the place of a document")
            self.about[item.id] = about(message)
            found.append(arrived(item, message))
        return found

    def answer(self, answers: Sequence[Answer], at: datetime) -> tuple[Answered, ...]:
        """Send one message for each."""
        return tuple(self._answer(answer, at) for answer in answers)

    def requested(self) -> list[Requested]:
        """Return nothing: no plan asks back what goes by the old protocol."""
        return []

    def returned(self) -> int:
        """Fetch the statuses of the queue, and remove them."""
        return sum(1 for _ in self._taken("status"))

    def waiting(self) -> int:
        """Return the number of items in the queue, of both kinds."""
        return self.client.waiting("edoc") + self.client.waiting("status")

    def _answer(self, answer: Answer, at: datetime) -> Answered:
        sender = self.office.agency.code
        message = write_status(sender, self.about[answer.delivery], answer.code, answer.note, at=at)
        try:
            self.client.send_status(message, sender=sender)
        except OldRefusal as refusal:
            return Answered(answer, refusal.code, refusal.description, {})
        if answer.code in _LAST:
            del self.about[answer.delivery]
        return Answered(answer, None, None, {})

    def _taken(self, kind: Kind) -> Iterator[tuple[Waiting, edxml.Document | edxml.Status]]:
        seen: set[str] = set()
        while items := self.client.received(kind):
            if not seen.isdisjoint(item.id for item in items):
                raise NotTaken(f"{items[0].id} was taken off the list, and is on it still")
            for item in items:
                seen.add(item.id)
                yield item, read_message(item.id, self.client.fetch(item.id))
                self.client.update_status(item.id, "done")


def read_message(item: str, content: bytes) -> edxml.Document | edxml.Status:
    """Read the message of an item; raises `MessageUnreadable`."""
    try:
        return edxml.read(content).message
    except edxml.EdxmlInvalid as error:
        raise MessageUnreadable(f"{item}: {error}") from error


def about(document: edxml.Document) -> edxml.ResponseFor:
    """Return the facts about a document for a status."""
    return edxml.ResponseFor(
        document.sender.organ_id, document.code.text, document.document_id, document.promulgated_on
    )


def arrived(item: Waiting, document: edxml.Document) -> Arrived:
    """Return an edXML document as an item of an inbox, without a verdict."""
    return Arrived(
        id=item.id,
        document=document.document_id,
        sender=_canonical(document.sender.organ_id),
        to=item.to,
        number=document.code.text,
        subject=document.subject,
        type=edxml.slug_of(document.kind) or document.kind.name,
        action=_ACTIONS[document.business.type],
        priority=_PRIORITIES[document.other.priority or edxml.Priority.NORMAL],
        issued_on="" if document.promulgated_on is None else document.promulgated_on.isoformat(),
        accepted_at="",
        indication=None,
        signed_by="unknown",
        status=None,
        attachments=tuple(
            {
                "name": file.name,
                "media_type": file.media_type,
                "size": len(file.content),
                "sha256": sha256(file.content).hexdigest(),
            }
            for file in document.attachments
        ),
    )


def _canonical(code: str) -> str:
    try:
        return canonical(code)
    except CodeUnreadable:
        return code
