"""What is said of deadlines equals a recount from manifests and statuses, whatever happened."""

import json
from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement, Executable
from support.exchange import AUDITOR, MONDAY, UNDER_A, A, B, C, Exchange, speaking_for

from axis.agencies.callers import Caller
from axis.clock import Microseconds, from_datetime, parse_rfc3339, to_datetime
from axis.compliance.deadline_statistics import deadline_items, open_deliveries
from axis.compliance.reconciliation.counter_comparison import reconcile
from axis.compliance.statistics import Question, view_of
from axis.compliance.statistics_periods import spans_of
from axis.compliance.store_checks.due_times import check_due_times
from axis.database import Read
from axis.database.snapshots import hold_snapshot
from axis.deliveries.tables import events
from axis.documents.tables import deliveries, documents, manifests
from axis.protocol.errors import AxisError
from axis.protocol.working_calendar import VIET_NAM, is_working_day

HOUR = 3_600 * 1_000_000
FIGURES = (
    "sent",
    "sent_in_time",
    "sent_late",
    "received",
    "answered_in_time",
    "answered_late",
    "overdue",
    "open",
)


LATE = {"sent": 1, "sent_late": 1, "received": 1, "open": 1}
URGENT = {"sent": 1, "sent_in_time": 1, "received": 1, "overdue": 1}


def asked(
    exchange: Exchange, *by: str, caller: Caller = AUDITOR, now: Microseconds | None = None, **more: Any
) -> list[dict[str, Any]]:
    first, last = more.pop("first", None), more.pop("last", None)
    question = Question(spans_of(first, last, by_day="day" in by), by, **more)
    with exchange.database.read() as tx:
        hold_snapshot(tx)
        now = exchange.clock.at if now is None else now
        return deadline_items(tx, exchange.directory, caller, question, now)


def figures(row: dict[str, Any]) -> dict[str, int]:
    return {name: row[name] for name in FIGURES if row[name]}


def test_a_quiet_hub_has_zeros_and_no_rates(exchange: Exchange) -> None:
    (row,) = asked(exchange)
    assert figures(row) == {}
    assert (row["rate_sent"], row["rate_answered"]) == (None, None)


@pytest.fixture
def lived(exchange: Exchange) -> Exchange:
    """Five documents of A to B (two urgent), one sent late; two are answered, one of them late."""
    answered, late, *_ = (exchange.send(to=(B,)) for _ in range(3))
    exchange.send(to=(B, C), priority="urgent")
    exchange.send(to=(B,), issued_on="2019-05-01", type="bao-cao")
    exchange.send_message("ho-so")
    exchange.give(B, answered.delivery(), "03")
    exchange.clock.at = Microseconds(MONDAY + 24 * HOUR)
    exchange.give(B, late.delivery(), "02", "sai nơi nhận")
    exchange.clock.at = Microseconds(MONDAY + 2 * HOUR)
    return exchange


def test_each_side_is_counted_where_it_belongs(lived: Exchange) -> None:
    rows = {row["agency"]: row for row in asked(lived, "agency")}
    assert figures(rows[A]) == {"sent": 5, "sent_in_time": 4, "sent_late": 1}
    assert rows[A]["rate_sent"] == 4 / 5
    assert figures(rows[B]) == {
        "received": 5,
        "answered_in_time": 1,
        "answered_late": 1,
        "overdue": 1,  # the urgent one
        "open": 2,
    }
    assert rows[B]["rate_answered"] == 1 / 3
    assert figures(rows[C]) == {"received": 1, "overdue": 1}
    assert rows[A]["agency_name"] == f"Cơ quan {A}"


def test_what_is_open_becomes_overdue_as_business_time_goes_on(lived: Exchange) -> None:
    closes = parse_rfc3339("2019-06-03T10:00:00Z")
    for now, still_open in ((MONDAY, 4), (closes, 2), (Microseconds(closes + 1), 0)):
        (row,) = asked(lived, now=now)
        assert (row["open"], row["overdue"]) == (still_open, 4 - still_open)


@pytest.mark.parametrize(
    ("by", "more", "expected"),
    [
        ((), {"recipient": C}, [URGENT]),
        ((), {"sender": B}, [{}]),
        (("type",), {"type": "bao-cao"}, [LATE]),
        (("day",), {"first": "2019-06-04"}, []),
        (("month",), {"recipient": B, "last": "2019-06-03", "type": "bao-cao"}, [LATE]),
        (("level",), {"sender": A, "recipient": C}, [URGENT]),
        (("day", "type"), {"first": "2019-06-03", "sender": A, "type": "bao-cao"}, [LATE]),
    ],
)
def test_filters_narrow_both_sides(
    lived: Exchange, by: tuple[str, ...], more: dict[str, Any], expected: list[dict[str, int]]
) -> None:
    assert [figures(row) for row in asked(lived, *by, **more)] == expected


def test_an_agency_sees_its_own_and_of_others_what_concerns_it(lived: Exchange) -> None:
    (own,) = asked(lived, "agency", caller=speaking_for(C))
    assert (own["agency"], figures(own)) == (C, {"received": 1, "overdue": 1})
    rows = {row["agency"]: figures(row) for row in asked(lived, "agency", caller=speaking_for(A), sender=A)}
    assert set(rows) == {A, B, C}
    assert rows[B]["open"] == 2
    assert asked(lived, "agency", caller=speaking_for(B), sender=A, recipient=C) == []


def test_silent_agencies_get_rows_of_zeros(lived: Exchange) -> None:
    rows = {row["agency"]: row for row in asked(lived, "agency", silent=True)}
    assert set(rows) == {A, B, C, UNDER_A}
    assert figures(rows[UNDER_A]) == {}


@pytest.mark.stores("sqlite")  # PostgreSQL plans by what tables hold: here a few rows
@pytest.mark.parametrize("by", [(), ("agency",), ("agency", "month"), ("level", "type"), ("day",)])
@pytest.mark.parametrize("more", [{}, {"sender": A}, {"recipient": B}])
def test_what_is_open_is_found_by_its_index_whatever_is_asked(
    lived: Exchange, by: tuple[str, ...], more: dict[str, Any]
) -> None:
    question = Question(spans_of("2019-06-03", None, by_day="day" in by), by, **more)
    for caller in (AUDITOR, speaking_for(B), speaking_for(B, subtree=True)):
        with lived.database.read() as tx:
            view = view_of(tx, lived.directory, caller, question)
            plan = tx.execute(Explained(open_deliveries(question, view, lived.clock.at))).all()
        assert "ix_deliveries_answer_due" in str(plan)
        assert "ix_deliveries_recipient" not in str(plan)


class Explained(Executable, ClauseElement):
    """Asks SQLite how it would find rows."""

    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(Explained, "sqlite")
def _explain(element: Explained, compiler: Any, **more: Any) -> str:
    return f"EXPLAIN QUERY PLAN {compiler.process(element.statement, **more)}"


# What follows counts again from manifests and statuses, by rules written down once more.

STEP = st.tuples(
    st.sampled_from(["send", "send", "send", "again", "message", "ask", "status", "status", "status"]),
    st.integers(0, 10**6),
    st.integers(0, 30),  # hours that pass before it
)


def act(exchange: Exchange, sent: list[Any], step: tuple[str, int, int]) -> None:
    """Do one thing, or be refused."""
    what, number, hours = step
    exchange.clock.at = Microseconds(exchange.clock.at + hours * HOUR + number)
    if what in {"send", "again", "message"}:
        to = ((B,), (C,), (B, C))[number % 3]
        issued = to_datetime(exchange.clock.at).date() - timedelta(days=number % 5)
        more = {"issued_on": issued.isoformat(), "priority": ("normal", "urgent", "express")[number % 3]}
        if what == "again" and sent:
            sender, receivers, new = sent[number % len(sent)]
            exchange.record(new).result()  # its outcome is the first one's
            return
        if what == "message":
            exchange.send_message("ho-so", to=to, **more)
            return
        new = exchange.new_document(A, to, signed="unsigned" if number % 2 else "both", **more)
        exchange.record(new).result()
        sent.append((A, to, new))
        return
    if not sent:
        return
    sender, receivers, new = sent[number % len(sent)]
    ordinal = number % len(receivers)
    code = ("01", "02", "03", "04", "05", "06", "13", "15", "16", "15", "03")[number % 11]
    try:
        if what == "status":
            by = sender if code == "13" else receivers[ordinal]
            exchange.give(by, f"{new.id}.{ordinal}", code, f"lý do {number}")
        else:
            recall = exchange.new_document(
                A,
                receivers,
                action=("recall", "update", "replace")[number % 3],
                refers_to=[{"from": A, "number": new.manifest.number, "issued_on": new.manifest.issued_on}],
            )
            with exchange.database.read() as tx:
                target = tx.execute(select(documents.c.position).where(documents.c.id == new.id)).scalar_one()
            object.__setattr__(recall, "targets", (target,))
            exchange.record(recall).result()
    except AxisError:
        return


def worked(day: date) -> date:
    """Return the first working day from a day on."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def last_to_send(manifest: dict[str, Any]) -> datetime:
    day = date.fromisoformat(manifest["issued_on"])
    if manifest.get("priority", "normal") != "normal":
        return datetime.combine(day, time(), VIET_NAM) + timedelta(hours=25)
    morning = manifest["issued_on"] < "2020-03-05"
    return datetime.combine(worked(day + timedelta(days=1)), time(11, 30) if morning else time(17), VIET_NAM)


def last_to_answer(arrived: datetime, manifest: dict[str, Any]) -> datetime:
    local = arrived.astimezone(VIET_NAM)
    while not (
        is_working_day(local.date())
        and (time(7) <= local.time() < time(11, 30) or time(13, 30) <= local.time() < time(17))
    ):
        local = local.replace(minute=local.minute - local.minute % 30, second=0, microsecond=0)
        local += timedelta(minutes=30)
    if manifest.get("priority", "normal") != "normal":
        return local + timedelta(hours=1)
    return local.replace(hour=17, minute=0, second=0, microsecond=0)


def recounted(tx: Read, now: datetime) -> dict[str, Counter[str]]:
    rows: dict[str, Counter[str]] = {}
    given = tx.execute(
        select(events.c.delivery, events.c.code, events.c.at).order_by(events.c.position)
    ).all()
    statement = select(documents.c.position, documents.c.accepted_at, manifests.c.content).join(
        manifests, manifests.c.document == documents.c.position
    )
    for document in tx.execute(statement):
        manifest = json.loads(document.content)
        if manifest.get("action") == "recall" or manifest["type"] == "thong-diep":
            continue
        arrived = to_datetime(document.accepted_at)
        row = rows.setdefault(manifest["from"], Counter())
        row["sent"] += 1
        row["sent_late" if arrived > last_to_send(manifest) else "sent_in_time"] += 1
        for ordinal, recipient in enumerate(manifest["to"]):
            place = document.position * 1_024 + ordinal
            answers = [
                each.at
                for each in given
                if each.delivery == place and each.code in {"02", "03", "04", "05", "06", "15"}
            ]
            row = rows.setdefault(recipient, Counter())
            row["received"] += 1
            due = last_to_answer(arrived, manifest)
            if answers:
                row["answered_late" if to_datetime(answers[0]) > due else "answered_in_time"] += 1
            else:
                row["overdue" if now > due else "open"] += 1
    return rows


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=st.lists(STEP, min_size=5, max_size=25))
def test_figures_are_those_of_a_recount_from_manifests_and_statuses(
    exchange: Exchange, steps: list[tuple[str, int, int]]
) -> None:
    exchange.clock.at = from_datetime(datetime(2020, 2, 27, 8, tzinfo=VIET_NAM))  # a week before the decree
    sent: list[Any] = []
    for step in steps:  # one store for all examples: each adds to what is there
        act(exchange, sent, step)
    with exchange.database.read() as tx:
        expected = recounted(tx, to_datetime(exchange.clock.at))
        assert tx.execute(select(deliveries.c.position).limit(1)).all() or not expected
        assert [*reconcile(tx), *check_due_times(tx)] == []
    rows = {row["agency"]: Counter(figures(row)) for row in asked(exchange, "agency")}
    assert {code: row for code, row in rows.items() if row} == expected
    by_day = Counter[str]()
    for row in asked(exchange, "day", "type"):
        by_day.update(figures(row))
    (whole,) = asked(exchange)
    assert figures(whole) == dict(by_day)
