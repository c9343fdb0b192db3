"""Makes calls of the old protocol of every kind, about documents that were sent, and mutants of them.

The same random source gives the same cases, except for what the axis numbers at random.
"""

import dataclasses
import datetime as dt
import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from axis.protocol import edxml
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.vxp import FILE_END, PREFIX, stamp
from benchmarks.fuzz_axis import LOCKED, REST, SYSTEMS, UNDER_S, A, B, Case, S
from benchmarks.hostile_values import HOSTILE, TEXTS, values_for
from benchmarks.message_mutations import mutant, restyled

DAY: Final = dt.date(2027, 1, 15)
STATUSES: Final = ("01", "02", "03", "04", "05", "06", "13", "15", "16")
RECIPIENTS: Final = (A, B, REST, UNDER_S, S)
REMEMBERED: Final = 400
"""Documents that later cases may be about; the oldest are forgotten."""
_ADDED, _REMOVED = edxml.ReceiverType.ADDED, edxml.ReceiverType.REMOVED
_ZIP: Final = b"PK\x03\x04" + bytes(26)
_SIGNATURE: Final = (
    b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/>'
    b"<ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>"
)
_FILES: Final = (
    ("217-SGD-VP.pdf", b"%PDF-1.7\n%%EOF\n"),
    ("phụ lục.txt", "Phụ lục".encode() * 20),
    ("phu-luc.docx", _ZIP),
    ("so-lieu.xlsx", _ZIP * 3),
    ("217-SGD-VP.pdf.p7s", b"0\x80" + bytes(30)),
    ("a.xml", b"<a/>"),
    ("a.zip", _ZIP),
    ("empty.txt", b""),
)
_ASKING: Final = (
    *("getReceivedEdocList", "getSentEdocList", "getEdoc", "getEdoc", "downloadEdoc", "updateStatus"),
    *("updateStatus", "getAgenciesList", "getAgenciesListQD20", "getSynchronizeUnit", "countReceiveEdoc"),
    "countReceiveStatus",
)
_SIGNED_PDF: Final = ("ky.pdf", b"%PDF-1.7\n/ByteRange [0 1 2 3] /Sig\n%%EOF\n")


@dataclass(frozen=True, slots=True)
class Sent:
    """A document that was accepted."""

    document_id: str
    id: str
    sender: AgencyCode
    recipients: tuple[str, ...]
    number: str


@dataclass(slots=True)
class Known:
    """What the cases of one axis can be about."""

    sent: list[Sent] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    """Ids of queued items."""
    bodies: list[bytes] = field(default_factory=list)
    """Messages sent earlier, to take elements from and to send again."""
    used: list[Case] = field(default_factory=list)
    """Calls made earlier, to make again."""
    numbers: int = 0
    signs: bool = False
    """Whether some carry signatures, which a process of their own takes apart: it takes seconds to start."""


@dataclass(frozen=True, slots=True)
class Made:
    """A case with what is known of it; `plain`: nothing about it is wrong, so that it has to be accepted."""

    case: Case
    plain: bool = False
    document: edxml.Document | None = None


def make(known: Known, source: random.Random) -> Made:
    """Make one case."""
    pick = source.random()
    if pick < 0.02 and known.used:
        return Made(source.choice(known.used))
    if pick < 0.84:
        made = _sending(known, source)
    elif pick < 0.91:
        made = Made(_registration(source))
    else:
        made = Made(_asking(known, source))
    known.used.append(made.case)
    del known.used[:-REMEMBERED]
    return made


def note_sent(known: Known, document: edxml.Document, sender: AgencyCode, identity: str) -> None:
    """Remember a document that was accepted."""
    recipients = tuple(party.organ_id for party in document.recipients)
    known.sent.append(Sent(document.document_id, identity, sender, recipients, document.code.text))
    known.items += [f"{identity}.{ordinal}" for ordinal in range(len(recipients))]
    del known.sent[:-REMEMBERED], known.items[:-REMEMBERED]


def _sending(known: Known, source: random.Random) -> Made:
    system = source.choices(SYSTEMS, (6, 2, 2))[0]
    message: edxml.Document | edxml.Status
    if known.sent and source.random() < 0.35:
        message = _status(known, source)
        if message.sender.organ_id in SYSTEMS:
            system = AgencyCode(message.sender.organ_id)
    else:
        message = _document(known, system, source)
    body = restyled(edxml.write(message), source)
    if known.signs and source.random() < 0.03:
        body = body.replace(b"</edXML:edXMLHeader>", _SIGNATURE + b"</edXML:edXMLHeader>")
    whole = source.random() < 0.25
    if not whole:
        body = mutant(body, known.bodies, source)
    if source.random() < 0.01 and known.bodies:
        body, whole = source.choice(known.bodies), False
    known.bodies.append(body)
    del known.bodies[:-REMEMBERED]
    kind = "status" if isinstance(message, edxml.Status) else "edoc"
    parameters = _signed(system) | {
        "servicetype": "eDoc",
        "messagetype": kind,
        "from": system,
        "hash-file": "".join(f"{byte:x}" for byte in hashlib.sha256(body).digest()),
    }
    changed = source.random() < 0.2
    case = Case("sendEdoc", system, parameters, body + (FILE_END if source.random() < 0.9 else b""))
    document = message if isinstance(message, edxml.Document) else None
    return Made(
        _changed(case, source) if changed else case,
        whole and not changed and _is_plain(document),
        document if whole else None,
    )


def _is_plain(document: edxml.Document | None) -> bool:
    """Tell whether nothing can be said against a document; another case may have deleted the unit below."""
    if document is None or document.business != edxml.Business():
        return False
    return all(party.organ_id != UNDER_S for party in document.recipients)


def _document(known: Known, sender: AgencyCode, source: random.Random) -> edxml.Document:
    known.numbers += 1
    number = str(known.numbers)
    recipients = source.sample(RECIPIENTS, source.randint(1, 3))
    files = [source.choice(_FILES) for _ in range(source.choice((1, 1, 1, 2, 3)))]
    if known.signs and source.random() < 0.02:
        files.append(_SIGNED_PDF)
    document = edxml.Document(
        sender=edxml.Party(sender, name="Sở Gương"),
        recipients=tuple(edxml.Party(code, name="Huyện Mẫu", in_charge="Tỉnh Mẫu") for code in recipients),
        document_id=f"{sender},2027/01/15,{number}/SGD-VP",
        code=edxml.DocumentCode(number, "SGD-VP"),
        place="Hà Nội",
        promulgated_on=DAY,
        kind=edxml.kind_of(source.choice(("cong-van", "quyet-dinh", "bao-cao"))),
        subject="V/v kiểm tra đường truyền",
        signer=edxml.Signer("TM.", "Giám đốc", "Lê Thị Mẫu"),
        due_on=dt.date(2027, 1, 30),
        other=edxml.OtherInfo(edxml.Priority.URGENT, "Liên thông", "ABC", 1, 2, False, ("Phụ lục 1",)),
        responses=tuple(_response(each) for each in _some(known.sent, source, 2)),
        trace=(edxml.Hop(sender, datetime(2027, 1, 15, 9, tzinfo=edxml.VIET_NAM)),),
        attachments=tuple(
            edxml.Attachment(str(place), name, content) for place, (name, content) in enumerate(files, 1)
        ),
    )
    if not known.sent or source.random() < 0.5:
        return document
    return _about(known, document, source)


def _about(known: Known, document: edxml.Document, source: random.Random) -> edxml.Document:
    """Make a recall, an update or a replacement of earlier documents."""
    kind = edxml.BusinessType(source.choice((1, 2, 2, 3)))
    earlier = _some(known.sent, source, 3) or [source.choice(known.sent)]
    changes = tuple(
        edxml.ReceiverChange(code, source.choice((_ADDED, _REMOVED))) for code in _some(RECIPIENTS, source, 3)
    )
    replacements = tuple(
        edxml.Replacement(each.document_id, tuple(_some(each.recipients, source, 2))) for each in earlier
    )
    keeps_id = source.random() < 0.3
    return dataclasses.replace(
        document,
        document_id=earlier[0].document_id if keeps_id else document.document_id,
        recipients=document.recipients if source.random() < 0.9 else (edxml.Party(S),),
        attachments=document.attachments if source.random() < 0.6 else (),
        business=edxml.Business(
            type=kind,
            reason=source.choice(("vì có sai sót", "", "a" * 3000)),
            paper=0,
            document_id="" if keeps_id and source.random() < 0.5 else earlier[0].document_id,
            info=edxml.BusinessInfo("", "", changes if kind is edxml.BusinessType.UPDATE else ()),
            replacements=replacements if kind is edxml.BusinessType.REPLACE else (),
        ),
    )


def _status(known: Known, source: random.Random) -> edxml.Status:
    about = source.choice(known.sent)
    code = source.choices(STATUSES, (6, 2, 5, 2, 2, 3, 3, 2, 2))[0]
    given = about.sender if code == "13" else source.choice(about.recipients or RECIPIENTS)
    by = given if source.random() < 0.9 else source.choice((*RECIPIENTS, LOCKED))
    response = _response(about)
    if code == "13":
        response = dataclasses.replace(response, organ_id=source.choice((*about.recipients, about.sender)))
    return edxml.Status(
        sender=edxml.Party(by),
        about=response,
        code=code,
        description=source.choice(("Đã đến", "vì gửi nhầm", "", "a" * 3000)),
        at=datetime(2027, 1, 16, 8, tzinfo=edxml.VIET_NAM),
        staff=edxml.Staff("Văn thư", "Trần Văn Thư", "vt@example.vn", "000"),
    )


def _response(about: Sent) -> edxml.ResponseFor:
    return edxml.ResponseFor(about.sender, about.number, about.document_id, DAY)


def _registration(source: random.Random) -> Case:
    system = source.choices(SYSTEMS, (4, 1, 1))[0]
    number = source.randrange(90, 94)
    if source.random() < 0.3:
        code = source.choice((f"000.00.{number}.G94", f"000.00.{number}.H94", S, A, "000.00.99.H94"))
        return _changed_often(Case("deleteAgency", system, _signed(system) | {"AgencyCode": code}), source)
    body: dict[str, object] = {
        "id": "",
        "pcode": source.choice((system, "", "G94")),
        "code": f"000.00.{number}.{system[-3:]}",
        "name": "Đơn vị",
        "mail": "a@example.vn",
        "mobile": "000",
        "fax": "",
    }
    if source.random() < 0.5:
        member = source.choice(list(body))
        value = source.choice(values_for(member)).decode("utf-8", "replace")
        body[member] = source.choice((value, None, 1, 1.5, True, [], {}, [value], {"a": value}))
    content = json.dumps(body, ensure_ascii=source.random() < 0.5).encode("utf-8", "replace")
    if source.random() < 0.3:
        content = mutant(content, (), source)
    return _changed_often(Case("registerAgency", system, _signed(system), content), source)


def _asking(known: Known, source: random.Random) -> Case:
    """Make a call that sends no message, with parameters that an object may have left behind."""
    system = source.choice(SYSTEMS)
    item = source.choice(known.items) if known.items else "a"
    ids = (item, f"{item}-{source.randrange(400)}", item.partition(".")[0], f"{item}9", item.upper())
    parameters = _signed(system) | {
        "messagetype": source.choice(("edoc", "status")),
        "docId": source.choice(ids),
        "docid": source.choice(ids),
        "status": source.choice(("initial", "processing", "done", "fail")),
        "AgencyCode": source.choice((system, "000.00.98.H94")),
        "level": source.choice("1234"),
        "fromDate": "2026/01/01",
        "toDate": "2027/12/31",
    }
    operation = source.choice(_ASKING)
    return _changed_often(Case(operation, system, parameters), source)


def _signed(system: AgencyCode) -> dict[str, str]:
    return {"systemid": system, "timestamp": stamp(datetime.now(UTC))}


def _changed_often(case: Case, source: random.Random) -> Case:
    return _changed(case, source) if source.random() < 0.6 else case


def _changed(case: Case, source: random.Random) -> Case:
    """Change what is signed; the digest is always that of it."""
    parameters = dict(case.parameters)
    match source.randrange(8):
        case 0:
            parameters.pop(source.choice(list(parameters)))
        case 1:
            codes = [
                source.choice(HOSTILE[1]).decode("utf-8", "replace") for _ in range(source.randint(0, 4))
            ]
            parameters["to"] = json.dumps(codes)
        case 2:
            parameters["to"] = json.dumps([*source.sample(RECIPIENTS, 2), *_some((LOCKED, "Z99"), source, 1)])
        case 3:
            parameters["to"] = source.choice(("[", "{}", "null", '"H94"', "[1]", "[[]]", "[null]", "[]", " "))
        case 4:
            parameters["a"] = parameters["Từ"] = source.choice(TEXTS).decode("utf-8", "replace")
        case 5:
            return dataclasses.replace(case, signed_text=_changed_text(parameters, source))
        case _:
            name = source.choice(list(parameters))
            values = (*values_for(name), *TEXTS, name.encode(), parameters[name].upper().encode())
            parameters[name] = source.choice(values).decode("utf-8", "replace")
    return dataclasses.replace(case, parameters=parameters)


def _changed_text(parameters: dict[str, str], source: random.Random) -> bytes:
    """Change the signed JSON itself; what no server hands on in a header is left out."""
    named = {PREFIX + name: value for name, value in parameters.items()}
    text = json.dumps(named, ensure_ascii=False, indent=source.choice((None, 1))).encode("utf-8", "replace")
    for _ in range(source.randint(0, 2)):
        text = mutant(text, (), source)
    return bytes(byte for byte in text if byte not in b"\r\n\0")


def _some(choices: Sequence[object], source: random.Random, most: int) -> list:  # type: ignore[type-arg]
    return source.sample(list(choices), min(len(choices), source.randint(0, most)))
