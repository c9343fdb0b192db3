"""The statistics: members, definition, and questions that are refused."""

import pytest
from support.exchange import UNDER_A, A, B, C
from support.rest_calls import RestCalls

from axis.compliance.routes import (
    DeadlineStatistics,
    ExchangeStatistics,
    MessageStatistics,
    SignatureStatistics,
)


def test_the_rate_comes_with_its_definition_and_every_member(rest: RestCalls) -> None:
    for signed in ("both", "organisation", "unsigned"):
        rest.exchange.send(A, (B,), signed=signed)
    query = {"by": "agency,month", "recipient": "G22", "from": "2019-03-12", "to": "2019-08-20"}
    answer = rest.get("auditor", "/v1/statistics/signatures", params=query)
    assert answer.json()["items"] == [
        {
            "agency": A,
            "agency_name": f"Cơ quan {A}",
            "month": "2019-06",
            "sent": 3,
            "signed": 2,
            "both": 1,
            "organisation": 1,
            "person": 0,
            "indeterminate": 0,
            "failed": 0,
            "unsigned": 1,
            "rate": 2 / 3,
            "rate_full": 1 / 3,
            "rate_any": 2 / 3,
        }
    ]
    assert "signed ÷ sent" in answer.json()["definition"]
    SignatureStatistics.model_validate(answer.json())


def test_the_definition_comes_in_the_reader_s_language(rest: RestCalls) -> None:
    for kind in ("signatures", "exchange"):
        answer = rest.get("A", f"/v1/statistics/{kind}", headers={"Accept-Language": "vi"})
        assert "văn bản" in answer.json()["definition"]
        assert answer.headers["content-language"] == "vi"


def test_the_exchange_holds_every_member(rest: RestCalls) -> None:
    sent = rest.exchange.send(A, (B, C))
    rest.exchange.give(B, sent.delivery(), "03")
    answer = rest.get("auditor", "/v1/statistics/exchange")
    assert answer.json()["items"] == [
        {"sent": 1, "addressed": 2, "received": 2, "handled": 1, "pending": 1, "refused": 0, "withdrawn": 0}
    ]
    ExchangeStatistics.model_validate(answer.json())


def test_messages_are_counted_by_kind_and_elsewhere_only_where_type_asks(rest: RestCalls) -> None:
    rest.exchange.send(A, (B,))
    sent = rest.exchange.send_message("ho-so", A, (B, C))
    rest.exchange.send_message("tien-do", A, (B,))
    rest.exchange.give(B, sent.delivery(), "03")
    answer = rest.get("auditor", "/v1/statistics/messages?by=kind,type")
    numbers = {"addressed": 2, "received": 2, "handled": 1, "pending": 1, "refused": 0, "withdrawn": 0}
    others = {"addressed": 1, "received": 1, "handled": 0, "pending": 1, "refused": 0, "withdrawn": 0}
    assert answer.json()["items"] == [
        {"kind": "ho-so", "type": "thong-diep", "sent": 1, **numbers},
        {"kind": "tien-do", "type": "thong-diep", "sent": 1, **others},
    ]
    MessageStatistics.model_validate(answer.json())
    for kind in ("signatures", "exchange"):
        found = [
            rest.get("auditor", f"/v1/statistics/{kind}{query}").json()["items"][0]["sent"]
            for query in ("", "?type=thong-diep", "?type=cong-van", "?type=bao-cao")
        ]
        assert found == [1, 2, 1, 0]
        assert rest.get("auditor", f"/v1/statistics/{kind}?by=kind").status_code == 422
    assert rest.get("auditor", "/v1/statistics/messages?type=cong-van").status_code == 422


def test_deadlines_hold_every_member_and_say_as_of_when(rest: RestCalls) -> None:
    sent = rest.exchange.send(A, (B, C))
    rest.exchange.give(B, sent.delivery(), "03")
    answer = rest.get("auditor", "/v1/statistics/deadlines")
    (row,) = answer.json()["items"]
    assert {name: row[name] for name in ("sent", "sent_in_time", "sent_late", "rate_sent")} == {
        "sent": 1,
        "sent_in_time": 1,
        "sent_late": 0,
        "rate_sent": 1.0,
    }
    assert (row["received"], row["answered_in_time"], row["answered_late"]) == (2, 1, 0)
    assert row["overdue"] + row["open"] == 1
    assert "Decree 30/2020" in answer.json()["definition"]
    DeadlineStatistics.model_validate(answer.json())
    in_vietnamese = rest.get("A", "/v1/statistics/deadlines", headers={"Accept-Language": "vi"}).json()
    assert "Nghị định 30/2020/NĐ-CP" in in_vietnamese["definition"]


def test_messages_have_no_deadlines_to_ask_for(rest: RestCalls) -> None:
    answer = rest.get(
        "auditor", "/v1/statistics/deadlines?type=thong-diep", headers={"Accept-Language": "vi"}
    )
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["found"] == "thong-diep"
    assert "không có thời hạn" in error["expected"]


def test_by_may_be_repeated_or_listed(rest: RestCalls) -> None:
    rest.exchange.send(A, (B,))
    paths = ("by=type&by=day", "by=type,day", "by=type,day,type")
    found = [rest.get("A", f"/v1/statistics/signatures?{path}").json()["items"] for path in paths]
    assert found[0] == found[1] == found[2]
    assert list(found[0][0])[:2] == ["type", "day"]


MISUNDERSTOOD = (
    "by=colour",
    "type=colour",
    "from=2019-02-30",
    "from=03/06/2019",
    "to=0",
    "to=2019-06-03&from=2019-06-04",
    "sender=%20",
    "recipient=a/b",
    "limit=3",
)


@pytest.mark.parametrize("kind", ["signatures", "exchange"])
def test_a_question_that_cannot_be_understood_is_refused_with_its_place(rest: RestCalls, kind: str) -> None:
    for query in MISUNDERSTOOD:
        answer = rest.get("auditor", f"/v1/statistics/{kind}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "query-invalid"), query
        assert answer.json()["errors"][0]["pointer"] == f"query:{query.partition('=')[0]}"


def test_only_agencies_and_auditors_ask_and_an_agency_sees_its_own(rest: RestCalls) -> None:
    rest.exchange.send(A, (B,))
    rest.exchange.send(UNDER_A, (B,))
    assert rest.get(None, "/v1/statistics/signatures?by=x").status_code == 401
    assert rest.get("operator", "/v1/statistics/exchange").json()["code"] == "not-permitted"
    sent = {
        role: rest.get(role, "/v1/statistics/signatures").json()["items"][0]["sent"]
        for role in ("A", "A and below", "B", "auditor")
    }
    assert sent == {"A": 1, "A and below": 2, "B": 0, "auditor": 2}


def test_all_agencies_are_a_question_about_agencies(rest: RestCalls) -> None:
    rest.exchange.send(A, (B,))
    query = {"by": "agency", "agencies": "all"}
    items = rest.get("auditor", "/v1/statistics/signatures", params=query).json()["items"]
    assert {item["agency"]: item["sent"] for item in items}.items() >= {A: 1, B: 0, C: 0, UNDER_A: 0}.items()
    refused = rest.get("auditor", "/v1/statistics/signatures", params={"by": "month", "agencies": "all"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "query:agencies"
