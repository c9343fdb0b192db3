"""Entries are counted from what they mean, and one that cannot be understood is said to be so."""

import json

import pytest

from axis.audit.audit_folder import opened_state
from axis.audit.figures import exchange_figures, months, signature_figures
from axis.audit.recount import Recount, class_of, day_of, event_totals, kept_findings

A, B, C = "000.00.00.H24", "000.00.00.G22", "000.00.00.H26"


@pytest.fixture
def state(tmp_path):
    with opened_state(tmp_path) as opened:
        yield opened


class Entries:
    """Hands on entries in order."""

    def __init__(self, state):
        self.recount, self.position = Recount(state), -1

    def take(self, raw):
        self.position += 1
        self.recount.take(self.position, raw)

    def add(self, event, **members):
        common = {"v": 1, "at": "2019-06-03T02:11:09.000000Z", "clock": "real", "event": event}
        self.take(json.dumps(common | members).encode())

    def accept(self, document, to=(B,), signed_by="none", indication=None, **members):
        verdict = {"indication": indication, "sub_indication": None, "signed_by": signed_by, "policy": "p"}
        said = {"document": document, "from": A, "to": to, "number": "1", "issued_on": "2019-06-03"}
        said |= {"type": "cong-van", "action": "new", "manifest": "ab", "signatures": [], "verdict": verdict}
        self.add("acceptance", **(said | members))

    def status(self, document, code, ordinal=0, **members):
        self.add("status", document=document, delivery=f"{document}.{ordinal}", code=code, **members)


@pytest.fixture
def entries(state):
    return Entries(state)


def test_a_document_counts_by_its_newest_verdict_on_viet_nams_day(state, entries):
    entries.accept("d", signed_by="organisation", indication="TOTAL-PASSED", at="2019-05-31T17:00:00Z")
    entries.accept("e", at="2019-05-31T16:59:59Z")
    verdict = {"indication": "TOTAL-FAILED", "sub_indication": "REVOKED", "signed_by": "none", "policy": "p"}
    entries.add("verdict", document="e", verdict=verdict)
    assert months(state.rows) == ["2019-05", "2019-06"]
    assert (
        signature_figures(state.rows, "2019-05", "agency,day,type")[A, "2019-05-31", "cong-van"]["failed"]
        == 1
    )
    assert signature_figures(state.rows, "2019-06", "agency,type")[A, "cong-van"]["signed"] == 1


@pytest.mark.parametrize(
    ("codes", "became"),
    [
        ((), "pending"),
        (("01",), "pending"),
        (("01", "03"), "handled"),
        (("02",), "refused"),
        (("03", "13", "15"), "withdrawn"),
        (("03", "13", "16"), "handled"),
        (("13",), "pending"),
        (("02", "13", "15"), "withdrawn"),
    ],
)
def test_a_delivery_counts_by_what_became_of_it(state, entries, codes, became):
    entries.accept("d", to=(B, C))
    for code in codes:
        entries.status("d", code, ordinal=1)
    row = exchange_figures(state.rows, "2019-06", "agency,type")[C, "cong-van"]
    assert (row["received"], row[became]) == (1, 1)


def test_an_agreed_update_is_handled_and_not_withdrawn(state, entries):
    entries.accept("d")
    entries.status("d", "13", request={"action": "update", "document": "e"})
    entries.status("d", "15")
    assert exchange_figures(state.rows, "2019-06", "agency,type")[B, "cong-van"]["handled"] == 1


def test_recalls_count_nowhere(state, entries):
    entries.accept("d", action="recall")
    assert months(state.rows) == []
    assert signature_figures(state.rows, "2019-06", "agency,type") == {}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"null",
        b'{"event": "acceptance", "v": 1}',
        b'{"event": "status", "v": 1, "document": {}, "delivery": 1, "code": 3}',
        b"[" * 65_535,
        b'{"event": "key", "v": 1e999, "clock": "real"}',
        b'{"event": "key", "v": NaN, "clock": "real"}',
        b'{"event": "x", "v": 1%s, "clock": "real"}' % (b"0" * 400),
        b'{"event": "x", "event": "key", "v": 1, "clock": "real"}',
        b'{"event": "x", "v": true, "clock": "real"}',
        b'{"event": "x", "v": 2}',
    ],
)
def test_an_entry_that_cannot_be_understood_is_a_finding_and_the_others_count(state, entries, raw):
    entries.take(raw)
    entries.accept("d")
    assert [(each.kind, each.where) for each in kept_findings(state)] == [("event", "entry 0")]
    assert signature_figures(state.rows, "2019-06", "agency,type")[A, "cong-van"]["sent"] == 1


def test_texts_that_are_none_and_statuses_of_nothing_are_findings(state, entries):
    entries.accept("d", number={"a": 1})
    entries.accept("e", to=[B, 3])
    entries.status("nobody", "03")
    entries.accept("f")
    entries.accept("f")
    entries.status("f", "03", ordinal=7)
    assert [each.where for each in kept_findings(state)] == [f"entry {at}" for at in (0, 1, 2, 4, 5)]
    assert signature_figures(state.rows, "2019-06", "agency,type")[A, "cong-van"]["sent"] == 1


def test_events_that_are_not_known_are_passed_over_and_told(state, entries):
    entries.add("comet", clock="moved")
    entries.add("refusal", refusal="r", code="too-large")
    assert kept_findings(state) == []
    totals = event_totals(state)
    assert totals["event"] == {"comet": 1, "refusal": 1}
    assert totals["clock"] == {"moved": 1, "real": 1}


def test_classes_are_those_of_the_contract():
    made = [
        class_of({"indication": indication, "signed_by": signed_by})
        for indication, signed_by in (
            ("TOTAL-PASSED", "both"),
            ("TOTAL-PASSED", "person"),
            ("INDETERMINATE", "none"),
            ("TOTAL-FAILED", "none"),
            (None, "none"),
        )
    ]
    assert made == ["both", "person", "indeterminate", "failed", "unsigned"]


def test_a_time_without_a_zone_is_no_time():
    assert day_of("2019-06-03T17:00:00Z") == "2019-06-04"
    with pytest.raises(ValueError, match="Invalid isoformat"):
        day_of("yesterday")


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59Z", "2019-06-03", ""])
def test_a_time_that_no_calendar_has_is_a_finding(state, entries, at):
    entries.accept("d", at=at)
    entries.accept("e")
    assert len(kept_findings(state)) == (at != "2019-06-03")
    assert sum(row["sent"] for row in signature_figures(state.rows, "2019-06", "agency,type").values()) > 0


def test_recipients_that_are_no_list_and_places_past_all_numbers_are_findings(state, entries):
    entries.accept("d", to="000.00.00.H24")
    entries.accept("e", signatures="ab")
    entries.accept("f")
    entries.status("f", "03", ordinal=10**40)
    assert [each.where for each in kept_findings(state)] == ["entry 0", "entry 1", "entry 3"]


def test_an_expiry_is_of_a_known_delivery_without_a_status(state, entries):
    entries.accept("d", to=(B, C))
    entries.add("expiry", document="d", delivery="d.0", **{"from": A, "to": [B]})
    assert list(kept_findings(state)) == []
    entries.status("d", "03", ordinal=1)
    for document, delivery in (("d", "d.1"), ("d", "d.7"), ("e", "e.0"), ("d", "e.0")):
        entries.add("expiry", document=document, delivery=delivery, **{"from": A, "to": [C]})
    assert [each.where for each in kept_findings(state)] == [f"entry {place}" for place in (3, 4, 5, 6)]
