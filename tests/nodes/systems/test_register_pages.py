"""The pages of registers: a citizen's look-up, who is connected, a one-stop system's report and targets."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import date, datetime, time
from html.parser import HTMLParser
from random import Random

import pytest
from support.adapter_portal import UNIT, portal_without_hub
from support.asgi import AsgiClient
from support.one_stop_client import OneStopClient

from axis.protocol.working_calendar import VIET_NAM
from nodes.cli import main
from nodes.systems.one_stop import ONE_STOP, report
from nodes.systems.one_stop_agenda import Dossiers, Services, prepare
from nodes.systems.register import open_register
from nodes.systems.register_pages import application, kind_of
from nodes.systems.system import Setting
from nodes.working_time import WorkingTime

FIRST, LAST = date(2024, 1, 1), date(2024, 3, 31)
CODE = f"{UNIT}-200115-0001"
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Markup(HTMLParser):
    """Notes what a screen reader needs: one h1, no gaps in headings, a language, named fields."""

    def __init__(self, page):
        super().__init__()
        self.open, self.headings, self.ids, self.labelled, self.fields = [], [], [], set(), []
        self.scopeless, self.language = 0, ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        assert not any(name.startswith("on") or name == "style" for name in given)
        assert tag != "script"
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(int(tag[1]))
        if tag == "html":
            self.language = given["lang"]
        self.ids += [given["id"]] if "id" in given else []
        self.labelled |= {given["for"]} if "for" in given else set()
        if tag == "input" and given.get("type") != "hidden":
            self.fields.append(given["id"])
        self.scopeless += tag == "th" and "scope" not in given

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def accessible(page, language):
    """Check a page's markup, and return it as text."""
    markup = Markup(page)
    assert (markup.language, markup.open, markup.scopeless) == (language, [], 0)
    assert markup.headings[0] == 1
    assert all(
        after - before <= 1 for before, after in zip(markup.headings, markup.headings[1:], strict=False)
    )
    assert len(markup.ids) == len(set(markup.ids))
    assert set(markup.fields) <= markup.labelled
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def one_stop(tmp_path):
    """The register of a one-stop system after three months."""
    path, hours = tmp_path / "one-stop.sqlite", WorkingTime()
    with closing(open_register(path, ONE_STOP.tables)) as register:
        setting = Setting(UNIT, FIRST, LAST, hours, 1)
        prepare(
            register, setting, Dossiers(200, 150, 10, 4, 20, 6, 2, 60), Services(10, 5, 7, 2), "000.00.00.G22"
        )
        for day in hours.days(FIRST, LAST):
            ONE_STOP.step(register, (), datetime.combine(day, time(17), VIET_NAM), Random(1))
    return path


def test_a_citizen_asks_by_code_and_sees_who_is_connected(tmp_path):
    with portal_without_hub(tmp_path) as portal:
        client = OneStopClient(portal.post, UNIT)
        client.login("H50", "right")
        dossier = {"MaHoSo": CODE, "MaTTHC": "1.000001", "KenhThucHien": "2", "TrangThaiHoSo": "2"}
        done = {
            "MaHoSo": CODE,
            "ThoiDiemXuLy": "20200115100000",
            "TrangThai": "4",
            "PhongBanXuLy": "<b>Phòng</b>",
        }
        assert client.push(dossier | {"NgayTiepNhan": "20200115090000"}, [done])
        pages = {path: portal.client.get(path).text for path in ("/", "/?code=H50-200115-0001", "/connected")}
        empty = portal.client.get("/?lang=en&code=%3Cscript%3E")
    assert "Tra cứu hồ sơ" in accessible(pages["/"], "vi")
    found = accessible(pages["/?code=H50-200115-0001"], "vi")
    for told in (
        CODE,
        "Được tiếp nhận",
        "09:00:00 ngày 15/01/2020",
        "UBND tỉnh Quảng Trị",
        "Không có hẹn trả",
    ):
        assert told in found
    assert "&lt;b&gt;Phòng&lt;/b&gt;" in pages["/?code=H50-200115-0001"]
    connected = accessible(pages["/connected"], "vi")
    assert "1 trên 2" in connected
    assert re.search(r"UBND tỉnh Quảng Trị 000.00.00.H50 Đã kết nối 20/01/2020 2 1 1 ", connected)
    assert re.search(r"Quảng Ninh 000.00.00.H49 Chưa kết nối", connected)
    assert "No dossier has this code." in accessible(empty.text, "en")
    assert empty.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_one_stop_systems_report_stands_beside_the_targets_of_each_year(one_stop, capsys):
    http = AsgiClient(application(one_stop, "one-stop", ("127.0.0.1",)), {"Host": "127.0.0.1"})
    page, english = http.get("/").text, http.get("/?lang=en").text
    text = accessible(page, "vi")
    assert "Báo cáo đến hết ngày 31/03/2024" in text
    assert "Đã tiếp nhận 200" in text
    assert "2024 200 60 30,0% 30,0% · Đạt" in text
    assert "2025 0 0 - 70,0% " in text
    assert "Toàn trình 10 7" in text
    assert page.count('<th scope="row"><bdi>') == 100
    assert "In progress 28" in accessible(english, "en")
    with closing(sqlite3.connect(one_stop)) as register:
        owners = [owner for (owner,) in register.execute("SELECT owner FROM dossiers")]
        counted = report(register, datetime.combine(LAST, time(17), VIET_NAM))
    assert not any(owner in page for owner in owners)
    assert main(["registers", str(one_stop), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"system": "one-stop", "figures": counted}
    assert main(["registers", str(one_stop)]) == 0
    assert "resolved overdue" in capsys.readouterr().out


def test_what_is_no_such_register_is_refused(tmp_path, capsys):
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as register:
        register.execute("CREATE TABLE anything (a TEXT)")
        assert kind_of(register) is None
    for path, told in ((other, "found another database"), (tmp_path / "none", "unable to open")):
        assert main(["registers", str(path)]) == 2
        assert told in capsys.readouterr().err
