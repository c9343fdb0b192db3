"""Alerts as a page: what stands open, what is over, and for whom."""

from axis.alerts.changes import Finding, settle
from axis.clock import real_now

AGENCY = "000.00.00.H24"


def test_operators_and_auditors_see_what_stands_open_and_what_is_over(site):
    silent = Finding(
        "agency-silent", "000.00.00.H24", {"agency": "000.00.00.H24", "since": "?"}, "000.00.00.H24"
    )
    off = Finding("clock-off", "hub-7", {"subject": "hub-7", "seconds": "+60"})
    settle(site.hub.database, ["agency-silent", "clock-off"], [silent, off], real_now())
    settle(site.hub.database, ["clock-off"], [], real_now())
    for role in ("operator", "auditor"):
        browser = site.signed_in(role)
        browser.language = "en"
        page = browser.page("/alerts")
        assert "has not called since" in page.text
        assert f"/agencies/{AGENCY}" in page.links
        assert "hub-7" not in page.text
        assert "The clock of hub-7 is +60 seconds off." in browser.page("/alerts?state=cleared").text
        assert "/alerts" in browser.page("/centre").links
    assert "Đồng hồ của hub-7 lệch +60 giây." in site.signed_in("operator").page("/alerts?state=all").text
    browser.page("/alerts?name=unknown", 422)


def test_agencies_have_no_page_of_alerts(site):
    browser = site.signed_in("agency")
    browser.page("/alerts", 403)
    assert "/alerts" not in browser.page("/centre").links
