"""An axis without HTTP: documents and statuses recorded as the hub does it; verdicts are given by hand."""

import hashlib
import itertools
import json
import uuid
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory
from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.agencies.systems import add_system
from axis.clock import Clock, Microseconds, parse_rfc3339
from axis.counters.tables import counters
from axis.database import Database, Write
from axis.deliveries.queue_backfill import fill_queue
from axis.deliveries.statuses import GivenStatus, PostedStatus, StatusCall, answer_statuses
from axis.documents.envelopes import Envelope, identity_of
from axis.documents.new_documents import NewDocument, NewRefusal, StoredAttachment, Target
from axis.intake.document_records import document_record
from axis.intake.recording import Accepted, record_documents, record_refusals
from axis.ledger.recorder import Recorded, Recorder
from axis.ledger.setup import open_ledger
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.manifest import parse_manifest
from axis.trust.kept_material import named_material, naming_only_kept
from signing.verdict import DocumentVerdict, Indication, SignedBy

A, B, C = AgencyCode("000.00.00.H24"), AgencyCode("000.00.00.G22"), AgencyCode("000.00.00.H26")
UNDER_A = AgencyCode("000.00.14.H24")
MONDAY = parse_rfc3339("2019-06-03T02:11:09Z")
CONTENT = b"%PDF-1.4 the document itself"

PASSED = Indication.TOTAL_PASSED
VERDICTS: dict[str, tuple[Indication | None, SignedBy]] = {
    "both": (PASSED, "both"),
    "organisation": (PASSED, "organisation"),
    "person": (PASSED, "person"),
    "indeterminate": (Indication.INDETERMINATE, "none"),
    "failed": (Indication.TOTAL_FAILED, "none"),
    "unsigned": (None, "none"),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A document that was accepted."""

    id: str
    position: int
    number: str

    def delivery(self, ordinal: int = 0) -> str:
        return f"{self.id}.{ordinal}"


class FixedClock(Clock):
    """Business time that only tests move."""

    def __init__(self, at: Microseconds = MONDAY) -> None:
        super().__init__()
        self.at = at

    def now(self) -> Microseconds:
        return self.at


class Exchange:
    """A store with three agencies (and one below the first), and what is recorded in it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FixedClock()
        self.directory = Directory()
        self.key = Ed25519PrivateKey.generate()
        signer = database.write(lambda tx: open_ledger(tx, self.key, "http://axis.test", MONDAY))
        self.verifier = signer.verifier
        self.recorder = Recorder(database, signer, self.clock)
        entries = [AgencyEntry(code, f"Cơ quan {code}") for code in (A, B, C, UNDER_A)]
        database.write(lambda tx: put_agencies(tx, entries, MONDAY))
        self._numbers = itertools.count(1)

    def new_document(
        self,
        sender: AgencyCode = A,
        to: Sequence[AgencyCode] = (B,),
        signed: str = "both",
        at: Microseconds | None = None,
        **members: object,
    ) -> NewDocument:
        manifest = {
            "from": sender,
            "to": list(to),
            "number": f"{next(self._numbers)}/VP",
            "issued_on": "2019-06-03",
            "type": "cong-van",
            "subject": "V/v kiểm tra",
            "attachments": [
                {
                    "name": "main.pdf",
                    "media_type": "application/pdf",
                    "size": len(CONTENT),
                    "sha256": hashlib.sha256(CONTENT).hexdigest(),
                }
            ],
        } | members
        raw = json.dumps(manifest, ensure_ascii=False).encode()
        indication, signed_by = VERDICTS[signed]
        parsed = parse_manifest(raw)
        return NewDocument(
            id=str(uuid.uuid4()),
            manifest=parsed,
            manifest_bytes=raw,
            signatures=(),
            attachments=(StoredAttachment(CONTENT, None),) * len(parsed.attachments),
            verdict=DocumentVerdict(indication, None, signed_by, (), "test-policy", "00" * 32),
            accepted_at=self.clock.now() if at is None else at,
            targets=(None,) * len(parsed.refers_to),
        )

    def record(self, new: NewDocument) -> Future[Recorded[Accepted]]:
        """Have a document recorded, as if nothing were at hand of what its verdict rested on."""
        rested = {sha256 for _, sha256 in named_material(new.verdict)}
        record = document_record(new, naming_only_kept(new.verdict, rested))
        return self.recorder.record(record_documents, record)

    def send(self, sender: AgencyCode = A, to: Sequence[AgencyCode] = (B,), **more: object) -> Sent:
        new = self.new_document(sender, to, **more)
        recorded = self.record(new).result()
        return Sent(new.id, recorded.result.position, new.manifest.number)

    def send_message(
        self, kind: str, sender: AgencyCode = A, to: Sequence[AgencyCode] = (B,), **more: object
    ) -> Sent:
        """Send a typed message."""
        main = {
            "name": "message.json",
            "media_type": f"application/vnd.axis.{kind}.v1+json",
            "size": len(CONTENT),
            "sha256": hashlib.sha256(CONTENT).hexdigest(),
        }
        return self.send(sender, to, type="thong-diep", attachments=[main], **more)

    def envelop(
        self,
        document_id: str,
        sender: AgencyCode = A,
        to: Sequence[AgencyCode] = (B,),
        asks: Sequence[Target] = (),
        business: int = 0,
        **members: object,
    ) -> Sent:
        """Send a document as a message of the old protocol."""
        new = self.new_document(sender, to, **members)
        content = f"<edXML>{document_id} {business}</edXML>".encode()
        digest = hashlib.sha256(content).hexdigest()
        identity = identity_of(
            sender, document_id, business, [each.sha256 for each in new.manifest.attachments]
        )
        envelope = Envelope(document_id, identity, digest, len(content), content, None)
        new = replace(new, envelope=envelope, asks=tuple(asks), targets=tuple(t.position for t in asks))
        accepted = self.record(new).result().result
        return Sent(new.id, accepted.position, new.manifest.number)

    def connect(self, agency: AgencyCode) -> None:
        """Have an agency's system call over the old protocol."""

        def work(tx: Write) -> None:
            add_system(tx, agency, b"encrypted", may_register=False, real_now=MONDAY)
            fill_queue(tx, agency)

        self.database.write(work)

    def ask(
        self, action: str, *targets: Sent, to: Sequence[AgencyCode] = (B,), subject: str = "thu hồi"
    ) -> Sent:
        """Send a recall, an update or a replacement of documents of A."""
        refers_to = [{"from": A, "number": sent.number, "issued_on": "2019-06-03"} for sent in targets]
        new = self.new_document(A, to, action=action, refers_to=refers_to, subject=subject)
        new = replace(new, targets=tuple(sent.position for sent in targets))
        recorded = self.record(new).result()
        return Sent(new.id, recorded.result.position, new.manifest.number)

    def refuse(
        self, sender: AgencyCode = A, code: str = "manifest-invalid", number: str | None = "9/VP"
    ) -> NewRefusal:
        new = NewRefusal(
            str(uuid.uuid4()),
            sender,
            number,
            self.clock.now(),
            code,
            "ab" * 32,
            '{"places": [], "params": {}}',
            None,
        )
        self.recorder.record(record_refusals, new).result()
        return new

    def post(
        self, caller: Caller, *statuses: tuple[str, str, str | None], message: bytes | None = None
    ) -> list[GivenStatus | Exception]:
        posted = [PostedStatus(*status, message) for status in statuses]
        call = StatusCall(caller, self.directory, posted)
        return list(self.recorder.record(answer_statuses, call).result().result)

    def give(
        self,
        agency: AgencyCode,
        delivery: str,
        code: str,
        note: str | None = None,
        message: bytes | None = None,
    ) -> GivenStatus:
        (outcome,) = self.post(speaking_for(agency), (delivery, code, note), message=message)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def speaking_for(agency: AgencyCode, *, subtree: bool = False) -> Caller:
    return Caller("agency", agency, subtree, None, "token")


AUDITOR = Caller("auditor", None, False, "inspector", "token")


def totals(exchange: Exchange, sender: str, recipient: str, grain: str = "d") -> dict[str, int]:
    """The sums of the counters between two parties; an empty one stands for all."""
    names = ("addressed", "handled", "refused", "withdrawn")
    statement = select(*(func.sum(counters.c[name]).label(name) for name in names)).where(
        counters.c.grain == grain, counters.c.sender == sender, counters.c.recipient == recipient
    )
    with exchange.database.read() as tx:
        return {name: int(value or 0) for name, value in tx.execute(statement).one()._mapping.items()}
