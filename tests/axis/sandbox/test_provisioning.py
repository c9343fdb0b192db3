"""Over HTTP: agencies come with token, certificates and keys, many at once."""

import asyncio

import pytest
from cryptography.x509.oid import NameOID
from support.sandbox_calls import HAI_PHONG, provision, serial_of

from axis.agencies import queries
from axis.agencies.callers import Callers
from axis.agencies.systems import PURPOSE, list_systems
from axis.sandbox.queries import certificates_of
from signing import keys
from signing.certificates import load_certificates


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


def test_a_thousand_agencies_come_at_once(tester):
    wanted = [
        {"code": f"H{n % 100:02}.{n // 100:02}", "name": f"Cơ quan {n}", "organisation": {"key": "p256"}}
        for n in range(1000)
    ]
    assert len(provision(tester, *wanted)["items"]) == 1000
