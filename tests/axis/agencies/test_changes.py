"""The directory's changes: closure, parents, faults; all or nothing."""

import pytest
from sqlalchemy import select

from axis.agencies import queries
from axis.agencies.changes import AgencyEntry, put_agencies, set_locked
from axis.agencies.tables import agency_tree
from axis.clock import Microseconds
from axis.protocol.codes import AgencyCode, canonical
from axis.protocol.errors import QueryInvalid

NOW = Microseconds(1_560_000_000_000_000)


def entry(code: str, name: str = "Cơ quan", **others) -> AgencyEntry:
    return AgencyEntry(canonical(code), name, **others)


def put(database, *entries: AgencyEntry):
    return database.write(lambda tx: put_agencies(tx, list(entries), NOW))


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
