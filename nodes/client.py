"""An HTTP client of the hub for agencies and auditors.

Calls are repeated after lost connections, 429 and 503, where that is safe (`nodes.retries`); other refusals
are raised as `ProblemError`. docs/contract.md, RFC 9457.
"""

import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from random import Random
from types import TracebackType
from typing import Any, Self

from nodes.answers import Answer, Answered, Arrived, Event, Json, Page, Sent
from nodes.errors import ErrorPlace, ProblemError, TransportError
from nodes.http_connections import Reply, Wire
from nodes.multipart import Attachment, Body, document_body
from nodes.retries import RETRIED_STATUSES, Retries, retry_after_seconds

MOST_STATUSES = 1_000  # the contract's bound for one POST /v1/statuses
MOST_ITEMS = 1_000  # … and for one page of a list
_SUCCESS = range(200, 300)
_ERROR, _UNAUTHENTICATED = 400, 401

BulkDocument = tuple[bytes, Sequence[bytes], Sequence[Attachment]]
"""Manifest, signatures and attachments of a document."""

Params = Mapping[str, str | int | None]


class Client:
    """Speaks to one hub with one token; may be used by several threads."""

    def __init__(
        self,
        hub: str,
        token: str | None,
        *,
        retries: Retries | None = None,
        timeout_seconds: float = 60.0,
        wire: Wire | None = None,
        sleep: Callable[[float], None] = time.sleep,
        rng: Random | None = None,
        fresh_token: Callable[[], str] | None = None,
    ) -> None:
        """`fresh_token` gives the token that holds now, where the one in use is refused."""
        self._wire = wire or Wire(hub)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._retries = retries or Retries()
        self._timeout_seconds = timeout_seconds
        self._sleep = sleep
        self._fresh_token = fresh_token
        self._rng = rng or Random()  # noqa: S311 - jitter, not secrecy

    def use_token(self, token: str) -> None:
        """Speak with another token from now on."""
        self._headers = {"Authorization": f"Bearer {token}"}

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Sending

    def send(
        self,
        manifest: bytes,
        signatures: Sequence[bytes] = (),
        attachments: Sequence[Attachment] = (),
        *,
        recipients: Sequence[str] = (),
    ) -> Sent:
        """Send a document; the same manifest again gives the first answer with `repeated` set.

        `recipients`: of a relay, those for whom it hands the document over.
        """
        params = {"recipients": ",".join(recipients) or None}
        body = document_body(manifest, signatures, attachments)
        return Sent.read(self._json("POST", "/v1/documents", params=params, body=body))

    def send_many(self, documents: Sequence[BulkDocument]) -> tuple[Sent | ProblemError, ...]:
        """Send documents in one request, each answered on its own, in order; attachments are held in memory.

        Up to some hundred at once: the answers are read when all has been sent.
        """
        lines = [bulk_line(*document) for document in documents]
        reply = self._reply(
            "POST", "/v1/documents/bulk", body=b"\n".join(lines), media_type="application/x-ndjson"
        )
        answers = [_decode(replace(reply, body=line)) for line in reply.body.splitlines()]
        if len(answers) != len(lines):
            raise TransportError(f"POST /v1/documents/bulk: {len(lines)} sent, {len(answers)} answered")
        return tuple(
            problem(Reply(answer["status"], reply.headers, json.dumps(answer).encode()))
            if "code" in answer
            else Sent.read(answer)
            for answer in answers
        )

    # Receiving

    def inbox(
        self,
        after: str | None = None,
        *,
        limit: int = MOST_ITEMS,
        wait_seconds: int = 0,
        agency: str | None = None,
    ) -> Page[Arrived]:
        """Read deliveries after a cursor, in ledger order; wait up to `wait_seconds` (≤ 60) for the first."""
        params = {"after": after, "limit": limit, "wait": wait_seconds or None, "agency": agency}
        return Page.read(
            self._json("GET", "/v1/inbox", params=params, wait_seconds=wait_seconds), Arrived.read
        )

    def events(
        self, after: str | None = None, *, limit: int = MOST_ITEMS, wait_seconds: int = 0
    ) -> Page[Event]:
        """Read what concerns the caller after a cursor, in ledger order."""
        params = {"after": after, "limit": limit, "wait": wait_seconds or None}
        return Page.read(
            self._json("GET", "/v1/events", params=params, wait_seconds=wait_seconds), Event.read
        )

    def post_status(self, answer: Answer) -> Json:
        """Post one status; raises `ProblemError` (409 `status-not-allowed`, …) when it is refused."""
        body = answer.body()
        del body["delivery"]
        return self._json("POST", f"/v1/deliveries/{answer.delivery}/statuses", body=_encode(body))

    def post_statuses(self, answers: Sequence[Answer]) -> tuple[Answered, ...]:
        """Post many statuses, in requests of at most 1,000; each is answered on its own, in order."""
        outcome: list[Answered] = []
        for start in range(0, len(answers), MOST_STATUSES):
            batch = answers[start : start + MOST_STATUSES]
            reply = self._json("POST", "/v1/statuses", body=_encode([answer.body() for answer in batch]))
            outcome += _read_answered(batch, reply["items"])
        return tuple(outcome)

    # Reading

    def document(self, document: str) -> Json:
        """Fetch everything the hub shows the caller of a document."""
        return self._json("GET", f"/v1/documents/{document}")

    def manifest(self, document: str) -> bytes:
        """Fetch the manifest, byte for byte as it was signed."""
        return self._reply("GET", f"/v1/documents/{document}/manifest").body

    def signature(self, document: str, number: int) -> bytes:
        """Fetch signature `number` (from 0) over the manifest, as it was sent."""
        return self._reply("GET", f"/v1/documents/{document}/signatures/{number}").body

    def receipt(self, document: str) -> str:
        """Fetch the acceptance's proof."""
        return self._reply("GET", f"/v1/documents/{document}/receipt").body.decode()

    @contextmanager
    def attachment(self, document: str, number: int) -> Iterator[Iterator[bytes]]:
        """Open attachment `number` (from 0) as chunks; a broken download is not resumed here, but raises."""
        path = f"/v1/documents/{document}/attachments/{number}"
        opened = self._wire.stream(path, headers=self._headers, timeout_seconds=self._timeout_seconds)
        with opened as (reply, chunks):
            if reply.status not in _SUCCESS:
                raise problem(reply)
            yield chunks

    def documents(self, **filters: str | int | None) -> Page[Json]:
        """List documents; the filters are the contract's (`from` and `to` are given as `from_` and `to`)."""
        return self._list("/v1/documents", filters)

    def deliveries(self, **filters: str | int | None) -> Page[Json]:
        """List deliveries and where they stand; the filters as for `documents`."""
        return self._list("/v1/deliveries", filters)

    def delivery(self, delivery: str) -> Json:
        """Fetch a delivery with all its statuses."""
        return self._json("GET", f"/v1/deliveries/{delivery}")

    def refusals(self, **filters: str | int | None) -> Page[Json]:
        """List refused sendings."""
        return self._list("/v1/refusals", filters)

    def statistics(self, kind: str, **query: str | int | None) -> Json:
        """Ask for `signatures` or `exchange`: `items` and the `definition` of what they count."""
        return self._json("GET", f"/v1/statistics/{kind}", params=_named(query))

    def agencies(self, q: str | None = None, after: str | None = None) -> Page[Json]:
        """Search the directory; without `q` all of it."""
        return self._list("/v1/agencies", {"q": q, "after": after})

    def checkpoint(self) -> str:
        """Fetch the ledger's newest signed checkpoint."""
        return self._reply("GET", "/v1/ledger/checkpoint").body.decode()

    def is_ready(self) -> bool:
        """Ask once whether the hub takes documents."""
        asked = self._wire.exchange("GET", "/readyz", headers={}, timeout_seconds=self._timeout_seconds)
        return asked.status in _SUCCESS

    # How it is done

    def content(self, path: str) -> bytes:
        """Fetch anything, byte for byte."""
        return self._reply("GET", path).body

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Make any other call whose body and answer are JSON; None when the answer is empty."""
        reply = self._reply(method, path, body=None if body is None else _encode(body))
        return _decode(reply) if reply.body else None

    def _takes_fresh_token(self) -> bool:
        """Speak with the token that holds now; tells whether it is another one."""
        before = dict(self._headers)
        if self._fresh_token is not None:
            self.use_token(self._fresh_token())
        return self._headers != before

    def _list(self, path: str, filters: Params) -> Page[Json]:
        return Page.read(self._json("GET", path, params=_named(filters)), lambda item: item)

    def _json(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Body | bytes | None = None,
        wait_seconds: float = 0,
    ) -> dict[str, Any]:
        reply = self._reply(method, path, params=params, body=body, wait_seconds=wait_seconds)
        value = _decode(reply)
        if not isinstance(value, dict):
            raise TransportError(f"{method} {path}: the answer is not a JSON object")
        return value

    def _reply(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Body | bytes | None = None,
        media_type: str = "application/json",
        wait_seconds: float = 0,
    ) -> Reply:
        """Make one call, retried as `retries` says."""
        headers = dict(self._headers)
        if isinstance(body, bytes):
            headers["Content-Type"] = media_type
        given = {name: value for name, value in (params or {}).items() if value is not None}
        attempt = 1
        while True:
            failure: TransportError | ProblemError
            try:
                reply = self._wire.exchange(
                    method,
                    path,
                    headers=headers,
                    params=given or None,
                    body=body,
                    timeout_seconds=self._timeout_seconds + wait_seconds,
                )
            except TransportError as error:
                failure, asked = error, None
            else:
                if reply.status in _SUCCESS:
                    return reply
                failure = problem(reply)
                if reply.status == _UNAUTHENTICATED and self._takes_fresh_token():
                    headers["Authorization"] = self._headers["Authorization"]
                    continue
                if reply.status not in RETRIED_STATUSES:
                    raise failure
                asked = failure.retry_after_seconds
            wait = self._retries.wait_seconds(attempt, self._rng, asked)
            if wait is None:
                raise failure
            self._sleep(wait)
            attempt += 1


def bulk_line(manifest: bytes, signatures: Sequence[bytes], attachments: Sequence[Attachment]) -> bytes:
    """Write a document as a line of a bulk request, everything in base64."""
    contents = [b"".join(attachment.chunks()) for attachment in attachments]
    return _encode(
        {
            "manifest": _base64(manifest),
            "signatures": [_base64(signature) for signature in signatures],
            "attachments": {sha256(content).hexdigest(): _base64(content) for content in contents},
        }
    )


def problem(reply: Reply) -> ProblemError:
    """Read a refusal; an answer that is no problem object still becomes one, with what can be said."""
    try:
        value = json.loads(reply.body)
    except ValueError:
        value = {}
    if not isinstance(value, dict):
        value = {}
    return problem_of(value, reply.status, retry_after_seconds(reply.headers.get("retry-after")))


def problem_of(value: Json, status: int | None = None, retry_after: float | None = None) -> ProblemError:
    """Return a problem object as an error. Without `status`, its own counts: one of many was refused."""
    status = int(value["status"]) if status is None else status
    places = value.get("errors")
    return ProblemError(
        status=status,
        code=str(value.get("code") or f"http-{status}"),
        detail=str(value.get("detail") or value.get("title") or "the hub gave no reason"),
        errors=tuple(
            ErrorPlace(str(place.get("pointer")), place.get("found"), place.get("expected"))
            for place in (places if isinstance(places, list) else [])
            if isinstance(place, dict)
        ),
        request_id=value.get("request_id"),
        retry_after_seconds=retry_after,
        body=value,
    )


def _read_answered(batch: Sequence[Answer], items: Sequence[Json]) -> list[Answered]:
    """Pair each status with its answer; one that was refused is a problem with the status of an error."""
    if len(items) != len(batch):
        raise TransportError(f"POST /v1/statuses: {len(batch)} sent, {len(items)} answered")
    return [
        Answered(answer, str(item["code"]) if item["status"] >= _ERROR else None, item.get("detail"), item)
        for answer, item in zip(batch, items, strict=True)
    ]


def _named(query: Params) -> dict[str, str | int | None]:
    """`from` is a word of Python: it is given as `from_`."""
    return {name.rstrip("_"): value for name, value in query.items()}


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _decode(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except ValueError as error:
        raise TransportError("the answer is not JSON") from error
