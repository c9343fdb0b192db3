"""What a one-stop register takes, and what it refuses with rule, place, found and expected."""

import sqlite3
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from axis.protocol.working_calendar import VIET_NAM
from nodes.systems.dossiers import FOLLOWING, DossierRefused, Filed, file_dossier, move_dossier
from nodes.systems.one_stop import ONE_STOP
from nodes.working_time import WorkingTime

UNIT = "000.00.00.H50"
HOURS = WorkingTime()
AT = datetime(2024, 1, 15, 8, tzinfo=VIET_NAM)
FILED = Filed(f"{UNIT}-240115-0001", "1.000001", 2, "Lê Văn An", "000000000001", AT, AT + timedelta(days=7))


@pytest.fixture
def register():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(ONE_STOP.tables)
    connection.execute("INSERT INTO procedures VALUES ('1.000001', 'Cấp mới', 'full', 1, 5)")
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("change", "rule", "found"),
    [
        ({"code": "000.00.00.H49-240115-0001"}, "code-of-unit", "000.00.00.H49-240115-0001"),
        ({"code": f"{UNIT}-240116-0001"}, "code-of-unit", f"{UNIT}-240116-0001"),
        ({"procedure": "1.999999"}, "procedure-known", "1.999999"),
        ({"channel": 4}, "channel-known", "4"),
        ({"due": AT - timedelta(days=1)}, "dates-forward", "2024-01-14T08:00:00+07:00"),
    ],
)
def test_a_dossier_that_breaks_a_rule_is_refused_with_what_was_found(register, change, rule, found):
    with pytest.raises(DossierRefused) as error:
        file_dossier(register, UNIT, replace(FILED, **change))
    assert (error.value.refused.rule, error.value.refused.found) == (rule, found)
    assert register.execute("SELECT count(*) FROM dossiers").fetchone() == (0,)


def test_a_code_is_taken_once(register):
    file_dossier(register, UNIT, FILED)
    with pytest.raises(DossierRefused, match="code-once"):
        file_dossier(register, UNIT, FILED)


def test_each_status_takes_those_that_may_follow_and_no_other(register):
    for before, following in FOLLOWING.items():
        for status in range(1, 11):
            register.execute("DELETE FROM dossiers")
            register.execute("DELETE FROM progress")
            file_dossier(register, UNIT, FILED)
            register.execute("UPDATE dossiers SET status = ?", (before,))
            if status in following:
                move_dossier(register, FILED.code, status, AT, HOURS)
                continue
            with pytest.raises(DossierRefused, match="status-follows"):
                move_dossier(register, FILED.code, status, AT, HOURS)


def test_a_step_back_in_time_or_of_an_unknown_dossier_is_refused(register):
    file_dossier(register, UNIT, FILED)
    with pytest.raises(DossierRefused, match="dates-forward"):
        move_dossier(register, FILED.code, 2, AT - timedelta(minutes=1), HOURS)
    with pytest.raises(DossierRefused, match="dossier-known"):
        move_dossier(register, f"{UNIT}-240115-0002", 2, AT, HOURS)


def test_waiting_for_a_supplement_moves_the_deadline(register):
    file_dossier(register, UNIT, FILED)
    move_dossier(register, FILED.code, 2, AT, HOURS)
    move_dossier(register, FILED.code, 5, AT, HOURS)
    move_dossier(register, FILED.code, 4, AT + timedelta(days=3), HOURS)
    assert register.execute("SELECT due FROM dossiers").fetchone() == ("2024-01-25T08:00:00+07:00",)


def test_days_without_work_do_not_count_as_waiting_nor_towards_the_deadline(register):
    file_dossier(register, UNIT, FILED)  # on a Monday, due a week later
    hours = WorkingTime(holidays=frozenset({date(2024, 1, 23)}))
    for status, at in ((2, AT), (5, AT + timedelta(days=4)), (4, AT + timedelta(days=7))):
        move_dossier(register, FILED.code, status, at, hours)
    due = "SELECT due FROM dossiers"
    assert register.execute(due).fetchone() == ("2024-01-24T08:00:00+07:00",), "Friday to Monday is one day"
    move_dossier(register, FILED.code, 5, AT + timedelta(days=11), hours)
    move_dossier(register, FILED.code, 4, AT + timedelta(days=12), hours)
    assert register.execute(due).fetchone() == ("2024-01-24T08:00:00+07:00",), "a weekend is none"
