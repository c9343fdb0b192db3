"""The directory as the hub asks it: who there is, and who may speak for whom."""

import pytest
from support.token_holders import HAI_PHONG, token_for, who

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory, subtree_filter
from axis.agencies.directory_changes import AgencyEntry, delete_agency, put_agencies
from axis.agencies.tables import agencies
from axis.clock import real_now
from axis.database.store_facts import version
from axis.protocol.agency_codes import canonical
from axis.protocol.errors import QueryInvalid


def test_a_deleted_agency_is_as_if_locked_and_not_in_the_directory(database, callers):
    token = token_for(database, role="agency", agency=HAI_PHONG)
    below = canonical("H24.05")
    for code in (below, HAI_PHONG):
        database.write(lambda tx, code=code: delete_agency(tx, code, real_now()))
    assert who(callers, token).locked
    directory, whole = Directory(), Caller("agency", HAI_PHONG, True, None, "1")
    with database.read() as tx:
        assert set(directory.find(tx, [HAI_PHONG, below, canonical("H25")])) == {canonical("H25")}
        assert directory.may_speak_for(tx, whole, below)  # and reads what that one had


@pytest.mark.usefixtures("callers")
def test_a_subtree_speaks_for_all_below_it_and_nobody_else(database):
    directory = Directory()
    whole = Caller("agency", HAI_PHONG, True, None, "1")
    alone = Caller("agency", HAI_PHONG, False, None, "2")
    auditor = Caller("auditor", None, False, "x", "3")
    with database.read() as tx:
        for _ in range(2):  # from the store, then from memory
            answers = [
                [directory.may_speak_for(tx, caller, canonical(code)) for code in ("H24", "H24.05", "H25")]
                for caller in (whole, alone, auditor)
            ]
            assert answers == [[True, True, False], [True, False, False], [False, False, False]]
        seen = {
            caller.token_id: set(
                tx.execute(
                    agencies.select()
                    .with_only_columns(agencies.c.code)
                    .where(subtree_filter(agencies.c.code, caller))
                ).scalars()
            )
            for caller in (whole, alone, auditor)
        }
    assert [len(seen[each]) for each in "123"] == [2, 1, 3]


@pytest.mark.usefixtures("callers")
def test_the_directory_answers_from_memory_until_it_is_told_of_a_change(database):
    directory = Directory()
    with database.read() as tx:
        assert directory.get(tx, HAI_PHONG).name == "H24"
        assert directory.get(tx, canonical("H99")) is None
    database.write(lambda tx: put_agencies(tx, [AgencyEntry(HAI_PHONG, "Hải Phòng")], real_now()))
    with database.read() as tx:
        assert directory.get(tx, HAI_PHONG).name == "H24"
        directory.forget(version(tx))
        assert directory.get(tx, HAI_PHONG).name == "Hải Phòng"
        assert set(directory.find(tx, [HAI_PHONG, canonical("H25"), canonical("H99")])) == {
            HAI_PHONG,
            canonical("H25"),
        }


@pytest.mark.usefixtures("callers")
def test_a_relay_speaks_for_the_agencies_marked_via_it_and_these_do_not_speak_themselves(database):
    below, other = canonical("H24.05"), canonical("H25")
    marked = [AgencyEntry(HAI_PHONG, "H24", via="h24"), AgencyEntry(below, "H24.05", via="h24")]
    database.write(lambda tx: put_agencies(tx, marked, real_now()))
    database.write(lambda tx: put_agencies(tx, [AgencyEntry(other, "H25", via="h25")], real_now()))
    directory = Directory()
    relay = Caller("relay", None, False, "h24", "1")
    agency = Caller("agency", HAI_PHONG, True, None, "2")
    with database.read() as tx:
        assert [directory.may_speak_for(tx, relay, code) for code in (HAI_PHONG, below, other)] == [1, 1, 0]
        assert [directory.may_speak_for(tx, agency, code) for code in (HAI_PHONG, below, other)] == [0, 0, 0]
        mine = tx.execute(agencies.select().where(subtree_filter(agencies.c.code, relay))).all()
        assert sorted(row.code for row in mine) == sorted((HAI_PHONG, below))


@pytest.mark.usefixtures("callers")
def test_an_agency_keeps_its_relay_until_it_is_taken_away(database):
    def put(**more):
        database.write(lambda tx: put_agencies(tx, [AgencyEntry(HAI_PHONG, "H24", **more)], real_now()))
        with database.read() as tx:
            return Directory().get(tx, HAI_PHONG).via

    assert [put(via="h24"), put(), put(via=None)] == ["h24", "h24", None]
    with pytest.raises(QueryInvalid) as refused:
        put(via="no name")
    assert refused.value.places[0].pointer == "/agencies/0/via"
