"""An agency asks for its certificate over HTTP, an operator decides, and a sandbox does at once."""

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from support.application import application, client_of

from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.authority.certificates import create_authority, revoke
from axis.clock import Clock, real_now
from axis.database.secret_key import open_secret_key
from axis.database.store_facts import SANDBOX, store
from axis.protocol.agency_codes import canonical
from axis.settings import Settings
from axis.trust import certificate_request_routes
from signing.certificate_subjects import read_subject
from signing.certificates import load_certificates
from signing.keys import generate

PEM = {"Content-Type": "application/x-pem-file"}
URL = "http://axis.test"


def request_by(key) -> bytes:
    """A request whose subject is nobody's."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Văn phòng Chính phủ")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def settings(tmp_path):
    """The store is a sandbox's, whose requests wait as every other hub's do."""
    address = f"sqlite:///{tmp_path}/axis.db"
    return Settings(database_url=address, public_url=URL, sandbox_requests="wait")


@pytest.fixture
def app(database, settings):
    """The routes over a store with two agencies and an authority."""
    entries = [AgencyEntry(canonical(code), f"UBND {code}") for code in ("H24", "000.00.01.H24", "H25")]
    database.write(lambda tx: put_agencies(tx, entries, real_now()))
    secret = open_secret_key(settings, make=True)
    clock = Clock()
    database.write(lambda tx: create_authority(tx, clock.now(), secret, URL, kind="p256", sandbox=False))
    return application(database, certificate_request_routes.router, settings=settings, clock=clock)


@pytest.fixture
def agency(app):
    return client_of(app, role="agency", agency=canonical("H24"))


@pytest.fixture
def operator(app):
    return client_of(app, role="operator", name="Vận hành")


def asked(client, key=None, code="H24"):
    return client.post(
        f"/v1/agencies/{code}/certificates/requests", content=request_by(key or generate("p256")), headers=PEM
    )


def test_what_is_approved_becomes_the_certificate_of_the_agency_whatever_the_request_says(agency, operator):
    key = generate("rsa-2048")
    waits = asked(agency, key)
    assert (waits.status_code, waits.json()["state"]) == (202, "waiting")
    address = waits.headers["location"]
    assert agency.get(address).json() == waits.json()
    approved = operator.post(f"{address}/approval")
    assert (approved.status_code, approved.json()["decided_by"]) == (201, "Vận hành")
    read = agency.get(address).json()
    assert read == approved.json()
    leaf, issuer = load_certificates(read["certificate"].encode())
    assert leaf.public_key() == key.public_key()
    assert read_subject(leaf).agency == "000.00.00.H24"
    assert "UBND H24" in leaf.subject.rfc4514_string()
    leaf.verify_directly_issued_by(issuer)
    again = asked(agency, key)
    assert (again.status_code, again.json()) == (200, read)
    for decision in ("approval", "refusal"):
        late = operator.post(
            f"{address}/{decision}", **({} if decision == "approval" else {"json": {"reason": "x"}})
        )
        assert (late.status_code, late.json()["code"]) == (409, "certificate-request-decided")


def test_a_refusal_tells_its_agency_why_and_it_may_ask_again(agency, operator):
    key = generate("p256")
    address = asked(agency, key).headers["location"]
    for wrong in ({}, {"reason": ""}, {"reason": "x" * 501}, {"reason": 1}, {"reason": "a", "why": "b"}):
        assert operator.post(f"{address}/refusal", json=wrong).status_code == 422
    assert operator.post(f"{address}/refusal", json={"reason": "Sai đầu mối"}).status_code == 200
    read = agency.get(address).json()
    assert (read["state"], read["reason"], read["certificate"]) == ("refused", "Sai đầu mối", None)
    assert operator.post(f"{address}/approval").status_code == 409
    again = asked(agency, key)
    assert again.status_code == 202
    assert again.headers["location"] != address
    assert [each["state"] for each in listed(agency)] == ["refused", "waiting"]
    assert [each["state"] for each in listed(operator, "?state=waiting")] == ["waiting"]


def listed(client, query="", code="H24"):
    """All requests, page by page."""
    found, after = [], ""
    while after is not None:
        joint = "&" if query else "?"
        address = f"/v1/agencies/{code}/certificates/requests{query}{joint}limit=1&after={after}"
        page = client.get(address).json()
        found += page["items"]
        after = page["next"]
    return found


def test_nobody_asks_for_another_or_sees_anothers(app, agency, operator):
    address = asked(agency).headers["location"]
    other = client_of(app, role="agency", agency=canonical("H25"))
    assert asked(other).json()["code"] == "not-your-agency"
    assert other.get(address).json()["code"] == "not-found"
    assert other.get(address.replace("H24", "H25")).json()["code"] == "not-found"
    assert asked(agency, code="000.00.01.H24").json()["code"] == "not-your-agency"
    above = client_of(app, role="agency", agency=canonical("H24"), subtree=True)
    assert asked(above, code="000.00.01.H24").status_code == 202
    auditor = client_of(app, role="auditor", name="Kiểm toán")
    assert auditor.get(address).status_code == 200
    assert asked(auditor).status_code == 403
    assert auditor.post(f"{address}/approval").status_code == 403
    assert asked(agency, code="H99").json()["code"] == "not-found"
    for unknown in ("0", "%00", "x" * 500):
        assert operator.get(f"/v1/agencies/H24/certificates/requests/{unknown}").json()["code"] == "not-found"


def test_a_key_is_certified_for_one_agency_and_once(app, agency, operator, database, settings):
    key = generate("p256")
    address = asked(agency, key).headers["location"]
    other = client_of(app, role="agency", agency=canonical("H25"))
    refused = asked(other, key, "H25").json()
    assert (refused["code"], refused["errors"][0]["found"]) == (
        "certificate-request-invalid",
        "the key of another request",
    )
    serial = operator.post(f"{address}/approval").json()["serial"]
    secret = open_secret_key(settings)
    database.write(lambda tx: revoke(tx, serial, "keyCompromise", real_now(), secret))
    assert "revoked" in asked(agency, key).json()["errors"][0]["found"]


def test_requests_that_cannot_be_certified_are_refused_and_few_wait(agency):
    for data in (b"", b"x", request_by(generate("p256"))[:200]):
        reply = agency.post("/v1/agencies/H24/certificates/requests", content=data, headers=PEM)
        assert (reply.status_code, reply.json()["code"]) == (422, "certificate-request-invalid")
    address = "/v1/agencies/H24/certificates/requests"
    assert agency.post(address, content=b"x").status_code == 415
    assert agency.post(address, content=bytes(20_000), headers=PEM).status_code == 413
    for _ in range(5):
        assert asked(agency).status_code == 202
    assert "5 requests that wait" in asked(agency).json()["errors"][0]["found"]
    assert len(listed(agency)) == 5


def test_a_sandbox_issues_at_once_and_no_other_hub_does(app, agency, database):
    app.state.hub.settings = replace(app.state.hub.settings, sandbox_requests="issue")
    reply = asked(agency)
    assert (reply.status_code, reply.json()["decided_by"]) == (201, "the sandbox")
    assert load_certificates(reply.json()["certificate"].encode())
    database.write(lambda tx: tx.execute(store.delete().where(store.c.key == SANDBOX)))
    assert asked(agency).status_code == 202


def test_a_hub_without_an_authority_takes_no_requests(database):
    database.write(lambda tx: put_agencies(tx, [AgencyEntry(canonical("H24"), "H24")], real_now()))
    app = application(database, certificate_request_routes.router)
    assert asked(client_of(app, role="agency", agency=canonical("H24"))).json()["code"] == "not-found"
