"""The portal takes messages in: statuses and steps are counted, look-ups answered, refusals noted."""

from datetime import datetime, timedelta
from random import Random

import pytest

from axis.protocol.working_calendar import VIET_NAM
from nodes.systems.portal import PORTAL, look_up, report, step
from nodes.systems.register import open_register
from nodes.systems.system import Incoming

UNIT, BELOW = "000.00.00.H50", "000.00.14.H50"
AT = datetime(2020, 1, 15, 8, tzinfo=VIET_NAM)
EVENING = AT.replace(hour=17)


@pytest.fixture
def register(tmp_path):
    connection = open_register(tmp_path / "portal.sqlite", PORTAL.tables)
    rows = [(UNIT, "UBND tỉnh Quảng Trị", "province", 1), ("000.00.00.H49", "Quảng Ninh", "province", 0)]
    connection.executemany("INSERT INTO units (code, name, kind, is_connected) VALUES (?, ?, ?, ?)", rows)
    connection.execute("INSERT INTO procedures VALUES (?, '1.000001', 'Cấp mới', 'full', 1)", (UNIT,))
    connection.execute("INSERT INTO openings VALUES ('2020-01-15', 3), ('2020-01-16', 2)")
    yield connection
    connection.close()


def dossier(code=f"{UNIT}-200115-0001", status=2, at=AT, **changed):
    told = {"code": code, "procedure": "1.000001", "channel": 2, "service": "full", "status": status}
    return told | {"at": at.isoformat(), "due": None} | changed


def message(*dossiers, sender=UNIT, unit=None, number="1/TĐ-MC", indication="TOTAL-PASSED"):
    body = {"unit": unit or sender, "dossiers": list(dossiers)}
    return Incoming("trang-thai-ho-so", sender, number, EVENING.isoformat(), body, indication)


def steps(*told, number="2/TĐ-MC"):
    body = {"unit": UNIT, "steps": list(told)}
    return Incoming("tien-do-ho-so", UNIT, number, EVENING.isoformat(), body, "TOTAL-PASSED")


def done(at=AT, status=4, code=f"{UNIT}-200115-0001", text="Thẩm định"):
    said = {"department": "Phòng Một cửa", "text": text, "begun": None, "due": None}
    return {"code": code, "status": status, "at": at.isoformat()} | said


def take(register, *messages, now=EVENING):
    assert list(step(register, messages, now, Random(1))) == []
    return register.execute("SELECT rule, place, found FROM refusals ORDER BY id").fetchall()


def test_a_citizen_sees_where_a_dossier_stands_by_either_form_of_its_code(register):
    first = message(dossier(f"{BELOW}-200115-0007", due="2020-01-22T08:00:00+07:00"), unit="H50.14")
    later = message(
        dossier("H50.14-200115-0007", 10, AT + timedelta(days=1), procedure=f"1.000001.{UNIT}"),
        unit=BELOW,
        number="2/TĐ-MC",
    )
    told = steps(done(code=f"{BELOW}-200115-0007"), number="3/TĐ-MC")
    assert take(register, first, later, told) == []
    for code in (f"{BELOW}-200115-0007", " H50.14-200115-0007 "):
        found = look_up(register, code)
        assert (found.unit, found.unit_name, found.procedure_name) == (
            BELOW,
            "UBND tỉnh Quảng Trị",
            "Cấp mới",
        )
        assert found.statuses == ((2, AT), (10, AT + timedelta(days=1)))
        assert (found.status, found.steps) == (10, ((AT, "Phòng Một cửa", "Thẩm định"),))
    assert look_up(register, f"{UNIT}-200115-0007") is None


def test_accounts_statuses_and_who_is_connected_are_counted(register):
    take(register, message(dossier(), dossier(f"{UNIT}-200115-0002")))
    found = report(register)
    assert (found["accounts"], found["dossier statuses synchronised"], found["dossiers"]) == (3, 2, 2)
    assert (found["provinces connected"], found["provinces in all"], found["ministries in all"]) == (1, 2, 0)
    take(register, now=EVENING + timedelta(days=1))
    assert report(register)["accounts"] == 5


def test_the_same_status_of_the_same_moment_is_counted_once(register):
    again = message(dossier(), number="2/TĐ-MC")
    told = (steps(done(), number="3/TĐ-MC"), steps(done(), number="4/TĐ-MC"))
    assert take(register, message(dossier()), again, *told) == []
    assert report(register)["dossier statuses synchronised"] == 1
    assert register.execute("SELECT statuses, messages FROM units WHERE code = ?", (UNIT,)).fetchone() == (
        1,
        4,
    )
    assert register.execute("SELECT count(*) FROM steps").fetchone() == (1,)


@pytest.mark.parametrize(
    ("refused", "rule", "found"),
    [
        (message(dossier(), indication="TOTAL-FAILED"), "signature-passed", "TOTAL-FAILED"),
        (message(dossier(), indication=None), "signature-passed", "no signature"),
        (message(dossier(), sender="000.00.00.H49"), "unit-connected", "000.00.00.H49"),
        (message(dossier(), sender="000.00.00.H01"), "unit-connected", "000.00.00.H01"),
        (message(dossier(), unit="000.00.00.H49"), "unit-of-sender", "000.00.00.H49"),
        (message(dossier("000.00.00.H49-200115-0001")), "code-of-unit", "000.00.00.H49-200115-0001"),
        (message(dossier(f"{UNIT}-200135-0001")), "code-of-unit", f"{UNIT}-200135-0001"),
        (message(dossier(f"{UNIT}-200115-0000")), "code-of-unit", f"{UNIT}-200115-0000"),
        (message(dossier(procedure="1.999999")), "procedure-known", "1.999999"),
        (message(dossier(status=1)), "status-follows", "1 after 4"),
        (message(dossier(status=9, at=AT - timedelta(1))), "dates-forward", "2020-01-14T08:00:00+07:00"),
        (steps(done(code=f"{UNIT}-200115-0009")), "dossier-known", f"{UNIT}-200115-0009"),
        (steps(done(status=2, text="")), "status-follows", "2 after 4"),
        (steps(done(AT - timedelta(1), 9)), "dates-forward", "2020-01-14T08:00:00+07:00"),
    ],
)
def test_what_breaks_a_rule_is_noted_and_holds_up_nothing_else(register, refused, rule, found):
    take(register, message(dossier(status=4)), steps(done()))
    before = look_up(register, f"{UNIT}-200115-0001")
    good = message(dossier(f"{UNIT}-200115-0002"), number="9/TĐ-MC")
    is_item = rule in {"procedure-known", "dates-forward", "status-follows", "code-of-unit"}
    if is_item and "dossiers" in refused.body:
        good = message(*refused.body["dossiers"], dossier(f"{UNIT}-200115-0002"))
        refused = good
    messages = [refused] if refused is good else [refused, good]
    ((noted, place, what),) = take(register, *messages)
    assert (noted, what) == (rule, found)
    assert place.startswith(f"{refused.sender} {refused.number}: ")
    assert look_up(register, f"{UNIT}-200115-0002").status == 2
    if rule != "unit-of-sender":
        assert look_up(register, f"{UNIT}-200115-0001") == before


def test_several_steps_of_a_day_may_be_told_as_one_but_a_closed_dossier_stays_closed(register):
    assert take(register, message(dossier(status=1)), message(dossier(status=9), number="2/TĐ-MC")) == []
    noted = take(register, message(dossier(status=7), number="3/TĐ-MC"))
    assert noted == [("status-follows", f"{UNIT} 3/TĐ-MC: dossiers/{UNIT}-200115-0001/status", "7 after 9")]
