"""Across modules: systems send their messages over a real hub, which verifies and counts them."""

import json
import signal
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime, time
from decimal import Decimal
from random import Random

import pytest
from support.altered_statistics import PLAN, result_of

from axis.protocol.working_calendar import VIET_NAM
from nodes.cli import main
from nodes.cli.own_hub import code_of
from nodes.comparison_table import as_json, table
from nodes.planner import plan
from nodes.report_page import report_page
from nodes.scenario_reader import read
from nodes.simulation import Outcome
from nodes.systems.catalogue import planned_systems
from nodes.systems.outgoing_documents import is_newer
from nodes.systems.register import OWN_TABLES, dump
from nodes.systems.running import SystemResult
from nodes.systems.system import Figure, Incoming, Setting
from nodes.traffic import Traffic

SCENARIO = """
name = "small"
agency = [{ code = "H50", documents = 2 }]
period = { from = 2024-01-01, to = 2024-03-10 }
[[one_stop]]
agency = "H50"
received = 20
resolved_in_time = 12
resolved_overdue = 2
open_in_time = 3
open_overdue = 2
[[portal]]
provinces = ["H50", "H24"]
accounts = 40
statuses = 38
[centre]
ministries = ["G14"]
[measuring]
provinces = ["H62", "H23"]
not_connected = ["H23"]
dossiers = 6
fully_online = 3
visits = 10
[mix]
newer_codes = 0.5
"""
READING = ("portal-000.00.00.G22", "measuring-000.00.00.G14")
EVENING = time(17, 0)
POPULATION = """
name = "small-population"
agency = [{ code = "H24", documents = 2 }]
period = { from = 2024-03-04, to = 2024-03-06 }
[population]
persons = 20
[[population.unit]]
agency = "H24"
look_ups = 3
without_officer = 1
prying = 2
"""
CABINET = """
name = "small-cabinet"
agency = [{ code = "H26", documents = 2 }]
period = { from = 2019-06-03, to = 2019-06-07 }
centre.ministries = ["G01"]
[cabinet]
leaders = 1
[[cabinet.ballot]]
question = "V/v thông qua nghị quyết"
meeting = "Phiên họp"
opens = 2019-06-04
closes = 2019-06-05
agree = 2
in_room = 1
repeated = 1
forged = 1
strangers = 1
"""


def without_a_hub():
    """Take the scenario's systems through its days by their steps alone; returns what readers hold."""
    made = plan(read(SCENARIO), Decimal(1), 1)
    scenario, sent = made.scenario, Counter()
    registers = [(planned, sqlite3.connect(":memory:")) for planned in planned_systems(made)]
    for planned, register in registers:
        register.executescript(f"{OWN_TABLES}{planned.system.tables}")
        setting = Setting(planned.agency, scenario.first, scenario.last, scenario.habits.hours, 1)
        planned.prepare(register, setting)
    for day in scenario.habits.hours.days(scenario.first, scenario.last):
        now, inbox = datetime.combine(day, EVENING, VIET_NAM), []
        for planned, register in registers:
            name, agency = planned.system.name, planned.agency
            for message in planned.system.step(
                register, inbox, now, Random(f"system 1 {name} {agency} {now.isoformat()}")
            ):
                sent[agency] += 1
                number = f"{sent[agency]}/TĐ-{planned.system.abbreviation}"
                inbox.append(Incoming(message.kind, agency, number, "", message.body, "TOTAL-PASSED"))
    held = {f"{planned.system.name}-{planned.agency}": lines_of(register) for planned, register in registers}
    for _, register in registers:
        register.close()
    return {name: held[name] for name in READING}


def lines_of(register):
    return [line for line in dump(register) if "_messages" not in line[:20]]


def senders_of_messages(store):
    """Codes of senders as the manifests of messages have them."""
    with closing(sqlite3.connect(store)) as opened:
        held = opened.execute("SELECT content FROM manifests").fetchall()
    manifests = [json.loads(manifest) for (manifest,) in held]
    return {manifest["from"] for manifest in manifests if manifest["type"] == "thong-diep"}


def test_as_many_messages_have_newer_codes_as_the_share_says():
    newer = [is_newer(number, Decimal("0.25")) for number in range(1, 10)]
    assert newer == [True, False, False, False] * 2 + [True]
    assert not any(is_newer(number, Decimal(0)) for number in range(1, 5))
    assert all(is_newer(number, Decimal(1)) for number in range(1, 5))


@pytest.mark.slow
def test_messages_are_signed_counted_and_registers_are_the_same_on_either_store(
    tmp_path, capsys, database_url
):
    (tmp_path / "small.toml").write_text(SCENARIO)
    registers, options = tmp_path / "registers", ["--report", str(tmp_path / "report.html")]
    on_sqlite = database_url.startswith("sqlite")
    options += ["--directory", str(tmp_path / "hub")] if on_sqlite else ["--database", database_url]
    before = signal.getsignal(signal.SIGTERM)
    assert main(["simulate", str(tmp_path / "small.toml"), "--registers", str(registers), *options]) == 0
    signal.signal(signal.SIGTERM, before)
    shown = capsys.readouterr().out
    assert "one-stop of 000.00.00.H50" in shown
    assert "messages trang-thai-ho-so, as the hub counted" in shown
    assert "✗" not in shown
    assert shown.index("one-stop of") < shown.index("Every expected figure was met exactly.")
    page = (tmp_path / "report.html").read_text()
    assert "one-stop of 000.00.00.H50" in page
    assert "UBND tỉnh Quảng Trị" in page
    assert "messages trang-thai-ho-so, as the hub counted" in page
    if on_sqlite:
        senders = senders_of_messages(tmp_path / "hub/axis.db")
        assert senders >= {"000.00.00.H50", "H50"}, "codes of both forms"
    names = {*READING, "one-stop-000.00.00.H24", "one-stop-000.00.00.H50"}
    assert {path.stem for path in registers.glob("*.sqlite")} == names
    held = {}
    for name in READING:
        with closing(sqlite3.connect(registers / f"{name}.sqlite")) as register:
            held[name] = lines_of(register)
    assert held == without_a_hub()
    assert sum(line.startswith('["statuses"') for line in held[READING[0]]) == 38
    assert main(["simulate", str(tmp_path / "small.toml"), "--registers", str(registers)]) != 0
    assert "found a register, expected none" in capsys.readouterr().err


def test_a_figure_that_a_register_misses_fails_the_run_wherever_it_is_told():
    missed = SystemResult("one-stop", "000.00.00.H50", (Figure("received", 1, 2),), "ab")
    outcome = Outcome(PLAN, result_of(), Traffic(), 1.0, "1", (missed,))
    assert not outcome.met
    page = report_page(outcome, command="x", nodes_version="1")
    for told in (table(PLAN, outcome.result, (missed,)), page):
        assert "NOT every expected figure was met." in told
    assert as_json(PLAN, outcome.result, Traffic(), (missed,))["met"] is False
    assert code_of(outcome) == 1


def test_a_province_with_a_system_gets_no_old_door(tmp_path, capsys):
    (tmp_path / "small.toml").write_text(SCENARIO)
    assert main(["simulate", str(tmp_path / "small.toml"), "--old-doors", "1"]) != 0
    assert "found 000.00.00.H50 among them, expected agencies without systems" in capsys.readouterr().err


def test_a_folder_for_registers_is_refused_where_a_scenario_has_no_systems(tmp_path, capsys):
    assert main(["simulate", "first-day", "--registers", str(tmp_path)]) != 0
    assert "is for a scenario with systems" in capsys.readouterr().err


def test_ballots_count_by_the_keys_that_signed_them_and_a_resolution_is_issued(tmp_path, capsys):
    (tmp_path / "cabinet.toml").write_text(CABINET)
    registers = tmp_path / "registers"
    assert main(["simulate", str(tmp_path / "cabinet.toml"), "--registers", str(registers)]) == 0
    shown = capsys.readouterr().out
    assert "✗" not in shown
    with closing(sqlite3.connect(registers / "cabinet-000.00.00.G22.sqlite")) as register:
        found = register.execute("SELECT rule, found FROM refusals ORDER BY rule, found").fetchall()
        resolutions = register.execute("SELECT number, ballot FROM resolutions").fetchall()
    assert [rule for rule, _ in found] == ["member-known", "once", "signed-by-member"]
    assert found[2][1].startswith("the signature of ")
    assert resolutions == [("1/NQ-CP", "PYK-1")]


def test_look_ups_are_logged_answered_and_counted_by_the_hub_alike(tmp_path, capsys):
    (tmp_path / "population.toml").write_text(POPULATION)
    registers = tmp_path / "registers"
    assert main(["simulate", str(tmp_path / "population.toml"), "--registers", str(registers)]) == 0
    shown = capsys.readouterr().out
    assert "✗" not in shown
    assert "look-ups of 000.00.00.H24, as the hub counted" in shown
    with closing(sqlite3.connect(registers / "population-000.00.00.G01.sqlite")) as register:
        logged = register.execute("SELECT count(*) FROM look_ups JOIN taken_messages ON message = sha256")
        assert logged.fetchone() == (6,)
