"""Statuses given over HTTP, one or many in a call."""

from typing import Any

import pytest
from support.rest_calls import Ask, RestCalls

from axis.agencies.admission import Admission
from axis.deliveries.schemas import StatusAnswer, StatusAnswers


def give(rest: RestCalls, role: str | None, delivery: str, body: Any, **more: Any) -> Any:
    return rest.post(role, f"/v1/deliveries/{delivery}/statuses", body, **more)


def test_a_status_is_created_and_then_repeated(rest: RestCalls) -> None:
    sent = rest.exchange.send()
    first = give(rest, "B", sent.delivery(), {"code": "03", "note": "đã vào sổ"})
    assert first.status_code == 201
    assert first.json() == {
        "delivery": sent.delivery(),
        "document": sent.id,
        "code": "03",
        "note": "đã vào sổ",
        "by": "000.00.00.G22",
        "at": "2019-06-03T02:11:09.000000Z",
        "repeated": False,
    }
    StatusAnswer.model_validate(first.json())
    again = give(rest, "B", sent.delivery(), {"code": "03", "note": "đã vào sổ"})
    assert (again.status_code, again.json()) == (200, first.json() | {"repeated": True})


BROKEN: tuple[tuple[Any, int, str], ...] = (
    ({"code": "06"}, 409, "status-not-allowed"),
    ({"code": "02"}, 422, "status-invalid"),
    ({"code": "99"}, 422, "status-invalid"),
    ({"code": 3}, 422, "status-invalid"),
    ({"code": "03", "note": "a\u0007"}, 422, "status-invalid"),
    ({"code": "03", "colour": "red"}, 422, "status-invalid"),
    ({}, 422, "status-invalid"),
    ([], 422, "status-invalid"),
)


def test_a_status_that_breaks_a_rule_is_refused(rest: RestCalls) -> None:
    sent = rest.exchange.send()
    for body, status, code in BROKEN:
        answer = give(rest, "B", sent.delivery(), body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
        assert answer.json()["errors"]


def test_a_delivery_that_is_not_there_and_one_that_is_not_mine_look_the_same(rest: RestCalls) -> None:
    sent = rest.exchange.send()
    for delivery in (sent.delivery(), sent.delivery(9), "nothing", f"{sent.id}.0x"):
        answer = give(rest, "C", delivery, {"code": "01"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_only_agencies_give_statuses_and_nobody_is_read_before_being_known(rest: RestCalls) -> None:
    sent = rest.exchange.send()
    assert give(rest, None, sent.delivery(), "no status at all").status_code == 401
    for role in ("auditor", "operator"):
        assert give(rest, role, sent.delivery(), {"code": "01"}).status_code == 403
        assert rest.post(role, "/v1/statuses", []).status_code == 403


def test_the_body_must_be_json_and_say_so(rest: RestCalls) -> None:
    sent = rest.exchange.send()
    path = f"/v1/deliveries/{sent.delivery()}/statuses"
    plain = rest.run(
        lambda ask: ask("B", "POST", path, content=b"01", headers={"Content-Type": "text/plain"})
    )
    assert plain.status_code == 415
    json = {"Content-Type": "application/json"}
    broken = rest.run(lambda ask: ask("B", "POST", path, content=b'{"code": "01"', headers=json))
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed-json")
    long = rest.run(lambda ask: ask("B", "POST", path, content=b'"' + b"a" * 2**20 + b'"', headers=json))
    assert long.status_code == 413


@pytest.mark.parametrize("shape", [list, lambda items: {"items": items}])
def test_many_are_answered_each_on_its_own_and_in_order(rest: RestCalls, shape: Any) -> None:
    one, two = rest.exchange.send(), rest.exchange.send()
    body = [
        {"delivery": one.delivery(), "code": "01"},
        {"delivery": two.delivery(), "code": "06"},
        {"delivery": "nothing", "code": "01"},
        {"code": "01"},
        {"delivery": two.delivery(), "code": "02", "note": "thiếu phụ lục"},
        {"delivery": one.delivery(), "code": "01", "note": None},
    ]
    answer = rest.post("B", "/v1/statuses", shape(body))
    assert answer.status_code == 200
    StatusAnswers.model_validate(answer.json())
    assert [(item["status"], item["code"]) for item in answer.json()["items"]] == [
        (201, "01"),
        (409, "status-not-allowed"),
        (404, "not-found"),
        (422, "status-invalid"),
        (201, "02"),
        (200, "01"),
    ]


def test_a_thousand_may_come_at_once_and_not_one_more(rest: RestCalls) -> None:
    sent = [rest.exchange.send(to=("000.00.00.G22", "000.00.00.H26")) for _ in range(2)]
    body = [{"delivery": sent[n % 2].delivery(), "code": "05" if n > 1 else "03"} for n in range(1_000)]
    answer = rest.post("B", "/v1/statuses", body)
    assert {item["status"] for item in answer.json()["items"]} == {201, 200}
    assert len(answer.json()["items"]) == 1_000
    refused = rest.post("B", "/v1/statuses", [*body, body[0]])
    assert (refused.status_code, refused.json()["code"]) == (413, "too-many-parts")
    assert rest.post("B", "/v1/statuses", {"statuses": body}).json()["code"] == "status-invalid"


@pytest.mark.parametrize(("limits", "status"), [((4, 0), 429), ((0, 0), 503)])
def test_statuses_hold_places_among_all_that_is_sent_and_reads_need_none(
    rest: RestCalls, limits, status
) -> None:
    delivery = rest.exchange.send().delivery()
    rest.app.state.hub.admission = Admission(*limits)

    async def work(ask: Ask) -> list[tuple[int, bool]]:
        one = await ask("B", "POST", f"/v1/deliveries/{delivery}/statuses", json={"code": "03"})
        many = await ask("B", "POST", "/v1/statuses", json=[{"delivery": delivery, "code": "03"}])
        inbox = await ask("B", "GET", "/v1/inbox")
        return [(answer.status_code, "retry-after" in answer.headers) for answer in (one, many, inbox)]

    assert rest.run(work) == [(status, True), (status, True), (200, False)]
