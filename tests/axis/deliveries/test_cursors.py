"""Over HTTP: a cursor reads everything once and in order, whatever is written beside it."""

import asyncio

import pytest
from support.exchange import UNDER_A, A, B, C
from support.rest_calls import Ask, RestCalls

from axis.deliveries.limits import MAX_WAIT_SECONDS
from axis.intake.document_records import document_record
from axis.intake.recording import record_documents


def test_a_cursor_reads_everything_once_and_in_order(rest: RestCalls) -> None:
    sent = [rest.exchange.send().delivery() for _ in range(7)]
    after, seen = None, []
    for _ in range(5):
        query = {"limit": 2} if after is None else {"limit": 2, "after": after}
        page = rest.get("B", "/v1/inbox", params=query).json()
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
    assert seen == sent
    page = rest.get("B", "/v1/inbox", params={"after": after}).json()
    assert page == {"items": [], "next": after}


def test_the_first_delivery_of_all_is_not_skipped_and_an_empty_inbox_has_a_cursor(rest: RestCalls) -> None:
    empty = rest.get("B", "/v1/inbox").json()
    assert empty == {"items": [], "next": "0"}
    sent = rest.exchange.send()
    assert sent.position == 0
    page = rest.get("B", "/v1/inbox", params={"after": empty["next"]}).json()
    assert [item["id"] for item in page["items"]] == [sent.delivery()]


def test_a_subtree_s_cursor_reads_everything_once_wherever_it_lies(
    rest: RestCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("axis.deliveries.queries.FIRST_WINDOW", 1)
    sent = []
    for n in range(12):
        new = rest.exchange.send(B, ((UNDER_A,), (C,), (A, UNDER_A))[n % 3])
        sent += [new.delivery(ordinal) for ordinal in range((1, 0, 2)[n % 3])]
    after, seen = "0", []
    while page := rest.get("A and below", f"/v1/inbox?limit=5&after={after}").json():
        if not page["items"]:
            break
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
    assert seen == sent


def test_a_cursor_never_skips_whatever_is_written_beside_it(rest: RestCalls) -> None:
    exchange, total = rest.exchange, 60

    async def write() -> None:
        new = [exchange.new_document(A, (B, C)) for _ in range(total)]
        await asyncio.gather(
            *(exchange.recorder.record_async(record_documents, document_record(each)) for each in new)
        )

    async def read(ask: Ask) -> list[str]:
        seen: list[str] = []
        after = "0"
        while len(seen) < total:
            query = {"after": after, "limit": 7, "wait": MAX_WAIT_SECONDS}
            page = (await ask("B", "GET", "/v1/inbox", params=query)).json()
            assert page["items"], "the rest never came"
            seen += [item["id"] for item in page["items"]]
            after = page["next"]
        return seen

    async def work(ask: Ask) -> list[list[str]]:
        *readers, _ = await asyncio.gather(read(ask), read(ask), read(ask), write())
        return readers

    readers = rest.run(work)
    assert {len(set(seen)) for seen in readers} == {total}
    assert readers[0] == readers[1] == readers[2]
