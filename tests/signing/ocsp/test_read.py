"""OCSP requests and responses are read as they were made, and refused with our own error."""

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp as peer
from support import broken_trust, pki
from support.ocsp_responses import AT, DAY, GOOD, identifier, respond, responder

from signing import ocsp
from signing.certificates import load_certificates
from signing.errors import UnreadableOcsp
from signing.ocsp.values import ID_DIGESTS

REVOKED = ocsp.Answer(identifier(11), "revoked", AT, AT + DAY, AT - DAY, "keyCompromise", AT - 9 * DAY)
UNKNOWN = ocsp.Answer(identifier(12), "unknown", AT, None)


@pytest.mark.parametrize("digest", ID_DIGESTS)
def test_a_request_is_read_as_it_was_made(digest):
    asked = (identifier(10, digest), identifier(2**150, digest))
    assert ocsp.read_request(ocsp.make_request(asked, b"n" * 32)) == ocsp.Request(asked, b"n" * 32)
    assert ocsp.read_request(ocsp.make_request(asked)).nonce is None


def test_a_request_by_the_cryptography_package_is_read():
    builder = peer.OCSPRequestBuilder().add_certificate(
        pki.organisation().certificate, pki.issuing().certificate, hashes.SHA256()
    )
    der = builder.build().public_bytes(serialization.Encoding.DER)
    assert ocsp.read_request(der).certificates == (identifier(10, "sha256"),)


def test_a_response_is_read_as_it_was_made():
    read = ocsp.read_response(respond(GOOD, REVOKED, UNKNOWN, nonce=b"x" * 16))
    assert read.answers == (GOOD, REVOKED, UNKNOWN)
    assert read.produced_at == AT
    assert read.nonce == b"x" * 16
    assert read.certificates == (responder().certificate.public_bytes(serialization.Encoding.DER),)


@pytest.mark.parametrize("kind", ["malformed_request", "internal_error", "try_later", "unauthorized"])
def test_a_refusal_answers_nothing(kind):
    der = ocsp.make_refusal(kind)
    assert peer.load_der_ocsp_response(der).response_status.name.lower() == kind
    with pytest.raises(UnreadableOcsp):
        ocsp.read_response(der)


@pytest.mark.parametrize(
    "der", [b"", b"junk", b"0\x03\n\x01\x00", respond(GOOD)[:-1], respond(GOOD) + b"\0", b"0" * 300_000]
)
def test_what_is_no_response_or_request_is_refused_with_our_own_error(der):
    with pytest.raises(UnreadableOcsp):
        ocsp.read_response(der)
    with pytest.raises(UnreadableOcsp):
        ocsp.read_request(der)


def test_more_answers_than_anyone_gives_are_refused():
    with pytest.raises(UnreadableOcsp):
        ocsp.read_response(respond(*[GOOD] * 101))
    with pytest.raises(UnreadableOcsp):
        ocsp.read_request(ocsp.make_request([identifier()] * 101))
    with pytest.raises(UnreadableOcsp):
        ocsp.read_request(ocsp.make_request([identifier()], b"n" * 129))


def test_a_certificate_of_an_issuer_with_a_name_in_latin_1_is_asked_about(tmp_path):
    (issuer,) = load_certificates(broken_trust.latin1_root(tmp_path))
    asked = ocsp.certificate_id(issuer, 5)
    (tmp_path / "request.der").write_bytes(ocsp.make_request([asked]))
    shown = pki.openssl(tmp_path, "ocsp", "-reqin", "request.der", "-req_text").stdout.decode()
    made = pki.openssl(
        tmp_path, "ocsp", "-issuer", "teletex.crt", "-serial", "5", "-no_nonce", "-req_text"
    ).stdout.decode()
    assert shown == made
