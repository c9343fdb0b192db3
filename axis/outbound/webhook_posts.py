"""Posts to addresses that callers chose, within bounds of time and size, and tells what was answered.

It waits on the event loop. What certificates name is fetched by `axis.outbound.guarded_http`.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Final

from axis.outbound.guarded_http import OutsideError, any_addresses, host_of, is_allowed, public_addresses

if TYPE_CHECKING:
    from axis.outbound.pinned_connections import PinnedConnections

TOTAL_SECONDS: Final = 15.0
"""How long one post may take, looking the host up included; Standard Webhooks advises 15 to 30."""
SUCCESS: Final = 2
"""The first digit of every status of success."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Allowed:
    """The hosts that may be posted to; each may name its port."""

    hosts: frozenset[str] = frozenset()
    """Their addresses must be public."""
    private_hosts: frozenset[str] = frozenset()
    """Their addresses may be any."""
    loopback: bool = False
    """Whether this machine may be posted to at any port: in a sandbox."""

    def allows(self, url: str) -> bool:
        """Tell whether a URL may be posted to, before anything is looked up."""
        host = host_of(url)
        if host is None:
            return False
        return is_allowed(url, self.hosts | self.private_hosts) or (self.loopback and host in LOOPBACK)

    def addresses(self, host: str, port: int) -> list[str]:
        """Look a host up that `allows` let pass. This takes as long as the name server does.

        Raises:
            OutsideError: when it has no address, or one that its entry does not allow.

        """
        is_private = f"{host}:{port}" in self.private_hosts or host in self.private_hosts
        if is_private or (self.loopback and host in LOOPBACK):
            return any_addresses(host, port)
        return public_addresses(host, port)


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one post."""

    status: int | None
    """The answer's status; None where there was no answer."""
    seconds: float
    problem: str | None = None
    """Why there was no answer."""

    @property
    def is_taken(self) -> bool:
        """Whether the receiver took it: any status of success."""
        return self.status is not None and self.status // 100 == SUCCESS


class WebhookPosts:
    """Posts bodies and keeps idle connections; used from one event loop.

    It follows no redirects, uses no proxies, cookies or credentials, and connects to the very address that it
    looked up and allowed. Nothing of an answer but its status is kept.
    """

    def __init__(self, allowed: Allowed, total_seconds: float = TOTAL_SECONDS) -> None:
        self.allowed = allowed
        self._seconds = total_seconds
        self._connections: PinnedConnections | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Posted:
        """Post a body and return the answer's status. It raises nothing: whatever fails is the answer."""
        began = perf_counter()
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._status(url, body, headers)
        except TimeoutError:
            return Posted(None, perf_counter() - began, f"no answer within {self._seconds:g} s")
        except OutsideError as error:
            return Posted(None, perf_counter() - began, str(error))
        return Posted(status, perf_counter() - began)

    async def close(self) -> None:
        """Close idle connections."""
        if self._connections is not None:
            await self._connections.close()

    async def _status(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        if not self.allowed.allows(url):
            raise OutsideError("the host is not allowed any more")
        if self._connections is None:
            # Only a hub that has webhooks loads the client.
            from axis.outbound.pinned_connections import PinnedConnections  # noqa: PLC0415 - as said

            self._connections = PinnedConnections(self.allowed.addresses, self._seconds)
        return await self._connections.post(url, body, headers)
