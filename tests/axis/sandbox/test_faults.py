"""Over HTTP: the sandbox's operator takes services down and up again, and what met them is marked."""

import logging

import pytest

from axis.compliance.rejudging import RETRIES
from axis.database.injected_faults import is_down, put_services_down, services_down
from axis.database.store_facts import get_fact


def test_services_go_down_and_up_again(tester, database):
    up = {"revocation": "up", "timestamps": "up"}
    assert tester.get("/sandbox/faults").json() == up
    answer = tester.put("/sandbox/faults", json={"revocation": "down"})
    assert answer.json() == up | {"revocation": "down"}
    with database.read() as tx:
        assert services_down(tx) == {"revocation"}
    assert tester.put("/sandbox/faults", json={"timestamps": "down"}).json() == up | {"timestamps": "down"}
    assert tester.put("/sandbox/faults", json={}).json() == up


@pytest.mark.parametrize("body", [[], {"revocation": "sideways"}, {"disk": "slow"}, {"timestamps": None}])
def test_what_is_no_service_or_state_is_refused(tester, body):
    answer = tester.put("/sandbox/faults", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "query-invalid")


def test_what_could_not_be_decided_is_judged_again_even_after_an_outage_that_nobody_saw(tester, database):
    for body in ({"revocation": "down"}, {}):
        with database.read() as tx:
            before = get_fact(tx, RETRIES)
        tester.put("/sandbox/faults", json=body)
        with database.read() as tx:
            assert get_fact(tx, RETRIES) != before


def test_a_reset_brings_everything_up(tester):
    tester.put("/sandbox/faults", json={"revocation": "down", "timestamps": "down"})
    assert tester.post("/sandbox/reset").status_code == 204
    assert set(tester.get("/sandbox/faults").json().values()) == {"up"}


def test_meeting_a_fault_is_marked_in_the_log(database, caplog):
    database.write(lambda tx: put_services_down(tx, frozenset({"timestamps"})))
    with caplog.at_level(logging.WARNING, "axis.sandbox"), database.read() as tx:
        assert not is_down(tx, "revocation")
        assert caplog.records == []
        assert is_down(tx, "timestamps")
    (record,) = caplog.records
    assert (record.getMessage(), record.facts) == ("an injected fault was met", {"service": "timestamps"})
