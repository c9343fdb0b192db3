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
