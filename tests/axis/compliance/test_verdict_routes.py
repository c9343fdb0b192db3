"""The statistic of verdicts over HTTP: members, definition, table, and questions that are refused."""

from dataclasses import replace

import pytest
from support.found_verdicts import FOUND, ISSUER, P256, RSA
from support.rest_calls import RestCalls

from axis.compliance.verdict_routes import VerdictStatistics

PATH = "/v1/statistics/verdicts"


@pytest.fixture
def judged(rest: RestCalls) -> RestCalls:
    """Documents of one agency, one for each thing that a verdict may find."""
    for verdict in FOUND.values():
        new = replace(rest.exchange.new_document(), verdict=verdict)
        rest.exchange.record(new).result()
    return rest


def test_rows_hold_what_was_asked_and_come_with_their_definition(judged: RestCalls) -> None:
    query = {"by": "sub_indication,algorithm", "issuer": ISSUER, "from": "2019-06-01", "to": "2019-06-30"}
    answer = judged.get("auditor", PATH, params=query)
    assert answer.json()["items"] == [
        {"sub_indication": None, "algorithm": P256, "documents": 3},
        {"sub_indication": None, "algorithm": RSA, "documents": 1},
        {"sub_indication": "REVOKED", "algorithm": RSA, "documents": 1},
        {"sub_indication": "TRY_LATER", "algorithm": P256, "documents": 1},
    ]
    assert "counts once for each different one" in answer.json()["definition"]
    VerdictStatistics.model_validate(answer.json())
    in_vietnamese = judged.get("A", PATH, headers={"Accept-Language": "vi"}).json()
    assert in_vietnamese["items"] == [{"documents": len(FOUND)}]
    assert "mỗi giá trị khác nhau" in in_vietnamese["definition"]
    assert judged.get("B", PATH).json()["items"] == [{"documents": 0}]


def test_the_same_as_a_table(judged: RestCalls) -> None:
    answer = judged.get("auditor", f"{PATH}?by=agency,indication&format=csv")
    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "agency,agency_name,indication,documents"
    assert lines[1].endswith(",,1")
    assert [line.split(",", 2)[2] for line in lines[2:5]] == [
        "INDETERMINATE,2",
        "TOTAL-FAILED,2",
        "TOTAL-PASSED,3",
    ]


@pytest.mark.parametrize(
    "query",
    [
        "by=colour",
        "by=kind",
        "recipient=G22",
        "indication=PASSED",
        "sub_indication=revoked",
        "signature_kind=robot",
        "algorithm=%00",
        "issuer=",
        "sender=?",
        "type=brief",
        "from=2019-02-30",
    ],
)
def test_what_cannot_be_understood_is_named(rest: RestCalls, query: str) -> None:
    answer = rest.get("auditor", f"{PATH}?{query}")
    assert answer.status_code == 422
    assert answer.json()["code"] == "query-invalid"
    (error,) = answer.json()["errors"]
    assert error["pointer"] == f"query:{query.partition('=')[0]}"
    assert error["expected"]
