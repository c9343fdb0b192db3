"""A measuring system's HTTP: calls are taken or refused in its envelope, and its page shows what came."""

import json
import sqlite3
import threading
from contextlib import closing
from datetime import date, datetime

import pytest
from support.asgi import AsgiClient

from axis.protocol.working_calendar import VIET_NAM
from nodes.systems.measuring import MEASURING
from nodes.systems.measuring_agenda import Measured, begin_measuring
from nodes.systems.measuring_http import REFUSALS_MOST, application
from nodes.systems.register import open_register
from nodes.systems.system import Setting
from nodes.working_time import WorkingTime

HOST = {"Host": "127.0.0.1"}
UNITS = ("000.00.00.H26", "000.00.00.H50")
NOW = datetime(2024, 1, 5, 9, tzinfo=VIET_NAM)
TOLD = {"SiteId": "1", "MaHoSo": "000.00.00.H26-240105-0001", "CodeTTHC": "1.003560", "Status": "1",
        "FormsReception": "1", "FormsPayments": "1", "Level": "4"}  # fmt: skip


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "measuring.sqlite"
    with closing(open_register(made, MEASURING.tables)) as register:
        setting = Setting("000.00.00.G14", date(2024, 1, 1), date(2024, 12, 31), WorkingTime(), 1)
        begin_measuring(register, setting, Measured("000.00.00.G22", UNITS, {}, (), (), ((2024, 700, 300),)))
    return made


@pytest.fixture
def http(path):
    return AsgiClient(application(path, lambda: NOW, ("127.0.0.1",)), headers=HOST)


def call(http, **changed):
    return http.post("/TrackingMCDT", content=json.dumps(TOLD | changed).encode())


def test_a_step_and_visits_are_taken_and_shown(http):
    assert call(http).json() == {"error_code": "0", "message": "thành công"}
    assert http.get("/tracking?idsite=1&rec=1&url=https%3A%2F%2Fdvc.example%2F").status_code == 204
    assert http.post("/tracking", content=b"idsite=1&url=https://dvc.example/").status_code == 204
    page = http.get("/?lang=en&month=2024-01").text
    assert "1 (100.0 %)" in page
    assert "30.0 % · met" in page
    assert "Not connected: 1" in page
    assert "UBND tỉnh Quảng Trị" in http.get("/").text
    assert http.get("/?month=2024-02").status_code == 404


def test_a_refusal_names_rule_place_found_and_expected_and_is_noted_up_to_a_bound(http, path):
    answer = call(http, SiteId="7")
    assert answer.status_code == 400
    assert answer.json() == {
        "error_code": "-1",
        "message": "không tiếp nhận: site-known: SiteId: found 7, expected a SiteId that was given to a unit",
        "rule": "site-known",
        "place": "SiteId",
        "found": "7",
        "expected": "a SiteId that was given to a unit",
    }
    with closing(open_again(path)) as register:
        assert register.execute("SELECT rule, place FROM refusals").fetchall() == [
            ("site-known", "TrackingMCDT: SiteId")
        ]
        register.executemany(
            "INSERT INTO refusals (at, rule, place, found, expected) VALUES ('', '', '', '', ?)",
            [("",)] * (REFUSALS_MOST - 1),
        )
        register.commit()
        assert call(http, SiteId="8").status_code == 400
        assert register.execute("SELECT count(*) FROM refusals").fetchone() == (REFUSALS_MOST,)


def open_again(path):
    return sqlite3.connect(path)


@pytest.mark.parametrize(
    ("method", "url", "content", "status"),
    [
        ("POST", "/TrackingMCDT", b"x" * 70_000, 413),
        ("POST", "/TrackingMCDT", b"", 400),
        ("GET", "/TrackingMCDT", b"", 405),
        ("POST", "/tracking", b"x" * 9_000, 413),
        ("GET", "/tracking?" + "a=1&" * 60, b"", 400),
        ("GET", "/tracking", b"", 400),
    ],
)
def test_what_is_too_much_or_nothing_is_refused(http, method, url, content, status):
    assert http.request(method, url, content=content).status_code == status


def test_other_hosts_are_not_answered(path):
    foreign = AsgiClient(application(path, lambda: NOW, ("127.0.0.1",)), headers={"Host": "evil.example"})
    assert foreign.get("/").status_code == 400


def test_the_script_sends_the_page_without_what_follows_a_question_mark(http):
    script = http.get("/embed/gov-tracking.min.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "location.pathname" in script.text
    assert "location.href" not in script.text


def test_calls_at_once_are_all_counted(http, path):
    def visit():
        for _ in range(5):
            http.get("/tracking?idsite=2&url=https://dvc.example/")

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(open_again(path)) as register:
        assert register.execute("SELECT sum(number) FROM visits").fetchone() == (20,)
