"""Asking for a time-stamp: an answer is used only if it is one to this very request."""

import hashlib

import pytest
from support import pki, tsa

from signing import cms
from signing.cms.parse import parse
from signing.errors import TimestampRefused, UnreadableTimestamp
from signing.timestamps import Failure, granted, obtain_token, read_request, refused
from signing.timestamps.attach import signature_value

OCTETS = b"the octets"


def asked(answer, nonce=7):
    return obtain_token(OCTETS, answer, nonce=nonce)


def test_the_token_that_answers_the_request_is_given():
    token = asked(tsa.answered)
    assert tsa.judge(token, OCTETS).is_believed
    assert not tsa.judge(token, b"others").is_believed


def test_the_request_names_sha256_a_nonce_and_wants_certificates():
    requests = []

    def answer(request):
        requests.append(read_request(request))
        return tsa.answered(request)

    asked(answer, nonce=2**64 - 1)
    (request,) = requests
    assert (request.digest, request.nonce, request.wants_certificates) == ("sha256", 2**64 - 1, True)
    assert request.imprint == hashlib.sha256(OCTETS).digest()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda request: tsa.answered(request, nonce=8), "nonce"),
        (lambda request: tsa.answered(request, nonce=None), "nonce"),
        (lambda request: tsa.answered(request, imprint=hashlib.sha256(b"x").digest()), "imprint"),
        (
            lambda request: tsa.answered(request, digest="sha512", imprint=hashlib.sha512(OCTETS).digest()),
            "imprint",
        ),
        (lambda _: refused(Failure.BAD_ALGORITHM, "not today"), "not today"),
    ],
    ids=["another nonce", "no nonce", "other octets", "another digest", "refused"],
)
def test_an_answer_to_something_else_is_refused(answer, reason):
    with pytest.raises(TimestampRefused, match=reason):
        asked(answer)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>no</html>",
        b"\x30\x00",
        granted(b"\x30\x00"),
        granted(b"\x30\x03\x02\x01\x00"),
        granted(cms.sign(b"", pki.organisation().certificate, pki.organisation().key)),
        b"\x30" * 100_000,
    ],
    ids=["nothing", "a page", "empty", "no token", "half a token", "a signature", "too large"],
)
def test_what_is_no_answer_is_refused(answer):
    with pytest.raises(UnreadableTimestamp):
        asked(lambda _request: answer)


@pytest.mark.parametrize("kind", ["p256", "rsa-2048"])
def test_a_signature_with_its_time_stamp_is_cades_t_for_us_and_openssl(tmp_path, kind):
    signer = pki.organisation(kind)
    signature = cms.sign(
        pki.CONTENT,
        signer.certificate,
        signer.key,
        chain=signer.chain,
        signing_time=pki.AT,
        stamp=tsa.stamp,
    )
    verdict = pki.judge(signature, at=pki.AT + pki.timedelta(days=1))
    assert (verdict.indication, verdict.format) == ("TOTAL-PASSED", "CAdES")
    assert (verdict.trusted_time, verdict.time_source) == (pki.AT, "rfc3161")
    tsa.write_issuers(tmp_path)
    (tmp_path / "content").write_bytes(pki.CONTENT)
    (tmp_path / "signature").write_bytes(signature)
    (tmp_path / "value").write_bytes(signature_value(signature))
    parsed = parse(signature, max_bytes=2**18, max_certificates=8, max_signers=1)
    (tmp_path / "token").write_bytes(parsed.signers[0].unsigned.timestamps[0])
    at = ["-CAfile", "root.pem", "-attime", str(int(pki.AT.timestamp()))]
    files = ["-inform", "DER", "-in", "signature", "-content", "content", "-out", "out"]
    pki.openssl(tmp_path, "cms", "-verify", "-binary", *files, *at, "-purpose", "any")
    known = ["-untrusted", "issuers.pem", *at]
    done = pki.openssl(tmp_path, "ts", "-verify", "-data", "value", "-token_in", "-in", "token", *known)
    assert b"Verification: OK" in done.stdout
