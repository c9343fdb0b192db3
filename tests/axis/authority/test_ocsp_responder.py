"""Over HTTP: what the hub answers about certificates it issued, and about others."""

import base64
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from support import pki
from support.hub_authority import certificates, write_trust

from axis.authority.certificates import revoke
from axis.authority.stored_authorities import ISSUING, ROOT
from axis.clock import from_datetime
from signing.certificates import to_pem
from signing.ocsp import certificate_id, make_request
from signing.ocsp import read_response as read_ocsp_response

pytestmark = pytest.mark.stores("sqlite")

OCSP = {"Content-Type": "application/ocsp-request"}
URL = "http://axis.test"


def asked(client, *named, by_address=False) -> ocsp.OCSPResponse:
    request = make_request(named)
    if by_address:
        reply = client.get(f"/v1/ocsp/{quote(base64.b64encode(request).decode(), safe='')}")
    else:
        reply = client.post("/v1/ocsp", content=request, headers=OCSP)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/ocsp-response")
    return ocsp.load_der_ocsp_response(reply.content)


@pytest.mark.parametrize("by_address", [False, True])
def test_a_certificate_is_good_until_it_is_revoked(client, database, secret, clock, issued, by_address):
    issuer = certificates(database)[ISSUING]
    named = certificate_id(issuer, issued.certificate.serial_number)
    assert asked(client, named, by_address=by_address).certificate_status is ocsp.OCSPCertStatus.GOOD
    at = clock.now()
    database.write(lambda tx: revoke(tx, issued.serial, "superseded", at, secret))
    answer = asked(client, named, by_address=by_address)
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert from_datetime(answer.revocation_time_utc) == at // 1_000_000 * 1_000_000
    assert answer.revocation_reason is x509.ReasonFlags.superseded


def test_what_was_never_issued_is_unknown_and_others_certificates_are_not_answered_for(
    client, database, issued
):
    known = certificates(database)
    unknown = asked(client, certificate_id(known[ISSUING], issued.certificate.serial_number + 1))
    assert unknown.certificate_status is ocsp.OCSPCertStatus.UNKNOWN
    swapped = asked(client, certificate_id(known[ROOT], issued.certificate.serial_number))
    assert swapped.certificate_status is ocsp.OCSPCertStatus.UNKNOWN
    foreign = asked(client, certificate_id(pki.root().certificate, 1))
    assert foreign.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED
    reply = client.post("/v1/ocsp", content=b"none", headers=OCSP)
    malformed = ocsp.load_der_ocsp_response(reply.content)
    assert malformed.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    assert client.get("/v1/ocsp/***").content == reply.content


def test_openssl_believes_what_it_is_answered(client, database, tmp_path, issued, now):
    write_trust(database, tmp_path)
    (tmp_path / "cert.pem").write_bytes(to_pem(issued.certificate))
    who = ["-issuer", "issuing.pem", "-cert", "cert.pem"]
    pki.openssl(tmp_path, "ocsp", "-no_nonce", *who, "-reqout", "request")
    reply = client.post("/v1/ocsp", content=(tmp_path / "request").read_bytes(), headers=OCSP)
    (tmp_path / "reply").write_bytes(reply.content)
    known = ["-CAfile", "root.pem", "-verify_other", "issuing.pem", "-attime", str(now // 1_000_000 + 60)]
    aged = ["-validity_period", "999999999"]  # openssl holds the answer's times against its own clock
    done = pki.openssl(tmp_path, "ocsp", *who, "-respin", "reply", "-no_nonce", *known, *aged)
    assert b"Response verify OK" in done.stderr
    assert b"cert.pem: good" in done.stdout


def test_an_answer_repeats_the_nonce_of_its_request(client, database, issued):
    named = certificate_id(certificates(database)[ISSUING], issued.certificate.serial_number)
    reply = client.post("/v1/ocsp", content=make_request([named], b"once" * 8), headers=OCSP)
    assert read_ocsp_response(reply.content).nonce == b"once" * 8
