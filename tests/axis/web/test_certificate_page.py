"""Certificates as a page: the list of the API with its filters."""

import pytest


@pytest.mark.parametrize("state", ["used", "expiring", "expired", "revoked-but-used"])
def test_each_list_is_offered_and_answers(site, state):
    browser = site.signed_in("auditor")
    browser.language = "en"
    assert f"/certificates?state={state}" in browser.page("/certificates").links
    page = browser.page(f"/certificates?state={state}&agency=&kind=")
    assert "No certificate passes these filters." in page.text


def test_filters_are_refused_as_the_api_refuses_them(site):
    site.signed_in("auditor").page("/certificates?state=lost", 422)
    site.signed_in("operator").page("/certificates", 403)
