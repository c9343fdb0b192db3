"""Refusals as pages: what was wrong, at which place, and that each sees its own."""

import json

import pytest
from support.asgi import AsgiClient


@pytest.fixture
def refused(site):
    """Send a document that breaks rules; return the answer."""
    manifest = {"from": "000.00.00.H24", "to": ["000.00.00.Z99"], "number": "7/<b>", "type": "cong-van"}
    answer = AsgiClient(site.app).post(
        "/v1/documents",
        files={"manifest": ("manifest.json", json.dumps(manifest).encode())},
        headers={"Authorization": f"Bearer {site.token()}"},
    )
    assert answer.status_code == 422
    return answer.json()


def test_a_refusal_shows_place_found_and_expected_as_its_answer_did(site, refused):
    browser = site.signed_in("agency")
    browser.language = "en"
    page = browser.page("/refusals")
    for place in refused["errors"]:
        assert place["pointer"] in page.text
        assert place["expected"] in page.text
    assert refused["request_id"] in page.text
    assert refused["remedy"] in page.text
    assert not [tag for tag, _ in page.tags if tag == "b>"]


def test_refusals_are_found_by_the_id_of_their_request(site, refused):
    browser = site.signed_in()
    assert refused["request_id"] in browser.page(f"/refusals?request_id={refused['request_id']}").text
    assert "article" not in {tag for tag, _ in browser.page("/refusals?request_id=other").tags}
    assert "article" not in {tag for tag, _ in site.signed_in("recipient").page("/refusals").tags}
