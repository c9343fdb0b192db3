"""What the injection of a fault works with: who sends to whom, how letters are written, what came of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from nodes import hub_process as hubs
from nodes.answers import Sent
from nodes.client import Client
from nodes.document_writer import (
    Draft,
    Identity,
    WrittenDocument,
    main_attachment,
    write_document,
    write_manifest,
)
from nodes.errors import NodesError, ProblemError
from nodes.http_connections import Wire
from nodes.known_agencies import agency
from nodes.multipart import Attachment
from nodes.offices import Post
from nodes.retries import Retries
from nodes.sandbox import issue_certificate
from signing import cms
from signing.certificates import load_certificates
from signing.keys import derive_p256, public_to_pem

_MATTER = "V/v thử nghiệm sự cố"
_QUICK = Retries(attempts=8, base_seconds=0.1, cap_seconds=1.0)


@dataclass(slots=True)
class Scene:
    """One fault's surroundings."""

    hub: str
    sandbox: Client
    sender: Post
    recipient: str
    """Canonical code of who is written to; speaks REST and takes part."""
    bystander: Post
    """Another agency, whose certificate or token is misused."""
    place: int
    """Position of the fault in its plan, which numbers its letters."""
    at: datetime
    """Business time, aware."""
    operator: Client | None = None
    process: hubs.Hub | None = None
    """The hub's process, where it is ours."""
    seed: int = 1
    _wires: list[Wire] = field(default_factory=list)

    @property
    def code(self) -> str:
        """The sender's canonical code."""
        return self.sender.office.agency.code

    def close(self) -> None:
        """Close the connections that were opened."""
        for wire in self._wires:
            wire.close()

    def client(
        self, *, hub: str | None = None, token: str | None = None, retries: Retries | None = None
    ) -> Client:
        """Return a client of the sender: over another address, with another token or patience, as given."""
        wire = Wire(hub or self.hub)
        self._wires.append(wire)
        return Client(hub or self.hub, token or self.sender.token, wire=wire, retries=retries or _QUICK)

    def draft(self, step: int = 1, recipients: Sequence[str] = ()) -> Draft:
        """Return the draft of the fault's letter number `step`."""
        return Draft(
            number=f"{self.place}.{step}/{self.sender.office.agency.notation}-SC",
            issued_on=self.at.date().isoformat(),
            type="cong-van",
            subject=_MATTER,
            recipients=tuple(recipients) or (self.recipient,),
        )

    def good(self, step: int = 1, recipients: Sequence[str] = ()) -> WrittenDocument:
        """Write a letter without any fault, signed by the organisation."""
        draft = self.draft(step, recipients)
        named = [agency(self.recipient)]
        return write_document(self.sender.office, named, draft, "organisation", at=self.at)

    def bare(self, step: int = 1, attachment: Attachment | None = None) -> WrittenDocument:
        """Write a letter that nobody signs, around its own PDF or around `attachment`."""
        draft, office = self.draft(step), self.sender.office
        main = attachment or main_attachment(office, [agency(self.recipient)], draft)
        return WrittenDocument(write_manifest(self.code, draft, [main], office.signer), (), (main,))

    def signed(self, identity: Identity, step: int = 1, claimed: datetime | None = None) -> WrittenDocument:
        """Write a letter that is signed with `identity`."""
        bare = self.bare(step)
        signature = cms.sign(
            bare.manifest, identity.certificate, identity.key, signing_time=claimed or self.at
        )
        return replace(bare, signatures=(signature,))

    def certificate(self, valid_from: timedelta, valid_until: timedelta) -> tuple[Identity, str]:
        """Have the sender certified, valid as given from business time on; return the serial too."""
        key = derive_p256(f"fault {self.seed} {self.place} {self.code}".encode())
        issued = issue_certificate(
            self.sandbox,
            self.code,
            public_to_pem(key.public_key()).decode("ascii"),
            not_before=self.at + valid_from,
            not_after=self.at + valid_until,
        )
        return Identity(load_certificates(issued.certificate.encode())[0], key), issued.serial

    def send(self, written: WrittenDocument, client: Client | None = None) -> str:
        """Send a letter, and say in a few words what came of it."""
        return told(lambda: self.sent(written, client))

    def sent(self, written: WrittenDocument, client: Client | None = None) -> Sent:
        """Send a letter; raises `NodesError`."""
        return (client or self.client()).send(written.manifest, written.signatures, written.attachments)

    def count(self, step: int = 1) -> str:
        """Say how often the hub holds the letter number `step`."""
        items = self.client().documents(sender=self.code, number=self.draft(step).number).items
        return "accepted once" if len(items) == 1 else f"accepted {len(items)} times"


def told(send: Callable[[], Sent]) -> str:
    """Say what came of sending: status, then code or indication, then sub-indication."""
    try:
        sent = send()
    except ProblemError as refused:
        verdict = refused.body.get("verdict") or {}
        return " ".join(
            str(word)
            for word in (refused.status, refused.code, verdict.get("sub_indication"))
            if word is not None
        )
    except NodesError as error:
        return f"no answer: {error}"
    status = "200" if sent.repeated else "201"
    indication = sent.verdict.indication or "not signed"
    return " ".join(word for word in (status, indication, sent.verdict.sub_indication) if word)
