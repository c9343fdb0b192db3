"""Reads the manifest of a document and checks it, in two steps.

`read_sender` reads `from`, so that a refusal by `check_manifest` can be recorded for that sender. Recipients
and references are looked up by `axis.intake.lookups`, digests compared by `axis.intake.attachment_checks`.
docs/contract.md#the-manifest.
"""

from dataclasses import dataclass
from hashlib import sha256 as sha256_of
from typing import Literal, cast

from axis.protocol import manifest_rules as rules
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.document_types import MESSAGE, message_kind
from axis.protocol.errors import ManifestInvalid, Place
from axis.protocol.manifest_limits import DEFAULT_LIMITS, MOST_PLACES, SIGNER_CHARACTERS, ManifestLimits
from axis.protocol.strict_json import loads
from axis.protocol.text_normalisation import nfc

Priority = Literal["normal", "urgent", "very_urgent", "express", "express_timed"]
Action = Literal["new", "recall", "update", "replace"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment as declared: its name in NFC, its size in bytes, its SHA-256 in lower-case hex."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A document referred to.

    `number_key` is the number in the form that is compared; `year` is that of `issued_on`.
    """

    sender: AgencyCode
    number: str
    number_key: str
    issued_on: str
    year: int


@dataclass(frozen=True, slots=True)
class Signer:
    """The person who is said to sign. It is a claim, whatever the signatures say."""

    name: str
    position: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A valid manifest: all texts in NFC, all codes canonical, dates `YYYY-MM-DD`.

    `number` is as written; `number_key` has no surrounding space and, with `sender` and `year`, is unique for
    ever. `sha256` is the lower-case hex digest of the manifest's own bytes. The first attachment is the main
    one.
    """

    sender: AgencyCode
    to: tuple[AgencyCode, ...]
    number: str
    number_key: str
    issued_on: str
    year: int
    type: str
    subject: str
    priority: Priority
    action: Action
    refers_to: tuple[Reference, ...]
    signer: Signer | None
    due_on: str | None
    attachments: tuple[Attachment, ...]
    sha256: str

    @property
    def kind(self) -> str | None:
        """What it is about, where it is a message (`axis.protocol.document_types.message_kind`)."""
        return message_kind(self.type, [each.media_type for each in self.attachments[:1]])


def parse_manifest(data: bytes, limits: ManifestLimits = DEFAULT_LIMITS) -> Manifest:
    """Read a manifest from its bytes in one go.

    Raises `TooLarge`, `MalformedJson` and `ManifestInvalid` as `loads` and `check_manifest` do.
    """
    value = loads(data, max_bytes=limits.bytes)
    return check_manifest(value, limits, sha256=sha256_of(data).hexdigest())


def read_sender(value: object) -> AgencyCode:
    """Return the canonical code in `from` of a manifest's JSON value, whatever else is wrong there.

    Raises `ManifestInvalid` where it cannot be read.
    """
    faults: list[Place] = []
    members = rules.object_of(value, "", faults)
    sender = AgencyCode("") if members is None else rules.code(members, "from", "", faults)
    if faults:
        raise ManifestInvalid(*faults)
    return sender


def check_manifest(value: object, limits: ManifestLimits = DEFAULT_LIMITS, *, sha256: str) -> Manifest:
    """Return the manifest of a JSON value. `sha256`: the hex digest of its bytes.

    Raises `ManifestInvalid` naming every broken rule by JSON pointer, with what was found and expected.
    """
    faults: list[Place] = []
    members = rules.object_of(value, "", faults, known=rules.MEMBERS)
    if members is None:
        raise ManifestInvalid(*faults)
    sender = rules.code(members, "from", "", faults)
    action = rules.word(members, "action", rules.ACTIONS, "new", faults)
    number = rules.number(members, "", limits.number_characters, faults)
    issued_on = rules.day(members, "issued_on", "", faults)
    manifest = Manifest(
        sender=sender,
        to=rules.recipients(members, limits.recipients, faults),
        number=number,
        number_key=number.strip(),
        issued_on=issued_on,
        year=int(issued_on[:4] or 0),
        type=rules.document_type(members, faults),
        subject=rules.text(members, "subject", "", limits.subject_characters, faults),
        priority=cast("Priority", rules.word(members, "priority", rules.PRIORITIES, "normal", faults)),
        action=cast("Action", action),
        refers_to=_references(members, sender, action, limits, faults),
        signer=_signer(members, faults),
        due_on=rules.optional_day(members, "due_on", faults),
        attachments=_attachments(members, action, limits, faults),
        sha256=sha256,
    )
    if manifest.type == MESSAGE and manifest.attachments:
        rules.main_of_message(manifest.attachments[0].media_type, faults)
    if faults:
        raise ManifestInvalid(*_bounded(faults))
    return manifest


def _references(
    members: rules.Members, sender: AgencyCode, action: str, limits: ManifestLimits, faults: list[Place]
) -> tuple[Reference, ...]:
    least = 0 if action == "new" else 1
    references: dict[tuple[str, str, int], Reference] = {}
    for place, item in enumerate(
        rules.array(members, "refers_to", least, limits.references, faults, absent=[])
    ):
        pointer = f"/refers_to/{place}"
        before = len(faults)
        fields = rules.object_of(item, pointer, faults, known=rules.REFERENCE_MEMBERS)
        if fields is None:
            continue
        other = rules.code(fields, "from", pointer, faults)
        number = rules.number(fields, pointer, limits.number_characters, faults)
        issued_on = rules.day(fields, "issued_on", pointer, faults)
        if least and other and sender and other != sender:
            faults.append(Place(f"{pointer}/from", other, f"{sender}, whose documents alone it may {action}"))
        if len(faults) > before:
            continue
        reference = Reference(other, number, number.strip(), issued_on, int(issued_on[:4]))
        key = (reference.sender, reference.number_key, reference.year)
        if key in references:
            faults.append(Place(pointer, f"{other} {number} {issued_on}", "each document once"))
        references[key] = reference
    return tuple(references.values())


def _signer(members: rules.Members, faults: list[Place]) -> Signer | None:
    if members.get("signer") is None:
        return None
    fields = rules.object_of(members["signer"], "/signer", faults, known=rules.SIGNER_MEMBERS)
    if fields is None:
        return None
    name = rules.text(fields, "name", "/signer", SIGNER_CHARACTERS, faults)
    if fields.get("position") is None:
        return Signer(name, None)
    return Signer(name, rules.text(fields, "position", "/signer", SIGNER_CHARACTERS, faults))


def _attachments(
    members: rules.Members, action: str, limits: ManifestLimits, faults: list[Place]
) -> tuple[Attachment, ...]:
    least = 0 if action == "recall" else 1
    attachments: list[Attachment] = []
    names: dict[str, int] = {}
    for place, item in enumerate(rules.array(members, "attachments", least, limits.attachments, faults)):
        pointer = f"/attachments/{place}"
        fields = rules.object_of(item, pointer, faults, known=rules.ATTACHMENT_MEMBERS)
        if fields is None:
            continue
        attachment = Attachment(
            name=rules.file_name(fields, pointer, limits.name_bytes, faults),
            media_type=rules.media_type(fields, pointer, faults),
            size=rules.size(fields, pointer, limits.attachment_bytes, faults),
            sha256=rules.digest(fields, pointer, faults),
        )
        first = names.setdefault(attachment.name, place)
        if attachment.name and first != place:
            expected = f"a name of its own; /attachments/{first} has the same"
            faults.append(Place(f"{pointer}/name", attachment.name, expected))
        attachments.append(attachment)
    total = sum(attachment.size for attachment in attachments)
    if total > limits.document_bytes:
        expected = f"attachments of at most {limits.document_bytes} bytes together"
        faults.append(Place("/attachments", f"{total} bytes", expected))
    return tuple(attachments)


def _bounded(faults: list[Place]) -> list[Place]:
    if len(faults) <= MOST_PLACES:
        return faults
    more = Place("", f"{len(faults)} broken rules", f"none; the first {MOST_PLACES - 1} are named")
    return [*faults[: MOST_PLACES - 1], more]


def number_key(number: str) -> str:
    """Return a number in the form that is compared: NFC, without surrounding space."""
    return nfc(number).strip()
