"""A one-stop system steps through its agenda: exact counts, messages that fit, the same for a seed."""

import json
from datetime import date, datetime, time
from decimal import Decimal
from random import Random

import pytest

from axis.protocol.messages import message_faults
from axis.protocol.working_calendar import VIET_NAM
from nodes.errors import NodesError, ScenarioInvalid
from nodes.systems.one_stop import ONE_STOP, report, services
from nodes.systems.one_stop_agenda import Dossiers, Services, prepare, scaled
from nodes.systems.register import digest, digest_of, open_register
from nodes.systems.system import Setting
from nodes.working_time import WorkingTime

DOSSIERS = Dossiers(200, 150, 10, 4, 20, 6, 2, 60)
HOURS = WorkingTime()
FIRST, LAST = date(2024, 1, 1), date(2024, 3, 31)


def run(path, seed=1):
    register = open_register(path, ONE_STOP.tables)
    setting = Setting("000.00.00.H50", FIRST, LAST, HOURS, seed)
    prepare(register, setting, DOSSIERS, Services(10, 5, 7, 2), "000.00.00.G22")
    sent = [
        message
        for day in HOURS.days(FIRST, LAST)
        for message in ONE_STOP.step(
            register,
            (),
            datetime.combine(day, time(17), VIET_NAM),
            Random(1),
        )
    ]
    return register, sent


def test_the_register_gives_the_figures_to_the_dossier_and_the_same_digest_for_a_seed(tmp_path):
    register, sent = run(tmp_path / "first")
    found = report(register, datetime.combine(LAST, time(17), VIET_NAM))
    assert found["received"] == DOSSIERS.received
    assert found["resolved"] == DOSSIERS.resolved
    assert found["resolved early"] + found["resolved on the day"] == DOSSIERS.resolved_in_time
    assert found["resolved overdue"] == DOSSIERS.resolved_overdue
    assert found["resolved without a recorded deadline"] == DOSSIERS.resolved_without_deadline
    assert found["in progress in time"] == DOSSIERS.open_in_time
    assert found["in progress overdue"] == DOSSIERS.open_overdue
    assert found["in progress without a recorded deadline"] == DOSSIERS.open_without_deadline
    assert found["not received or withdrawn"] == DOSSIERS.closed_otherwise
    assert found["fully online"] == DOSSIERS.fully_online
    assert found["apologies"] >= DOSSIERS.open_overdue
    promised = register.execute("SELECT at, promised FROM apologies").fetchall()
    assert all(
        len(list(HOURS.days(date.fromisoformat(at[:10]), date.fromisoformat(day)))) == 6
        for at, day in promised
    )
    assert register.execute("SELECT count(*) FROM refusals").fetchone() == (0,)
    assert [figure.measured for figure in services(register)] == [10, 7, 5, 2]
    told = [each["code"] for message in sent for each in message.body["dossiers"]]
    assert len(set(told)) == DOSSIERS.received
    assert all(message_faults(message.kind, json.dumps(message.body).encode()) == [] for message in sent)
    again, _ = run(tmp_path / "again")
    other, _ = run(tmp_path / "other", seed=2)
    assert digest(register) == digest(again) != digest(other)
    for each in (register, again, other):
        each.close()
    assert digest_of(tmp_path / "first") == digest_of(tmp_path / "again")
    with pytest.raises(NodesError, match="found a register, expected none"):
        open_register(tmp_path / "first", ONE_STOP.tables)


def test_what_the_agenda_may_not_do_is_noted_with_its_rule(tmp_path):
    register = open_register(tmp_path / "register", ONE_STOP.tables)
    register.execute("INSERT INTO unit VALUES ('000.00.00.H50', '000.00.00.G22', '2024-06-30')")
    at = datetime(2024, 1, 15, 8, tzinfo=VIET_NAM)
    row = (at.isoformat(), "000.00.00.H49-240115-0001", 1, "1.000001", 1, "Lê Văn An", "000000000001", None)
    register.execute("INSERT INTO agenda VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    assert list(ONE_STOP.step(register, (), at, Random(1))) == []
    assert register.execute("SELECT rule, found FROM refusals").fetchall() == [("code-of-unit", row[1])]
    register.close()


def test_a_scale_that_gives_no_whole_numbers_is_refused_with_the_nearest_that_does():
    assert scaled(DOSSIERS, Decimal("0.5")).received == 100
    with pytest.raises(ScenarioInvalid, match=r"found scale 0\.3.*the nearest scale that gives them is 1/2"):
        scaled(DOSSIERS, Decimal("0.3"))
