"""Operators add, list and remove trust anchors over HTTP, several generations side by side."""

import pytest
from support import broken_trust, pki
from support.application import application
from support.asgi import AsgiClient

from axis.agencies.tokens import Grant, create_tokens
from axis.clock import real_now
from axis.judging.judge import Trust
from axis.settings import Settings
from axis.trust import anchor_routes, queries
from axis.trust.material import NOTHING, read_material
from signing.certificates import fingerprint, load_certificates, to_der, to_pem
from signing.paths.validation import TrustMaterial

ROOT, ISSUING = pki.root().certificate, pki.issuing().certificate
OLD_ROOT = pki.authority.create_root(
    pki.key("old root"), pki.authority_subject("Root", "Ban Cơ yếu"), pki.terms(3)
).certificate


@pytest.fixture
def app(database):
    return application(database, anchor_routes.router)


@pytest.fixture
def operator(app):
    grant = Grant(role="operator", name="Vận hành")
    (token,) = app.state.hub.database.write(lambda tx: create_tokens(tx, [grant], real_now()))
    return AsgiClient(app, {"Authorization": f"Bearer {token}"})


def address(certificate) -> str:
    return f"/v1/trust/certificates/{fingerprint(certificate)}"


def put(operator, certificate, **more):
    if not more:
        more = {"content": to_pem(certificate), "headers": {"Content-Type": "application/x-pem-file"}}
    return operator.put(address(certificate), **more)


def material(database) -> TrustMaterial:
    with database.read() as tx:
        return read_material(tx, NOTHING).material


def test_a_root_and_an_issuer_are_added_by_what_they_are(operator, database):
    assert put(operator, ROOT).status_code == 201
    der = {"content": to_der(ISSUING), "headers": {"Content-Type": "application/pkix-cert"}}
    reply = put(operator, ISSUING, **der)
    assert reply.status_code == 201
    assert reply.json()["role"] == "intermediate"
    assert reply.json()["certificate"]["sha256"] == fingerprint(ISSUING)
    assert material(database).roots == (to_der(ROOT),)
    assert material(database).intermediates == (to_der(ISSUING),)


def test_several_generations_stand_side_by_side_and_go_one_by_one(operator, database):
    for certificate in (OLD_ROOT, ROOT):
        assert put(operator, certificate).status_code == 201
    listed = operator.get("/v1/trust/certificates").json()
    assert [item["certificate"]["sha256"] for item in listed["items"]] == [
        fingerprint(OLD_ROOT),
        fingerprint(ROOT),
    ]
    assert listed["next"] is None
    assert operator.delete(address(OLD_ROOT)).status_code == 204
    assert material(database).roots == (to_der(ROOT),)
    assert operator.delete(address(OLD_ROOT)).status_code == 404


def test_adding_again_changes_nothing_and_another_role_takes_its_place(operator, database):
    first = put(operator, ROOT).json()
    again = put(operator, ROOT)
    assert (again.status_code, again.json()) == (200, first)
    body = {"certificate": to_pem(ROOT).decode(), "role": "intermediate"}
    assert put(operator, ROOT, json=body).json()["role"] == "intermediate"
    assert material(database).roots == ()


def test_a_certificate_is_fetched_as_it_was_added(operator):
    put(operator, ROOT)
    reply = operator.get(address(ROOT))
    assert load_certificates(reply.content) == [ROOT]
    assert operator.get(address(ISSUING)).status_code == 404


def test_another_certificate_than_the_address_names_is_refused(operator, database):
    reply = operator.put(address(ISSUING), json={"certificate": to_pem(ROOT).decode()})
    assert (reply.status_code, reply.json()["code"]) == (422, "query-invalid")
    assert reply.json()["errors"][0]["expected"] == fingerprint(ROOT)
    assert material(database).roots == ()


BODIES = [
    ({"json": []}, 422),
    ({"json": {"certificate": 1}}, 422),
    ({"json": {"certificate": "none", "role": "root"}}, 422),
    ({"json": {"certificate": "none", "role": "leaf"}}, 422),
    ({"json": {"certificate": "none", "kind": "person"}}, 422),
    ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
    ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 415),
]


@pytest.mark.parametrize(("body", "status"), BODIES)
def test_what_is_no_certificate_is_refused(operator, body, status):
    assert operator.put(address(ROOT), **body).status_code == status


@pytest.mark.parametrize("role", ["agency", "auditor", None])
def test_nobody_else_may_say_what_is_trusted(app, role):
    client = AsgiClient(app)
    if role is not None:
        who = {"agency": "000.00.00.H24"} if role == "agency" else {"name": "x"}
        (token,) = app.state.hub.database.write(
            lambda tx: create_tokens(tx, [Grant(role=role, **who)], real_now())
        )
        client = AsgiClient(app, {"Authorization": f"Bearer {token}"})
    status = 401 if role is None else 403
    assert put(client, ROOT).status_code == status
    assert client.delete(address(ROOT)).status_code == status
    assert client.get("/v1/trust/certificates").status_code == status


def test_what_is_trusted_changes_with_the_store(operator, database):
    trust = Trust(database, Settings())
    before = trust.material.digest
    put(operator, ROOT)
    with database.read() as tx:
        trust.reload(tx)
    trust.close()
    assert trust.material.digest != before
    assert trust.material.roots == (to_der(ROOT),)


def test_a_certificate_nobody_can_use_is_refused_with_its_reason(operator):
    lazy = broken_trust.with_extension("2.5.29.30", bytes.fromhex("3003a00105"))
    reply = put(operator, lazy)
    assert reply.status_code == 422
    assert "name_constraints cannot be read" in reply.json()["errors"][0]["found"]


def test_a_row_that_cannot_be_read_is_named_shown_as_it_is_and_removed(operator, database):
    bad = {"sha256": "0" * 64, "role": "root", "der": b"\x30\x00", "added_at": real_now()}
    database.write(lambda tx: queries.put_trusted(tx, bad))
    assert put(operator, ROOT).status_code == 201
    listed = operator.get("/v1/trust/certificates").json()
    assert [item["certificate"]["sha256"] for item in listed["items"]] == [fingerprint(ROOT)]
    assert [each["item"] for each in listed["left_out"]] == [f"store: certificate {'0' * 64}"]
    path = f"/v1/trust/certificates/{'0' * 64}"
    assert operator.get(path).text.startswith("-----BEGIN CERTIFICATE-----\nMAA=\n")
    assert operator.delete(path).status_code == 204
    assert operator.get("/v1/trust/certificates").json()["left_out"] == []


def test_a_root_with_a_name_in_latin_1_is_added_shown_and_listed(operator, tmp_path, database):
    (certificate,) = load_certificates(broken_trust.latin1_root(tmp_path))
    assert put(operator, certificate).status_code == 201
    (item,) = operator.get("/v1/trust/certificates").json()["items"]
    assert (item["role"], item["certificate"]["subject"]) == ("root", "CN=CA Phú")
    assert operator.get(address(certificate)).content == to_pem(certificate)
    assert material(database).roots == (to_der(certificate),)
