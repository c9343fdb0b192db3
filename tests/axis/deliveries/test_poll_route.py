"""Polls that are plain are answered without the framework's dependencies, and no differently."""

from typing import Any

import pytest
from support.exchange import B
from support.rest_calls import Ask, RestCalls

from axis.deliveries import poll_route

PLAIN = [
    "/v1/inbox",
    "/v1/inbox?limit=2&after=1",
    "/v1/inbox?agency=H24",
    "/v1/inbox?agency=%20",
    "/v1/events?limit=1",
]
ODD = [
    "/v1/inbox?limit=0",
    "/v1/inbox?limit=1&limit=2",
    "/v1/inbox?after=",
    "/v1/inbox?unknown=1",
    "/v1/events?wait=61",
    "/v1/events?agency=H24",
]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The polls that were answered at once."""
    answered: list[str] = []
    plain = poll_route._plain_query

    def noting(request: Any, model: Any) -> Any:
        query = plain(request, model)
        if query is not None:
            answered.append(str(request.url))
        return query

    monkeypatch.setattr(poll_route, "_plain_query", noting)
    return answered


@pytest.mark.parametrize("path", PLAIN + ODD)
def test_a_poll_is_answered_as_the_framework_would(rest: RestCalls, quick: list[str], path: str) -> None:
    for code in ("01", "03"):
        rest.exchange.give(B, rest.exchange.send().delivery(), code)

    async def work(ask: Ask) -> list[tuple[int, Any]]:
        answers = []
        for _ in range(2):  # the first makes the token known
            answer = await ask("B", "GET", path)
            body = {name: value for name, value in answer.json().items() if name != "request_id"}
            answers.append((answer.status_code, body))
        return answers

    first, second = rest.run(work)
    assert first == second
    assert len(quick) == (1 if path in PLAIN else 0)


def test_polls_of_others_than_agencies_are_the_framework_s(rest: RestCalls, quick: list[str]) -> None:
    async def work(ask: Ask) -> list[int]:
        roles = ("auditor", "operator", None, "auditor")
        return [(await ask(role, "GET", "/v1/events")).status_code for role in roles]

    assert rest.run(work) == [200, 403, 401, 200]
    assert quick == []
