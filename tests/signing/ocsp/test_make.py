"""OCSP responses that openssl believes: equal arguments give equal bytes."""

from datetime import timedelta

import pytest
from support import pki

from signing import ocsp
from signing.authority import Authority
from signing.certificate_subjects import authority_subject
from signing.certificates import to_pem
from signing.errors import InvalidTimes

AT = pki.AT.replace(microsecond=0)
DAY = timedelta(days=1)


def identifier(serial=10, digest="sha1"):
    return ocsp.certificate_id(pki.issuing().certificate, serial, digest)


def responder(key="responder"):
    certificate = ocsp.issue_responder(
        pki.issuing(), pki.key(key).public_key(), authority_subject("Responder", "X"), AT - DAY, AT + DAY, 40
    )
    return Authority(certificate, pki.key(key), "responder")


def respond(*answers, by=None, nonce=None):
    by = by or responder()
    return ocsp.make_response(
        by.certificate, by.key, answers, pki.AT, nonce=nonce, certificates=[by.certificate]
    )


GOOD = ocsp.Answer(identifier(), "good", AT, AT + DAY)


def test_the_same_response_is_made_of_the_same_bytes():
    assert respond(GOOD) == respond(GOOD)


def test_a_response_without_a_zone_is_refused():
    by = responder()
    with pytest.raises(InvalidTimes):
        ocsp.make_response(by.certificate, by.key, [GOOD], AT.replace(tzinfo=None))
    with pytest.raises(InvalidTimes):
        ocsp.issue_responder(pki.issuing(), pki.key("x").public_key(), by.certificate.subject, AT, AT, 1)


@pytest.mark.parametrize("key", ["responder", "rsa-2048"])
def test_openssl_believes_our_responses_and_asks_as_we_read(tmp_path, key):
    (tmp_path / "root.pem").write_bytes(to_pem(pki.root().certificate))
    (tmp_path / "issuing.pem").write_bytes(to_pem(pki.issuing().certificate))
    (tmp_path / "cert.pem").write_bytes(to_pem(pki.organisation().certificate))
    at = str(int(AT.timestamp()))
    about = ("-issuer", "issuing.pem", "-cert", "cert.pem")
    pki.openssl(tmp_path, "ocsp", *about, "-reqout", "asked.der")
    request = ocsp.read_request((tmp_path / "asked.der").read_bytes())
    assert request.certificates == (identifier(),)
    (tmp_path / "answer.der").write_bytes(respond(GOOD, by=responder(key), nonce=request.nonce))
    done = pki.openssl(
        tmp_path, "ocsp", *about, "-respin", "answer.der", "-CAfile", "root.pem", "-reqin", "asked.der",
        "-attime", at, "-no_nonce", "-validity_period", "999999999",
    )  # fmt: skip
    assert b"cert.pem: good" in done.stdout
    assert b"Response verify OK" in done.stderr
