"""Targets over HTTP: set by operators, read with any token, and what is wrong with a target is named."""

from typing import Any

import pytest
from support.exchange import A, B
from support.rest_calls import RestCalls


def put(rest: RestCalls, **members: Any) -> Any:
    return rest.put("operator", "/v1/targets", json=members)


def items(rest: RestCalls, **query: Any) -> list[dict[str, Any]]:
    return rest.get("B", "/v1/targets", params=query).json()["items"]


def test_a_target_is_set_replaced_and_taken_away(rest: RestCalls) -> None:
    answer = put(rest, agency=A, year=2020, rate=0.9)
    assert answer.json() == {"agency": A, "level": None, "year": 2020, "rate": 0.9}
    put(rest, agency=A, year=2020, rate=1)
    assert items(rest) == [{"agency": A, "level": None, "year": 2020, "rate": 1.0}]
    assert put(rest, agency=A, year=2020, rate=None).json()["rate"] is None
    assert items(rest) == []


def test_targets_are_filtered_and_paged(rest: RestCalls) -> None:
    for year in (2021, 2020):
        put(rest, level=1, year=year, rate=0.5)
        put(rest, agency=A, year=year, rate=0.7)
        put(rest, agency=B, year=year, rate=0.8)
    assert [(one["year"], one["level"] or one["agency"]) for one in items(rest, year=2020)] == [
        (2020, B),
        (2020, A),
        (2020, 1),
    ]
    assert [one["year"] for one in items(rest, level=1)] == [2020, 2021]
    assert [one["rate"] for one in items(rest, agency=A)] == [0.7, 0.7]
    seen: list[Any] = []
    after: str | None = None
    while True:
        query: dict[str, Any] = {"limit": 2} if after is None else {"limit": 2, "after": after}
        page = rest.get("auditor", "/v1/targets", params=query).json()
        seen += page["items"]
        after = page["next"]
        if after is None:
            break
    assert seen == items(rest)
    assert len(seen) == 6


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"level": 1, "year": 2020, "rate": 1.01}, "/rate"),
        ({"level": 1, "year": 2020, "rate": True}, "/rate"),
        ({"level": 1, "year": 2020, "rate": "0.5"}, "/rate"),
        ({"level": 1, "year": 2020}, "/rate"),
        ({"level": 1, "rate": 0.5}, "/year"),
        ({"level": 1, "year": 1999, "rate": 0.5}, "/year"),
        ({"level": 1, "year": 2020.0, "rate": 0.5}, "/year"),
        ({"level": 9, "year": 2020, "rate": 0.5}, "/level"),
        ({"level": True, "year": 2020, "rate": 0.5}, "/level"),
        ({"agency": "no code!", "year": 2020, "rate": 0.5}, "/agency"),
        ({"agency": 62, "year": 2020, "rate": 0.5}, "/agency"),
        ({"agency": "H99", "year": 2020, "rate": 0.5}, "/agency"),
        ({"year": 2020, "rate": 0.5}, ""),
        ({"agency": A, "level": 1, "year": 2020, "rate": 0.5}, ""),
        ({"level": 1, "year": 2020, "rate": 0.5, "note": "x"}, "/note"),
    ],
)
def test_a_wrong_target_is_refused_and_its_place_named(
    rest: RestCalls, members: dict[str, Any], pointer: str
) -> None:
    answer = put(rest, **members)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert items(rest) == []


def test_a_body_that_is_no_object_and_an_unreadable_cursor_are_refused(rest: RestCalls) -> None:
    assert rest.put("operator", "/v1/targets", json=[]).status_code == 422
    assert rest.get("A", "/v1/targets", params={"after": "x"}).status_code == 422
    assert rest.get("A", "/v1/targets", params={"agency": "?"}).status_code == 422


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("A", 403), ("auditor", 403), ("operator", 200)])
def test_operators_alone_set_targets(rest: RestCalls, role: str | None, status: int) -> None:
    answer = rest.put(role, "/v1/targets", json={"level": 1, "year": 2020, "rate": 0.9})
    assert answer.status_code == status
