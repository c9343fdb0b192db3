"""A population register and the units that ask it, without a hub: logged first, then answered or refused."""

import json
import sqlite3
from datetime import date, datetime, time
from random import Random

import pytest

from axis.protocol.messages import message_faults
from axis.protocol.working_calendar import VIET_NAM
from nodes.scenario_reader import read
from nodes.systems.population import POPULATION, REPLY
from nodes.systems.population_planning import planned_population
from nodes.systems.population_report import beside_the_hub, own_look_ups, who_looked_up_whom
from nodes.systems.population_rules import without_accents
from nodes.systems.register import digest, open_register
from nodes.systems.system import Figure, Incoming, Setting
from nodes.working_time import WorkingTime

REGISTER, UNIT = "000.00.00.G01", "000.00.00.H24"
SCENARIO = """
name = "small"
period = { from = 2024-03-04, to = 2024-03-08 }
agency = [{ code = "H24" }]
[population]
persons = 40
most_of_one_person = 2
[[population.unit]]
agency = "H24"
look_ups = 6
unknown = 2
mismatched = 1
without_officer = 1
without_purpose = 1
foreign_account = 1
prying = 3
"""
FIRST, LAST = date(2024, 3, 4), date(2024, 3, 8)


class Run:
    """A unit and the register, and a post between them that delivers at once."""

    def __init__(self, folder, seed=1):
        self.unit, self.register = planned_population(read(SCENARIO), seed)
        self.registers, self.replies, inboxes = {}, [], {UNIT: [], REGISTER: []}
        for planned in (self.unit, self.register):
            opened = open_register(folder / f"{planned.system.name}-{seed}", planned.system.tables)
            planned.prepare(opened, Setting(planned.agency, FIRST, LAST, WorkingTime(), seed))
            self.registers[planned.agency] = opened
        for day in WorkingTime().days(FIRST, LAST):
            now = datetime.combine(day, time(17), VIET_NAM)
            for planned in (self.unit, self.register):
                inbox, inboxes[planned.agency] = inboxes[planned.agency], []
                for place, sent in enumerate(
                    planned.system.step(self.registers[planned.agency], inbox, now, Random(1))
                ):
                    assert message_faults(sent.kind, sent.content) == []
                    (to,) = sent.recipients
                    inboxes[to].append(incoming(sent.kind, planned.agency, sent.body, f"{day}/{place}"))
                    if sent.kind == REPLY:
                        self.replies.append(sent.body)

    def close(self):
        for register in self.registers.values():
            register.close()


def incoming(kind, sender, body, number="1/TĐ-TC", indication="TOTAL-PASSED"):
    return Incoming(kind, sender, number, "2024-03-04T10:00:00Z", body, indication, "a" * 64)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = Run(tmp_path_factory.mktemp("population"))
    yield made
    made.close()


def test_every_look_up_is_logged_and_comes_out_as_written(run):
    for planned in (run.unit, run.register):
        figures = planned.report(run.registers[planned.agency])
        assert [figure for figure in figures if not figure.met] == []
    register = run.registers[REGISTER]
    assert register.execute("SELECT count(*) FROM look_ups").fetchone() == (15,)
    rules = register.execute("SELECT rule FROM refusals ORDER BY rule").fetchall()
    assert [rule for (rule,) in rules] == ["account-of-officer", "officer-named", "purpose-given"]


def test_only_what_was_found_is_told_and_a_refusal_says_why(run):
    for reply in run.replies:
        assert (reply["CongDan"] is not None) == (reply["KetQua"] == "found")
        assert (reply["LyDo"] is not None) == (reply["KetQua"] == "refused")
    told = json.dumps(run.replies, ensure_ascii=False)
    (login,) = run.registers[REGISTER].execute("SELECT login FROM persons LIMIT 1").fetchone()
    assert login not in told


def test_who_pries_stands_first_and_the_person_sees_each_look_up(run):
    register = run.registers[REGISTER]
    first, second = who_looked_up_whom(register, 2)
    assert (first.unit, first.account, first.number, first.count) == (UNIT, "h24.1", "000000000000", 3)
    assert second.count == 1
    own = own_look_ups(register, "000000000000")
    assert [each.outcome for each in own].count("found") == 3
    assert all(each.unit == UNIT and each.message for each in own)
    assert own_look_ups(register, "000000000099") == []


def test_who_looks_too_often_or_without_a_basis_is_flagged_and_the_person_sees_it(run):
    register = run.registers[REGISTER]
    flagged = who_looked_up_whom(register, only_flagged=True)
    assert flagged[0].flags == ("too-often",)
    assert [use.flags for use in flagged[1:]] == [("without-basis",)] * 3
    assert [use for use in who_looked_up_whom(register) if use.flags] == flagged
    of_this, of_others = own_look_ups(register, "000000000000"), who_looked_up_whom(register)
    assert [each.flagged for each in of_this].count(True) == sum(
        use.count for use in flagged if use.number == "000000000000"
    )
    unflagged = next(use for use in of_others if not use.flags and use.outcomes == ("found",))
    assert [each.flagged for each in own_look_ups(register, unflagged.number)] == [False]
    assert Figure("officers and persons flagged", 4) in run.register.report(register)


def test_as_many_look_ups_as_the_limit_allows_are_not_flagged(run, tmp_path):
    allowed = sqlite3.connect(tmp_path / "copy")
    run.registers[REGISTER].backup(allowed)
    allowed.execute("UPDATE flagging SET most_of_one_person = 3")
    assert {use.flags for use in who_looked_up_whom(allowed, only_flagged=True)} == {("without-basis",)}
    allowed.close()


def test_a_log_with_an_entry_less_than_the_hub_counted_is_seen(run):
    class Auditor:
        def statistics(self, *_, **__):
            return {"items": [{"kind": "tra-cuu-dan-cu", "sent": 16}, {"kind": "khac", "sent": 9}]}

    assert beside_the_hub(run.registers[REGISTER], Auditor()) == [
        Figure(f"look-ups of {UNIT}, as the hub counted", 16, 15)
    ]


def test_the_log_can_be_added_to_and_not_changed(run):
    register = run.registers[REGISTER]
    with pytest.raises(sqlite3.IntegrityError, match="is not changed"):
        register.execute("UPDATE look_ups SET officer = 'x'")
    with pytest.raises(sqlite3.IntegrityError, match="is not taken out"):
        register.execute("DELETE FROM look_ups")


def test_the_same_seed_gives_the_same_registers(run, tmp_path):
    again, other = Run(tmp_path), Run(tmp_path, seed=2)
    digests = [[digest(register) for register in each.registers.values()] for each in (run, again, other)]
    again.close()
    other.close()
    assert digests[0] == digests[1] != digests[2]


GOOD = {
    "MaYeuCau": "H24-1",
    "MaDVC": "1.000110",
    "MaTichHop": "TH-1",
    "MaCanBo": "000000000009",
    "MaDonVi": "H24",
    "TaiKhoan": "h24.1",
    "MucDich": "Đăng ký thường trú",
    "SoDinhDanh": "000000000001",
    "HoVaTen": "NGUYEN VAN DUC",
    "NgayThangNamSinh": {"NgayThangNam": "19800229"},
}


@pytest.fixture
def register():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    refusals = "CREATE TABLE refusals (id INTEGER PRIMARY KEY, at, rule, place, found, expected);"
    connection.executescript(refusals + POPULATION.tables)
    row = ("000000000001", None, "Nguyễn", "Văn", "Đức", "1", "19800229", "{}", "{}", "{}", "12345678")
    connection.execute("INSERT INTO persons VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    connection.execute("INSERT INTO accounts VALUES (?, 'h24.1', '000000000009', 'Lê Văn An')", (UNIT,))
    connection.execute("INSERT INTO services VALUES (?, '1.000110', 'TH-1')", (UNIT,))
    yield connection
    connection.close()


def ask(register, indication="TOTAL-PASSED", **change):
    """Ask once; the outcome, and of a refusal its rule, place and what was found."""
    message = incoming("tra-cuu-dan-cu", UNIT, GOOD | change, indication=indication)
    now = datetime(2024, 3, 4, 17, tzinfo=VIET_NAM)
    (reply,) = POPULATION.step(register, [message], now, Random(1))
    reason = reply.body["LyDo"] or {}
    return reply.body["KetQua"], *(reason.get(name) for name in ("QuyTac", "ViTri", "TimThay"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, ("found", None, None, None)),
        ({"NgayThangNamSinh": {"Nam": "1980"}}, ("found", None, None, None)),
        ({"NgayThangNamSinh": {"Nam": "1981"}}, ("no-match", None, None, None)),
        ({"HoVaTen": "NGUYEN VAN DUNG"}, ("no-match", None, None, None)),
        ({"SoDinhDanh": "000000000002"}, ("not-found", None, None, None)),
        ({"indication": None}, ("refused", "signed", "", "None")),
        ({"MaDonVi": "H26"}, ("refused", "unit-of-sender", "/MaDonVi", "H26")),
        ({"MaCanBo": " "}, ("refused", "officer-named", "/MaCanBo", "nothing")),
        ({"TaiKhoan": "h24.2"}, ("refused", "account-known", "/TaiKhoan", "h24.2")),
        ({"MaCanBo": "000000000008"}, ("refused", "account-of-officer", "/MaCanBo", "000000000008")),
        ({"MucDich": ""}, ("refused", "purpose-given", "/MucDich", "nothing")),
        ({"MaTichHop": "TH-2"}, ("refused", "service-admitted", "/MaDVC", "1.000110 as TH-2")),
        ({"NgayThangNamSinh": {}}, ("refused", "born-once", "/NgayThangNamSinh", "both or neither")),
    ],
)
def test_a_look_up_is_logged_whatever_becomes_of_it(register, change, told):
    assert ask(register, **change) == told
    assert register.execute("SELECT count(*) FROM look_ups JOIN answers ON look_up = id").fetchone() == (1,)


def test_a_code_of_a_request_is_taken_once(register):
    assert ask(register)[0] == "found"
    assert ask(register)[:2] == ("refused", "request-once")


def test_accents_go_from_names():
    assert without_accents("Đặng Thị Thủy") == "DANG THI THUY"
