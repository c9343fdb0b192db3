"""OCSP responses that openssl believes: equal arguments give equal bytes."""

import pytest
from support import pki
from support.ocsp_responses import AT, GOOD, identifier, respond, responder

from signing import ocsp
from signing.certificates import to_pem
from signing.errors import InvalidTimes


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
