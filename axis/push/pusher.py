"""Begins and ends the work on webhooks in the one process that does it, and notes how far each has got.

Places are noted once a second: after a kill what was taken within that second is posted again, with the same
id. The work itself is in `axis.push.webhook_work`.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from axis.agencies.directory import Directory
from axis.clock import Microseconds
from axis.database import Read, StoreFailing
from axis.database.store_facts import version
from axis.deliveries.audience import Audience
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import NotYourAgency
from axis.push import queries
from axis.push.attempts import Lane
from axis.push.messages import OPERATORS, webhook_audience
from axis.push.webhook_work import Hook, WebhookWork, WorkParts
from axis.push.webhooks import OpenSecret, secrets_of

LOOK_SECONDS = 1.0

_log = logging.getLogger("axis.push")


@dataclass(slots=True)
class Pusher:
    """The work on all webhooks of a hub; used from one event loop."""

    parts: WorkParts
    directory: Directory
    open_secret: OpenSecret
    is_mine: Callable[[], bool]
    """Tells whether this process is the one that pushes."""
    _working: dict[str, tuple[WebhookWork, "asyncio.Task[None]"]] = field(default_factory=dict)
    _version: int = -1

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Push until the context ends."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            with contextlib.suppress(StoreFailing):
                await self._stop(list(self._working))
            await self.parts.posts.close()

    def failing(self) -> int:
        """Return how many webhooks wait after a failed attempt, as far as this process knows."""
        return sum(1 for work, _ in self._working.values() if work.lanes[0].attempts)

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except StoreFailing:
                _log.debug("webhooks wait for the store")
            except Exception:  # noqa: BLE001 - logged whole; the next look may succeed
                _log.exception("following webhooks failed and will be tried again")
            await asyncio.sleep(LOOK_SECONDS)

    async def _follow(self) -> None:
        """Note places; begin work on webhooks that are new or changed, and end it on those that stopped."""
        if not self.is_mine():
            await self._stop(list(self._working))
            self._version = -1
            return
        await self._note(list(self._working))
        ended = [name for name, (_, task) in self._working.items() if task.done()]
        if ended:  # by a fault, which was logged, or because it is over: the look below tells which
            await self._stop(ended)
            self._version = -1
        found = await asyncio.to_thread(self._live, self._version)
        if found is None:
            return
        self._version, hooks, numbers = found
        same = {
            name
            for name, (work, _) in self._working.items()
            if hooks.get(name) == work.hook and numbers.get(name, set()) <= set(work.lanes)
        }
        await self._stop([name for name in self._working if name not in same])
        for name in hooks.keys() - same:
            lanes = await asyncio.to_thread(self._lanes, name)
            if lanes:
                work = WebhookWork(self.parts, hooks[name], lanes)
                self._working[name] = work, asyncio.create_task(self._guard(work))

    def _live(self, known: int) -> tuple[int, dict[str, Hook], dict[str, set[int]]] | None:
        """Return the store's version, its webhooks and their lanes; None where the version is known."""
        with self.parts.database.read() as tx:
            at = version(tx)
            if at == known:
                return None
            hooks: dict[str, Hook] = {}
            rows = queries.live_webhooks(tx, self.parts.now())
            key = self.open_secret(tx) if rows else None
            for row in rows:
                assert key is not None
                try:
                    audience = self._audience(tx, row)
                except NotYourAgency:
                    continue  # it was moved out of the subtree that its owner speaks for
                kinds, secrets = frozenset(row.kinds.split(",")), secrets_of(row, key)
                expires_at = None if row.expires_at is None else Microseconds(row.expires_at)
                hooks[row.id] = Hook(row.id, row.url, kinds, audience, secrets, expires_at)
            return at, hooks, queries.lane_numbers(tx)

    def _audience(self, tx: Read, row: Row[Any]) -> Audience | None:
        if row.owner == OPERATORS:
            return None
        chosen = None if row.agency is None else AgencyCode(row.agency)
        owner = AgencyCode(row.owner)
        return webhook_audience(tx, self.directory, owner, subtree=bool(row.subtree), agency=chosen)

    def _lanes(self, webhook: str) -> dict[int, Lane]:
        with self.parts.database.read() as tx:
            return {lane.number: lane for lane in queries.lanes_of(tx, webhook)}

    async def _guard(self, work: WebhookWork) -> None:
        try:
            await work.run()
        except Exception:  # noqa: BLE001 - logged whole and begun anew
            _log.exception("a webhook failed", extra={"facts": {"webhook": work.hook.id}})

    async def _stop(self, names: list[str]) -> None:
        tasks = [self._working[name][1] for name in names]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await self._note(names)
        finally:
            for name in names:
                del self._working[name]

    async def _note(self, names: list[str]) -> None:
        """Note in the store how far these have got."""
        rows = []
        for name in names:
            changed = self._working[name][0].changed
            rows += [(name, lane) for lane in changed.values()]
        if not rows:
            return
        await self.parts.write(lambda tx: queries.save_lanes(tx, rows))
        for name, lane in rows:
            changed = self._working[name][0].changed
            if changed.get(lane.number) is lane:
                del changed[lane.number]
