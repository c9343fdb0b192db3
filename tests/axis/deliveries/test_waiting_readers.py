"""Who waits is woken by what concerns it, and what it then reads is read once for all who stand there."""

import asyncio
from typing import Any

import httpx
import pytest
from support.exchange import A, B, C, Exchange
from support.rest_calls import Ask, RestCalls
from support.waiting import until

from axis.deliveries import routes
from axis.deliveries.limits import MAX_WAIT_SECONDS
from axis.deliveries.waiting_readers import Waiting, WaitingReaders

READERS = 40


@pytest.mark.parametrize("path", ["/v1/inbox", "/v1/events"])
def test_waking_many_readers_of_one_agency_costs_one_read(
    rest: RestCalls, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    name = {"/v1/inbox": "read_inbox", "/v1/events": "read_events"}[path]
    read, reads = getattr(routes, name), []

    def counting(*arguments: Any) -> Any:
        reads.append(arguments)
        return read(*arguments)

    monkeypatch.setattr(routes, name, counting)

    async def work(ask: Ask) -> tuple[int, list[httpx.Response]]:
        waiting_readers = rest.app.state.hub.waiting_readers
        query = {"wait": MAX_WAIT_SECONDS}
        waiting = [asyncio.create_task(ask("B", "GET", path, params=query)) for _ in range(READERS)]

        def all_wait() -> bool:
            return (
                sum(map(len, waiting_readers._waiting.values())) == READERS
                and not waiting_readers.reads._next
            )

        await until(all_wait, "all to wait")
        before = len(reads)
        sent = await asyncio.to_thread(rest.exchange.send)
        if path == "/v1/events":
            await asyncio.to_thread(rest.exchange.give, B, sent.delivery(), "01")
        waiting_readers.wake()
        return before, await asyncio.gather(*waiting)

    before, answers = rest.run(work)
    assert len({answer.content for answer in answers}) == 1
    assert len(answers[0].json()["items"]) == 1
    assert before < READERS
    assert len(reads) - before <= 2  # two, if a look came between the commit and `wake`


def test_deliveries_wake_inboxes_and_statuses_wake_those_who_follow_events(exchange: Exchange) -> None:
    exchange.give(B, exchange.send().delivery(), "01")  # where there is nothing, the first look tells nothing

    async def work() -> dict[str, bool]:
        readers = WaitingReaders(exchange.database)
        woken: dict[str, bool] = {}

        async with readers.running():
            with (
                readers.waiting("inbox", [A]) as inbox_a,
                readers.waiting("inbox", [B]) as inbox_b,
                readers.waiting("events", [A]) as events_a,
                readers.waiting("events", [B]) as events_b,
                readers.waiting("inbox", [C]) as inbox_c,
                readers.waiting("events", None) as events_of_all,
            ):
                everyone = [inbox_a, inbox_b, inbox_c, events_a, events_b, events_of_all]
                await until(lambda: all(each._is_woken for each in everyone), "the first look to wake all")
                for each in everyone:
                    each._is_woken = False
                sent = await asyncio.to_thread(exchange.send)
                await until(lambda: inbox_b._is_woken, "the receiver's inbox to be woken")
                woken["by a delivery"] = any(each._is_woken for each in everyone if each is not inbox_b)
                inbox_b._is_woken = False
                await asyncio.to_thread(exchange.give, B, sent.delivery(), "01")
                of_events = [events_a, events_b, events_of_all]
                await until(lambda: all(each._is_woken for each in of_events), "both parties to be woken")
                woken["by a status"] = any(each._is_woken for each in (inbox_a, inbox_b, inbox_c))
        return woken

    assert asyncio.run(work()) == {"by a delivery": False, "by a status": False}


def test_who_is_woken_while_it_reads_does_not_wait() -> None:
    async def work() -> tuple[bool, bool, bool]:
        waiting = Waiting()
        deadline = asyncio.get_running_loop().time() + MAX_WAIT_SECONDS
        waiting.wake()
        at_once = await waiting.until(deadline)
        asyncio.get_running_loop().call_soon(waiting.wake)
        while_asleep = await waiting.until(deadline)
        return at_once, while_asleep, await waiting.until(0)

    assert asyncio.run(work()) == (True, True, False)


def test_a_hub_stops_although_something_is_committed_in_that_very_moment(exchange: Exchange) -> None:
    readers = WaitingReaders(exchange.database)

    async def work() -> None:
        async with readers.running():
            await asyncio.sleep(0)  # the look begins to wait
            readers.note_commit()
            await asyncio.sleep(0)  # what it waits for is there, and it does not know yet

    asyncio.run(asyncio.wait_for(work(), MAX_WAIT_SECONDS))
