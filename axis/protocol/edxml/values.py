"""A message of edXML as values: documents and statuses, with their fields.

An absent field and an empty one are the same: `""`, `()` or None. Days are Viet Nam's, moments know their
zone. QCVN 102:2016/BTTTT, with names of our own where the standard's are misspelled.
"""

import datetime as dt
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from axis.protocol.edxml.media_types import media_type_of

NAMESPACE: Final = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
VIET_NAM: Final = dt.timezone(dt.timedelta(hours=7))


class BusinessType(IntEnum):
    """`BussinessDocType`: what a document does to an earlier one."""

    NEW = 0
    RECALL = 1
    UPDATE = 2
    REPLACE = 3


class ReceiverType(IntEnum):
    """`ReceiverType`: what an update does to a recipient."""

    REMOVED = 0
    ADDED = 1


class Priority(IntEnum):
    """`Priority`: how urgent a document is."""

    NORMAL = 0
    URGENT = 1
    VERY_URGENT = 2
    EXPRESS = 3
    EXPRESS_AT_FIXED_HOUR = 4


class SteeringType(IntEnum):
    """`SteeringType`: whether a document steers others."""

    NONE = 1
    STEERING = 2
    REPORT_ON_STEERING = 3


@dataclass(frozen=True, slots=True)
class Party:
    """`From` or `To`. `in_charge` is the agency above it, by name."""

    organ_id: str
    in_charge: str = ""
    name: str = ""
    address: str = ""
    email: str = ""
    telephone: str = ""
    fax: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class DocumentCode:
    """`Code`: 123 and CQA-VP."""

    number: str = ""
    notation: str = ""

    @property
    def text(self) -> str:
        """The code as it is printed on the document: `123/CQA-VP`."""
        return "/".join(part for part in (self.number, self.notation) if part)


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """`DocumentType`: `type` 1 legal, 2 administrative; both numbers are texts, since unknown ones occur."""

    type: str = ""
    detail: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """`SignerInfo`."""

    competence: str = ""
    position: str = ""
    full_name: str = ""


@dataclass(frozen=True, slots=True)
class OtherInfo:
    """`OtherInfo`. `copies` is `PromulgationAmount`, `typist` is `TyperNotation`."""

    priority: Priority | None = None
    sphere: str = ""
    typist: str = ""
    copies: int | None = None
    pages: int | None = None
    direction: bool | None = None
    appendixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResponseFor:
    """The document that this one answers, or that a status is about. `organ_id`: its sender."""

    organ_id: str = ""
    code: str = ""
    document_id: str = ""
    promulgated_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """`TraceHeader`: an agency that handled the message, and when. The axis's own may lack the agency."""

    organ_id: str = ""
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ReceiverChange:
    """`Receiver`: a recipient that an update adds or removes."""

    organ_id: str
    type: ReceiverType


@dataclass(frozen=True, slots=True)
class BusinessInfo:
    """`BussinessDocumentInfo`: what an update changes."""

    document_info: str = ""
    document_receiver: str = ""
    receivers: tuple[ReceiverChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Replacement:
    """`ReplacementInfo`: a document that this one replaces, and for whom."""

    document_id: str
    organ_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Staff:
    """`StaffInfo`: the contact."""

    department: str = ""
    staff: str = ""
    email: str = ""
    mobile: str = ""


@dataclass(frozen=True, slots=True)
class Business:
    """`Bussiness`. `document_id` names the document recalled or updated; `paper` whether paper follows."""

    type: BusinessType = BusinessType.NEW
    reason: str = ""
    paper: int | None = None
    document_id: str = ""
    info: BusinessInfo = field(default_factory=BusinessInfo)
    replacements: tuple[Replacement, ...] = ()
    staff: Staff = field(default_factory=Staff)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file: its true name and its bytes, without base64 and without the client's zip.

    `content_id` is without `cid:`.
    """

    content_id: str
    name: str
    content: bytes = field(repr=False)
    description: str = ""

    @property
    def media_type(self) -> str:
        """The media type by its first bytes, or by its name. Declared types are often wrong."""
        return media_type_of(self.name, self.content)


@dataclass(frozen=True, slots=True)
class Document:
    """A message that carries a document, or recalls, updates or replaces one."""

    sender: Party
    recipients: tuple[Party, ...]
    document_id: str
    code: DocumentCode = field(default_factory=DocumentCode)
    place: str = ""
    promulgated_on: dt.date | None = None
    kind: DocumentKind = field(default_factory=DocumentKind)
    subject: str = ""
    content: str = ""
    signer: Signer = field(default_factory=Signer)
    due_on: dt.date | None = None
    other: OtherInfo = field(default_factory=OtherInfo)
    responses: tuple[ResponseFor, ...] = ()
    steering: SteeringType | None = None
    to_places: tuple[str, ...] = ()
    trace: tuple[Hop, ...] = ()
    business: Business = field(default_factory=Business)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """A message with a status for the sender of a document, `about.organ_id`.

    `code` has two digits.
    """

    sender: Party
    about: ResponseFor
    code: str
    description: str = ""
    at: dt.datetime | None = None
    staff: Staff = field(default_factory=Staff)
