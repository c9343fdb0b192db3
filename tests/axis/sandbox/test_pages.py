"""The sandbox's page over HTTP: who may look, what it shows, and each power as a form."""

import re

import pytest
from support.page_visits import Browser, Page
from support.sandbox_calls import HAI_PHONG, provision

from axis.agencies.queries import agency_rows
from axis.sandbox.app import create_sandbox, open_sandbox

pytestmark = pytest.mark.stores("sqlite")


@pytest.fixture
def browser(sandbox, settings):
    """A browser on this machine that gave the sandbox's token."""
    opened = Browser(create_sandbox(sandbox))
    opened.language = "en"
    token = settings.sandbox_token_file.read_text(encoding="utf-8").strip()
    assert opened.post("/sign-in", {"token": token}).status_code == 303
    return opened


def form_of(browser) -> str:
    return next(str(field["value"]) for field in browser.page("/").fields if field.get("name") == "form")


def press(browser, path, **more):
    headers = more.pop("headers", {})
    return browser.post(path, {"form": form_of(browser)} | more, headers=headers)


def test_who_gave_no_token_is_sent_to_give_it_and_another_token_opens_nothing(sandbox):
    browser = Browser(create_sandbox(sandbox))
    assert browser.get("/").headers["location"] == "/sign-in"
    assert browser.post("/sign-in", {"token": "sandbox_wrong"}).status_code == 401
    browser.cookies.set("axis-sandbox-", "9999999999.x.y")
    for path in ("/clock", "/faults", "/agencies", "/open", "/run", "/reset", "/sign-out"):
        assert browser.post(path, {"form": ""}).headers["location"] == "/sign-in"
    assert browser.get("/").status_code == 303


def test_a_name_of_another_site_and_a_form_of_one_are_refused(browser, sandbox):
    elsewhere = Browser(create_sandbox(sandbox), base_url="http://evil.example")
    assert elsewhere.get("/sign-in").status_code == 403
    for origin in ("http://evil.example", "null", "http://127.0.0.1:9"):
        refused = press(browser, "/reset", word="reset", headers={"Origin": origin})
        assert refused.status_code == 403
    assert press(browser, "/reset", word="reset", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post("/reset", {"form": "x", "word": "reset"}).status_code == 403
    assert press(browser, "/clock", step="hour", headers={"Origin": browser.base_url}).status_code == 303


def test_a_session_ends_when_the_token_does(browser, settings, database, clock, watching):
    assert browser.get("/").status_code == 200
    browser.app = create_sandbox(open_sandbox(database, settings, clock, watching))
    assert browser.get("/").headers["location"] == "/sign-in"


def test_the_clock_is_set_put_forward_and_made_real_again(browser, clock):
    assert press(browser, "/clock", at="2019-03-12T08:00", step="set").status_code == 303
    assert 'value="2019-03-12T08:00"' in browser.get("/").text
    before = clock.now()
    press(browser, "/clock", step="week")
    assert clock.now() - before >= 7 * 86_400 * 1_000_000
    press(browser, "/clock", at="2019-03-12T08:00", factor="3600", step="set")
    assert clock.factor == 3_600
    press(browser, "/clock", step="week")
    assert clock.factor == 3_600
    press(browser, "/clock", factor="60", step="run")
    page = browser.get("/").text
    assert 'value="60" selected' in page
    assert "60 times as fast as real time" in page
    for wrong in ("0", "1.5", "86401", "9" * 5_000):
        assert press(browser, "/clock", factor=wrong, step="run").status_code == 422
    press(browser, "/clock", step="real")
    assert not clock.moved
    assert press(browser, "/clock", at="tomorrow", step="set").status_code == 422


def test_an_agency_is_made_and_its_token_opens_the_hubs_pages(browser):
    made = press(
        browser, "/agencies", code="H62", name="UBND <b>Vĩnh Phúc</b>", person="Lê Văn A", title="CT"
    )
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    assert "<b>Vĩnh" not in made.text
    assert made.text.count("BEGIN PRIVATE KEY") == 2
    token = next(str(f["value"]) for f in Page(made.text).fields if f.get("name") == "token")
    opened = press(browser, "/open", token=token)
    assert re.search(r"/sign-in\?code=[\w-]{20,}", opened.text)
    assert press(browser, "/open", token="axis_none").status_code == 422
    assert "/sign-in?code=" in press(browser, "/open", role="auditor").text
    assert press(browser, "/agencies", code="", name="").status_code == 422


def test_services_are_taken_down_and_up(browser, tester):
    assert press(browser, "/faults", revocation="down").status_code == 303
    assert tester.get("/sandbox/faults").json()["revocation"] == "down"
    press(browser, "/faults")
    assert tester.get("/sandbox/faults").json()["revocation"] == "up"


def test_a_run_is_shown_as_it_goes_and_waits_where_it_is_told_to(browser, tester):
    row = {"code": "000.00.00.H24", "place": "Hải <i>Phòng</i>", "sent": 1, "signed": 0}
    told = {
        "state": "running",
        "title": "Ngày đầu",
        "day": "2019-03-12",
        "first": "2019-03-12",
        "last": "2019-03-13",
        "recipient": "000.00.00.G22",
        "done": 3,
        "of": 12,
        "localities": [row, {**row, "code": "000.00.00.H26", "sent": 0}],
    }
    assert tester.put("/sandbox/run", json=told).json() == {"paused": False}
    page = browser.get("/")
    assert "<i>Phòng" not in page.text
    assert "25.0%" in page.text.replace(" %", "%")
    assert ("not yet" in page.text, "✓</span> met" in page.text) == (True, True)
    press(browser, "/run", do="pause")
    assert tester.get("/sandbox/run").json() == {"paused": True}
    press(browser, "/run", do="go")
    assert tester.put("/sandbox/run", json=told | {"state": "finished"}).json() == {"paused": False}
    assert "finished" in browser.get("/").text
    wrong = tester.put("/sandbox/run", json={"state": "lost", "localities": [1]})
    assert wrong.status_code == 422
    assert {each["pointer"] for each in wrong.json()["errors"]} >= {
        "/state",
        "/title",
        "/done",
        "/localities",
    }


def test_a_reset_wants_its_word(browser, tester, database):
    provision(tester, HAI_PHONG)
    assert press(browser, "/reset", word="yes").status_code == 422
    with database.read() as tx:
        assert agency_rows(tx, ["000.00.00.H24"])
    assert press(browser, "/reset", word="Reset").status_code == 303
    with database.read() as tx:
        assert not agency_rows(tx, ["000.00.00.H24"])
    assert browser.get("/").status_code == 200


def test_pages_have_their_assets_and_both_languages(browser):
    assert browser.get("/assets/pages.css").status_code == 200
    assert browser.get("/language/vi?return=/").headers["location"] == "/"
    assert browser.page("/").language == "vi"
