"""Certificates, the authority and its lists over HTTP."""

import datetime as dt

import pytest
from cryptography import x509
from support.application import client_of
from support.asgi import AsgiClient

from axis.authority.stored_authorities import ISSUING, open_authority
from axis.clock import to_datetime
from axis.protocol.agency_codes import canonical
from axis.trust import queries
from signing import authority as ca
from signing import keys
from signing.certificates import fingerprint, to_pem

pytestmark = pytest.mark.usefixtures("authority")


@pytest.fixture
def nameless(database, secret, now):
    """A certificate whose subject names no agency."""
    with database.read() as tx:
        authority = open_authority(tx, ISSUING, secret)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Con dấu")])
    begin = to_datetime(now)
    key = keys.generate("p256").public_key()
    return ca.issue(authority, key, subject, ca.CertificateTerms(begin, begin + dt.timedelta(days=365), 7))


def bound(database, code="000.00.00.H24") -> list[tuple[str, str]]:
    with database.read() as tx:
        return [(row.sha256, row.kind) for row in queries.registrations_of(tx, code)]


def test_a_certificate_that_names_another_agency_is_not_bound(operator, database, chain):
    reply = operator.post("/v1/agencies/H25/certificates", json={"certificate": to_pem(chain[0]).decode()})
    assert (reply.status_code, reply.json()["code"]) == (422, "query-invalid")
    (place,) = reply.json()["errors"]
    assert place["pointer"] == "/certificate"
    assert "000.00.00.H24" in place["found"]
    assert bound(database, "000.00.00.H25") == []


def test_binding_anew_moves_a_certificate_and_unbinding_frees_it(operator, database, nameless):
    body = {"certificate": to_pem(nameless).decode()}
    for code in ("H24", "H25"):
        assert operator.post(f"/v1/agencies/{code}/certificates", json=body).status_code == 201
    assert bound(database) == []
    sha256 = fingerprint(nameless)
    assert operator.delete(f"/v1/agencies/H24/certificates/{sha256}").status_code == 404
    assert operator.delete(f"/v1/agencies/H25/certificates/{sha256.upper()}").status_code == 204
    for unknown in (sha256, "%00", "0" * 63, "x" * 500):
        assert operator.delete(f"/v1/agencies/H25/certificates/{unknown}").status_code == 404
    assert bound(database, "000.00.00.H25") == []


def test_agencies_and_auditors_bind_nothing(app, chain):
    body = {"certificate": to_pem(chain[0]).decode()}
    for grant in ({"role": "agency", "agency": canonical("H24")}, {"role": "auditor", "name": "x"}):
        client = client_of(app, **grant)
        assert client.post("/v1/agencies/H24/certificates", json=body).status_code == 403
        assert client.delete("/v1/agencies/H24/certificates/00").status_code == 403
    assert AsgiClient(app).post("/v1/agencies/H24/certificates", json=body).status_code == 401
