"""Over HTTP: whose deliveries a token reads."""

from support.exchange import UNDER_A, A, B, C
from support.rest_calls import RestCalls


def test_a_subtree_reads_all_its_inboxes_or_the_one_it_picks(rest: RestCalls) -> None:
    rest.exchange.send(B, (UNDER_A, A))
    rest.exchange.send(B, (C,))
    assert len(rest.get("A", "/v1/inbox").json()["items"]) == 1
    assert [item["to"] for item in rest.get("A and below", "/v1/inbox").json()["items"]] == [UNDER_A, A]
    for code in (UNDER_A, "H24.14"):
        page = rest.get("A and below", "/v1/inbox", params={"agency": code}).json()
        assert [item["to"] for item in page["items"]] == [UNDER_A]
    refused = rest.get("A", "/v1/inbox", params={"agency": UNDER_A})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-your-agency")


def test_only_agencies_have_an_inbox(rest: RestCalls) -> None:
    assert rest.get(None, "/v1/inbox?limit=x").status_code == 401
    for role in ("auditor", "operator"):
        assert rest.get(role, "/v1/inbox").json()["code"] == "not-permitted"
