"""Deadlines as a page: the statistic's figures, and the documents behind them."""


def test_who_sent_late_is_named_with_its_documents(site):
    site.send(issued_on="2019-06-03")
    browser = site.signed_in("auditor")
    browser.language = "en"
    page = browser.page("/deadlines")
    behind = "/documents?sender=000.00.00.H24&deadline=late"
    assert behind in page.links
    assert "1/UBND-VX" in browser.page(behind).text
    assert "Decree 30/2020" in page.text


def test_filters_are_those_of_the_statistic(site):
    site.send()
    browser = site.signed_in("auditor")
    assert "/agencies/000.00.00.H24" in browser.page("/deadlines?sender=H24").links
    assert "/agencies/000.00.00.H24" not in browser.page("/deadlines?sender=H26").links
    browser.page("/deadlines?sender=nobody+at+all", 422)
    browser.page("/deadlines?by=colour", 422)
