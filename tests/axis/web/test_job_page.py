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
    assert operator.post(f"/jobs/{job}/cancel", {"form": "forged"}).status_code == 403
    assert operator.post(f"/jobs/{job}/cancel", {"form": form}).status_code == 303
    assert "cancelled" in operator.page("/jobs").text
    assert operator.post(f"/jobs/{job}/cancel", {"form": form}).status_code == 409
    assert job not in site.signed_in("agency").page("/jobs").text


def test_an_auditor_has_the_counters_compared_from_the_report(site):
    auditor = site.signed_in("auditor")
    auditor.language = "en"
    page = auditor.page("/report")
    assert "/jobs/reconciliations" in [form["action"] for form in page.forms]
    form = next(str(field["value"]) for field in page.fields if field["name"] == "form")
    assert auditor.post("/jobs/reconciliations", {"form": "forged"}).status_code == 403
    asked = auditor.post("/jobs/reconciliations", {"form": form})
    assert (asked.status_code, asked.headers["location"]) == (303, "/jobs")
    assert "Counting again and comparing" in auditor.page("/jobs").text
    agency = site.signed_in("agency").page("/report")
    assert "/jobs/reconciliations" not in [form["action"] for form in agency.forms]
