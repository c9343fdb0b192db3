"""The report: its figures are those of the statistics, and each leads to just so many documents."""

import re

import pytest

from axis.web.report_page import PARTS

LINK = re.compile(r'<a href="(/documents\?[^"]*)">(?:<b>)?([0-9.]+)')


@pytest.fixture
def reported(site):
    """Three unsigned letters of one agency to two, and a recall that counts nowhere."""
    first = site.send()
    site.send(to=["000.00.00.G22", "000.00.00.H26"])
    site.send(type="bao-cao")
    site.send(
        action="recall",
        refers_to=[{"from": "000.00.00.H24", "number": "1/UBND-VX", "issued_on": "2019-06-03"}],
    )
    assert first
    return site


def counted(browser, address):
    """How many documents a link of the report leads to, as the API lists them."""
    answer = browser.get(f"/v1{address.replace('&amp;', '&')}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["next"] is None
    return len(answer.json()["items"])


@pytest.mark.parametrize("role", ["auditor", "agency"])
@pytest.mark.parametrize("query", ["", "?recipient=H26", "?type=bao-cao", "?from=2000-01-01&to=2999-12-31"])
def test_every_figure_leads_to_just_so_many_documents(reported, role, query):
    browser = reported.signed_in(role)
    answer = browser.get(f"/report{query}")
    assert answer.status_code == 200
    links = LINK.findall(answer.text)
    assert len(links) >= 4
    for address, shown in links:
        assert counted(browser, address) == int(shown.replace(".", "")), address
    statistics = browser.get(f"/v1/statistics/signatures{query}").json()["items"][0]
    assert f"<b>{statistics['sent']}</b>" in answer.text


def test_every_part_of_the_table_has_its_filter(reported):
    row = reported.signed_in().get("/v1/statistics/signatures").json()["items"][0]
    assert set(PARTS) == {name for name, value in row.items() if isinstance(value, int) and name != "rate"}


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Tỷ lệ văn bản ký số"), ("en", "Signed-document rate")]
)
def test_the_page_says_what_is_counted_and_since_when_it_is_right(reported, language, words):
    browser = reported.signed_in()
    browser.language = language
    page = browser.page("/report")
    assert words in page.text
    definition = browser.get("/v1/statistics/signatures").json()["definition"]
    assert " ".join(definition.split()) in page.text
    assert ("chưa từng được đối soát" if language == "vi" else "never compared") in page.text


def test_who_signed_nothing_and_who_sent_nothing(reported):
    browser = reported.signed_in()
    unsigned = browser.get("/report?show=unsigned").text
    assert "000.00.00.H24</bdi>" in unsigned
    silent = browser.get("/report?show=silent").text
    assert "<bdi>000.00.00.H26</bdi></span></th>" in silent
    assert "<bdi>000.00.00.H24</bdi></span></th>" not in silent


def test_a_target_and_the_period_before_stand_beside_the_rate(reported):
    answer = reported.browser().request(
        "PUT",
        "/v1/targets",
        json={"agency": "H24", "year": 2099, "rate": 0.5},
        headers={"Authorization": f"Bearer {reported.token('operator')}"},
    )
    assert answer.is_success, answer.text
    browser = reported.signed_in()
    page = browser.page("/report?from=2000-01-01&to=2099-12-31")
    assert "Kỳ trước" in page.text
    assert "Chỉ tiêu 2099" in page.text
    assert "✗ chưa đạt" in page.text
    assert "Chỉ tiêu" not in browser.page("/report").text


@pytest.mark.parametrize(
    "query", ["from=2019-02-30", "from=2020-01-01&to=2019-01-01", "show=x", "sender=%3Cb%3E", "more=1"]
)
def test_a_query_that_cannot_be_understood_is_a_page_that_names_the_place(reported, query):
    page = reported.signed_in().page(f"/report?{query}", 422)
    assert f"query:{query.split('=')[0]}" in page.text or "query:to" in page.text


def test_an_empty_period_says_so(site):
    browser = site.signed_in("agency")
    browser.language = "en"
    assert "Nothing was sent in this period" in browser.page("/report").text
