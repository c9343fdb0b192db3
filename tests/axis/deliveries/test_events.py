"""Over HTTP: events reach whom they concern, once, in order, and as a stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.exchange import AUDITOR, UNDER_A, A, B, Exchange, speaking_for
from support.rest_calls import Ask, RestCalls
from support.waiting import GUARD_SECONDS, until

from axis.agencies.callers import Caller
from axis.deliveries.audience import audience_of
from axis.deliveries.events import framed, read_events, stream
from axis.deliveries.limits import MAX_WAIT_SECONDS
from axis.deliveries.schemas import EventPage
from axis.deliveries.waiting_readers import WaitingReaders


def codes(rest: RestCalls, role: str) -> list[str]:
    return [item["code"] for item in rest.get(role, "/v1/events").json()["items"]]


def test_both_parties_and_the_auditor_see_a_status_and_nobody_else(rest: RestCalls) -> None:
    sent = rest.exchange.send()
    rest.exchange.give(B, sent.delivery(), "03", "đã vào sổ")
    page = rest.get("A", "/v1/events").json()
    assert page["items"] == [
        {
            "id": "2",
            "kind": "status",
            "at": "2019-06-03T02:11:09.000000Z",
            "document": sent.id,
            "delivery": sent.delivery(),
            "code": "03",
            "note": "đã vào sổ",
            "by": B,
        }
    ]
    assert page["next"] == "2"
    EventPage.model_validate(page)
    assert rest.get("B", "/v1/events").json() == rest.get("auditor", "/v1/events").json() == page
    assert rest.get("C", "/v1/events").json() == {"items": [], "next": "0"}


def test_a_recall_reaches_the_receiver_and_its_answer_the_sender(rest: RestCalls) -> None:
    sent = rest.exchange.send()
    rest.exchange.ask("recall", sent, subject="V/v thu hồi")
    rest.exchange.give(B, sent.delivery(), "15")
    items = rest.get("B", "/v1/events").json()["items"]
    assert [(item["code"], item["by"], item["note"], item["request"]) for item in items] == [
        ("13", A, "V/v thu hồi", "recall"),
        ("15", B, None, "recall"),
    ]
    assert codes(rest, "A") == ["13", "15"]


def test_a_refusal_reaches_its_sender_with_its_id_and_number(rest: RestCalls) -> None:
    refusal = rest.exchange.refuse(A, "unknown-recipient", "7/VP")
    (item,) = rest.get("A", "/v1/events").json()["items"]
    assert (item["kind"], item["code"], item["refusal"], item["number"]) == (
        "refusal",
        "unknown-recipient",
        refusal.id,
        "7/VP",
    )
    assert item["document"] is item["delivery"] is None
    assert codes(rest, "B") == []
    assert codes(rest, "auditor") == ["unknown-recipient"]


def test_an_event_between_two_of_one_subtree_comes_once(rest: RestCalls) -> None:
    sent = rest.exchange.send(A, (UNDER_A,))
    for code in ("01", "03", "06"):
        rest.exchange.give(UNDER_A, sent.delivery(), code)
    first = rest.get("A and below", "/v1/events", params={"limit": 2}).json()
    rest = rest.get("A and below", "/v1/events", params={"after": first["next"]}).json()
    assert [item["code"] for item in first["items"] + rest["items"]] == ["01", "03", "06"]


def test_events_wait_too(rest: RestCalls) -> None:
    sent = rest.exchange.send()

    async def work(ask: Ask) -> Any:
        waiting = asyncio.create_task(ask("A", "GET", "/v1/events", params={"wait": MAX_WAIT_SECONDS}))
        await asyncio.sleep(0.2)
        answer = await ask("B", "POST", f"/v1/deliveries/{sent.delivery()}/statuses", json={"code": "01"})
        assert answer.status_code == 201
        return (await asyncio.wait_for(waiting, GUARD_SECONDS)).json()

    assert [item["code"] for item in rest.run(work)["items"]] == ["01"]


@pytest.mark.parametrize("accept", ["text/html", "application/xml, text/plain;q=0.5"])
def test_an_answer_of_another_kind_is_refused(rest: RestCalls, accept: str) -> None:
    answer = rest.get("A", "/v1/events", headers={"Accept": accept})
    assert (answer.status_code, answer.json()["code"]) == (406, "not-acceptable")


def test_a_client_that_takes_anything_or_names_json_gets_a_page(rest: RestCalls) -> None:
    for accept in ("*/*", "application/json", "text/html, */*;q=0.1"):
        answer = rest.get("A", "/v1/events", headers={"Accept": accept})
        assert answer.headers["content-type"] == "application/json", accept


def test_a_broken_last_event_id_is_refused(rest: RestCalls) -> None:
    answer = rest.get("A", "/v1/events", headers={"Accept": "text/event-stream", "Last-Event-ID": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "query-invalid")


async def frames(chunks: AsyncIterator[bytes], count: int) -> list[dict[str, str]]:
    """Read that many events off a stream, as the HTML standard says they are read."""
    found: list[dict[str, str]] = []
    buffer = b""
    async for chunk in chunks:
        buffer += chunk
        while b"\n\n" in buffer:
            block, _, buffer = buffer.partition(b"\n\n")
            fields = dict(
                line.split(": ", 1) for line in block.decode().split("\n") if not line.startswith(":")
            )
            if "data" in fields:
                found.append(fields)
        if len(found) >= count:
            break
    return found


def streamed(
    exchange: Exchange, waiting_readers: WaitingReaders, caller: Caller, after: int, permitted: Any
) -> Any:
    with exchange.database.read() as tx:
        audience = audience_of(tx, exchange.directory, caller)
    return stream(
        waiting_readers,
        audience,
        lambda position: framed(read_events(exchange.database, audience, position, 2)),
        after,
        permitted,
    )


async def always() -> bool:
    return True


@pytest.mark.parametrize("caller", [speaking_for(A), speaking_for(A, subtree=True), AUDITOR])
def test_a_stream_gives_what_was_and_then_what_comes_each_with_its_cursor(
    exchange: Exchange, caller: Caller
) -> None:
    sent = exchange.send()
    for code in ("01", "03", "05"):
        exchange.give(B, sent.delivery(), code)

    async def work() -> list[dict[str, str]]:
        waiting_readers = WaitingReaders(exchange.database)
        async with waiting_readers.running():
            reading = asyncio.create_task(frames(streamed(exchange, waiting_readers, caller, -1, always), 4))
            await asyncio.sleep(0.3)
            await asyncio.to_thread(exchange.give, B, sent.delivery(), "06")
            return await asyncio.wait_for(reading, GUARD_SECONDS)

    found = asyncio.run(work())
    assert [json.loads(frame["data"])["code"] for frame in found] == ["01", "03", "05", "06"]
    assert [frame["event"] for frame in found] == ["status"] * 4
    assert [frame["id"] for frame in found] == ["2", "3", "4", "5"]


def test_a_stream_goes_on_after_the_last_event_id(exchange: Exchange) -> None:
    sent = exchange.send()
    for code in ("01", "03"):
        exchange.give(B, sent.delivery(), code)

    async def work() -> list[dict[str, str]]:
        waiting_readers = WaitingReaders(exchange.database)
        async with waiting_readers.running():
            return await frames(streamed(exchange, waiting_readers, speaking_for(A), 1, always), 1)

    assert [frame["id"] for frame in asyncio.run(work())] == ["3"]


def test_a_stream_speaks_when_nothing_happens_and_ends_when_its_token_no_longer_holds(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("axis.deliveries.events.HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr("axis.deliveries.events.PERMISSION_SECONDS", 0.05)
    asked = 0

    async def for_a_while() -> bool:
        nonlocal asked
        asked += 1
        return asked < 12

    async def work() -> list[bytes]:
        waiting_readers = WaitingReaders(exchange.database)
        async with waiting_readers.running():
            return [
                chunk async for chunk in streamed(exchange, waiting_readers, speaking_for(A), -1, for_a_while)
            ]

    chunks = asyncio.run(asyncio.wait_for(work(), GUARD_SECONDS))
    assert chunks.count(b": still here\n\n") >= 2


def test_a_stream_ends_when_the_hub_stops(exchange: Exchange) -> None:
    chunks: list[bytes] = []

    async def work() -> None:
        waiting_readers = WaitingReaders(exchange.database)

        async def read() -> None:
            async for chunk in streamed(exchange, waiting_readers, speaking_for(A), -1, always):
                chunks.append(chunk)  # noqa: PERF401 - they are looked at while more come

        async with waiting_readers.running():
            reading = asyncio.create_task(read())
            await until(lambda: chunks, "the stream to begin")
            waiting_readers.close()
            await asyncio.wait_for(reading, GUARD_SECONDS)

    asyncio.run(work())
    assert chunks == [b"retry: 1000\n\n"]
