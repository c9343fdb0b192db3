"""Over HTTP: the sandbox's operator takes services down and up again, and what met them is marked."""

import logging

import pytest

from axis.compliance.rejudging import RETRIES
from axis.database import StoreFailing
from axis.database.failures import RETRY_AFTER_SECONDS
from axis.database.injected_faults import SLOW_SECONDS, is_down, put_services_down, services_down
from axis.database.store_facts import get_fact, set_fact


def test_services_go_down_and_up_again(tester, database):
    up = dict.fromkeys(("revocation", "timestamps", "disk", "store"), "up")
    assert tester.get("/sandbox/faults").json() == up
    answer = tester.put("/sandbox/faults", json={"revocation": "down"})
    assert answer.json() == up | {"revocation": "down"}
    with database.read() as tx:
        assert services_down(tx) == {"revocation"}
    assert tester.put("/sandbox/faults", json={"timestamps": "down"}).json() == up | {"timestamps": "down"}
    assert tester.put("/sandbox/faults", json={}).json() == up


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"revocation": "sideways"},
        {"disk": "full"},
        {"store": "down"},
        {"network": "slow"},
        {"timestamps": None},
    ],
)
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


def test_a_full_store_takes_no_writes_until_it_has_room_and_nothing_of_them_is_kept(tester, database, caplog):
    tester.put("/sandbox/faults", json={"store": "full"})
    with caplog.at_level(logging.WARNING, "axis.sandbox"), pytest.raises(StoreFailing) as caught:
        database.write(lambda tx: set_fact(tx, "mine", "1"))
    assert caught.value.params["retry_after_seconds"] == RETRY_AFTER_SECONDS
    marks = [record.facts for record in caplog.records if record.message == "an injected fault was met"]
    assert (marks, database.faults.met["store"]) == ([{"service": "store"}], 1)
    with pytest.raises(StoreFailing):
        database.probe()
    with database.read() as tx:
        assert get_fact(tx, "mine") is None
    assert database.failing
    assert tester.put("/sandbox/faults", json={}).json()["store"] == "up"
    database.probe()
    assert not database.failing
    database.write(lambda tx: set_fact(tx, "mine", "2"))
    with database.read() as tx:
        assert get_fact(tx, "mine") == "2"


def test_a_slow_disk_holds_each_transaction_up_before_it_is_kept(tester, database):
    slept = []
    database.faults.sleep = slept.append
    tester.put("/sandbox/faults", json={"disk": "slow"})
    database.write(lambda tx: set_fact(tx, "mine", "1"))
    tester.put("/sandbox/faults", json={})
    database.write(lambda tx: set_fact(tx, "mine", "2"))
    assert (slept, database.faults.met) == ([SLOW_SECONDS], {"disk": 1})


def test_a_reset_brings_everything_up(tester):
    everything = {"revocation": "down", "timestamps": "down", "disk": "slow", "store": "full"}
    assert tester.put("/sandbox/faults", json=everything).json() == everything
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
