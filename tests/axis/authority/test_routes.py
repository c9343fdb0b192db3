"""What the hub's own authority gives to anyone, as openssl and our own verifier read it."""

import base64
import hashlib
from datetime import timedelta
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from support import pki
from support.application import application
from support.asgi import AsgiClient

from axis.authority import queries, routes
from axis.authority.certificates import Request, issue, record, revoke
from axis.authority.stored_authorities import ISSUING, ROOT, open_authority
from axis.authority.timestamp_authority import POLICY, STAMPING
from axis.clock import Clock, from_datetime, to_datetime
from axis.database.secret_key import open_secret_key
from axis.settings import Settings
from axis.trust.material import NOTHING, read_material
from signing import keys
from signing.certificates import to_pem
from signing.ocsp import certificate_id, make_request
from signing.ocsp import read_response as read_ocsp_response
from signing.paths.validation import TrustMaterial, validate_path
from signing.timestamps import make_request as make_timestamp_request
from signing.timestamps import read_response, verify_token

DATA = b"what is stamped"
TSA = {"Content-Type": "application/timestamp-query"}
OCSP = {"Content-Type": "application/ocsp-request"}
URL = "http://axis.test"


@pytest.fixture
def settings(tmp_path):
    return Settings(database_url=f"sqlite:///{tmp_path}/axis.db", public_url=URL)


@pytest.fixture
def secret(settings):
    return open_secret_key(settings, make=True)


@pytest.fixture
def clock(now):
    clock = Clock()
    clock.move(now - clock.now())
    return clock


@pytest.fixture
def client(database, settings, clock):
    return AsgiClient(application(database, routes.router, settings=settings, clock=clock))


@pytest.fixture
def issued(database, secret, now, authority):  # noqa: ARG001 - for its effect
    with database.read() as tx:
        issuing = open_authority(tx, ISSUING, secret)
    request = Request("000.00.00.H24", "Hải Phòng", keys.generate("p256").public_key())
    made = issue(issuing, request, now, URL)
    database.write(lambda tx: record(tx, [made]))
    return made


def certificates(database) -> dict[str, x509.Certificate]:
    with database.read() as tx:
        found = queries.authority_certificates(tx)
    return {name: x509.load_der_x509_certificate(der) for name, der in found.items()}


def write_trust(database, folder):
    known = certificates(database)
    (folder / "root.pem").write_bytes(to_pem(known[ROOT]))
    (folder / "issuing.pem").write_bytes(to_pem(known[ISSUING]))


def stamped(client, request: bytes) -> bytes:
    reply = client.post("/v1/tsa", content=request, headers=TSA)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/timestamp-reply")
    return reply.content


def material(database) -> TrustMaterial:
    with database.read() as tx:
        return read_material(tx, NOTHING).material


def verified(database, token):
    trust = material(database)
    return verify_token(
        token, DATA, paths=lambda leaf, enclosed, at: validate_path(leaf, enclosed, trust, at)
    )


@pytest.mark.usefixtures("authority")
def test_a_timestamp_tells_business_time_and_is_believed_by_openssl_and_by_us(
    client, database, tmp_path, now
):
    (tmp_path / "data").write_bytes(DATA)
    pki.openssl(tmp_path, "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query")
    reply = stamped(client, (tmp_path / "query").read_bytes())
    (tmp_path / "reply").write_bytes(reply)
    write_trust(database, tmp_path)
    known = ["-CAfile", "root.pem", "-untrusted", "issuing.pem", "-attime", str(now // 1_000_000 + 60)]
    done = pki.openssl(tmp_path, "ts", "-verify", "-queryfile", "query", "-in", "reply", *known)
    assert b"Verification: OK" in done.stdout
    verdict = verified(database, read_response(reply).token)
    assert verdict.is_believed, verdict
    assert abs(verdict.at - to_datetime(now)) < timedelta(minutes=1)
    assert verdict.policy == POLICY


@pytest.mark.usefixtures("authority")
def test_every_timestamp_has_a_serial_number_of_its_own_and_one_certificate(client, database):
    request = make_timestamp_request(hashlib.sha256(DATA).digest())
    verdicts = [verified(database, read_response(stamped(client, request)).token) for _ in range(3)]
    assert len({verdict.serial for verdict in verdicts}) == 3
    assert len({verdict.authority for verdict in verdicts}) == 1


@pytest.mark.usefixtures("authority")
def test_a_revoked_stamping_certificate_is_replaced_and_its_timestamps_are_not_believed_from_then(
    client, database, secret, clock
):
    request = make_timestamp_request(hashlib.sha256(DATA).digest())
    stamped(client, request)
    before = certificates(database)[STAMPING]
    serial = f"{before.serial_number:x}"
    database.write(lambda tx: revoke(tx, serial, "keyCompromise", clock.now(), secret))
    assert verified(database, read_response(stamped(client, request)).token).is_believed
    assert certificates(database)[STAMPING] != before


@pytest.mark.usefixtures("authority")
def test_what_cannot_be_stamped_is_refused_with_its_reason(client):
    digest = hashlib.sha256(DATA).digest()
    requests = {
        "digest": make_timestamp_request(hashlib.sha1(DATA, usedforsecurity=False).digest(), digest="sha1"),
        POLICY: make_timestamp_request(digest, policy="1.2.3"),
        "no request": b"none",
    }
    for word, request in requests.items():
        answer = read_response(stamped(client, request))
        assert answer.token is None
        assert word in answer.texts[0]


def test_without_an_authority_there_is_nothing(client):
    assert client.post("/v1/tsa", content=b"", headers=TSA).status_code == 404
    assert client.post("/v1/ocsp", content=b"", headers=OCSP).status_code == 404
    assert client.get("/v1/ocsp/AA==").status_code == 404


@pytest.mark.usefixtures("authority")
@pytest.mark.parametrize(("path", "headers"), [("/v1/tsa", TSA), ("/v1/ocsp", OCSP)])
def test_other_media_types_and_large_bodies_are_refused(client, path, headers):
    assert client.post(path, content=b"x", headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.post(path, content=bytes(70_000), headers=headers).status_code == 413


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


def test_certificates_name_where_to_ask(issued):
    access = issued.certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert f"{URL}/v1/ocsp" in [each.access_location.value for each in access]


@pytest.mark.usefixtures("authority")
def test_anyone_fetches_the_authority_and_its_lists(client, database):
    for name in ("root", "issuing"):
        reply = client.get(f"/v1/ca/{name}.crt")
        certificate = x509.load_der_x509_certificate(reply.content)
        assert reply.headers["content-type"] == "application/pkix-cert"
        reply = client.get(f"/v1/crl/{name}.crl")
        assert reply.headers["content-type"] == "application/pkix-crl"
        assert x509.load_der_x509_crl(reply.content).is_signature_valid(certificate.public_key())
        tag = reply.headers["etag"]
        again = client.get(f"/v1/crl/{name}.crl", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    for unknown in ("nobody", "%00", "x" * 500):
        assert client.get(f"/v1/ca/{unknown}.crt").status_code == 404
        assert client.get(f"/v1/crl/{unknown}.crl").status_code == 404
    database.write(lambda tx: tx.execute(queries.authorities.delete()))
    assert client.get("/v1/ca/root.crt").json()["code"] == "not-found"
