"""The directory as pages."""

from axis.agencies.callers import Caller
from axis.agencies.last_calls import LastCalls
from axis.clock import day_of
from axis.protocol.agency_codes import canonical


def test_agencies_are_searched_by_name_and_code(site):
    browser = site.signed_in("operator")
    assert "/agencies/000.00.00.H24" in browser.page("/agencies?q=co quan h24").links
    assert "/agencies/000.00.00.H24" in browser.page("/agencies?q=H24").links
    assert "/agencies/000.00.00.H24" not in browser.page("/agencies?q=G22").links
    first = browser.page("/agencies?limit=1")
    (following,) = (link for link in first.links if "after=" in link)
    assert "/agencies/000.00.00.H24" in browser.page(following).links


def test_an_agency_shows_its_record_and_leads_to_its_documents(site):
    page = site.signed_in("auditor").page("/agencies/H24")
    assert "Cơ quan 000.00.00.H24" in page.text
    assert "/documents?sender=000.00.00.H24" in page.links
    assert "/documents?sender=000.00.00.H24" not in site.signed_in("operator").page("/agencies/H24").links
    site.signed_in("auditor").page("/agencies/H99", 404)


def test_silent_agencies_are_listed_with_their_last_call(site):
    browser = site.signed_in("operator")
    assert "/agencies/000.00.00.H24" in browser.page("/agencies?silent_days=7").links
    calls = LastCalls()
    calls.note(Caller("agency", canonical("H24"), False, None, "token"))
    calls.store(site.hub.database, site.hub.clock)
    assert "/agencies/000.00.00.H24" not in browser.page("/agencies?silent_days=7").links
    assert day_of(site.hub.clock.now())[:4] in browser.page("/agencies/H24").text
    browser.page("/agencies?silent_days=0", 422)
