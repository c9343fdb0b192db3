"""One webhook's messages arrive in order, are tried again, set aside after days, and replayed."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from support.exchange import A, B, Exchange, Sent
from support.waiting import until
from support.webhook_receiver import WebhookReceiver, receiving

from axis.clock import Microseconds
from axis.deliveries.waiting_readers import WaitingReaders
from axis.outbound.webhook_posts import Allowed, WebhookPosts
from axis.protocol.webhook_signatures import check_headers
from axis.push import queries
from axis.push.attempts import GIVE_UP_SECONDS, SECOND, WAITS_SECONDS, Lane
from axis.push.messages import KINDS, newest_place, webhook_audience
from axis.push.webhook_work import Hook, WebhookWork, WorkParts

SECRET, OLD = b"s" * 32, b"o" * 32
HOOK = "11111111-1111-4111-8111-111111111111"


class Watched:
    """One webhook's work in a test: its lanes in the store, a clock that the test moves, a real receiver."""

    def __init__(self, exchange: Exchange, receiver: WebhookReceiver) -> None:
        self.exchange = exchange
        self.receiver = receiver
        self.at = 1_700_000_000 * SECOND
        self.counted: list[str] = []
        self.hook_changes: dict[str, Any] = {}
        with exchange.database.read() as tx:
            self.audience = webhook_audience(tx, exchange.directory, B, subtree=False, agency=None)
        exchange.database.write(lambda tx: queries.add_lane(tx, HOOK, Lane(0, -1)))

    task: asyncio.Task[None]
    """The work, while a test acts."""

    def pass_by(self, seconds: float) -> None:
        """Let time pass, real and business time."""
        self.at += int(seconds * SECOND)
        self.exchange.clock.at = Microseconds(self.exchange.clock.at + int(seconds * SECOND))

    def run(self, act: Callable[[WebhookWork], Coroutine[Any, Any, None]]) -> None:
        """Let the work run while a test acts, then end it."""

        async def main() -> None:
            database = self.exchange.database
            waiting_readers = WaitingReaders(database)
            posts = WebhookPosts(Allowed(loopback=True))
            parts = WorkParts(
                database,
                self.exchange.clock,
                waiting_readers,
                posts,
                self.counted.append,
                lambda: Microseconds(self.at),
            )
            told: dict[str, Any] = {"secrets": ((SECRET, None),), "kinds": frozenset(KINDS)}
            told |= self.hook_changes
            hook = Hook(HOOK, self.receiver.url, audience=self.audience, **told)
            with database.read() as tx:
                lanes = {lane.number: lane for lane in queries.lanes_of(tx, HOOK)}
            work = WebhookWork(parts, hook, lanes)
            async with waiting_readers.running():
                self.task = asyncio.create_task(work.run())
                try:
                    await act(work)
                finally:
                    self.task.cancel()
                    await asyncio.gather(self.task, return_exceptions=True)
                    await posts.close()

        asyncio.run(main())

    def failures(self) -> list[Any]:
        with self.exchange.database.read() as tx:
            return list(queries.failure_rows(tx, HOOK, -1, 100))


@pytest.fixture
def watched(exchange: Exchange):
    with receiving() as receiver:
        yield Watched(exchange, receiver)


def documents(receiver: WebhookReceiver) -> list[str]:
    return [message["data"]["document"] for message in receiver.messages]


def test_what_stands_and_what_comes_is_told_in_order(watched):
    sent = [watched.exchange.send(A, (B,)) for _ in range(13)]  # more than a page

    async def act(_work):
        await until(lambda: len(watched.receiver.messages) == 13, "what stood")
        sent.append(await asyncio.to_thread(watched.exchange.send, A, (B,)))
        await until(lambda: len(watched.counted) == 14, "what came")

    watched.run(act)
    assert documents(watched.receiver) == [each.id for each in sent]
    assert {message["type"] for message in watched.receiver.messages} == {"delivery"}
    assert watched.counted == ["taken"] * 14


def test_each_message_is_signed_with_every_secret_that_holds(watched):
    ends = Microseconds(watched.at + 10 * SECOND)
    watched.hook_changes = {"secrets": ((SECRET, None), (OLD, ends))}
    watched.exchange.send(A, (B,))

    async def act(_work):
        await until(lambda: len(watched.receiver.messages) == 1, "the first")
        watched.pass_by(10)
        await asyncio.to_thread(watched.exchange.send, A, (B,))
        await until(lambda: len(watched.receiver.messages) == 2, "the second")

    watched.run(act)
    (_, first, body), (_, second, _) = watched.receiver.posts
    now = watched.at // SECOND
    assert check_headers(SECRET, first, body, now) == check_headers(OLD, first, body, now)
    assert len(first["webhook-signature"].split(" ")) == 2
    assert len(second["webhook-signature"].split(" ")) == 1
    assert first["content-type"] == "application/json"


def test_a_failure_holds_later_messages_back_and_the_same_message_comes_again(watched):
    sent = [watched.exchange.send(A, (B,)) for _ in range(3)]
    watched.receiver.status = 500

    async def act(work):
        await until(lambda: work.lanes[0].attempts == 1, "the failure")
        assert len(watched.receiver.posts) == 1
        watched.receiver.status = 200
        watched.pass_by(WAITS_SECONDS[0])
        await asyncio.to_thread(watched.exchange.send, A, (B,))  # wakes it
        await until(lambda: len(watched.receiver.messages) == 4, "all")

    watched.run(act)
    assert documents(watched.receiver)[:3] == [each.id for each in sent]
    (_, first, _), (_, again, _) = watched.receiver.posts[:2]
    assert first["webhook-id"] == again["webhook-id"]
    assert watched.counted[:2] == ["failed", "taken"]


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize("status", [302, 404, 503])
def test_only_success_counts_as_taken_and_redirects_are_not_followed(watched, status):
    watched.exchange.send(A, (B,))
    watched.receiver.status, watched.receiver.headers = status, {"Location": watched.receiver.url}

    async def act(work):
        await until(lambda: work.lanes[0].attempts == 1, "the failure")

    watched.run(act)
    assert len(watched.receiver.posts) == 1


def test_after_three_days_what_is_old_is_set_aside_and_what_is_young_is_tried(watched):
    old = [watched.exchange.send(A, (B,)) for _ in range(3)]
    watched.receiver.status = 500

    async def act(work):
        await until(lambda: work.lanes[0].attempts == 1, "the failure")
        watched.pass_by(GIVE_UP_SECONDS)
        young = await asyncio.to_thread(watched.exchange.send, A, (B,))
        await until(lambda: work.lanes[0].attempts == 2 and not work.changed, "the second failure")
        watched.receiver.status = 200
        watched.pass_by(WAITS_SECONDS[1])
        await asyncio.to_thread(watched.exchange.send, A, (B,))
        await until(lambda: len(watched.receiver.messages) == 2, "the young")
        assert documents(watched.receiver)[0] == young.id

    watched.run(act)
    assert [row.document for row in watched.failures()] == [each.id for each in old]
    assert {row.answer for row in watched.failures()} == {"status 500"}
    assert watched.counted.count("set-aside") == 3


def test_a_replay_of_what_was_set_aside_posts_it_once_more_and_forgets_it(watched):
    old: list[Sent] = [watched.exchange.send(A, (B,)) for _ in range(12)]
    watched.receiver.status = 500

    async def fail(work):
        await until(lambda: work.lanes[0].attempts == 1, "the failure")
        watched.pass_by(GIVE_UP_SECONDS)
        await asyncio.to_thread(watched.exchange.send, A, (B,))
        await until(lambda: watched.counted.count("set-aside") == 12, "the set-asides")
        await until(lambda: not work.changed, "the note")

    watched.run(fail)
    watched.receiver.status = 200
    watched.receiver.posts.clear()

    def begin(tx):
        queries.add_lane(tx, HOOK, Lane(1, -1, newest_place(tx), aside=True))

    watched.exchange.database.write(begin)

    async def replay(work):
        await until(lambda: 1 not in work.lanes, "the end of the replay")

    watched.run(replay)
    assert [one for one in documents(watched.receiver) if one in {each.id for each in old}] == [
        each.id for each in old
    ]
    assert watched.failures() == []
    with watched.exchange.database.read() as tx:
        assert [lane.number for lane in queries.lanes_of(tx, HOOK)] == [0]


@pytest.mark.stores("sqlite")
def test_a_receiver_that_says_it_is_gone_is_left_alone(watched):
    watched.exchange.send(A, (B,))
    watched.receiver.status = 410

    async def act(_work):
        await until(watched.task.done, "the end")

    watched.run(act)
    assert watched.counted == ["failed"]
    assert len(watched.receiver.posts) == 1


@pytest.mark.stores("sqlite")
def test_nothing_is_posted_once_the_makers_token_has_expired(watched):
    watched.hook_changes = {"expires_at": Microseconds(watched.at)}
    watched.exchange.send(A, (B,))

    async def act(_work):
        await until(watched.task.done, "the end")

    watched.run(act)
    assert watched.receiver.posts == []


@pytest.mark.stores("sqlite")
def test_only_the_kinds_that_were_asked_for_are_told(watched):
    watched.hook_changes = {"kinds": frozenset({"status"})}
    sent = watched.exchange.send(A, (B,))
    watched.exchange.give(B, sent.delivery(), "03", "đã vào sổ")

    async def act(_work):
        await until(lambda: watched.receiver.messages, "the status")

    watched.run(act)
    (_, _, body) = watched.receiver.posts[0]
    message = json.loads(body)
    assert (message["type"], message["data"]["code"], message["data"]["note"]) == (
        "status",
        "03",
        "đã vào sổ",
    )
    assert len(watched.receiver.posts) == 1
