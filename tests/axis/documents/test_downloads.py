"""Over HTTP: the parts of a document go out byte for byte, to its parties alone."""

import tracemalloc
import uuid
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.effort import times
from support.stored_documents import AUDITOR, BAC_GIANG, BAC_NINH, HAI_PHONG, Reader, agency, shelve

from axis.documents.downloads import disposition
from axis.documents.tables import attachments
from axis.objects.store import CHUNK_BYTES
from axis.objects.tables import chunks

CONTENT = b"0123456789"


@pytest.fixture
def reader(database):
    return Reader(database)


@pytest.fixture
def address(database):
    document = shelve(
        database,
        7,
        manifest=b'{"from":  "\xc3\xa1"}',
        attachments=(("văn bản.html", "text/html", CONTENT), ("rỗng.txt", "text/plain", b"")),
        signatures=(b"-----BEGIN CMS-----\n", b"\x30\x03abc"),
    )
    return f"/v1/documents/{document}"


def test_the_manifest_goes_out_byte_for_byte(reader, address):
    answer = reader.get(agency(BAC_NINH), f"{address}/manifest")
    assert answer.content == b'{"from":  "\xc3\xa1"}'
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["etag"] == f'"{sha256(answer.content).hexdigest()}"'


def test_signatures_go_out_as_they_came(reader, address):
    assert reader.get(AUDITOR, f"{address}/signatures/0").content == b"-----BEGIN CMS-----\n"
    answer = reader.get(AUDITOR, f"{address}/signatures/1")
    assert answer.content == b"\x30\x03abc"
    assert answer.headers["content-type"] == "application/pkcs7-signature"
    assert reader.get(AUDITOR, f"{address}/signatures/2").status_code == 404


def test_an_attachment_is_saved_and_never_shown_whatever_type_it_claims(reader, address):
    answer = reader.get(agency(HAI_PHONG), f"{address}/attachments/0")
    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert answer.headers["content-type"] == "text/html"
    assert (
        answer.headers["content-disposition"]
        == "attachment; filename=\"v_n b_n.html\"; filename*=UTF-8''v%C4%83n%20b%E1%BA%A3n.html"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["etag"] == f'"{sha256(CONTENT).hexdigest()}"'
    assert answer.headers["accept-ranges"] == "bytes"


def told(answer):
    """What an answer says, but for the id of its request."""
    return {**answer.json(), "request_id": ""}


@pytest.mark.parametrize("part", ["", "/manifest", "/signatures/0", "/attachments/0", "/verdicts"])
def test_who_is_no_party_learns_no_more_than_that_there_is_nothing(reader, address, part):
    theirs = reader.get(agency(BAC_GIANG), f"{address}{part}")
    nothing = reader.get(agency(BAC_GIANG), f"/v1/documents/{uuid.uuid4()}{part}")
    assert theirs.status_code == nothing.status_code == 404
    assert told(theirs) == told(nothing)
    assert reader.get(agency(BAC_NINH), f"{address}{part}").status_code == 200


@pytest.mark.parametrize("document", ["x", "%00", "0" * 5000, "é" * 36, "..", "%2e%2e"])
def test_an_id_that_can_be_none_is_not_found(reader, document):
    answer = reader.get(AUDITOR, f"/v1/documents/{document}/manifest")
    assert answer.status_code == 404


@pytest.mark.parametrize("ordinal", ["2", "99999", "100001", "9" * 30])
def test_an_attachment_beyond_the_last_is_not_found(reader, address, ordinal):
    assert reader.get(AUDITOR, f"{address}/attachments/{ordinal}").status_code == 404


@pytest.mark.parametrize("ordinal", ["-1", "x", "1.5"])
def test_what_is_no_number_of_an_attachment_is_refused(reader, address, ordinal):
    assert reader.get(AUDITOR, f"{address}/attachments/{ordinal}").json()["code"] == "query-invalid"


@pytest.mark.parametrize(
    ("asked", "content", "span"),
    [
        ("bytes=0-0", b"0", "0-0"),
        ("bytes=2-4", b"234", "2-4"),
        ("bytes=7-", b"789", "7-9"),
        ("bytes=-3", b"789", "7-9"),
        ("bytes=-99", CONTENT, "0-9"),
        ("bytes=5-99", b"56789", "5-9"),
        ("Bytes=0-1", b"01", "0-1"),
    ],
)
def test_a_range_is_answered_alone(reader, address, asked, content, span):
    answer = reader.get(AUDITOR, f"{address}/attachments/0", headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == content
    assert answer.headers["content-range"] == f"bytes {span}/10"
    assert answer.headers["content-length"] == str(len(content))


@pytest.mark.parametrize("asked", ["bytes=3-1", "bytes=-", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", "0-1"])
def test_a_range_that_cannot_be_read_is_ignored(reader, address, asked):
    answer = reader.get(AUDITOR, f"{address}/attachments/0", headers={"Range": asked})
    assert answer.status_code == 200
    assert answer.content == CONTENT


@pytest.mark.parametrize(("ordinal", "asked"), [(0, "bytes=10-"), (0, "bytes=-0"), (1, "bytes=0-")])
def test_a_range_beyond_the_end_is_told_the_size(reader, address, ordinal, asked):
    answer = reader.get(AUDITOR, f"{address}/attachments/{ordinal}", headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{10 if ordinal == 0 else 0}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 416
    assert answer.json()["errors"][0]["pointer"] == "header:Range"


def test_a_range_of_another_content_is_answered_whole(reader, address):
    tag = f'"{sha256(CONTENT).hexdigest()}"'

    def status(condition):
        headers = {"Range": "bytes=0-1", "If-Range": condition}
        return reader.get(AUDITOR, f"{address}/attachments/0", headers=headers).status_code

    assert status(tag) == 206
    assert status('"other"') == 200
    assert status(f"W/{tag}") == 200
    assert status("Mon, 03 Jun 2019 00:00:00 GMT") == 200


def test_what_the_caller_has_already_is_not_sent_again(reader, address):
    tag = f'"{sha256(CONTENT).hexdigest()}"'
    for condition in (tag, f"W/{tag}", f'"a", {tag}', "*"):
        answer = reader.get(AUDITOR, f"{address}/attachments/0", headers={"If-None-Match": condition})
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer.headers["etag"] == tag
    other = reader.get(AUDITOR, f"{address}/attachments/0", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_head_tells_what_get_would_send(reader, address):
    for part in ("manifest", "signatures/0", "attachments/0"):
        whole = reader.get(AUDITOR, f"{address}/{part}")
        head = reader.get(AUDITOR, f"{address}/{part}", "HEAD")
        assert head.status_code == 200
        assert head.content == b""
        assert {**head.headers, "x-request-id": ""} == {**whole.headers, "x-request-id": ""}


def _chunked(database, size, piece) -> str:
    document, upload = shelve(database, 9, attachments=()), str(uuid.uuid4())

    def work(tx):
        for ordinal in range(-(-size // CHUNK_BYTES)):
            chunk = piece(ordinal)[: size - ordinal * CHUNK_BYTES]
            values = {"upload": upload, "ordinal": ordinal, "content": chunk, "stored_at": 0}
            tx.execute(chunks.insert().values(values))
        row = {"document": 9, "ordinal": 0, "name": "a.zip", "media_type": "application/zip", "size": size}
        tx.execute(attachments.insert().values(**row, sha256="0" * 64, content=None, upload=upload))

    database.write(work)
    return f"/v1/documents/{document}/attachments/0"


def _letters(ordinal):
    return bytes([65 + ordinal]) * CHUNK_BYTES


@settings(max_examples=times(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.sampled_from([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES]),
    length=st.sampled_from([1, 2, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 9 * CHUNK_BYTES]),
)
def test_a_range_of_chunks_is_that_of_the_whole(chunked, first, length):
    reader, address, content = chunked
    answer = reader.get(AUDITOR, address, headers={"Range": f"bytes={first}-{first + length - 1}"})
    assert answer.status_code == 206
    assert answer.content == content[first : first + length]


@pytest.fixture
def chunked(database, reader):
    size = 2 * CHUNK_BYTES + 5
    content = b"".join(_letters(ordinal) for ordinal in range(3))[:size]
    return reader, _chunked(database, size, _letters), content


def test_a_large_attachment_leaves_a_piece_at_a_time(database, reader):
    size = 40 * CHUNK_BYTES
    address = _chunked(database, size, lambda ordinal: bytes([ordinal]) * CHUNK_BYTES)
    tracemalloc.start()
    try:
        received = reader.count(AUDITOR, address)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert received == size
    assert peak < 12 * CHUNK_BYTES


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.pdf", 'attachment; filename="a.pdf"'),
        ('a".pdf', "attachment; filename=\"a_.pdf\"; filename*=UTF-8''a%22.pdf"),
        ("a\\b%41.pdf", "attachment; filename=\"a_b_41.pdf\"; filename*=UTF-8''a%5Cb%2541.pdf"),
        ("đ.pdf", "attachment; filename=\"_.pdf\"; filename*=UTF-8''%C4%91.pdf"),
    ],
)
def test_a_name_in_any_script_fits_a_header(name, header):
    assert disposition(name) == header


@given(st.text())
def test_no_name_breaks_out_of_its_header(name):
    header = disposition(name.encode("utf-8", "replace").decode())
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
