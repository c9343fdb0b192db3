"""Sends one HTTP request to the hub and returns its answer, over connections that stay open.

Repeating is in `nodes.retries` and `nodes.client`. The environment's proxies are ignored on purpose.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from nodes.errors import TransportError
from nodes.multipart import Body

_CONNECT_SECONDS = 5.0  # a hub that does not take the connection by then is better tried again


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read to its end (or, when streamed, not yet)."""

    status: int
    headers: Mapping[str, str]
    """Looked up without regard to case."""
    body: bytes


class Wire:
    """Connections to one hub, shared by any number of threads."""

    def __init__(
        self, base_url: str, *, connections: int = 32, transport: httpx.BaseTransport | None = None
    ) -> None:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._http = httpx.Client(
            base_url=base_url.rstrip("/"), limits=limits, transport=transport, trust_env=False
        )

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def exchange(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None = None,
        body: Body | bytes | None = None,
        timeout_seconds: float,
    ) -> Reply:
        """Send one request and read the whole answer; raises `TransportError` when none came."""
        try:
            answer = self._http.send(self._request(method, path, headers, params, body, timeout_seconds))
        except httpx.TransportError as error:
            raise _unreachable(method, path, error) from error
        return Reply(answer.status_code, answer.headers, answer.content)

    @contextmanager
    def stream(
        self,
        path: str,
        *,
        headers: Mapping[str, str],
        timeout_seconds: float,
    ) -> Iterator[tuple[Reply, Iterator[bytes]]]:
        """GET something large: the head at once, the body as chunks while the context is open.

        For an answer other than 2xx the body is read into the reply and the chunks are empty.
        """
        try:
            request = self._request("GET", path, headers, None, None, timeout_seconds)
            answer = self._http.send(request, stream=True)
            try:
                if answer.is_success:
                    yield Reply(answer.status_code, answer.headers, b""), answer.iter_raw()
                else:
                    yield Reply(answer.status_code, answer.headers, answer.read()), iter(())
            finally:
                answer.close()
        except httpx.TransportError as error:
            raise _unreachable("GET", path, error) from error

    def _request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None,
        body: Body | bytes | None,
        timeout_seconds: float,
    ) -> httpx.Request:
        sent = dict(headers)
        content: bytes | Iterator[bytes] | None
        if isinstance(body, Body):
            sent["Content-Type"] = body.content_type
            sent["Content-Length"] = str(body.length)
            content = body.joined()
            if content is None:
                content = body.chunks()
        else:
            content = body
        timeout = httpx.Timeout(timeout_seconds, connect=_CONNECT_SECONDS)
        return self._http.build_request(
            method, path, headers=sent, params=params, content=content, timeout=timeout
        )


def _unreachable(method: str, path: str, error: httpx.TransportError) -> TransportError:
    reason = str(error) or type(error).__name__
    return TransportError(f"{method} {path}: no answer from the hub ({reason})")
