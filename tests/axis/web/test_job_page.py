"""Jobs as a page: one's own, their state, and a form that stops them."""

import httpx


def asked_for(site, role="auditor") -> tuple[str, httpx.Response]:
    browser = site.browser()
    token = {"Authorization": f"Bearer {site.token(role)}"}
    answer = browser.request(
        "POST", "/v1/exports", json={"what": "documents", "format": "csv", "filter": {}}, headers=token
    )
    assert answer.status_code == 202, answer.text
    return answer.json()["id"], answer


def test_an_operator_sees_and_cancels_a_job_and_others_see_their_own_alone(site):
    job, _ = asked_for(site)
    operator = site.signed_in("operator")
    operator.language = "en"
    page = operator.page("/jobs")
    assert job in page.text
    form = next(str(field["value"]) for field in page.fields if field["name"] == "form")
    assert operator.post(f"/jobs/{job}/cancel", {"form": "forged"}).status_code == 400
    assert operator.post(f"/jobs/{job}/cancel", {"form": form}).status_code == 303
    assert "cancelled" in operator.page("/jobs").text
    assert operator.post(f"/jobs/{job}/cancel", {"form": form}).status_code == 409
    assert job not in site.signed_in("agency").page("/jobs").text
