"""Over HTTP: operators and auditors list alerts, others do not."""

import pytest
from support.application import application, client_of
from support.exchange import MONDAY, A

from axis.alerts import routes
from axis.alerts.changes import Finding, settle

pytestmark = pytest.mark.stores("sqlite")


@pytest.fixture
def app(exchange):
    for number in range(3):
        job = Finding("job-failed", f"job-{number}", {"subject": f"job-{number}", "kind": "export"})
        settle(exchange.database, ["job-failed"], [job], MONDAY + number)
    silent = Finding("agency-silent", A, {"agency": A, "since": "2019-06-03T02:11:09.000000Z"}, A)
    settle(exchange.database, ["agency-silent"], [silent], MONDAY + 9)
    return application(exchange.database, routes.router)


@pytest.fixture
def operator(app):
    return client_of(app, role="operator", name="Vận hành")


def listed(client, **query):
    reply = client.get("/v1/alerts", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_open_alerts_are_listed_the_newest_first(operator):
    newest, oldest = listed(operator)["items"]
    assert newest == {
        "id": "4",
        "name": "agency-silent",
        "subject": A,
        "agency": A,
        "state": "open",
        "raised_at": "2019-06-03T02:11:09.000009Z",
        "cleared_at": None,
        "facts": {"agency": A, "since": "2019-06-03T02:11:09.000000Z"},
        "sentence": newest["sentence"],
        "remedy": newest["remedy"],
        "setting": "AXIS_ALERT_SILENT_DAYS",
    }
    assert (oldest["subject"], oldest["state"]) == ("job-2", "open")
    assert A in newest["sentence"]
    english = operator.get("/v1/alerts", headers={"Accept-Language": "en"}).json()["items"][0]
    assert english["sentence"] == f"{A} has not called since 2019-06-03T02:11:09.000000Z."


def test_history_is_listed_a_page_at_a_time_and_by_filters(operator):
    assert [item["subject"] for item in listed(operator, state="cleared")["items"]] == ["job-1", "job-0"]
    first = listed(operator, state="all", limit=3)
    assert [item["id"] for item in first["items"]] == ["4", "3", "2"]
    rest = listed(operator, state="all", limit=3, after=first["next"])
    assert ([item["id"] for item in rest["items"]], rest["next"]) == (["1"], None)
    assert [item["name"] for item in listed(operator, agency="H24")["items"]] == ["agency-silent"]
    assert [item["id"] for item in listed(operator, name="job-failed")["items"]] == ["3"]


def test_auditors_see_them_and_agencies_do_not(app):
    assert len(listed(client_of(app, role="auditor", name="x"))["items"]) == 2
    assert client_of(app, role="agency", agency=A).get("/v1/alerts").status_code == 403


@pytest.mark.parametrize("query", [{"state": "x"}, {"name": "x"}, {"after": "x"}, {"limit": "0"}, {"q": "x"}])
def test_a_query_that_cannot_be_read_is_refused(operator, query):
    assert operator.get("/v1/alerts", params=query).status_code == 422
