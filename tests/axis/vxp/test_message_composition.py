"""What came over REST is told to the old protocol whole, in messages that are read back without a warning."""

import datetime as dt
import hashlib
import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.effort import times
from support.manifests import attachment, manifest, reference

from axis.clock import parse_rfc3339
from axis.protocol import edxml
from axis.protocol.errors import ManifestInvalid
from axis.protocol.manifest import check_manifest, parse_manifest
from axis.protocol.statuses import NAMES
from axis.vxp.document_ids import parts_of
from axis.vxp.message_composition import Named, StatusFacts, compose_document, compose_status, document_id_of

AT = parse_rfc3339("2019-06-03T20:11:09.5Z")
PDF = b"%PDF-1.7\n%%EOF\n"
SENDER = Named("UBND thành phố Hải Phòng", "Chính phủ", "vt@haiphong.gov.vn", "0912", "0913")
NAMES_OF = {"000.00.00.H24": SENDER, "000.00.00.G22": Named("Văn phòng Chính phủ")}
TAKEN = {"attachment-zipped"}


def composed(*files, signatures=(), referred=(), **members):
    raw = json.dumps(manifest(**members), ensure_ascii=False).encode()
    return compose_document(
        parse_manifest(raw),
        names=NAMES_OF,
        attachments=files or [("123-UBND-VX.pdf", PDF)],
        signatures=signatures,
        manifest_bytes=raw,
        accepted_at=AT,
        hop_organ_id="axis",
        referred=referred,
    )


def came_back(message):
    """What a reader makes of the message as it is written."""
    reading = edxml.read(edxml.write(message))
    assert {warning.code for warning in reading.warnings} <= TAKEN
    return reading.message


def test_a_document_says_what_its_manifest_says():
    message = composed(priority="express", due_on="2019-06-10", type="quyet-dinh")
    assert came_back(message) == message
    assert message.sender.organ_id == "000.00.00.H24"
    assert message.sender.name == "UBND thành phố Hải Phòng"
    assert message.sender.in_charge == "Chính phủ"
    assert message.sender.email == "vt@haiphong.gov.vn"
    assert (message.sender.telephone, message.sender.fax) == ("0912", "0913")
    assert [party.organ_id for party in message.recipients] == ["000.00.00.G22", "000.00.00.H26"]
    assert [party.name for party in message.recipients] == ["Văn phòng Chính phủ", "000.00.00.H26"]
    assert message.document_id == "000.00.00.H24,2019/06/03,123/UBND-VX"
    assert message.code == edxml.DocumentCode("123", "UBND-VX")
    assert message.promulgated_on == dt.date(2019, 6, 3)
    assert edxml.slug_of(message.kind) == "quyet-dinh"
    assert message.subject == message.content == "V/v triển khai trục liên thông văn bản quốc gia"
    assert message.signer == edxml.Signer("", "Chủ tịch", "Nguyễn Văn An")
    assert message.due_on == dt.date(2019, 6, 10)
    assert message.other.priority is edxml.Priority.EXPRESS
    assert message.business.type is edxml.BusinessType.NEW
    assert message.business.staff == edxml.Staff(
        "UBND thành phố Hải Phòng", "Nguyễn Văn An", "vt@haiphong.gov.vn", "0912"
    )


def test_the_trace_holds_the_sender_and_the_axis():
    at = dt.datetime(2019, 6, 4, 3, 11, 9, tzinfo=edxml.VIET_NAM)
    assert composed().trace == (edxml.Hop("000.00.00.H24", at), edxml.Hop("axis", at))


@pytest.mark.parametrize("words", ["normal", "urgent", "very_urgent", "express", "express_timed"])
def test_priorities_keep_their_order(words):
    assert composed(priority=words).other.priority == [
        "normal", "urgent", "very_urgent", "express", "express_timed",
    ].index(words)  # fmt: skip


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("123/UBND-VX", ("123", "UBND-VX")),
        ("12/2019/QĐ-TTg", ("12", "2019/QĐ-TTg")),
        ("123", ("123", "")),
        ("/VP", ("/VP", "")),
        ("9/", ("9/", "")),
        ("9 / VP", ("9 / VP", "")),
    ],
)
def test_a_number_is_split_so_that_it_can_be_put_together_again(number, code):
    message = composed(number=number)
    assert message.code == edxml.DocumentCode(*code)
    assert came_back(message).code.text == number


def test_the_made_document_id_names_sender_day_and_number():
    parts = parts_of(composed(number="1,2/VP").document_id)
    assert parts is not None
    assert (parts.organ, parts.day, parts.number) == ("000.00.00.H24", dt.date(2019, 6, 3), "1,2/VP")


@pytest.mark.parametrize(
    "element",
    [
        *("Code", "CodeNotation", "PromulgationInfo", "Place", "DocumentType", "SignerInfo", "Competence"),
        *(
            "Position",
            "FullName",
            "OtherInfo",
            "Priority",
            "StaffInfo",
            "Department",
            "Staff",
            "Email",
            "Mobile",
        ),
    ],
)
def test_what_old_clients_read_without_asking_is_there(element):
    assert f"<edXML:{element}>".encode() in edxml.write(composed(number="123", signer=None))


@pytest.mark.parametrize("element", ["StaffInfo", "Department", "Staff", "Email", "Mobile", "Description"])
def test_what_old_clients_read_of_a_status_is_there(element):
    assert f"<edXML:{element}>".encode() in edxml.write(status())


def test_a_new_document_names_what_it_answers():
    (answered,) = composed(refers_to=[reference(sender="000.00.00.H26")]).responses
    assert answered == edxml.ResponseFor(
        "000.00.00.H26", "12/UBND", "000.00.00.H26,2019/05/02,12/UBND", dt.date(2019, 5, 2)
    )


@pytest.mark.parametrize(("action", "kind"), [("recall", 1), ("update", 2)])
def test_a_recall_and_an_update_name_their_document_by_the_id_it_has(action, kind):
    message = came_back(composed(action=action, refers_to=[reference()], referred=["của bên gửi"]))
    assert message.business.type == kind
    assert message.business.document_id == "của bên gửi"
    assert message.business.reason == message.subject
    assert message.responses == ()


@pytest.mark.parametrize("action", ["recall", "update"])
def test_several_recalled_or_updated_documents_are_all_named(action):
    both = [reference(), reference(number="13/UBND")]
    message = came_back(composed(action=action, refers_to=both))
    assert message.business.document_id == "000.00.00.H24,2019/05/02,12/UBND"
    assert [about.code for about in message.responses] == ["12/UBND", "13/UBND"]


def test_a_replacement_lists_what_it_replaces_and_for_whom():
    both = [reference(), reference(number="13/UBND")]
    business = came_back(composed(action="replace", refers_to=both)).business
    assert business.type is edxml.BusinessType.REPLACE
    assert business.replacements == (
        edxml.Replacement("000.00.00.H24,2019/05/02,12/UBND", ("000.00.00.G22", "000.00.00.H26")),
        edxml.Replacement("000.00.00.H24,2019/05/02,13/UBND", ("000.00.00.G22", "000.00.00.H26")),
    )


def test_the_largest_replacement_can_still_be_read():
    many = [reference(number=f"{number}/VP") for number in range(1_000)]
    to = [f"000.00.{number // 100:02}.H{number % 100:02}" for number in range(1_000)]
    message = composed(action="replace", refers_to=many, to=to)
    assert len(came_back(message).business.replacements) == 1_000
    assert len(message.recipients) == 1_000


def test_signatures_over_the_manifest_go_along_and_verify_offline():
    message = came_back(composed(signatures=[b"\x30\x82 der"]))
    assert [file.name for file in message.attachments] == [
        "123-UBND-VX.pdf", "manifest.json", "manifest.json.p7s",
    ]  # fmt: skip
    assert message.attachments[2].content == b"\x30\x82 der"
    enclosed = parse_manifest(message.attachments[1].content)
    assert enclosed.number == "123/UBND-VX"


def test_several_signatures_are_numbered():
    names = [file.name for file in composed(signatures=[b"one", b"two"]).attachments]
    assert names[1:] == ["manifest.json", "manifest.json.0.p7s", "manifest.json.1.p7s"]


def test_an_unsigned_document_carries_nothing_but_its_files():
    assert [file.name for file in composed().attachments] == ["123-UBND-VX.pdf"]


@pytest.mark.parametrize("own", ["manifest.json", "Manifest.JSON", "manifest.json.p7s"])
def test_a_file_of_the_senders_own_keeps_its_name(own):
    names = [file.name for file in composed((own, PDF), signatures=[b"one"]).attachments]
    assert names == [own, "manifest (2).json", "manifest (2).json.p7s"]


def test_names_that_are_one_once_trimmed_are_told_apart():
    names = [file.name for file in composed(("a.pdf", PDF), (" a.pdf", PDF), (" ..", PDF)).attachments]
    assert names == ["a.pdf", "a (2).pdf", "tệp 1"]


def test_a_name_at_its_longest_can_still_be_numbered():
    long = f"{'ế' * 83}aa.pdf"
    first, second = (file.name for file in came_back(composed((long, PDF), (f"{long} ", PDF))).attachments)
    assert first == long
    assert second.endswith(" (2).pdf")
    assert len(second.encode()) <= 255


LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(str.strip)
NUMBER = st.text(st.sampled_from("0123456789/-,QĐ ế."), min_size=1, max_size=20).filter(str.strip)
FILE = st.tuples(
    st.text(st.sampled_from("ab. ế\ufffe"), min_size=1, max_size=6),
    st.sampled_from(["", ".pdf", ".json", ".p7s", ".xlsx", ".zip"]),
).map("".join)


@settings(max_examples=times(100))
@given(
    number=NUMBER,
    subject=LINE,
    names=st.lists(FILE, min_size=1, max_size=4, unique=True),
    signer=st.none() | st.builds(lambda name: {"name": name}, LINE),
    content=st.binary(max_size=60)
    | st.sampled_from([b"PK\x03\x04", b"PK\x05\x06" + bytes(18), bytes(2_000_000)]),
    action=st.sampled_from(["new", "recall", "update", "replace"]),
    signatures=st.lists(st.binary(min_size=1, max_size=9), max_size=3),
)
def test_whatever_a_manifest_holds_is_written_and_read_back(
    number, subject, names, signer, content, action, signatures
):
    files = [attachment(name=name, sha256=hashlib.sha256(content).hexdigest()) for name in names]
    value = manifest(
        number=number,
        subject=subject,
        attachments=files,
        signer=signer,
        action=action,
        refers_to=[reference()],
    )
    try:
        check_manifest(value, sha256="")
    except ManifestInvalid:
        assume(False)  # what is no manifest is nobody's message
    message = composed(
        *((name, content) for name in names),
        signatures=signatures,
        **{
            name: value[name]
            for name in ("number", "subject", "attachments", "signer", "action", "refers_to")
        },
    )
    assert came_back(message) == message
    assert [file.content for file in message.attachments[: len(names)]] == [content] * len(names)


def status(code="03", note=None, **changes):
    facts = {
        "code": code, "note": note, "at": AT, "by": "000.00.00.G22", "sender": "000.00.00.H24",
        "recipient": "000.00.00.G22", "number": "123/UBND-VX", "issued_on": "2019-06-03",
        "document_id": "000.00.00.H24,2019/06/03,123/UBND-VX",
    }  # fmt: skip
    return compose_status(StatusFacts(**(facts | changes)), NAMES_OF)


def test_a_status_names_the_document_and_who_gave_it():
    message = status(note="Đã vào sổ")
    assert came_back(message) == message
    assert message.sender == edxml.Party("000.00.00.G22", name="Văn phòng Chính phủ")
    assert message.about == edxml.ResponseFor(
        "000.00.00.H24", "123/UBND-VX", "000.00.00.H24,2019/06/03,123/UBND-VX", dt.date(2019, 6, 3)
    )
    assert (message.code, message.description) == ("03", "Đã vào sổ")
    assert message.at == dt.datetime(2019, 6, 4, 3, 11, 9, tzinfo=edxml.VIET_NAM)
    assert message.staff.department == message.staff.staff == "Văn phòng Chính phủ"


@pytest.mark.parametrize("code", NAMES)
def test_a_status_without_a_note_says_its_name(code):
    assert came_back(status(code)).description == NAMES[code].vi


def test_a_request_is_addressed_to_the_receiving_agency():
    message = status("13", "nhầm", by="000.00.00.H24")
    assert message.sender.organ_id == "000.00.00.H24"
    assert message.about.organ_id == "000.00.00.G22"


def test_a_note_that_xml_cannot_hold_is_mended():
    assert came_back(status(note="a\ufffe")).description == "a\ufffd"


def test_references_are_named_as_documents_are():
    raw = json.dumps(manifest(refers_to=[reference(sender="000.00.00.H24")])).encode()
    parsed = parse_manifest(raw)
    assert document_id_of(parsed.refers_to[0]) == "000.00.00.H24,2019/05/02,12/UBND"
