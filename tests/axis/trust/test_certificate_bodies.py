"""Over HTTP: a certificate is taken as JSON, PEM or DER, and what is none is refused with its place."""

import pytest

from axis.trust import queries
from signing.certificates import fingerprint, to_der, to_pem

pytestmark = pytest.mark.usefixtures("authority")


def bound(database, code="000.00.00.H24") -> list[tuple[str, str]]:
    with database.read() as tx:
        return [(row.sha256, row.kind) for row in queries.registrations_of(tx, code)]


def test_a_certificate_is_bound_from_json_with_its_kind(operator, database, chain):
    body = {"certificate": to_pem(*chain).decode(), "kind": "person"}
    reply = operator.post("/v1/agencies/H24/certificates", json=body)
    assert reply.status_code == 201
    assert reply.json()["agency"] == "000.00.00.H24"
    assert reply.json()["certificate"]["sha256"] == fingerprint(chain[0])  # the first is the signer's
    assert bound(database) == [(fingerprint(chain[0]), "person")]


@pytest.mark.parametrize("media_type", ["application/x-pem-file", "application/pkix-cert"])
def test_a_certificate_is_bound_as_it_is(operator, database, chain, media_type):
    content = to_pem(chain[0]) if "pem" in media_type else to_der(chain[0])
    headers = {"Content-Type": media_type}
    reply = operator.post("/v1/agencies/H24/certificates", content=content, headers=headers)
    assert reply.status_code == 201
    assert bound(database) == [(fingerprint(chain[0]), "organisation")]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], {""}),
        ({}, {"/certificate"}),
        ({"certificate": "PEM"}, {"/certificate"}),
        ({"certificate": 5, "kind": "ghost", "colour": 1}, {"/certificate", "/kind", "/colour"}),
        ({"certificate": "", "kind": []}, {"/kind"}),
    ],
)
def test_what_is_no_certificate_is_refused_with_its_places(operator, body, pointers):
    reply = operator.post("/v1/agencies/H24/certificates", json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "query-invalid")
    assert {error["pointer"] for error in reply.json()["errors"]} == pointers


def test_other_media_types_and_unknown_agencies_are_refused(operator, chain):
    reply = operator.post("/v1/agencies/H24/certificates", content=b"", headers={"Content-Type": "text/xml"})
    assert reply.status_code == 415
    body = {"certificate": to_pem(chain[0]).decode()}
    assert operator.post("/v1/agencies/H99/certificates", json=body).status_code == 404
