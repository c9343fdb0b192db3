"""Deadlines are counted from entries alone, between bounds where an older entry does not say enough."""

import json

import pytest

from axis.audit.audit_folder import State, opened_state
from axis.audit.deadline_figures import deadline_figures
from axis.audit.deadline_rules import microseconds
from axis.audit.recount import Recount, kept_findings

A, B, C = "000.00.00.H24", "000.00.00.G22", "000.00.00.H26"
MONDAY, CLOSED = "2019-06-03T02:00:00Z", "2019-06-03T10:00:00.000001Z"


@pytest.fixture
def state(tmp_path):
    with opened_state(tmp_path) as opened:
        yield opened


class Entries:
    """Hands on entries in order."""

    def __init__(self, state: State) -> None:
        self.state, self.recount, self.position = state, Recount(state), -1

    def add(self, event, v=2, at=MONDAY, **members):
        self.position += 1
        leaf = {"v": v, "at": at, "clock": "real", "event": event, **members}
        self.recount.take(self.position, json.dumps(leaf).encode())

    def accept(self, document, to=(B,), **members):
        verdict = {"indication": None, "sub_indication": None, "signed_by": "none", "policy": "p"}
        said = {"document": document, "from": A, "to": to, "number": "1", "issued_on": "2019-06-03"}
        said |= {"type": "cong-van", "action": "new", "manifest": "ab", "signatures": [], "verdict": verdict}
        if members.get("v", 2) > 1:
            said |= {"priority": "normal", "signed_on": "2019-06-03", "kind": None}
        self.add("acceptance", **(said | members))

    def status(self, document, code, at=MONDAY, ordinal=0, **members):
        self.add("status", at=at, document=document, delivery=f"{document}.{ordinal}", code=code, **members)

    def figures(self, now=MONDAY):
        """Return what is not zero, with least and most where they differ."""
        found = deadline_figures(self.state.rows, "2019-06", "agency,type", microseconds(now))
        assert kept_findings(self.state) == []
        return {
            agency: {
                name: bounds.least if bounds.least == bounds.most else tuple(bounds)
                for name, bounds in row.items()
                if bounds.most
            }
            for (agency, _), row in found.items()
        }


@pytest.fixture
def entries(state):
    return Entries(state)


def test_both_sides_are_counted_and_what_is_open_becomes_overdue(entries):
    entries.accept("d", to=(B, C), signed_on="2019-05-02")
    entries.accept("e", priority="urgent")
    entries.status("d", "01")
    entries.status("d", "03", ordinal=1)
    assert entries.figures() == {
        A: {"sent": 2, "sent_in_time": 1, "sent_late": 1},
        B: {"received": 2, "open": 2},
        C: {"received": 1, "answered_in_time": 1},
    }
    entries.status("d", "03", at=CLOSED)
    entries.status("d", "06", at=CLOSED)
    assert entries.figures(now=CLOSED)[B] == {"received": 2, "answered_late": 1, "overdue": 1}


def test_a_verdict_given_again_tells_another_day_of_signing(entries):
    entries.accept("d", signed_on="2019-05-02")
    verdict = {"indication": "TOTAL-PASSED", "sub_indication": None, "signed_by": "both", "policy": "p"}
    entries.add("verdict", document="d", verdict=verdict, signed_on="2019-06-02")
    assert entries.figures()[A] == {"sent": 1, "sent_in_time": 1}


def test_of_an_entry_of_version_1_it_is_not_known_what_was_late(entries):
    entries.accept("old", v=1)
    entries.accept("new")
    entries.status("old", "03")
    assert entries.figures() == {
        A: {"sent": 2, "sent_in_time": (1, 2), "sent_late": (0, 1)},
        B: {"received": 2, "answered_in_time": (0, 1), "answered_late": (0, 1), "open": 1},
    }


def test_recalls_and_messages_count_nowhere(entries):
    entries.accept("d", action="recall")
    entries.accept("e", type="thong-diep", kind="ho-so")
    entries.status("d", "15")
    assert entries.figures() == {}


def test_a_day_that_is_none_is_an_odd_entry(entries, state):
    entries.accept("d", signed_on="2019-06-31")
    assert [finding.where for finding in kept_findings(state)] == ["entry 0"]
