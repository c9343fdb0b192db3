"""Over HTTP: single certificates with any times, and their revocation."""

import pytest
from cryptography import x509
from support.sandbox_calls import HAI_PHONG, provision, serial_of

from axis.authority import queries as authority_queries
from signing.certificates import load_certificates


def newest_list(database) -> x509.CertificateRevocationList:
    with database.read() as tx:
        return x509.load_der_x509_crl(authority_queries.revocation_list(tx, "issuing").der)


def test_single_certificates_take_any_times(tester):
    provision(tester, HAI_PHONG)
    reply = tester.post(
        "/sandbox/certificates",
        json={
            "agency": "H24",
            "person": {"name": "Trần Bình", "title": "Thư ký"},
            "not_before": "2018-01-01T00:00:00Z",
            "not_after": "2018-02-01T00:00:00+07:00",
        },
    )
    assert reply.status_code == 201
    leaf, _issuer = load_certificates(reply.json()["certificate"].encode())
    assert (leaf.not_valid_before_utc.year, leaf.not_valid_after_utc.day) == (2018, 31)
    assert reply.json()["serial"] == f"{leaf.serial_number:x}"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"agency": "H99"}, "/agency"),
        ({"agency": "H24", "not_before": "yesterday"}, "/not_before"),
        ({"agency": "H24", "not_after": "2019-01-01T00:00:00"}, "/not_after"),
        ({"agency": "H24", "not_before": "2020-01-01T00:00:00Z", "not_after": "2019-01-01T00:00:00Z"}, ""),
        ({"agency": "H24", "not_before": "0001-01-01T00:00:00+23:59"}, "/not_before"),
        ({"agency": "H24", "not_after": "9999-12-31T23:59:59-23:59"}, "/not_after"),
        ({"agency": "H24", "key": "p256", "public_key": "x"}, "/public_key"),
    ],
)
def test_a_certificate_that_cannot_be_is_refused_with_its_place(tester, body, pointer):
    provision(tester, HAI_PHONG)
    reply = tester.post("/sandbox/certificates", json=body)
    assert reply.status_code == 422
    assert pointer in {error["pointer"] for error in reply.json()["errors"]}


def test_a_revoked_certificate_is_on_the_list_at_once(tester, database):
    (item,) = provision(tester, {**HAI_PHONG, "organisation": {}})["items"]
    serial = serial_of(item["organisation"])
    reply = tester.request("DELETE", f"/sandbox/certificates/{serial}", json={"reason": "keyCompromise"})
    assert reply.status_code == 204
    (entry,) = list(newest_list(database))
    assert f"{entry.serial_number:x}" == serial
    assert tester.delete(f"/sandbox/certificates/{serial}").status_code == 204
    for unknown in ("123", "xyz", "%00", "f" * 5000):
        assert tester.delete(f"/sandbox/certificates/{unknown}").status_code == 404
    reply = tester.request("DELETE", f"/sandbox/certificates/{serial}", json={"reason": "bored"})
    assert reply.status_code == 422
