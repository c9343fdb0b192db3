"""Asks a hub over HTTP, and takes no more of an answer than it was told to.

It sends an auditor's token and changes nothing on the hub but what cosignatures are. Proxies and other
settings of the environment are ignored, as is a redirection: an audit is of the hub that was named.
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
    ) -> None:
        self.url = url.rstrip("/")
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
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
            parts, length = [], 0
            for chunk in chunks:
                length += len(chunk)
                if length > most:
                    raise HubUnreachableError(f"{path}: an answer of more than {most} bytes")
                parts.append(chunk)
        return b"".join(parts)

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
            return _object(path, answer.read())

    @contextmanager
    def opened(
        self, path: str, params: Params | None = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[Iterator[bytes]]:
        """Open an answer as chunks, for what may be large. Raises as `fetch` does."""
        with self._sent("GET", path, params, headers) as answer:
            yield answer.iter_bytes()

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
                    raise _refusal(path, answer)
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
                self._sleep(wait)
                continue
            if answer.status_code not in _BUSY:
                return answer
            answer.close()
            self._sleep(wait)
        return self._http.send(request, stream=True)


def _object(path: str, raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise HubUnreachableError(f"{path}: an answer that is no JSON object")
    return value


def _refusal(path: str, answer: httpx.Response) -> HubRefusedError:
    try:
        problem = json.loads(answer.read())
    except (ValueError, RecursionError):
        problem = None
    if not isinstance(problem, dict):
        problem = {}
    code, detail = problem.get("code"), problem.get("detail") or problem.get("title")
    return HubRefusedError(path, answer.status_code, str(code or "no-code"), str(detail or "no reason given"))
