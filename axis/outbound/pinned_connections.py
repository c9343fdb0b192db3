"""An HTTP client that connects to the addresses which a look-up of its caller gives it.

The protocol itself is httpcore's.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpcore

from axis.outbound.guarded_http import OutsideError

STEP_SECONDS: Final = 5.0
"""How long connecting, or sending the next bytes, may take."""
KEPT_CONNECTIONS: Final = 64
KEPT_SECONDS: Final = 30.0
LITTLE: Final = 16 * 1024
"""Of an answer's body this much is read, so that its connection can be used again."""
LOOK_UPS_AT_ONCE: Final = 4
"""Looking a host up takes a thread; a slow name server then delays other posts, and nothing else."""


class PinnedConnections:
    """Posts over connections of a pool; used from one event loop."""

    def __init__(self, addresses: Callable[[str, int], list[str]], answer_seconds: float) -> None:
        """Connect where `addresses` allows, which runs in a thread.

        `answer_seconds`: how long the next bytes of an answer may take.
        """
        self._threads = ThreadPoolExecutor(LOOK_UPS_AT_ONCE, "axis-webhook-names")
        self._timeout = {"connect": STEP_SECONDS, "write": STEP_SECONDS, "read": answer_seconds}
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=None,  # whoever posts has one post under way
            max_keepalive_connections=KEPT_CONNECTIONS,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=_Connecting(addresses, self._threads),
        )

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Post a body and return the answer's status.

        Raises:
            OutsideError: when there is no answer.

        """
        extensions = {"timeout": self._timeout}
        try:
            # Leaving the stream closes the connection where there is more than is read here.
            async with self._pool.stream(
                "POST", url, headers=list(headers.items()), content=body, extensions=extensions
            ) as response:
                await _read_little(response)
                status: int = response.status
                return status
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.TimeoutException,
            OSError,
            ValueError,
        ) as error:
            raise OutsideError(_in_words(error)) from error

    async def close(self) -> None:
        """Close idle connections, and end the threads."""
        await self._pool.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Connecting(httpcore.AsyncNetworkBackend):
    """Connects to an address that was looked up and allowed, instead of to a name."""

    def __init__(self, addresses: Callable[[str, int], list[str]], threads: ThreadPoolExecutor) -> None:
        self._addresses = addresses
        self._threads = threads
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect, as the pool asks."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, self._addresses, host.lower(), port)
        return await self._network.connect_tcp(found[0], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Sleep, as the pool asks."""
        await asyncio.sleep(seconds)


async def _read_little(response: httpcore.Response) -> None:
    read = 0
    async for chunk in response.aiter_stream():
        read += len(chunk)
        if read > LITTLE:
            return


def _in_words(error: Exception) -> str:
    """Return what failed, without addresses that an owner of a webhook need not learn."""
    if "certificate" in str(error).lower():
        return "its certificate does not hold"
    if isinstance(error, httpcore.ConnectError | httpcore.ConnectTimeout):
        return "no connection"
    return "the connection broke before an answer"
