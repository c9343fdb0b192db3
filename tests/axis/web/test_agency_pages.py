"""The directory as pages."""


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
