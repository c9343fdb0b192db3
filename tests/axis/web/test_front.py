"""The front page: for a person a page in their language, for a program JSON."""

import pytest


@pytest.mark.parametrize(
    ("said", "language", "title"),
    [
        ("en-GB,en;q=0.9", "en", "The axis"),
        ("vi", "vi", "Trục liên thông văn bản"),
        ("", "vi", "Trục liên thông văn bản"),
    ],
)
def test_a_browser_gets_a_page_in_its_language_vietnamese_without_one(site, said, language, title):
    browser = site.browser()
    browser.language = said
    page = browser.page("/")
    assert page.language == language
    assert title in page.text
    assert {"/docs", "/sign-in"} <= set(page.links)


def test_every_link_of_the_front_page_leads_somewhere(site):
    for browser in (site.browser(), site.signed_in("auditor"), site.signed_in("agency")):
        for link in browser.page("/").links:
            assert link.startswith(("#", "/"))
            assert browser.get(link).status_code in {200, 303}, link


@pytest.mark.parametrize("accept", ["*/*", "application/json", ""])
def test_a_program_gets_json(site, accept):
    answer = site.browser().get("/", headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["version"] == site.app.version
    assert answer.json()["description"] == "/openapi.json"


def test_who_signed_in_sees_their_own_day(site):
    site.send(subject="V/v hôm nay")
    for role, words in (("agency", "Hôm nay, Cơ quan 000.00.00.H24"), ("auditor", "Hôm nay, toàn trục")):
        page = site.signed_in(role).page("/")
        assert words in page.text
        assert "V/v hôm nay" in page.text
        (link,) = (
            each for each in page.links if each.startswith("/documents?from=") and "counted" not in each
        )
        assert "V/v hôm nay" in site.signed_in(role).page(link).text
    assert "V/v hôm nay" not in site.signed_in("other").page("/").text
    assert "Hôm nay" not in site.signed_in("operator").page("/").text


def test_an_agencys_day_leads_to_what_it_has_not_taken_up(site):
    site.send()
    site.send(role="agency", to=["000.00.00.G22", "000.00.00.H26"])
    for role, waiting in (("recipient", 2), ("other", 1), ("agency", 0)):
        browser = site.signed_in(role)
        (link,) = (each for each in browser.page("/").links if each.startswith("/inbox?"))
        listed = [each for each in browser.page(link).links if each.startswith("/deliveries/")]
        assert len(listed) == waiting
        assert f"<b>{waiting}</b><span>trong đó chưa tiếp nhận" in browser.get("/").text
