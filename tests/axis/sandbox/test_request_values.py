"""Over HTTP: everything wrong in a request is named with its place, and nothing of it is kept."""

import pytest
from sqlalchemy import select
from support.sandbox_calls import HAI_PHONG, provision

from axis.agencies.tables import agencies, tokens
from axis.sandbox.app import create_sandbox


def test_what_is_described_is_what_is_taken_and_answered(tester, sandbox):
    described = create_sandbox(sandbox).openapi()["paths"]["/sandbox/agencies"]["post"]
    asked = described["requestBody"]["content"]["application/json"]["schema"]
    properties = asked["properties"]["agencies"]["items"]["properties"]
    person = {"name": "Nguyễn Văn An", "title": "Chủ tịch"}
    full = {
        **HAI_PHONG,
        "parent": None,
        "subtree": True,
        "organisation": {},
        "persons": [person],
        "vxp": True,
    }
    assert properties.keys() == full.keys()
    answered = described["responses"]["201"]["content"]["application/json"]["schema"]
    item = answered["properties"]["items"]["items"]
    (made,) = provision(tester, full)["items"]
    assert set(item["required"]) == item["properties"].keys() == made.keys()
    assert set(item["properties"]["vxp"]["required"]) == made["vxp"].keys()


def test_everything_wrong_is_named_and_nothing_is_kept(tester, database):
    problem = provision(
        tester,
        {**HAI_PHONG, "organisation": {"key": "dsa"}, "colour": "red"},
        {"code": "no code!", "name": "", "persons": [{"name": "An"}], "vxp": "yes"},
        {"code": "H25", "name": "x", "parent": 5, "organisation": {"public_key": "PEM"}},
        status=422,
    )
    assert problem["code"] == "query-invalid"
    assert {error["pointer"] for error in problem["errors"]} == {
        "/agencies/0/organisation/key",
        "/agencies/0/colour",
        "/agencies/1/code",
        "/agencies/1/name",
        "/agencies/1/persons/0/title",
        "/agencies/1/vxp",
        "/agencies/2/parent",
        "/agencies/2/organisation/public_key",
    }
    provision(tester, HAI_PHONG, {"code": "H25", "name": "x", "parent": "H99"}, status=422)
    with database.read() as tx:
        assert tx.execute(select(agencies)).all() == tx.execute(select(tokens)).all() == []


@pytest.mark.parametrize(
    "body", [[], {}, {"agencies": []}, {"agencies": [1]}, {"agencies": [HAI_PHONG] * 1001}]
)
def test_a_body_of_another_shape_is_refused(tester, body):
    assert tester.post("/sandbox/agencies", json=body).json()["code"] == "query-invalid"
