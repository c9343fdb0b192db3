"""The HTTP client of an audit: asks a hub, and limits the size and the time of each answer.

It ignores the environment's proxies and follows no redirects, since an audit is of the hub that was named.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Self

import httpx

from axis.audit.errors import HubRefusedError, HubUnreachableError

ANSWER_BYTES: Final = 64 * 1024 * 1024
"""The longest answer in JSON: 100,000 rows of statistics have some 30 MB."""
WAITS_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
"""What is waited before each further try. A hub that starts anew is back within these."""
TIMEOUT_SECONDS: Final = 60.0
CONNECT_SECONDS: Final = 5.0
SLOWEST: Final = 16 * 1024
"""Bytes in a second: an answer that comes slower for longer than `TIMEOUT_SECONDS` is given up."""
REFUSAL_BYTES: Final = 256 * 1024
REASON_CHARACTERS: Final = 500
_BUSY: Final = frozenset({429, 502, 503, 504})

Params = Mapping[str, str | int]


class HubClient:
    """A hub and the token to ask it with. Several threads may use it."""

    def __init__(
        self,
        url: str,
        token: str | None,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url.rstrip("/")
        self.sleep = sleep
        self._clock = clock
        self._http = httpx.Client(
            base_url=self.url,
            headers={
                "Accept-Encoding": "identity",
                "Cache-Control": "no-cache",
                **({"Authorization": f"Bearer {token}"} if token else {}),
            },
            timeout=httpx.Timeout(TIMEOUT_SECONDS, connect=CONNECT_SECONDS),
            transport=transport,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def fetch(
        self, path: str, most: int, params: Params | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Return an answer's bytes.

        Raises:
            HubUnreachableError: when there is no answer, or one of more than `most` bytes.
            HubRefusedError: when the answer is a refusal.

        """
        with self.opened(path, params, headers) as chunks:
            return _joined(path, chunks, most)

    def text(self, path: str, most: int) -> str:
        """Return an answer of plain text. Raises as `fetch` does, also for what is no UTF-8."""
        try:
            return self.fetch(path, most, headers={"Accept": "text/plain"}).decode()
        except UnicodeDecodeError:
            raise HubUnreachableError(f"{path}: an answer that is no UTF-8") from None

    def json(self, path: str, params: Params | None = None) -> dict[str, Any]:
        """Return an answer that is a JSON object. Raises as `fetch` does, also for anything else."""
        return _object(path, self.fetch(path, ANSWER_BYTES, params))

    def post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Send a JSON object and return the one that is answered. Raises as `fetch` does."""
        with self._sent("POST", path, None, None, json=body) as answer:
            return _object(path, _joined(path, self._chunks(path, answer), ANSWER_BYTES))

    @contextmanager
    def opened(
        self, path: str, params: Params | None = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[Iterator[bytes]]:
        """Open an answer as chunks, for what may be large. Raises as `fetch` does."""
        with self._sent("GET", path, params, headers) as answer:
            yield self._chunks(path, answer)

    def _chunks(self, path: str, answer: httpx.Response) -> Iterator[bytes]:
        """Yield an answer's bytes as they come. Raises `HubUnreachableError` where they come too slowly."""
        if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise HubUnreachableError(f"{path}: a compressed answer, which was not asked for")
        began, length = self._clock(), 0
        for chunk in answer.iter_bytes():  # nothing is decoded: identity alone comes so far
            length += len(chunk)
            if self._clock() - began > TIMEOUT_SECONDS + length / SLOWEST:
                raise HubUnreachableError(f"{path}: {length} bytes in {self._clock() - began:.0f} seconds")
            yield chunk

    @contextmanager
    def _sent(
        self, method: str, path: str, params: Params | None, headers: Mapping[str, str] | None, **body: Any
    ) -> Iterator[httpx.Response]:
        try:
            answer = self._tried(
                self._http.build_request(method, path, params=params, headers=headers, **body)
            )
            try:
                if not answer.is_success:
                    raise _refusal(path, answer, self._chunks(path, answer))
                yield answer
            finally:
                answer.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise HubUnreachableError(f"{path}: {error or type(error).__name__}") from error

    def _tried(self, request: httpx.Request) -> httpx.Response:
        """Send a request, again after a while where the hub is busy or not there."""
        for wait in WAITS_SECONDS:
            try:
                answer = self._http.send(request, stream=True)
            except httpx.TransportError:
                self.sleep(wait)
                continue
            if answer.status_code not in _BUSY:
                return answer
            answer.close()
            self.sleep(wait)
        return self._http.send(request, stream=True)


def _joined(path: str, chunks: Iterator[bytes], most: int) -> bytes:
    parts, length = [], 0
    for chunk in chunks:
        length += len(chunk)
        if length > most:
            raise HubUnreachableError(f"{path}: an answer of more than {most} bytes")
        parts.append(chunk)
    return b"".join(parts)


def _object(path: str, raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise HubUnreachableError(f"{path}: an answer that is no JSON object")
    return value


def _refusal(path: str, answer: httpx.Response, chunks: Iterator[bytes]) -> HubRefusedError:
    try:
        problem = json.loads(_joined(path, chunks, REFUSAL_BYTES))
    except (ValueError, RecursionError, HubUnreachableError):
        problem = None
    if not isinstance(problem, dict):
        problem = {}
    code, detail = problem.get("code"), problem.get("detail") or problem.get("title")
    if answer.has_redirect_location:
        code, detail = "redirection", "it is not followed: name the hub by the address where it answers"
    said = str(detail or "no reason given")[:REASON_CHARACTERS]
    return HubRefusedError(path, answer.status_code, str(code or "no-code")[:REASON_CHARACTERS], said)
