"""What the hub's own authority gives to anyone, as openssl and our own verifier read it."""

import pytest
from cryptography import x509

from axis.authority import queries

TSA = {"Content-Type": "application/timestamp-query"}
OCSP = {"Content-Type": "application/ocsp-request"}
URL = "http://axis.test"


def test_without_an_authority_there_is_nothing(client):
    assert client.post("/v1/tsa", content=b"", headers=TSA).status_code == 404
    assert client.post("/v1/ocsp", content=b"", headers=OCSP).status_code == 404
    assert client.get("/v1/ocsp/AA==").status_code == 404


@pytest.mark.usefixtures("authority")
@pytest.mark.parametrize(("path", "headers"), [("/v1/tsa", TSA), ("/v1/ocsp", OCSP)])
def test_other_media_types_and_large_bodies_are_refused(client, path, headers):
    assert client.post(path, content=b"x", headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.post(path, content=bytes(70_000), headers=headers).status_code == 413


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
