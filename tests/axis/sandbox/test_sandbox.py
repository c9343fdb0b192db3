"""Over HTTP: the second listener, who may call it, and what its test powers do."""

import asyncio
import dataclasses

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from sqlalchemy import select
from support.asgi import AsgiClient

from axis.agencies import queries
from axis.agencies.callers import Callers
from axis.agencies.systems import PURPOSE, list_systems
from axis.agencies.tables import agencies, tokens
from axis.authority import queries as authority_queries
from axis.authority.tables import authorities
from axis.clock import parse_rfc3339, real_now, to_datetime
from axis.database import metadata
from axis.database.meta import SANDBOX, get_meta, store, version
from axis.protocol.errors import NotAuthenticated
from axis.sandbox.app import create_sandbox, open_sandbox
from axis.sandbox.queries import certificates_of
from axis.sandbox.state import SandboxRefusedError
from axis.trust.tables import kept_material
from signing import keys
from signing.certificates import load_certificates

HAI_PHONG = {"code": "H24", "name": "Ủy ban nhân dân thành phố Hải Phòng"}
ROUTES = [
    ("POST", "/sandbox/agencies"),
    ("POST", "/sandbox/certificates"),
    ("DELETE", "/sandbox/certificates/1"),
    ("GET", "/sandbox/clock"),
    ("PUT", "/sandbox/clock"),
    ("POST", "/sandbox/reset"),
]


def provision(tester, *wanted, status=201):
    reply = tester.post("/sandbox/agencies", json={"agencies": list(wanted)})
    assert reply.status_code == status, reply.text
    return reply.json()


def serial_of(item) -> str:
    return f"{load_certificates(item['certificate'].encode())[0].serial_number:x}"


def newest_list(database) -> x509.CertificateRevocationList:
    with database.read() as tx:
        return x509.load_der_x509_crl(authority_queries.revocation_list(tx, "issuing").der)


def test_every_route_of_the_listener_is_in_the_table(sandbox):
    served = {
        (method.upper(), path)
        for path, methods in create_sandbox(sandbox).openapi()["paths"].items()
        for method in methods
    }
    assert served == {(method, path.replace("/1", "/{serial}")) for method, path in ROUTES}


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic x", "Bearer é"])
def test_nobody_comes_in_without_the_token_of_this_start(sandbox, method, path, header):
    client = AsgiClient(create_sandbox(sandbox))
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    reply = client.request(method, path, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (401, "not-authenticated")
    assert reply.json()["request_id"]
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_the_token_is_new_at_each_start_and_its_file_is_its_owners_alone(sandbox, settings, watching):
    path = settings.sandbox_token_file
    first = path.read_text(encoding="utf-8")
    open_sandbox(sandbox.database, settings, sandbox.clock, watching)
    assert path.read_text(encoding="utf-8") != first
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_store_that_was_not_made_as_a_sandbox_stays_none(database, settings, clock, watching):
    database.write(lambda tx: tx.execute(store.delete().where(store.c.key == SANDBOX)))
    with pytest.raises(SandboxRefusedError, match="not made as a sandbox"):
        open_sandbox(database, settings, clock, watching)
    assert not settings.sandbox_token_file.exists()


def test_on_postgresql_the_tokens_place_must_be_given(database, settings, clock, watching):
    elsewhere = dataclasses.replace(
        settings, database_url="postgresql+psycopg://nowhere/axis", sandbox_token_file=None
    )
    with pytest.raises(SandboxRefusedError, match="AXIS_SANDBOX_TOKEN_FILE"):
        open_sandbox(database, elsewhere, clock, watching)


def test_an_agency_comes_with_its_token_certificates_and_keys(tester, database):
    person = {"name": "Nguyễn Văn An", "title": "Chủ tịch"}
    (item,) = provision(
        tester, {**HAI_PHONG, "subtree": True, "organisation": {"key": "p256"}, "persons": [person]}
    )["items"]
    assert item["code"] == "000.00.00.H24"
    caller = asyncio.run(Callers(database).identify(f"Bearer {item['token']}"))
    assert (caller.role, caller.agency, caller.subtree) == ("agency", "000.00.00.H24", True)
    for pair in (item["organisation"], *item["persons"]):
        leaf, issuer = load_certificates(pair["certificate"].encode())
        assert leaf.issuer == issuer.subject
        assert keys.from_pem(pair["key"].encode()).public_key() == leaf.public_key()
    assert item["persons"][0]["name"] == person["name"]
    (title,) = leaf.subject.get_attributes_for_oid(NameOID.TITLE)
    assert title.value == "Chủ tịch"


def test_a_key_that_was_kept_does_not_come_back(tester):
    key = keys.generate("rsa-2048")
    pem = keys.public_to_pem(key.public_key()).decode()
    (item,) = provision(tester, {**HAI_PHONG, "organisation": {"public_key": pem}})["items"]
    assert item["organisation"]["key"] is None
    assert load_certificates(item["organisation"]["certificate"].encode())[0].public_key() == key.public_key()


def kept(name="Ủy ban nhân dân thành phố Hải Phòng", key=None):
    pem = keys.public_to_pem((key or keys.derive_p256(b"kept")).public_key()).decode()
    person = {"name": "Nguyễn Văn An", "title": "Chủ tịch", "public_key": pem}
    return {"code": "H24", "name": name, "organisation": {"public_key": pem}, "persons": [person]}


def serials_of(item):
    return [serial_of(pair) for pair in (item["organisation"], *item["persons"])]


def test_a_key_certified_before_gets_its_certificate_again(tester, database):
    first, again = (provision(tester, kept())["items"][0] for _ in range(2))
    assert serials_of(first) == serials_of(again)
    assert first["organisation"] == again["organisation"]
    assert len(set(serials_of(first))) == 2
    with database.read() as tx:
        assert len(certificates_of(tx, ["000.00.00.H24"])) == 2


@pytest.mark.parametrize(
    "other",
    [kept(name="UBND thành phố Hải Phòng"), kept(key=keys.derive_p256(b"other"))],
    ids=["name", "key"],
)
def test_another_name_or_key_gets_a_certificate_of_its_own(tester, other):
    (first,) = provision(tester, kept())["items"]
    (second,) = provision(tester, other)["items"]
    assert set(serials_of(first)).isdisjoint(serials_of(second))


def test_a_certificate_that_was_revoked_or_ran_out_is_not_given_again(tester):
    (first,) = provision(tester, kept())["items"]
    organisation, person = serials_of(first)
    assert tester.delete(f"/sandbox/certificates/{organisation}").status_code == 204
    (second,) = provision(tester, kept())["items"]
    assert serials_of(second)[0] != organisation
    assert serials_of(second)[1] == person
    tester.put("/sandbox/clock", json={"at": "2019-03-12T01:00:00Z"})
    (early,) = provision(tester, kept())["items"]
    assert person not in serials_of(early)


def test_keys_that_are_made_here_are_always_new(tester):
    first, again = (provision(tester, {**HAI_PHONG, "organisation": {}})["items"][0] for _ in range(2))
    assert serial_of(first["organisation"]) != serial_of(again["organisation"])


def test_without_certificates_an_agency_has_a_token_alone(tester):
    (item,) = provision(tester, HAI_PHONG)["items"]
    assert (item["organisation"], item["persons"]) == (None, [])


def test_an_agency_that_is_there_is_changed_and_gets_another_token(tester, database):
    first = provision(tester, HAI_PHONG)["items"][0]["token"]
    second = provision(tester, {**HAI_PHONG, "name": "Hải Phòng", "parent": None})["items"][0]["token"]
    assert first != second
    with database.read() as tx:
        assert [row.name for row in queries.agency_rows(tx, ["000.00.00.H24"])] == ["Hải Phòng"]


def test_an_agency_that_shall_speak_the_old_protocol_gets_a_system_and_others_none(tester, database, sandbox):
    quang_ninh = {"code": "H49", "name": "UBND tỉnh Quảng Ninh", "vxp": False}
    hai_phong, other, third = provision(
        tester, {**HAI_PHONG, "vxp": True}, quang_ninh, {"code": "H50", "name": "UBND tỉnh Quảng Trị"}
    )["items"]
    assert hai_phong["vxp"]["system"] == "000.00.00.H24"
    assert (other["vxp"], third["vxp"]) == (None, None)
    with database.read() as tx:
        (system,) = list_systems(tx)
    assert (system.agency, system.may_register) == ("000.00.00.H24", False)
    assert sandbox.secret.decrypt(system.secret, PURPOSE).decode() == hai_phong["vxp"]["secret"]


def test_a_system_provisioned_again_has_another_secret_and_the_first_is_revoked(tester, database, sandbox):
    first, second = (
        provision(tester, {**HAI_PHONG, "vxp": True})["items"][0]["vxp"]["secret"] for _ in range(2)
    )
    assert first != second
    with database.read() as tx:
        revoked, live = list_systems(tx)
    assert revoked.revoked_at is not None
    assert live.revoked_at is None
    assert sandbox.secret.decrypt(live.secret, PURPOSE).decode() == second


def test_an_agency_provisioned_again_without_a_word_of_its_system_keeps_it(tester, database):
    provision(tester, {**HAI_PHONG, "vxp": True})
    provision(tester, HAI_PHONG)
    with database.read() as tx:
        assert [system.revoked_at for system in list_systems(tx)] == [None]


def test_what_is_described_is_what_is_taken_and_answered(tester, sandbox):
    described = create_sandbox(sandbox).openapi()["paths"]["/sandbox/agencies"]["post"]
    asked = described["requestBody"]["content"]["application/json"]["schema"]
    properties = asked["properties"]["agencies"]["items"]["properties"]
    person = {"name": "Nguyễn Văn An", "title": "Chủ tịch"}
    full = {
        **HAI_PHONG,
        "parent": None,
        "subtree": True,
        "organisation": {},
        "persons": [person],
        "vxp": True,
    }
    assert properties.keys() == full.keys()
    answered = described["responses"]["201"]["content"]["application/json"]["schema"]
    item = answered["properties"]["items"]["items"]
    (made,) = provision(tester, full)["items"]
    assert set(item["required"]) == item["properties"].keys() == made.keys()
    assert set(item["properties"]["vxp"]["required"]) == made["vxp"].keys()


def test_everything_wrong_is_named_and_nothing_is_kept(tester, database):
    problem = provision(
        tester,
        {**HAI_PHONG, "organisation": {"key": "dsa"}, "colour": "red"},
        {"code": "no code!", "name": "", "persons": [{"name": "An"}], "vxp": "yes"},
        {"code": "H25", "name": "x", "parent": 5, "organisation": {"public_key": "PEM"}},
        status=422,
    )
    assert problem["code"] == "query-invalid"
    assert {error["pointer"] for error in problem["errors"]} == {
        "/agencies/0/organisation/key",
        "/agencies/0/colour",
        "/agencies/1/code",
        "/agencies/1/name",
        "/agencies/1/persons/0/title",
        "/agencies/1/vxp",
        "/agencies/2/parent",
        "/agencies/2/organisation/public_key",
    }
    provision(tester, HAI_PHONG, {"code": "H25", "name": "x", "parent": "H99"}, status=422)
    with database.read() as tx:
        assert tx.execute(select(agencies)).all() == tx.execute(select(tokens)).all() == []


@pytest.mark.parametrize(
    "body", [[], {}, {"agencies": []}, {"agencies": [1]}, {"agencies": [HAI_PHONG] * 1001}]
)
def test_a_body_of_another_shape_is_refused(tester, body):
    assert tester.post("/sandbox/agencies", json=body).json()["code"] == "query-invalid"


def test_a_thousand_agencies_come_at_once(tester):
    wanted = [
        {"code": f"H{n % 100:02}.{n // 100:02}", "name": f"Cơ quan {n}", "organisation": {"key": "p256"}}
        for n in range(1000)
    ]
    assert len(provision(tester, *wanted)["items"]) == 1000


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


def test_the_clock_moves_both_ways_and_lists_move_along(tester, database, clock):
    for at in ("2019-03-12T01:00:00Z", "2019-08-20T10:00:00Z", "2015-01-01T00:00:00Z"):
        reply = tester.put("/sandbox/clock", json={"at": at})
        assert reply.status_code == 200
        answered = tester.get("/sandbox/clock").json()
        assert answered["moved"]
        assert 0 <= parse_rfc3339(answered["at"]) - parse_rfc3339(at) < 60_000_000
        assert abs(clock.now() - parse_rfc3339(at)) < 60_000_000
        revocations = newest_list(database)
        assert revocations.last_update_utc <= to_datetime(clock.now()) < revocations.next_update_utc
    assert not tester.put("/sandbox/clock", json={"at": None}).json()["moved"]
    assert abs(clock.now() - real_now()) < 1_000_000


@pytest.mark.parametrize(
    "body", [{}, [], {"at": 5}, {"at": "2009-12-31T00:00:00Z"}, {"at": "2060-01-01T00:00:00Z"}, {"to": None}]
)
def test_the_clock_takes_times_its_authority_lives_in(tester, body):
    assert tester.put("/sandbox/clock", json=body).status_code == 422


def test_a_reset_leaves_an_empty_sandbox_with_a_new_ledger_and_authority(tester, database, clock):
    token = provision(tester, HAI_PHONG)["items"][0]["token"]
    tester.put("/sandbox/clock", json={"at": "2019-03-12T01:00:00Z"})
    kept = {"sha256": "00" * 32, "kind": "crl", "der": b"a list", "kept_at": 1}
    database.write(lambda tx: tx.execute(kept_material.insert(), kept) and None)
    with database.read() as tx:
        before = version(tx)
        root = authority_queries.authority_row(tx, "root").certificate
    assert tester.post("/sandbox/reset").status_code == 204
    with database.read() as tx:
        assert get_meta(tx, SANDBOX) is not None
        assert version(tx) > before
        assert authority_queries.authority_row(tx, "root").certificate != root
        filled = {table.name for table in metadata.sorted_tables if tx.execute(select(table)).first()}
    assert filled == {
        "store",
        "ledger_head",
        "ledger_checkpoints",
        authorities.name,
        "issued_certificates",
        "revocation_lists",
    }
    assert not clock.moved
    with pytest.raises(NotAuthenticated):
        asyncio.run(Callers(database).identify(f"Bearer {token}"))
    provision(tester, {**HAI_PHONG, "organisation": {}})


def test_what_this_process_remembers_follows_at_once(tester, watching):
    provision(tester, HAI_PHONG)
    tester.put("/sandbox/clock", json={"at": None})
    tester.post("/sandbox/reset")
    assert watching.looks == 3
