"""Over HTTP: what a relay may send, read and answer, and what it may not."""

import json

import pytest
from support.relayed_hub import RelayedHub, manifest_of

from axis.compliance.reconciliation.counter_comparison import reconcile
from axis.compliance.store_checks.leaves_and_rows import check_rows

OFFICE, MINISTRY, PROVINCE, COMMUNE, ELSEWHERE = (
    "000.00.00.G22",
    "000.00.00.G12",
    "000.00.00.H26",
    "000.01.14.H26",
    "000.00.00.H05",
)
RELAY, OTHER_RELAY = "via:h26", "via:h05"


@pytest.fixture
def national(database, database_url, tmp_path):  # noqa: ARG001 - it makes the tables
    """A hub with two ministries, that reaches a province and a commune via one relay, one via another."""
    hub = RelayedHub(
        database_url,
        tmp_path / "keys",
        (OFFICE, MINISTRY),
        {PROVINCE: "h26", COMMUNE: "h26", ELSEWHERE: "h05"},
    )
    yield hub
    hub.close()


def opened(answer) -> list[str]:
    return [each["to"] for each in answer.json()["deliveries"]]


def refused(answer) -> tuple[int, str, list[str]]:
    body = answer.json()
    return answer.status_code, body["code"], [each["found"] for each in body.get("errors", [])]


def agrees_with_itself(hub: RelayedHub) -> bool:
    """Whether rows, leaves and counters say the same."""
    with hub.hub.database.read() as tx:
        differences = [*check_rows(tx), *reconcile(tx)]
    assert differences == []
    return True


def test_a_relay_hands_over_for_some_recipients_and_their_deliveries_alone_are_opened(national):
    manifest = manifest_of(COMMUNE, "000.00.99.H26", OFFICE, ELSEWHERE)
    query = {"recipients": f"{ELSEWHERE},{OFFICE}"}
    first = national.send(RELAY, manifest, **query)
    assert (first.status_code, opened(first)) == (201, [OFFICE, ELSEWHERE])
    again = national.send(RELAY, manifest, **query)
    assert (again.status_code, again.json()["deliveries"]) == (200, first.json()["deliveries"])
    document = national.client("auditor").get(f"/v1/documents/{first.json()['id']}").json()
    assert (document["to"], document["relay"]) == ([OFFICE, ELSEWHERE], "h26")
    assert [item["document"] for item in national.client(OFFICE).get("/v1/inbox").json()["items"]] == [
        document["id"]
    ]
    handed_on = national.client(OTHER_RELAY).get("/v1/inbox").json()["items"]
    assert [item["to"] for item in handed_on] == [ELSEWHERE]
    exchange = national.client("auditor").get("/v1/statistics/exchange").json()["items"][0]
    assert (exchange["sent"], exchange["addressed"], exchange["pending"]) == (1, 2, 2)
    assert agrees_with_itself(national)


def test_what_goes_wrong_with_a_document_that_is_handed_over_is_said_by_name(national):
    circle = refused(national.send(RELAY, manifest_of(COMMUNE, OFFICE, PROVINCE)))
    assert circle == (
        422,
        "unknown-recipient",
        [f"{PROVINCE}, which this hub reaches via the relay h26 itself"],
    )
    unknown = refused(national.send(RELAY, manifest_of(COMMUNE, "000.00.99.H26")))
    assert unknown == (422, "unknown-recipient", ["000.00.99.H26"])
    for sender in (OFFICE, ELSEWHERE, "000.00.99.H26"):
        assert refused(national.send(RELAY, manifest_of(sender, MINISTRY)))[:2] == (403, "not-your-agency")
    lacking = refused(national.send(RELAY, manifest_of(COMMUNE, OFFICE), recipients=MINISTRY))
    assert lacking == (422, "query-invalid", [MINISTRY])
    for name, value in (RELAY, "no code!"), (OFFICE, MINISTRY):
        answer = national.send(name, manifest_of(OFFICE, MINISTRY), recipients=value)
        assert refused(answer)[:2] == (422, "query-invalid")


def test_no_document_goes_round_in_a_circle_since_it_comes_from_its_senders_side(national):
    manifest = manifest_of(OFFICE, ELSEWHERE)
    assert national.send(OFFICE, manifest).status_code == 201
    back = refused(national.send(RELAY, manifest))
    assert back == (403, "not-your-agency", [f"{OFFICE}, an agency of this hub itself"])
    other_way = refused(national.send(RELAY, manifest_of(ELSEWHERE, OFFICE)))
    assert other_way == (403, "not-your-agency", [f"{ELSEWHERE}, reached via the relay h05"])


def test_an_agency_behind_a_relay_does_not_speak_here_itself_and_is_told_why(national):
    token = national.client(ELSEWHERE)  # as it was made before the agency went behind the relay
    status, code, found = refused(national.send(ELSEWHERE, manifest_of(ELSEWHERE, OFFICE)))
    assert (status, code, found) == (403, "not-your-agency", [f"{ELSEWHERE}, reached via the relay h05"])
    sent = national.send(OFFICE, manifest_of(OFFICE, ELSEWHERE)).json()
    delivery = sent["deliveries"][0]["id"]
    assert token.post(f"/v1/deliveries/{delivery}/statuses", json={"code": "01"}).status_code == 404


def test_a_relay_reads_what_concerns_its_agencies_and_nothing_else(national):
    mine = national.send(OFFICE, manifest_of(OFFICE, MINISTRY, COMMUNE, ELSEWHERE)).json()
    others = national.send(OFFICE, manifest_of(OFFICE, MINISTRY, ELSEWHERE)).json()
    relay = national.client(RELAY)
    assert [item["to"] for item in relay.get("/v1/inbox").json()["items"]] == [COMMUNE]
    assert relay.get("/v1/inbox", params={"agency": ELSEWHERE}).json()["code"] == "not-your-agency"
    assert len(relay.get("/v1/inbox", params={"agency": COMMUNE}).json()["items"]) == 1
    shown = relay.get(f"/v1/documents/{mine['id']}").json()
    assert [each["to"] for each in shown["deliveries"]] == [COMMUNE]
    assert relay.get(f"/v1/documents/{mine['id']}/attachments/0").status_code == 200
    assert relay.get(f"/v1/documents/{others['id']}").status_code == 404
    for path in ("/v1/documents", "/v1/refusals", "/v1/statistics/exchange", "/v1/deliveries"):
        assert relay.get(path).status_code == 403
    listed = relay.get("/v1/agencies", params={"via": "h26"}).json()["items"]
    assert [item["code"] for item in listed] == [PROVINCE, COMMUNE]


def test_a_status_that_a_relay_brings_is_taken_once_whatever_came_since(national):
    sent = national.send(OFFICE, manifest_of(OFFICE, COMMUNE)).json()
    delivery, relay = sent["deliveries"][0]["id"], national.client(RELAY)

    def bring(code: str, origin: str, **more: str) -> int:
        body = [{"delivery": delivery, "code": code, "origin": origin, **more}]
        (item,) = relay.post("/v1/statuses", json=body).json()["items"]
        return item["status"]

    assert [bring("03", "p/1"), bring("05", "p/2"), bring("05", "p/2")] == [201, 201, 200]
    asked = national.client(OFFICE).post(
        f"/v1/deliveries/{delivery}/statuses", json={"code": "13", "note": "gửi nhầm"}
    )
    assert asked.status_code == 201
    assert [bring("05", "p/2"), bring("03", "p/1")] == [200, 200]
    assert bring("06", "p/3") == 201, "it was given where nobody had heard of the request yet"
    assert bring("16", "p/4", note="đã xử lý") == 201
    events = relay.get("/v1/events").json()["items"]
    assert [each["code"] for each in events] == ["03", "05", "13", "06", "16"]
    assert agrees_with_itself(national)


def test_only_a_relay_says_where_a_status_comes_from(national):
    sent = national.send(OFFICE, manifest_of(OFFICE, MINISTRY)).json()
    delivery = f"/v1/deliveries/{sent['deliveries'][0]['id']}/statuses"
    for body in ({"code": "01", "origin": "x"}, {"code": "13", "note": "x", "request": "update"}):
        answer = national.client(MINISTRY).post(delivery, json=body)
        assert refused(answer)[:2] == (422, "status-invalid")
    for body in (
        {"code": "01", "origin": ""},
        {"code": "01", "origin": 1},
        {"code": "01", "request": "recall"},
    ):
        answer = national.client(RELAY).post(delivery, json=body)
        assert refused(answer)[:2] == (422, "status-invalid")


def test_a_request_that_a_document_opened_names_that_document(national):
    sent = manifest_of(OFFICE, COMMUNE)
    assert national.send(OFFICE, sent).status_code == 201
    named = json.loads(sent)
    refers_to = [{name: named[name] for name in ("from", "number", "issued_on")}]
    recall = manifest_of(OFFICE, COMMUNE, action="recall", refers_to=refers_to, subject="thu hồi")
    answer = national.send(OFFICE, recall)
    assert answer.status_code == 201
    (event,) = national.client(RELAY).get("/v1/events").json()["items"]
    assert (event["code"], event["request_document"]) == ("13", answer.json()["id"])
