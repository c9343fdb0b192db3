"""Over HTTP: the inbox gives each delivery once and in order, and waits where that is asked."""

import asyncio
import hashlib

import httpx
import pytest
from support.exchange import CONTENT, A, B, C
from support.rest_calls import Ask, RestCalls

from axis.agencies.tokens import list_tokens, revoke_token
from axis.clock import real_now
from axis.database import Write
from axis.database.store_facts import version
from axis.deliveries.limits import MAX_WAIT_SECONDS
from axis.deliveries.schemas import InboxPage


def test_an_item_holds_exactly_the_members_of_the_contract(rest: RestCalls) -> None:
    sent = rest.exchange.send(A, (C, B), signed="organisation")
    page = rest.get("B", "/v1/inbox").json()
    assert page["items"] == [
        {
            "id": f"{sent.id}.1",
            "document": sent.id,
            "from": A,
            "to": B,
            "number": sent.number,
            "subject": "V/v kiểm tra",
            "type": "cong-van",
            "action": "new",
            "priority": "normal",
            "issued_on": "2019-06-03",
            "accepted_at": "2019-06-03T02:11:09.000000Z",
            "indication": "TOTAL-PASSED",
            "signed_by": "organisation",
            "status": None,
            "attachments": [
                {
                    "name": "main.pdf",
                    "media_type": "application/pdf",
                    "size": len(CONTENT),
                    "sha256": hashlib.sha256(CONTENT).hexdigest(),
                }
            ],
        }
    ]
    InboxPage.model_validate(page)


def test_the_newest_status_stands_in_the_item(rest: RestCalls) -> None:
    sent = rest.exchange.send()
    rest.exchange.give(B, sent.delivery(), "03")
    assert rest.get("B", "/v1/inbox").json()["items"][0]["status"] == "03"


BROKEN = (
    "after=-1",
    "after=x",
    "after=01",
    f"after={9 * 10**18}",
    "limit=0",
    "limit=1001",
    "wait=61",
    "wait=nan",
    "wait=-1",
    "page=2",
    "agency=%20",
)


def test_a_query_that_breaks_a_rule_is_refused_with_its_place(rest: RestCalls) -> None:
    for query in BROKEN:
        answer = rest.get("B", f"/v1/inbox?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "query-invalid"), query
        assert answer.json()["errors"][0]["pointer"] == f"query:{query.partition('=')[0]}"


async def waited(ask: Ask, role: str, seconds: float) -> httpx.Response:
    return await ask(role, "GET", "/v1/inbox", params={"wait": seconds})


def test_who_waits_is_answered_when_something_comes(rest: RestCalls) -> None:
    async def work(ask: Ask) -> tuple[list[httpx.Response], httpx.Response]:
        waiting = [asyncio.create_task(waited(ask, "B", MAX_WAIT_SECONDS)) for _ in range(50)]
        other = asyncio.create_task(waited(ask, "C", 1.5))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(rest.exchange.send)
        rest.app.state.hub.waiting_readers.wake()
        return await asyncio.gather(*waiting), await other

    answers, nothing = rest.run(work)
    assert {len(answer.json()["items"]) for answer in answers} == {1}
    assert nothing.json() == {"items": [], "next": "0"}


def test_who_waits_learns_of_what_another_process_committed(rest: RestCalls) -> None:
    async def work(ask: Ask) -> httpx.Response:
        waiting = asyncio.create_task(waited(ask, "B", MAX_WAIT_SECONDS))
        await asyncio.sleep(0.8)
        await asyncio.to_thread(rest.exchange.send)  # nobody calls `wake`
        return await waiting

    answer = rest.run(work)
    assert len(answer.json()["items"]) == 1


@pytest.mark.parametrize("path", ["/v1/inbox", "/v1/events"])
def test_who_waits_with_a_token_that_was_revoked_meanwhile_is_told_nothing(
    rest: RestCalls, path: str
) -> None:
    def revoke(tx: Write) -> int:
        (token,) = (each.id for each in list_tokens(tx) if each.agency == B)
        revoke_token(tx, token, real_now())
        return version(tx)

    async def work(ask: Ask) -> httpx.Response:
        waiting = asyncio.create_task(ask("B", "GET", path, params={"wait": MAX_WAIT_SECONDS}))
        await asyncio.sleep(0.3)
        newer = await asyncio.to_thread(rest.exchange.database.write, revoke)
        rest.app.state.hub.callers.forget(newer)  # as the watch does, within a second
        sent = await asyncio.to_thread(rest.exchange.send)
        await asyncio.to_thread(rest.exchange.give, B, sent.delivery(), "01")
        return await waiting

    answer = rest.run(work)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated")
