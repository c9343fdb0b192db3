"""A measuring system takes messages and calls, ranks units by them, and refuses what breaks its rules."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

import pytest

from axis.protocol.messages import message_faults
from axis.protocol.working_calendar import VIET_NAM
from nodes.systems.dossiers import DossierRefused
from nodes.systems.measuring import MEASURING, PAGES_MOST, take_step, take_visit
from nodes.systems.measuring_agenda import Measured, begin_measuring
from nodes.systems.measuring_indicators import indicators, not_connected, report
from nodes.systems.one_stop_agenda import Services
from nodes.systems.register import digest, open_register
from nodes.systems.system import Incoming, Setting
from nodes.systems.tracking_protocol import Visit
from nodes.working_time import WorkingTime

HANOI, QUANG_TRI, MINISTRY, ABSENT = "000.00.00.H26", "000.00.00.H50", "000.00.00.G12", "000.00.00.H24"
EARLIER, LATER = "2024-01-04T08:00:00+07:00", "2024-01-06T08:00:00+07:00"
HOURS = WorkingTime()
FIRST, LAST = date(2024, 1, 1), date(2024, 3, 31)
SETTING = Setting("000.00.00.G14", FIRST, LAST, HOURS, 1)
NOW = datetime(2024, 1, 5, 17, tzinfo=VIET_NAM)
MEASURED = Measured(
    reports_to="000.00.00.G22",
    units=(MINISTRY, HANOI, QUANG_TRI, ABSENT),
    offered={MINISTRY: Services(8, 4, 5, 2)},
    tracked=(MINISTRY,),
    visited=(MINISTRY, HANOI),
    targets=((2024, 700, 300),),
    dossiers=30,
    fully_online=20,
    visits=50,
)


def begun(path, measured=MEASURED):
    register = open_register(path, MEASURING.tables)
    begin_measuring(register, SETTING, measured)
    return register


@pytest.fixture
def register(tmp_path):
    """A register that nobody called yet."""
    silent = replace(MEASURED, tracked=(), dossiers=0, fully_online=0, visits=0)
    with closing(begun(tmp_path / "measuring.sqlite", silent)) as opened:
        yield opened


def dossier(code="000.00.00.H26-240105-0001", **changed):
    return {"code": code, "procedure": "1.003560", "channel": 2, "service": "full", "status": 2,
            "at": "2024-01-05T08:00:00+07:00", "due": None} | changed  # fmt: skip


def message(*dossiers, sender=HANOI, indication="TOTAL-PASSED", unit=None):
    body = {"unit": unit or sender, "dossiers": list(dossiers)}
    return Incoming("trang-thai-ho-so", sender, "1/TĐ-MC", "2024-01-05T10:00:00Z", body, indication)


def stepped(register, *inbox, now=NOW):
    return MEASURING.step(register, inbox, now, Random(1))


def refusals(register):
    return [
        (rule, place.rpartition("/")[2], found)
        for rule, place, found in register.execute("SELECT rule, place, found FROM refusals ORDER BY id")
    ]


def run(path):
    register = begun(path)
    sent = [
        each
        for day in HOURS.days(FIRST, LAST)
        for each in stepped(register, now=datetime.combine(day, time(17), VIET_NAM))
    ]
    return register, sent


def test_what_is_called_in_comes_out_to_the_dossier_and_the_same_seed_gives_the_same_register(tmp_path):
    first, sent = run(tmp_path / "first")
    second, _ = run(tmp_path / "second")
    with closing(first), closing(second):
        told = report(first)
        assert (told["dossiers"], told["dossiers fully online"], told["visits"]) == (30, 20, 50)
        assert (told["units connected"], told["units not connected"], told["refusals"]) == (2, 2, 0)
        assert told["… that produced dossiers"] <= told["services declared online"] == 12
        assert digest(first) == digest(second)
    assert [each.body["month"] for each in sent] == ["2024-01", "2024-02"]
    for each in sent:
        assert message_faults(each.kind, json.dumps(each.body).encode()) == []
        assert each.body["not_connected"] == [ABSENT, QUANG_TRI]


def test_units_of_a_kind_are_ranked_by_the_share_handled_fully_online(register):
    stepped(
        register,
        message(dossier(), dossier("000.00.00.H26-240105-0002", channel=1)),
        message(dossier("000.00.00.H50-240105-0001"), sender=QUANG_TRI),
        message(
            dossier("000.00.00.H50-240105-0002", service="partial", procedure="1.000002"), sender=QUANG_TRI
        ),
        message(dossier("000.00.00.H50-240105-0003", channel=3, procedure="1.000003"), sender=QUANG_TRI),
    )
    assert refusals(register) == []
    ranked = {row.unit: row for row in indicators(register, "2024-01", "2024-01")}
    assert (ranked[HANOI].rank, ranked[HANOI].thousandths) == (1, 500)
    assert (ranked[QUANG_TRI].rank, ranked[QUANG_TRI].thousandths) == (2, 333)
    assert (ranked[QUANG_TRI].online, ranked[QUANG_TRI].by_post, ranked[QUANG_TRI].services_used) == (2, 1, 3)
    assert indicators(register, "2024-02", "2024-02") == []
    assert [code for code, _ in not_connected(register)] == [MINISTRY, ABSENT]


def test_a_dossier_that_is_told_of_again_counts_once_and_in_its_first_month(register):
    later = dossier(status=10, at="2024-02-01T08:00:00+07:00")
    older = dossier("H26-240105-0001", status=9, at="2024-02-01T07:00:00+07:00")
    stepped(register, message(dossier()), message(older), message(later))
    assert refusals(register) == []
    rows = register.execute("SELECT code, status, month FROM dossiers WHERE unit = ?", (HANOI,)).fetchall()
    assert rows == [("000.00.00.H26-240105-0001", 3, "2024-01")]


@pytest.mark.parametrize(
    ("told", "rule", "found"),
    [
        (message(dossier(), indication="TOTAL-FAILED"), "signature-passed", "TOTAL-FAILED"),
        (message(dossier(), sender="000.00.00.H23"), "unit-measured", "000.00.00.H23"),
        (message(dossier(), unit=QUANG_TRI), "unit-of-sender", QUANG_TRI),
        (message(dossier("000.00.00.H50-240105-0001")), "code-of-unit", "000.00.00.H50-240105-0001"),
        (message(dossier("000.00.00.G12-240105-0001"), sender=MINISTRY), "procedure-known", "1.003560"),
        (message(dossier(status=9), dossier(status=4, at=LATER)), "status-follows", "2 after 3"),
        (message(dossier(status=4), dossier(status=2, at=LATER)), "status-follows", "1 after 2"),
        (message(dossier(), dossier(at=EARLIER)), "dates-forward", EARLIER),
        (message(dossier(), dossier(procedure="1.000002")), "procedure-same", "1.000002"),
    ],
)
def test_what_breaks_a_rule_is_noted_and_changes_nothing(register, told, rule, found):
    stepped(register, told)
    ((noted, _, what),) = refusals(register)
    assert (noted, what) == (rule, found)
    assert register.execute("SELECT count(*) FROM dossiers WHERE way = 'message'").fetchone()[0] <= 1


def test_what_a_unit_declared_counts_and_not_what_a_call_says_of_the_service(register):
    (code,) = register.execute(
        "SELECT code FROM procedures WHERE unit = ? AND service = 'partial' LIMIT 1", (MINISTRY,)
    ).fetchone()
    told = {"SiteId": "1", "MaHoSo": "000.00.00.G12-240105-0001", "CodeTTHC": f"{code}.000.00.00.G12",
            "Status": "1", "FormsReception": "1", "Level": "4"}  # fmt: skip
    take_step(register, json.dumps(told).encode(), NOW)
    (row,) = indicators(register, "2024-01", "2024-01")
    assert (row.dossiers, row.online, row.fully_online, row.partial_used) == (1, 1, 0, 1)


def test_a_site_that_nobody_has_is_refused(register):
    with pytest.raises(DossierRefused, match="site-known: SiteId: found 9, expected a SiteId that was given"):
        take_visit(register, Visit("9", "/"), NOW)


def test_pages_beyond_a_number_are_counted_together(register):
    for number in range(PAGES_MOST + 5):
        take_visit(register, Visit("2", f"/{number}"), NOW + timedelta(seconds=number))
    rows = register.execute("SELECT count(*), sum(number) FROM visits WHERE unit = ?", (HANOI,)).fetchone()
    assert rows == (PAGES_MOST + 1, PAGES_MOST + 5)
