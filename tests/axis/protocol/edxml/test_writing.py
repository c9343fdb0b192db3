"""What is written is read back as it was, in the order and the forms that the official parser wants."""

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.edxml_messages import DOCUMENT, STATUS, edited
from support.effort import times

from axis.protocol.edxml import (
    NAMESPACE,
    VIET_NAM,
    Attachment,
    Business,
    BusinessInfo,
    BusinessType,
    Document,
    DocumentCode,
    DocumentKind,
    EdxmlInvalid,
    Hop,
    OtherInfo,
    Party,
    Priority,
    ReceiverChange,
    ReceiverType,
    Replacement,
    ResponseFor,
    Signer,
    Staff,
    Status,
    SteeringType,
    read,
    write,
)

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff").filter(
        lambda character: character in "\t\n\r" or character >= " "
    ),
    max_size=12,
).map(str.strip)
SOME = TEXT.filter(bool)
DAYS = st.none() | st.dates()
MOMENTS = st.none() | st.datetimes(timezones=st.just(VIET_NAM)).map(lambda at: at.replace(microsecond=0))
COUNTS = st.none() | st.integers(0, 10**9 - 1)
NAMES = st.tuples(
    st.sampled_from(["công văn", "a b", "số 1"]),
    st.sampled_from(["", ".pdf", ".docx", ".xlsx", ".txt", ".zip", ".xsl", ".PDF", ".jar"]),
).map("".join)
STARTS = st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\xff\xd8\xff"])
CONTENTS = st.tuples(STARTS, st.binary(max_size=40)).map(b"".join) | st.just(bytes(3_000_000))
PARTIES = st.builds(Party, SOME, *[TEXT] * 7)
STAFF = st.builds(Staff, TEXT, TEXT, TEXT, TEXT)
RESPONSES = st.builds(ResponseFor, TEXT, TEXT, TEXT, DAYS)
SEVERAL = st.lists(SOME, max_size=3).map(tuple)


def tuples(items, **sizes):
    return st.lists(items, max_size=3, **sizes).map(tuple)


BUSINESS = st.builds(
    Business,
    st.sampled_from(BusinessType),
    TEXT,
    COUNTS,
    TEXT,
    st.builds(
        BusinessInfo, TEXT, TEXT, tuples(st.builds(ReceiverChange, SOME, st.sampled_from(ReceiverType)))
    ),
    tuples(st.builds(Replacement, SOME, SEVERAL)),
    STAFF,
)
DOCUMENTS = st.builds(
    Document,
    sender=PARTIES,
    recipients=tuples(PARTIES, min_size=1),
    document_id=SOME,
    code=st.builds(DocumentCode, TEXT, TEXT),
    place=TEXT,
    promulgated_on=DAYS,
    kind=st.builds(DocumentKind, TEXT, TEXT, TEXT),
    subject=TEXT,
    content=TEXT,
    signer=st.builds(Signer, TEXT, TEXT, TEXT),
    due_on=DAYS,
    other=st.builds(
        OtherInfo,
        st.none() | st.sampled_from(Priority),
        TEXT,
        TEXT,
        COUNTS,
        COUNTS,
        st.none() | st.booleans(),
        SEVERAL,
    ),
    responses=tuples(RESPONSES),
    steering=st.none() | st.sampled_from(SteeringType),
    to_places=SEVERAL,
    trace=tuples(st.builds(Hop, TEXT, MOMENTS)),
    business=BUSINESS,
    attachments=tuples(
        st.builds(
            Attachment,
            SOME.filter(lambda content_id: not content_id.lower().startswith("cid:")),
            NAMES,
            CONTENTS,
            TEXT,
        )
    ).filter(lambda files: len({file.content_id for file in files}) == len(files)),
)
STATUSES = st.builds(
    Status,
    PARTIES,
    st.builds(ResponseFor, SOME, SOME, TEXT, DAYS),
    st.sampled_from(["01", "02", "03", "04", "05", "06", "13", "15", "16"]),
    TEXT,
    MOMENTS,
    STAFF,
)
TAKEN = {"attachment-zipped"}


@settings(max_examples=times(60))
@given(DOCUMENTS | STATUSES)
def test_a_message_comes_back_as_it_was_written(message):
    reading = read(write(message))
    assert reading.message == message
    assert {warning.code for warning in reading.warnings} <= TAKEN


@pytest.mark.parametrize("sample", [DOCUMENT, STATUS], ids=["document", "status"])
def test_elements_stand_in_the_order_of_the_real_client(sample):
    def run_together(data):
        return re.sub(rb">\s+<", b"><", data).strip()

    assert run_together(write(read(sample).message)) == run_together(sample)


def test_what_was_understood_of_an_odd_message_survives():
    odd = edited(DOCUMENT, ("2027/01/30", "2027-01-30"), ("cid:1", "cid:cid:1"))
    message = read(odd).message
    reading = read(write(message))
    assert reading.message == message
    assert reading.warnings == ()


def test_days_and_stamps_are_written_as_the_official_parser_wants_them():
    at = dt.datetime(2027, 1, 4, 20, 5, 6, tzinfo=dt.UTC)
    message = Document(
        Party("a"), (Party("b"),), "1", promulgated_on=dt.date(2027, 1, 5), trace=(Hop("a", at),)
    )
    data = write(message)
    assert b"<edXML:PromulgationDate>2027/01/05</edXML:PromulgationDate>" in data
    assert b"<edXML:Timestamp>2027/01/05 03:05:06</edXML:Timestamp>" in data


@pytest.mark.parametrize(
    ("name", "zipped"),
    [
        ("a.pdf", False), ("a.doc", False), ("a.docx", False), ("a.zip", False), ("a.xsl", False),
        ("a.xslx", False), ("a.xls", True), ("a.xlsx", True), ("a.txt", True), ("a", True), ("pdf", True),
    ],
)  # fmt: skip
def test_files_go_raw_or_zipped_as_the_real_client_sends_them(name, zipped):
    message = Document(Party("a"), (Party("b"),), "1", attachments=(Attachment("1", name, b"%PDF-"),))
    data = write(message)
    assert (data.count(b"ContentType>application/zip</") == 2) is zipped
    assert (b">JVBERi0=</edXML:ContentTransferEncoded>" in data) is not zipped
    assert [warning.code for warning in read(data).warnings] == ["attachment-zipped"] * zipped


def test_the_files_are_written_in_the_default_namespace_but_for_their_content():
    message = Document(Party("a"), (Party("b"),), "1", attachments=(Attachment("1", "a.pdf", b"%PDF-"),))
    encoded = write(message).partition(b"<AttachmentEncoded>")[2]
    assert re.findall(rb"<([A-Za-z:]+)", encoded) == [
        b"Attachment", b"ContentId", b"AttachmentName", b"ContentType", b"edXML:ContentTransferEncoded",
    ]  # fmt: skip
    assert f'<edXML:ContentTransferEncoded xmlns:edXML="{NAMESPACE}">'.encode() in encoded


def test_writing_twice_gives_the_same_bytes():
    message = Document(Party("a"), (Party("b"),), "1", attachments=(Attachment("1", "a.txt", b"a"),))
    assert write(message) == write(message)


@pytest.mark.parametrize("text", ["\x00", "\x1f", "\ud800", "\ufffe"])
def test_text_that_xml_cannot_hold_is_refused(text):
    with pytest.raises(EdxmlInvalid) as caught:
        write(Status(Party("a"), ResponseFor("b", "1"), "03", f"a{text}"))
    assert (caught.value.line, caught.value.element, caught.value.code) == (
        None,
        "Description",
        "text-unwritable",
    )
    assert str(caught.value).startswith(f"writing, Description: found U+{ord(text):04X}")
