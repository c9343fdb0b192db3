"""What pages answer to what they meet: refusals and faults as pages, in the words of the API."""

import pytest

from axis.problems import CATALOGUE
from axis.web import problem_list


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_address_that_leads_nowhere_is_a_page_for_a_browser(site, language):
    browser = site.browser()
    browser.language = language
    page = browser.page("/nowhere/<b>", 404)
    assert page.language == language
    assert CATALOGUE["not-found"].words[language].title in page.text
    assert {"/", "/sign-in", "/problems/not-found"} <= set(page.links)
    program = browser.get("/nowhere", headers={"Accept": "*/*"})
    assert program.headers["content-type"] == "application/problem+json"


def test_a_role_that_may_not_see_a_page_is_told_so_on_a_page(site):
    page = site.signed_in("operator").page("/documents", 403)
    assert CATALOGUE["not-permitted"].words["vi"].title in page.text


def test_a_token_in_the_header_opens_pages_too_and_a_wrong_one_is_refused(site):
    browser = site.browser()
    assert browser.get("/documents", headers={"Authorization": f"Bearer {site.token()}"}).status_code == 200
    refused = browser.get("/documents", headers={"Authorization": "Bearer axis_wrong"})
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"


def test_a_fault_is_a_page_without_its_text_and_in_the_log(site, monkeypatch, caplog):
    def fail(*_args, **_more):
        raise RuntimeError("a secret of the hub")

    monkeypatch.setattr(problem_list, "sorted", fail, raising=False)
    answer = site.browser().get("/problems")
    assert answer.status_code == 500
    assert "a secret" not in answer.text
    assert CATALOGUE["internal-error"].words["vi"].title in answer.text
    assert "internal error" in caplog.text


def test_every_page_says_who_may_keep_it_and_what_it_may_load(site):
    for browser, caching in ((site.browser(), "no-cache"), (site.signed_in(), "private, no-store")):
        for path in ("/", "/problems", "/docs"):
            headers = browser.get(path).headers
            assert headers["cache-control"] == caching
            assert "Cookie" in headers["vary"]
            assert headers["x-content-type-options"] == "nosniff"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_every_code_stands_in_the_list_with_its_page(site):
    links = site.browser().page("/problems").links
    assert {f"/problems/{code}" for code in CATALOGUE} <= set(links)


def test_assets_are_there_and_nothing_else_is(site):
    browser = site.browser()
    page = browser.page("/problems")
    (sheet,) = (named["href"] for tag, named in page.tags if tag == "link" and named["rel"] == "stylesheet")
    answer = browser.get(sheet)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert browser.get("/assets/mark.svg").headers["content-type"] == "image/svg+xml"
    assert browser.get("/assets/../settings.py").status_code == 404
    assert browser.get("/assets/nothing").status_code == 404
