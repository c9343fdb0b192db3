"""Reading a document's parts: exact bytes, digests, limits, and nothing kept of what fails."""

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.intake.multipart_body import boundary_of, check_length, receive_pieces
from axis.protocol.errors import (
    MalformedRequest,
    ManifestMissing,
    TooLarge,
    TooManyParts,
    TooManySignatures,
    UnsupportedMediaType,
)
from axis.settings import Settings

SETTINGS = Settings()
BOUNDARY = "ranh-gioi"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def part(name, content, filename=None):
    disposition = f'form-data; name="{name}"' + ("" if filename is None else f'; filename="{filename}"')
    head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n"
    return head.encode() + content + b"\r\n"


def form(*parts):
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def read(body, settings=SETTINGS, content_type=TYPE, piece=64 * 1024):
    async def pieces():
        for start in range(0, len(body), piece):
            yield body[start : start + piece]

    return asyncio.run(receive_pieces(boundary_of(content_type), pieces(), settings))


def places(error):
    return [place.pointer for place in error.value.places]


@given(
    manifest=st.binary(max_size=300),
    signatures=st.lists(st.binary(max_size=100), max_size=4),
    attachment=st.binary(max_size=3000),
    piece=st.integers(1, 200),
)
def test_parts_come_out_as_they_went_in_however_the_body_is_cut(manifest, signatures, attachment, piece):
    body = form(
        part("manifest", manifest),
        *(part("signature", signature, "s.p7s") for signature in signatures),
        part("attachment", attachment, "văn bản.pdf"),
    )
    received = read(body, piece=piece)
    assert received.manifest == manifest
    assert received.signatures == tuple(signatures)
    found = received.attachments["văn bản.pdf"]
    assert (found.spool.content, found.size) == (attachment, len(attachment))
    assert found.sha256 == hashlib.sha256(attachment).hexdigest()


def test_a_decomposed_name_is_matched_in_its_composed_form():
    received = read(form(part("manifest", b"{}"), part("attachment", b"x", "va\u0306n.pdf")))
    assert list(received.attachments) == ["v\u0103n.pdf"]


NAME = "Công văn số 1.pdf"
ESCAPED = "C%C3%B4ng%20v%C4%83n%20s%E1%BB%91%201.pdf"


@pytest.mark.parametrize(
    "filename",
    [
        f"; filename=\"=?utf-8?B?Q8O0bmcgdsSDbiBz4buRIDEucGRm?=\"; filename*=utf-8''{ESCAPED}",
        f"; filename*=UTF-8''{ESCAPED}",
        f'; filename="Cong van so 1.pdf"; filename*="UTF-8\'vi\'{ESCAPED}"',
        '; filename="=?UTF-8?Q?C=C3=B4ng_v=C4=83n_s=E1=BB=91_1=2Epdf?="',
        '; filename="Công văn số 1.pdf"',
    ],
    ids=[".NET", "RFC 8187 alone", "RFC 8187 beside a plain one", "encoded word", "as browsers and curl"],
)
def test_a_name_counts_in_the_form_in_which_it_is_declared(filename):
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="attachment"{filename}\r\n\r\n'
    received = read(form(part("manifest", b"{}"), head.encode() + b"x\r\n"))
    received.name_as_declared({NAME})
    assert list(received.attachments) == [NAME]
    assert received.attachments[NAME].name == NAME


def test_a_name_that_is_declared_as_it_is_written_stays_so():
    written = "=?utf-8?B?YQ==?="
    received = read(form(part("manifest", b"{}"), part("attachment", b"x", written)))
    received.name_as_declared({written, "a"})
    assert list(received.attachments) == [written]


def test_quotes_as_browsers_write_them_are_read():
    received = read(form(part("manifest", b"{}"), part("attachment", b"x", "a %22b%22.pdf")))
    received.name_as_declared({'a "b".pdf'})
    assert list(received.attachments) == ['a "b".pdf']


def test_two_parts_may_not_mean_the_same_name():
    body = form(
        part("manifest", b"{}"),
        part("attachment", b"x", "a.pdf"),
        part("attachment", b"y", "=?utf-8?Q?a=2Epdf?="),
    )
    received = read(body)
    received.name_as_declared({"a.pdf"})
    assert received.attachments["a.pdf"].spool.content == b"x"
    assert len(received.attachments) == 2


def test_attachments_past_the_memory_of_one_document_go_to_disk():
    settings = replace(SETTINGS, inline_bytes=1000)
    contents = {"a": b"a" * 600, "b": b"b" * 600, "c": b"c" * 100}
    body = form(part("manifest", b"{}"), *(part("attachment", data, name) for name, data in contents.items()))
    received = read(body, settings)
    assert received.attachments["a"].spool.content == contents["a"]
    assert received.attachments["b"].spool.content is None
    assert received.attachments["c"].spool.content == contents["c"]
    spool = received.attachments["b"].spool
    assert spool.read() == contents["b"]
    assert received.attachments["b"].sha256 == hashlib.sha256(contents["b"]).hexdigest()
    received.close()
    with pytest.raises(ValueError, match="closed file"):
        spool.read()


@pytest.mark.parametrize(
    ("body", "settings", "kind", "pointer"),
    [
        (form(part("manifest", b"x" * 11)), {"manifest_bytes": 10}, TooLarge, "part:manifest"),
        (
            form(part("manifest", b"{}"), part("signature", b"x"), part("signature", b"x" * 11)),
            {"signature_bytes": 10},
            TooLarge,
            "part:signature[1]",
        ),
        (
            form(part("manifest", b"{}"), part("attachment", b"x" * 11, "a")),
            {"attachment_bytes": 10},
            TooLarge,
            "part:attachment[a]",
        ),
        (
            form(part("manifest", b"{}"), part("attachment", b"x" * 2000, "a")),
            {"document_bytes": 100, "manifest_bytes": 100},
            TooLarge,
            "body",
        ),
        (
            form(part("manifest", b"{}"), *(part("signature", b"x") for _ in range(3))),
            {"signatures": 2},
            TooManySignatures,
            "part:signature",
        ),
        (
            form(part("manifest", b"{}"), *(part("attachment", b"x", str(n)) for n in range(3))),
            {"attachments": 2},
            TooManyParts,
            "part:attachment",
        ),
        (form(part("signature", b"x")), {}, ManifestMissing, "part:manifest"),
        (form(part("manifest", b"{}"), part("manifest", b"{}")), {}, MalformedRequest, "part:manifest"),
        (form(part("manifest", b"{}"), part("tep", b"x")), {}, MalformedRequest, "part:tep"),
        (form(part("manifest", b"{}"), part("attachment", b"x")), {}, MalformedRequest, "part:attachment"),
        (
            form(part("manifest", b"{}"), part("attachment", b"x", "a"), part("attachment", b"y", "a")),
            {},
            MalformedRequest,
            "part:attachment[a]",
        ),
        (part("manifest", b"{}"), {}, MalformedRequest, "body"),
        (b"no parts at all", {}, MalformedRequest, "body"),
        (
            form(part("manifest", b"{}"), part("attachment", b"x", "a" * 5000)),
            {},
            MalformedRequest,
            "body",
        ),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_place(body, settings, kind, pointer):
    with pytest.raises(kind) as error:
        read(body, replace(SETTINGS, **settings))
    assert places(error) == [pointer]


def test_a_name_that_is_no_utf8_is_refused():
    body = form(part("manifest", b"{}"), part("attachment", b"x", "NAME")).replace(b"NAME", b"\xff\xfe")
    with pytest.raises(MalformedRequest) as error:
        read(body)
    assert places(error) == ["body"]


@pytest.mark.parametrize("content_type", ["", "application/json", "multipart/mixed; boundary=x", "form-data"])
def test_another_media_type_is_refused(content_type):
    with pytest.raises(UnsupportedMediaType):
        read(form(part("manifest", b"{}")), content_type=content_type)


@pytest.mark.parametrize("content_type", ["multipart/form-data", f"multipart/form-data; boundary={'x' * 71}"])
def test_a_boundary_that_is_missing_or_too_long_is_refused(content_type):
    with pytest.raises(MalformedRequest):
        read(form(part("manifest", b"{}")), content_type=content_type)


def test_a_body_that_breaks_off_leaves_no_file_behind():
    def open_files():
        descriptors = Path("/proc/self/fd")
        return len(list(descriptors.iterdir())) if descriptors.is_dir() else 0

    settings = replace(SETTINGS, inline_bytes=10)
    read(form(part("manifest", b"{}"), part("attachment", b"x" * 100, "a"))).close()
    before = open_files()
    for _ in range(20):
        with pytest.raises(MalformedRequest):
            read(part("manifest", b"{}") + part("attachment", b"x" * 100, "a") + b"--cut", settings)
    assert open_files() == before


def test_a_body_that_stops_coming_gives_its_place_up():
    async def stalled():
        yield part("manifest", b"{}")
        await asyncio.sleep(60)

    with pytest.raises(MalformedRequest) as error:
        asyncio.run(receive_pieces(BOUNDARY, stalled(), replace(SETTINGS, body_idle_seconds=0)))
    assert places(error) == ["body"]


def test_a_length_past_the_limit_is_refused_before_the_body():
    check_length("1000", SETTINGS)
    check_length(None, SETTINGS)
    for declared in ("5000000000", "9" * 5000):
        with pytest.raises(TooLarge) as error:
            check_length(declared, SETTINGS)
        assert places(error) == ["header:Content-Length"]


def test_a_file_name_with_control_characters_cannot_be_read():
    with pytest.raises(MalformedRequest) as error:
        read(form(part("manifest", b"{}"), part("attachment", b"x", "a\x00b.pdf")))
    assert places(error) == ["part:attachment"]
