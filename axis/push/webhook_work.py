"""The work on one webhook: posts its messages in order, and sets aside what nobody takes.

`axis.push.pusher` begins and ends it, and writes down how far it got.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from axis.clock import Clock, Microseconds, real_now
from axis.database import Database, StoreFailing, Write
from axis.deliveries.audience import Audience
from axis.deliveries.waiting_readers import Waiting, WaitingReaders
from axis.outbound.webhook_posts import Posted, WebhookPosts
from axis.protocol.errors import Overloaded
from axis.protocol.webhook_signatures import signed_headers
from axis.push import queries
from axis.push.attempts import SECOND, Lane, is_old
from axis.push.messages import Message, Pending, message_id, read_pending, read_pending_alerts

PAGE = 10
"""The most messages that are held in memory for one webhook."""
IDLE_SECONDS = 15.0
"""How long a webhook waits at most before it looks by itself."""
ALERT_SECONDS = 2.0
"""The same for alerts, which wake nobody."""
RETRY_SECONDS = 1.0
"""How long it waits where the store fails or has too much to do."""
ASIDE_AT_ONCE = 500
GONE = 410


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook that may be pushed to."""

    id: str
    url: str
    kinds: frozenset[str]
    audience: Audience | None
    """None: of operators, who are told of alerts."""
    secrets: tuple[tuple[bytes, Microseconds | None], ...] = field(repr=False)
    """Each with the moment from which it signs no more."""
    expires_at: Microseconds | None = None
    """When its maker's token ends by itself."""


@dataclass(frozen=True, slots=True)
class WorkParts:
    """What the work on every webhook shares."""

    database: Database
    clock: Clock
    waiting_readers: WaitingReaders
    posts: WebhookPosts
    count: Callable[[str], None]
    """Counts an attempt by its outcome: taken, failed or set-aside."""
    now: Callable[[], Microseconds] = real_now

    async def write(self, work: Callable[[Write], None]) -> None:
        """Write in a thread."""
        await asyncio.to_thread(self.database.write, work)


@dataclass(slots=True)
class WebhookWork:
    """One webhook, and how far its lanes have got."""

    parts: WorkParts
    hook: Hook
    lanes: dict[int, Lane]
    changed: dict[int, Lane] = field(default_factory=dict)
    """Lanes that have got further than the store knows."""
    _pages: dict[int, list[Message]] = field(default_factory=dict)
    _is_gone: bool = False

    async def run(self) -> None:
        """Push messages of the lanes in turn, until the token expires or the receiver is gone."""
        agencies = () if self.hook.audience is None else self.hook.audience.agencies
        with self.parts.waiting_readers.waiting(("inbox", "events"), agencies) as waiting:
            while not (self._is_gone or self._has_expired()):
                try:
                    moved = False
                    for number in sorted(self.lanes):
                        if self.lanes[number].is_due(self.parts.now()):
                            moved |= await self._step(number)
                    if not moved:
                        await self._rest(waiting)
                except (StoreFailing, Overloaded):
                    await asyncio.sleep(RETRY_SECONDS)

    def _has_expired(self) -> bool:
        return self.hook.expires_at is not None and self.parts.now() >= self.hook.expires_at

    async def _rest(self, waiting: Waiting) -> None:
        """Wait until something may have come, or a lane is due again."""
        now = self.parts.now()
        moments = [lane.due_at for lane in self.lanes.values()] + [self.hook.expires_at]
        idle = ALERT_SECONDS if self.hook.audience is None else IDLE_SECONDS
        seconds = min([idle, *((at - now) / SECOND for at in moments if at is not None)])
        await waiting.until(asyncio.get_running_loop().time() + max(0.01, seconds))

    async def _step(self, number: int) -> bool:
        """Post the next message of a lane; return whether there may be more to do at once."""
        lane = self.lanes[number]
        page = self._pages.setdefault(number, [])
        if not page:
            pending = await self._read(lane)
            page += pending.messages
            if not page:
                return await self._pass(lane, pending.place)
        message = page[0]
        posted = await self._post(message)
        said = f"status {posted.status}" if posted.problem is None else posted.problem
        if not posted.is_taken:
            await self._failed(lane, posted, said)
            return False
        del page[0]
        self._keep(lane.taken(message.place, said, self.parts.now()))
        self.parts.count("taken")
        if number:
            await self.parts.write(lambda tx: queries.drop_failure(tx, self.hook.id, message.place))
        return True

    async def _post(self, message: Message) -> Posted:
        body, now = message.body(), self.parts.now()
        secrets = [secret for secret, until in self.hook.secrets if until is None or until > now]
        headers = signed_headers(secrets, message_id(self.hook.id, message.place), now // SECOND, body)
        return await self.parts.posts.post(
            self.hook.url, body, {"Content-Type": "application/json", **headers}
        )

    async def _failed(self, lane: Lane, posted: Posted, said: str) -> None:
        now = self.parts.now()
        self._pages.clear()  # what waits for days does not wait in memory
        self._keep(lane.failed(said, now))
        self.parts.count("failed")
        if posted.status == GONE:  # RFC 9110, section 15.5.11; Standard Webhooks: end the subscription
            await self.parts.write(lambda tx: queries.set_gone(tx, self.hook.id, now))
            self._is_gone = True
        elif self.lanes[lane.number].gives_up(now):
            await self._give_up(lane.number, said)

    async def _read(self, lane: Lane) -> Pending:
        """Read a page in the turn that its agency has among all readers."""
        audience = self.hook.audience
        wanted = ("webhook", self.hook.id, lane.number, lane.place)
        owner = self.hook.id if audience is None else audience.caller.agency or self.hook.id
        return await self.parts.waiting_readers.reads.read(owner, wanted, lambda: self._page(lane, PAGE))

    def _page(self, lane: Lane, limit: int) -> Pending:
        hook = self.hook
        if not lane.aside:
            return self._pending(hook.kinds, lane.place, lane.until, limit)
        with self.parts.database.read() as tx:
            rows = queries.failure_rows(tx, hook.id, lane.place, limit, lane.until)
        messages: list[Message] = []
        for row in rows:
            messages += self._pending({row.kind}, row.place - 1, row.place, 1).messages
        end = lane.place if lane.until is None else lane.until
        return Pending(messages, rows[-1].place if rows else end)

    def _pending(self, kinds: Collection[str], after: int, until: int | None, limit: int) -> Pending:
        database, audience = self.parts.database, self.hook.audience
        if audience is None:
            return read_pending_alerts(database, after, until, limit)
        return read_pending(database, audience, kinds, after, until, limit)

    async def _pass(self, lane: Lane, place: int) -> bool:
        """Note that nothing up to a place is for this lane; end a replay that has come to its end."""
        if lane.until is not None and place >= lane.until:
            del self.lanes[lane.number]
            self.changed.pop(lane.number, None)
            await self.parts.write(lambda tx: queries.end_lane(tx, self.hook.id, lane.number))
            return False
        if place > lane.place:
            self._keep(lane.moved(place))
            return True
        return False

    async def _give_up(self, number: int, said: str) -> None:
        """Set aside what has waited for days, so that younger messages are tried."""
        lane, now, business_now = self.lanes[number], self.parts.now(), self.parts.clock.now()
        pending = await asyncio.to_thread(self._page, lane, ASIDE_AT_ONCE)
        old = [message for message in pending.messages if is_old(message.at, business_now)]
        if not old:
            return
        moved = lane.moved(old[-1].place)

        def keep(tx: Write) -> None:
            queries.set_aside(tx, self.hook.id, old, said, now)
            queries.save_lanes(tx, [(self.hook.id, moved)])

        await self.parts.write(keep)
        self.lanes[number] = moved
        self.changed.pop(number, None)
        for _ in old:
            self.parts.count("set-aside")

    def _keep(self, lane: Lane) -> None:
        self.lanes[lane.number] = self.changed[lane.number] = lane
