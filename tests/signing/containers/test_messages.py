"""A signed message passes only where a reader is shown nothing but what is signed. Made by openssl."""

import base64

import pytest
from support import pki
from support.containers import MAIL_TEXT, judge, judge_all, outcome

from signing.verdict_vocabulary import Indication, SubIndication

PASSED = (None, None)
BESIDE = (SubIndication.SIG_CONSTRAINTS_FAILURE, "mime-beside")
HEADER = (SubIndication.SIG_CONSTRAINTS_FAILURE, "mime-header")


@pytest.mark.parametrize("options", [(), ("-text",), ("-nodetach",), ("-text", "-nodetach"), ("-binary",)])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_what_openssl_signed_passes_with_either_line_ends(make, options, ends):
    data = make(*options).replace(b"\r\n", b"\n")
    verdict = judge(data if ends == b"\n" else data.replace(b"\n", b"\r\n"))
    if "-binary" in options and ends == b"\r\n":  # bytes that were not sent as they were signed
        assert verdict.sub_indication is SubIndication.HASH_FAILURE
        return
    assert (verdict.indication, verdict.format) == (Indication.TOTAL_PASSED, "S/MIME")


def test_an_altered_text_fails(detached, make):
    assert outcome(detached.replace(b"ki\xe1\xbb\x83m", b"xem"))[0] is SubIndication.HASH_FAILURE
    opaque = make("-nodetach", "-text")
    header, _, body = opaque.partition(b"\n\n")
    cms = base64.b64decode(body).replace(b"ki\xe1\xbb\x83m", b"xem!!")
    altered = header + b"\n\n" + base64.encodebytes(cms)
    assert judge(altered).indication is Indication.TOTAL_FAILED


@pytest.mark.parametrize("options", [("-text",), ("-text", "-nodetach")])
@pytest.mark.parametrize("field", ["Subject: Huy cong van", "From: a@b.vn", "Date: today", "Comments: x"])
def test_a_header_field_that_is_shown_and_not_signed_leaves_it_open(make, options, field):
    verdict = judge(field.encode() + b"\n" + make(*options))
    assert (verdict.sub_indication, dict(verdict.params)["reason"]) == HEADER
    assert dict(verdict.params)["found"] == field.partition(":")[0]


def test_header_fields_that_nobody_shows_are_let_be(detached):
    trace = b"Return-Path: <a@b.vn>\nReceived: from a\n by b\nX-Mailer: y\nMessage-ID: <1@b.vn>\n"
    assert outcome(trace + detached) == PASSED


def test_header_fields_that_the_signed_part_repeats_are_signed(make):
    inner = b"Subject: V/v\nFrom: a@b.vn\nContent-Type: text/plain\n\nx\n"
    assert outcome(b"Subject: V/v\nFrom: a@b.vn\n" + make(text=inner)) == PASSED
    assert outcome(b"Subject: Other\nFrom: a@b.vn\n" + make(text=inner)) == HEADER
    whole = b"Content-Type: message/rfc822\n\n" + inner
    assert outcome(b"Subject: V/v\n" + make(text=whole)) == PASSED
    assert outcome(b"Subject: Other\n" + make("-nodetach", text=whole)) == HEADER


def boundary_of(data):
    return data.partition(b'boundary="')[2].partition(b'"')[0]


def test_text_around_the_signed_part_leaves_it_open(detached):
    end = b"--" + boundary_of(detached) + b"--"
    first = b"This is an S/MIME signed message"
    assert first in detached
    assert outcome(detached.replace(first, b"Read this instead")) == BESIDE
    assert outcome(detached.replace(end, end + b"\nand this")) == BESIDE
    part = b"--" + boundary_of(detached) + b"\nContent-Type: text/plain\n\nforged\n"
    assert outcome(detached.replace(end, part + end)) == BESIDE


def test_a_signed_message_inside_of_an_unsigned_one_is_judged_and_stays_open(detached):
    inner = detached.replace(b"\r\n", b"\n")
    for kind in (b"multipart/mixed", b"multipart/alternative"):
        other = b"--b\nContent-Type: text/plain\n\nforged\n"
        message = b"Content-Type: " + kind + b"; boundary=b\n\n" + other + b"--b\n" + inner + b"\n--b--\n"
        assert outcome(message) == BESIDE
    assert outcome(b"Content-Type: message/rfc822\n\n" + inner) == BESIDE


def test_encrypted_messages_are_said_to_be_so(tmp_path):
    pki.organisation("rsa-2048").write(tmp_path)
    (tmp_path / "text").write_bytes(MAIL_TEXT)
    made = pki.openssl(tmp_path, "smime", "-encrypt", "-aes256", "-in", "text", "cert.pem").stdout
    assert outcome(made) == (SubIndication.GENERIC, "unjudged-encrypted")


def test_other_signatures_in_mail_are_never_called_unsigned(detached):
    pgp = detached.replace(b"application/x-pkcs7-signature", b"application/pgp-signature")
    assert outcome(pgp) == (SubIndication.GENERIC, "unjudged-format")
    part = b"--b\nContent-Type: application/pkcs7-signature\n\nx\n--b--"
    assert outcome(b"Content-Type: multipart/mixed; boundary=b\n\n" + part) == (
        SubIndication.GENERIC,
        "unjudged-format",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"Subject: x\nContent-Type: text/plain\n\nmultipart/signed pkcs7\n",
        b"Note: how to write application/pkcs7-mime\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nplain\n--b--\n",
    ],
)
def test_other_mail_and_texts_are_unsigned(data):
    assert judge_all(data) == ()
