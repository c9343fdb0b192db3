"""The directory's changes: closure, parents, faults; all or nothing."""

import pytest
from sqlalchemy import select

from axis.agencies import queries
from axis.agencies.directory_changes import AgencyEntry, delete_agency, put_agencies, set_locked
from axis.agencies.tables import agency_tree
from axis.clock import Microseconds
from axis.protocol.agency_codes import AgencyCode, canonical
from axis.protocol.errors import QueryInvalid

NOW = Microseconds(1_560_000_000_000_000)
LATER = Microseconds(NOW + 1_000_000)


def entry(code: str, name: str = "Cơ quan", **others) -> AgencyEntry:
    return AgencyEntry(canonical(code), name, **others)


def put(database, *entries: AgencyEntry, at: Microseconds = NOW):
    return database.write(lambda tx: put_agencies(tx, list(entries), at))


def remove(database, code: str) -> bool:
    return database.write(lambda tx: delete_agency(tx, canonical(code), LATER))


def row_of(database, code: str):
    with database.read() as tx:
        (row,) = queries.agency_rows(tx, [canonical(code)], deleted=True)
    return row


def below(database, code: str) -> set[str]:
    with database.read() as tx:
        return {canonical(each) for each in queries.descendants_of(tx, [canonical(code)])}


def test_an_agency_without_a_parent_stands_below_the_nearest_one_of_its_code_in_any_order(database):
    put(database, entry("H37.02.02"), entry("H37"), entry("H20.14"))
    assert below(database, "H37") == {canonical("H37"), canonical("H37.02.02")}
    put(database, entry("H20"))
    assert below(database, "H20") == {canonical("H20")}  # who was there before keeps its place


def test_an_agency_that_moves_takes_all_below_it_along(database):
    put(database, entry("H01"), entry("H02"), entry("H01.05"), entry("H01.05.07"))
    put(database, entry("H01.05", parent=canonical("H02")))
    assert below(database, "H01") == {canonical("H01")}
    assert below(database, "H02") == {canonical(code) for code in ("H02", "H01.05", "H01.05.07")}


def test_an_agency_cannot_stand_below_its_own_child(database):
    put(database, entry("H01"), entry("H01.05"))
    with pytest.raises(QueryInvalid) as refused:
        put(database, entry("H01", parent=canonical("H01.05")))
    assert refused.value.places[0].pointer == "/agencies/0/parent"
    assert below(database, "H01") == {canonical("H01"), canonical("H01.05")}


def test_one_unknown_parent_keeps_the_whole_file_out_and_is_named(database):
    with pytest.raises(QueryInvalid) as refused:
        put(database, entry("H01"), entry("H02", parent=AgencyCode("nobody")))
    (place,) = refused.value.places
    assert (place.pointer, place.found) == ("/agencies/1/parent", "nobody")
    with database.read() as tx:
        assert tx.execute(select(agency_tree)).all() == []


def test_the_same_agency_twice_is_refused(database):
    with pytest.raises(QueryInvalid) as refused:
        put(database, entry("H01"), entry("000.00.00.H01"))
    assert refused.value.places[0].pointer == "/agencies/1/code"


def test_what_is_left_out_stays_as_it_was(database):
    put(database, entry("H01"), entry("H02", parent=canonical("H01")))
    database.write(lambda tx: set_locked(tx, canonical("H02"), locked=True))
    result = put(database, entry("H02", "Tên mới"))
    assert (result.added, result.known) == (0, 1)
    with database.read() as tx:
        (row,) = queries.agency_rows(tx, [canonical("H02")])
    assert (row.name, row.parent, row.locked) == ("Tên mới", canonical("H01"), True)


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "x" * 501, "exe\u202efdp"])
def test_a_name_nobody_could_read_is_refused(database, name):
    with pytest.raises(QueryInvalid) as refused:
        put(database, entry("H01", name))
    assert refused.value.places[0].pointer == "/agencies/0/name"


def test_a_tree_of_thousands_comes_in_one_transaction(database):
    entries = [entry("H20")] + [entry(f"H20.{n:02}.{m:02}") for n in range(1, 60) for m in range(60)]
    put(database, *entries)
    assert len(below(database, "H20")) == len(entries)


def test_contacts_are_kept_until_others_or_none_are_given(database):
    put(database, entry("H01", mail=" vanthu@haiphong.example ", mobile="0225 382 1055", fax="1"))
    put(database, entry("H01", "Tên mới", fax=None))
    row = row_of(database, "H01")
    assert (row.mail, row.mobile, row.fax) == ("vanthu@haiphong.example", "0225 382 1055", None)


@pytest.mark.parametrize(
    ("contacts", "pointers"),
    [
        ({"mail": "no address"}, ["mail"]),
        ({"mail": "a@b@c"}, ["mail"]),
        ({"mail": "@example.vn"}, ["mail"]),
        ({"mail": "a\u202eb@example.vn"}, ["mail"]),
        ({"mail": ""}, ["mail"]),
        ({"mail": "a" * 244 + "@example.vn"}, ["mail"]),
        ({"mobile": "1" * 33, "fax": "1\t2"}, ["mobile", "fax"]),
        ({"mobile": "  "}, ["mobile"]),
    ],
)
def test_contacts_by_which_nobody_is_reached_are_refused(database, contacts, pointers):
    with pytest.raises(QueryInvalid) as refused:
        put(database, entry("H01", **contacts))
    assert [place.pointer for place in refused.value.places] == [f"/agencies/0/{name}" for name in pointers]


def test_the_longest_contacts_are_taken(database):
    longest = "a" * 243 + "@example.vn"
    put(database, entry("H01", mail=longest, mobile="1" * 32, fax="f" * 32))
    assert row_of(database, "H01").mail == longest


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Tên mới"},
        {"mail": "a@b.example"},
        {"mobile": "1"},
        {"fax": "1"},
        {"parent": canonical("H02")},
    ],
)
def test_a_change_raises_the_version_of_its_agency_alone(database, change):
    put(database, entry("H01"), entry("H02"), entry("H03"))
    put(database, AgencyEntry(canonical("H01"), **{"name": "Cơ quan", **change}), entry("H03"), at=LATER)
    assert (row_of(database, "H01").version, row_of(database, "H01").changed_at) == (2, LATER)
    assert (row_of(database, "H03").version, row_of(database, "H03").changed_at) == (1, NOW)


def test_what_is_as_it_was_is_not_written(database, monkeypatch):
    put(database, entry("H01", mail="a@b.example"), entry("H02"))
    written = []
    upsert = queries.upsert_agencies
    monkeypatch.setattr(
        "axis.agencies.queries.upsert_agencies",
        lambda tx, rows: written.extend(row["code"] for row in rows) or upsert(tx, rows),
    )
    put(database, entry("H01"), entry("H02", "Khác"), at=LATER)
    assert written == [canonical("H02")]


def test_a_lock_changes_nothing_that_others_copy(database):
    put(database, entry("H01"))
    put(database, entry("H01", locked=True), at=LATER)
    database.write(lambda tx: set_locked(tx, canonical("H01"), locked=False))
    put(database, entry("H01", locked=True), at=LATER)
    row = row_of(database, "H01")
    assert (row.locked, row.version, row.changed_at) == (True, 1, NOW)


def test_a_deleted_agency_is_not_found_and_keeps_its_row_and_place(database):
    put(database, entry("H01"), entry("H01.05"))
    assert remove(database, "H01.05")
    with database.read() as tx:
        assert queries.agency_rows(tx, [canonical("H01.05")]) == []
        assert [row.code for row in queries.agency_page(tx, [], None, "", 10)] == [canonical("H01")]
    row = row_of(database, "H01.05")
    assert (row.deleted_at, row.changed_at, row.version) == (LATER, LATER, 2)
    assert below(database, "H01") == {canonical("H01"), canonical("H01.05")}


def test_there_is_nothing_to_delete_or_lock_where_nothing_is(database):
    put(database, entry("H01"))
    assert not remove(database, "H02")
    assert remove(database, "H01")
    assert not remove(database, "H01")
    assert not database.write(lambda tx: set_locked(tx, canonical("H01"), locked=True))
    assert row_of(database, "H01").version == 2


def test_an_agency_with_others_below_it_stays_until_they_are_gone(database):
    put(database, entry("H01"), entry("H01.05"), entry("H01.05.07"))
    with pytest.raises(QueryInvalid) as refused:
        remove(database, "H01")
    assert canonical("H01.05") in str(refused.value.places[0].found)
    assert row_of(database, "H01").deleted_at is None
    assert [remove(database, code) for code in ("H01.05.07", "H01.05", "H01")] == [True] * 3


def test_nothing_is_put_below_a_deleted_agency(database):
    put(database, entry("H01"), entry("H02"), entry("H02.05"))
    remove(database, "H01")
    with pytest.raises(QueryInvalid):
        put(database, entry("H02", parent=canonical("H01")))
    put(database, entry("H01.05"))
    assert row_of(database, "H01.05").parent is None


def test_a_deleted_agency_that_is_put_again_is_there_as_it_was(database):
    put(database, entry("H02"), entry("H01", mail="a@b.example", parent=canonical("H02"), locked=True))
    remove(database, "H01")
    result = put(database, entry("H01", "Tên mới"), entry("H02"), at=LATER)
    assert (result.added, result.known) == (1, 1)
    row = row_of(database, "H01")
    assert (row.name, row.mail, row.parent, row.locked) == ("Tên mới", "a@b.example", canonical("H02"), True)
    assert (row.deleted_at, row.version, row.added_at) == (None, 3, NOW)


def test_a_deleted_agency_comes_back_below_the_nearest_one_where_its_parent_is_gone(database):
    put(database, entry("H01"), entry("H01.05"), entry("H01.05.07"))
    for code in ("H01.05.07", "H01.05"):
        remove(database, code)
    put(database, entry("H01.05.07"))
    assert row_of(database, "H01.05.07").parent == canonical("H01")
    put(database, entry("H01.05"))
    assert row_of(database, "H01.05.07").parent == canonical("H01")
    assert below(database, "H01.05") == {canonical("H01.05")}


def test_deleted_agencies_move_with_the_one_above_them(database):
    put(database, entry("H01"), entry("H02"), entry("H01.05"), entry("H01.05.07"))
    remove(database, "H01.05.07")
    put(database, entry("H01.05", parent=canonical("H02")))
    assert below(database, "H02") == {canonical(code) for code in ("H02", "H01.05", "H01.05.07")}
