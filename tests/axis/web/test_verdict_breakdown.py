"""Over HTTP: what verdicts found, on the report, each figure with just so many documents behind it."""

import html
import itertools
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from support.exchange import MONDAY, Exchange
from support.found_verdicts import FOUND, ISSUER, OTHER_ISSUER, P256, RSA

from axis.intake.document_records import document_record
from axis.intake.recording import record_documents
from axis.web import verdict_breakdown

ROW = re.compile(r'<tr><th scope="row">(.*?)</th><td class="figure"><a href="(/documents\?[^"]*)">(\d+)</a>')


@pytest.fixture
def judged(site):
    """A letter of one agency for each thing that a verdict may find."""
    numbered = SimpleNamespace(_numbers=itertools.count(1), clock=SimpleNamespace(now=lambda: MONDAY))
    for verdict in FOUND.values():
        new = replace(Exchange.new_document(numbered), verdict=verdict)
        site.hub.recorder.record(record_documents, document_record(new)).result()
    return site


def rows_of(page):
    assert page.status_code == 200
    section = page.text.split('id="verdicts"')[1].split("<h2")[0]
    return [(re.sub(r"<[^>]+>", "", name), html.unescape(to), int(n)) for name, to, n in ROW.findall(section)]


@pytest.mark.parametrize("role", ["auditor", "agency"])
def test_each_figure_leads_to_just_so_many_documents(judged, role):
    browser = judged.signed_in(role)
    browser.language = "en"
    rows = rows_of(browser.get("/report"))
    shown = {name.strip(): number for name, _, number in rows}
    assert {name: shown[name] for name in (P256, RSA, ISSUER, OTHER_ISSUER)} == {
        P256: 5,
        RSA: 2,
        ISSUER: 5,
        OTHER_ISSUER: 1,
    }
    assert any(name.endswith("REVOKED") for name in shown)
    assert shown["cannot be told"] == 1
    for name, to, number in rows:
        assert len(browser.get(f"/v1{to}").json()["items"]) == number, name


def test_what_is_left_out_stands_in_the_files(judged, monkeypatch):
    monkeypatch.setattr(verdict_breakdown, "ROWS", 1)
    page = judged.signed_in().get("/report")
    assert len(rows_of(page)) == 3
    table = judged.signed_in().get("/v1/statistics/verdicts?by=algorithm&format=csv")
    assert len(table.text.splitlines()) == 1 + 3


def test_by_recipient_it_is_not_counted_and_says_so(judged):
    page = judged.signed_in().get("/report?recipient=G22")
    assert rows_of(page) == []
    assert "không được tính theo nơi nhận" in page.text
