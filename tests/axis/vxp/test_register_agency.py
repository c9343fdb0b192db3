"""A system adds, changes and deletes agencies below its own, each signed header once, and nobody else's."""

import itertools

import pytest
from support.old_protocol_systems import DEPARTMENT as UNDER_A
from support.old_protocol_systems import HAI_PHONG as A
from support.old_protocol_systems import OFFICE as B

from axis.agencies import queries
from axis.agencies.directory_changes import AgencyEntry, delete_agency, put_agencies, set_locked
from axis.clock import parse_rfc3339
from axis.protocol.agency_codes import canonical
from axis.vxp.register_agency import read_registration
from axis.vxp.replies import Refused

NEW = canonical("H24.77")
OBJECTS = itertools.count()
MONDAY = parse_rfc3339("2019-06-03T02:11:09Z")


@pytest.fixture
def door(monday_door):
    return monday_door


@pytest.fixture
def client(door):
    return door.join(A, may_register=True)


def again(door):
    """Another object of the same client: it signs another text."""
    client = door.client(A)
    client.directory["object"] = str(next(OBJECTS))
    return client


def agency(**members):
    return {
        "id": "",
        "pcode": A,
        "code": NEW,
        "name": "Sở Nội vụ",
        "mail": "a@b.example",
        "mobile": "0912",
        "fax": "1",
    } | members


def row_of(door, code):
    with door.hub.database.read() as tx:
        rows = queries.agency_rows(tx, [code], deleted=True)
    return rows[0] if rows else None


def codes_of(reply):
    return reply["status"], reply["ErrorCode"]


OK = ("OK", "0")


def refused(code):
    return "FAIL", code


def put(door, code, **members):
    entry = AgencyEntry(canonical(code), "Cơ quan", **members)
    door.hub.database.write(lambda tx: put_agencies(tx, [entry], door.hub.clock.now()))


def test_an_agency_is_added_below_the_systems_own(door, client):
    assert codes_of(client.register(agency())) == OK
    row = row_of(door, NEW)
    assert (row.name, row.parent, row.mail, row.mobile, row.fax) == (
        "Sở Nội vụ",
        A,
        "a@b.example",
        "0912",
        "1",
    )
    assert (row.added_at, row.changed_at, row.version) == (door.hub.clock.now(), door.hub.clock.now(), 1)


@pytest.mark.parametrize("form", ["000.00.77.H24", "H24.77"])
def test_codes_are_taken_in_either_form(door, client, form):
    assert codes_of(client.register(agency(code=form, id=form, pcode="H24"))) == OK
    assert row_of(door, NEW).parent == A


def test_without_a_parent_it_is_the_nearest_above_by_the_codes_shape(door, client):
    assert codes_of(client.register(agency(code="H24.14.05", pcode=""))) == OK
    assert row_of(door, canonical("H24.14.05")).parent == UNDER_A


def test_a_code_whose_shape_names_nobody_above_needs_its_parent_said(door, client):
    reply = client.register(agency(code="vxp.saas.03", pcode=""))
    assert codes_of(reply) == refused("19")
    assert "pcode" in reply["ErrorDesc"]
    assert codes_of(client.register(agency(code="vxp.saas.03"))) == OK
    assert row_of(door, "vxp.saas.03").parent == A


def test_an_agency_of_its_own_is_changed_and_keeps_what_is_left_out(door, client):
    client.register(agency())
    other = again(door)
    assert codes_of(other.register({"code": NEW, "name": "Sở Y tế", "fax": ""})) == OK
    row = row_of(door, NEW)
    assert (row.name, row.mail, row.mobile, row.fax, row.parent) == (
        "Sở Y tế",
        "a@b.example",
        "0912",
        None,
        A,
    )
    assert row.version == 2


def test_it_is_moved_within_the_subtree(door, client):
    put(door, NEW)
    assert codes_of(client.register(agency(pcode=UNDER_A))) == OK
    assert row_of(door, NEW).parent == UNDER_A


def test_an_agency_cannot_be_moved_below_itself(door, client):
    put(door, "H24.14.05")
    reply = client.register(agency(code=UNDER_A, pcode="H24.14.05"))
    assert codes_of(reply) == refused("20")
    assert reply["ErrorDesc"].startswith("pcode: ")


@pytest.mark.parametrize(
    "members",
    [
        {"pcode": B},  # below another
        {"pcode": "H99"},  # below nobody
        {"code": B},  # another's own
        {"code": B, "pcode": ""},
        {"code": "G22.05"},  # by its shape another's
        {"code": "G22.05", "pcode": ""},
    ],
)
def test_what_is_not_below_the_systems_own_is_refused(door, client, members):
    before = row_of(door, B)
    assert codes_of(client.register(agency(**members))) == refused("19")
    assert row_of(door, B) == before
    assert row_of(door, NEW) is None
    assert row_of(door, canonical("G22.05")) is None


def test_the_systems_own_agency_is_renamed_and_not_moved(door):
    put(door, "H99")
    put(door, A, parent=canonical("H99"))
    client = door.join(A, may_register=True)
    assert codes_of(client.register(agency(code=A, pcode=UNDER_A))) == refused("19")
    assert codes_of(client.register(agency(code=A, pcode="H99"))) == OK
    other = again(door)
    assert codes_of(other.register(agency(code=A, pcode="", name="Tỉnh mới"))) == OK
    assert (row_of(door, A).name, row_of(door, A).parent) == ("Tỉnh mới", canonical("H99"))


@pytest.mark.parametrize("code", ["G22.05", "vxp.saas.03"])
def test_an_agency_that_another_deleted_stays_anothers(door, client, code):
    put(door, code, parent=B)
    door.hub.database.write(lambda tx: delete_agency(tx, canonical(code), door.hub.clock.now()))
    assert codes_of(client.register(agency(code=code))) == refused("19")


def test_what_stands_below_an_agency_that_went_to_another_is_anothers(door, client):
    put(door, UNDER_A, parent=B)
    assert codes_of(client.register(agency(code="H24.14.05"))) == refused("19")


def test_a_deleted_agency_comes_back_with_the_lock_it_had(door, client):
    door.hub.database.write(lambda tx: set_locked(tx, UNDER_A, locked=True))
    door.hub.database.write(lambda tx: delete_agency(tx, UNDER_A, door.hub.clock.now()))
    assert codes_of(client.register(agency(code=UNDER_A))) == OK
    row = row_of(door, UNDER_A)
    assert (row.deleted_at, row.locked, row.name) == (None, True, "Sở Nội vụ")


def test_every_fault_of_a_body_is_named_by_its_member(door, client):
    members = {"id": "H24.78", "name": " ", "mail": "nobody", "mobile": "1" * 33, "fax": "a\tb", "pcode": "!"}
    reply = client.register(agency(**members))
    assert codes_of(reply) == refused("20")
    for member in members:
        assert f"{member}: found" in reply["ErrorDesc"]
    assert row_of(door, NEW) is None


@pytest.mark.parametrize(
    ("value", "members"),
    [
        ([], ["body"]),
        (None, ["body"]),
        ({}, ["code", "name"]),
        ({"code": 5, "name": []}, ["code", "name"]),
        ({"code": "no code!", "name": "x"}, ["code"]),
        ({"code": "H24", "name": "x" * 501}, ["name"]),
        ({"code": "H24", "name": "x", "mail": 5, "id": True}, ["id", "mail"]),
        ({"code": "H24", "name": "x", "id": "H25"}, ["id"]),
    ],
)
def test_a_body_of_another_shape_is_refused(value, members):
    with pytest.raises(Refused) as caught:
        read_registration(value)
    said = caught.value.description
    assert [part.partition(":")[0] for part in said.split(". ") if ": found" in part] == members
    assert caught.value.code == "20"


def test_members_that_are_null_or_unknown_are_as_if_left_out():
    read = read_registration({"code": "H24", "name": "x", "id": None, "fax": None, "phone": 5})
    assert (read.code, read.parent, read.contacts) == (A, None, {})


@pytest.mark.parametrize("body", [b"", b"{", b'{"code": "H24", "code": "H25"}', b"\xff", b"[" * 100])
def test_a_body_that_is_no_json_is_refused(client, body):
    answer = client.call("registerAgency", client.directory | {"Content-Type": "application/json"}, body)
    assert codes_of(answer.json()) == refused("20")


def test_a_body_past_the_limit_is_refused(client):
    answer = client.call("registerAgency", client.directory, b" " * (1024 * 1024 + 1))
    assert codes_of(answer.json()) == refused("10")


def test_the_same_headers_register_once_whatever_the_body_says(door, client):
    client.register(agency())
    assert codes_of(client.register(agency(name="Kẻ khác"))) == refused("15")
    assert codes_of(client.register(agency(code="H24.78"))) == refused("15")
    assert row_of(door, NEW).name == "Sở Nội vụ"
    assert row_of(door, canonical("H24.78")) is None


def test_headers_of_a_call_that_was_refused_are_still_good(client):
    assert codes_of(client.register(agency(name=""))) == refused("20")
    assert codes_of(client.register(agency(pcode=B))) == refused("19")
    assert codes_of(client.register(agency())) == OK


def test_a_system_that_may_not_register_changes_nothing(door):
    client = door.join(A)
    assert codes_of(client.register(agency())) == refused("15")
    assert codes_of(client.delete(UNDER_A)) == refused("15")
    assert row_of(door, NEW) is None
    assert row_of(door, UNDER_A).deleted_at is None


def test_a_locked_agencys_system_changes_nothing(door, client):
    door.hub.database.write(lambda tx: set_locked(tx, A, locked=True))
    assert codes_of(client.register(agency())) == refused("19")
    assert row_of(door, NEW) is None


def test_an_agency_below_the_systems_own_is_deleted(door, client):
    assert codes_of(client.delete("H24.14")) == OK
    row = row_of(door, UNDER_A)
    assert (row.deleted_at, row.version) == (door.hub.clock.now(), 2)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("H99", "18"), ("no code!", "18"), (B, "19"), (A, "19")],
)
def test_what_cannot_be_deleted_is_refused(door, client, code, expected):
    assert codes_of(client.delete(code)) == refused(expected)
    assert row_of(door, A).deleted_at is None
    assert row_of(door, B).deleted_at is None


def test_an_agency_with_others_below_it_is_not_deleted(door, client):
    put(door, "H24.14.05")
    reply = client.delete(UNDER_A)
    assert codes_of(reply) == refused("20")
    assert canonical("H24.14.05") in reply["ErrorDesc"]
    assert codes_of(again(door).delete("H24.14.05")) == OK
    assert codes_of(again(door).delete(UNDER_A)) == OK
    assert codes_of(again(door).delete(UNDER_A)) == refused("18")


def test_a_deletion_made_again_deletes_nothing_that_came_back(door, client):
    client.delete(UNDER_A)
    put(door, UNDER_A)
    assert codes_of(client.delete(UNDER_A)) == refused("15")
    assert row_of(door, UNDER_A).deleted_at is None


def test_what_was_added_or_deleted_is_known_at_once(door, client):
    with door.hub.database.read() as tx:
        assert door.hub.directory.get(tx, UNDER_A) is not None
    client.delete(UNDER_A)
    with door.hub.database.read() as tx:
        assert door.hub.directory.get(tx, UNDER_A) is None
