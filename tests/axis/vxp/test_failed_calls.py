"""What the operator is told of calls that proved nothing: counted in memory, stored in one go, paged."""

import asyncio

import pytest
from support.old_protocol_systems import HAI_PHONG, OFFICE

from axis.agencies.tokens import Grant
from axis.clock import Microseconds, real_now
from axis.protocol.errors import Overloaded
from axis.vxp.failed_calls import FAULTS, Failures, list_failures

AT = Microseconds(1_700_000_000_000_000)


def stored(database, after=None, limit=100):
    with database.read() as tx:
        return [
            (each.system, each.fault, each.count, each.detail) for each in list_failures(tx, after, limit)
        ]


def test_counts_add_up_over_stores_and_processes(database):
    one, other = Failures(database), Failures(database)
    for failures in (one, one, other):
        failures.note(HAI_PHONG, "sendEdoc", "digest", "first", AT)
    one.flush()
    other.flush()
    one.note(HAI_PHONG, "sendEdoc", "digest", "newest", Microseconds(AT + 1))
    one.flush()
    one.flush()
    assert stored(database) == [(HAI_PHONG, "digest", 4, "newest")]


def test_what_cannot_be_stored_now_is_stored_later(database, monkeypatch):
    failures = Failures(database)
    failures.note(HAI_PHONG, "sendEdoc", "digest", "", AT)

    def refuse(_work):
        raise Overloaded

    with monkeypatch.context() as patched:
        patched.setattr(database, "write", refuse)
        with pytest.raises(Overloaded):
            failures.flush()
    failures.note(HAI_PHONG, "sendEdoc", "digest", "", AT)
    failures.flush()
    assert stored(database) == [(HAI_PHONG, "digest", 2, "")]


def test_a_hub_that_stops_stores_what_it_counted_last(door):
    async def run():
        async with door.app.router.lifespan_context(door.app):
            door.hub.failures.note(HAI_PHONG, "getEdoc", "digest", "", real_now())

    asyncio.run(run())
    assert stored(door.hub.database) == [(HAI_PHONG, "digest", 1, "")]


def test_a_detail_is_made_fit_to_be_stored_and_shown(database):
    failures = Failures(database)
    failures.note(HAI_PHONG, "sendEdoc", "timestamp", "a\x00b\ud800" + "x" * 500, AT)
    failures.flush()
    ((*_, detail),) = stored(database)
    assert detail.startswith("a\\u0000b\\ud800x")
    assert len(detail) == 200


def test_the_operator_pages_through_them_and_nobody_else_does(door):
    for system in (HAI_PHONG, OFFICE):
        for fault in FAULTS:
            door.hub.failures.note(system, "getEdoc", fault, "", real_now())
    door.hub.failures.flush()
    operator = door.token(Grant("operator", name="clerk"))
    found, after = [], ""
    while after is not None:
        page = door.http.get(f"/v1/vxp/failures?limit=7&after={after}", headers=operator).json()
        found += [(item["system"], item["fault"]) for item in page["items"]]
        assert all(item["meaning"] == FAULTS[item["fault"]] for item in page["items"])
        after = page["next"]
    assert found == sorted((system, fault) for system in (HAI_PHONG, OFFICE) for fault in FAULTS)
    assert door.http.get("/v1/vxp/failures").status_code == 401
    agency = door.token(Grant("agency", HAI_PHONG))
    assert door.http.get("/v1/vxp/failures", headers=agency).status_code == 403


@pytest.mark.parametrize("after", ["x", "a/b", "a/b/c/d", "%00/a/b", "a%2Fb"])
def test_a_page_behind_nothing_known_is_refused(door, after):
    operator = door.token(Grant("operator", name="clerk"))
    answer = door.http.get(f"/v1/vxp/failures?after={after}", headers=operator)
    assert (answer.status_code, answer.json()["code"]) == (422, "query-invalid")
