"""One system's client of the hub's old protocol: the calls that move documents and statuses.

Calls are repeated after lost connections and temporary failures (`nodes.retries`); other refusals are raised
as `OldRefusal`. Timestamps are real time.
"""

import json
import time
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from random import Random
from typing import Any, Final, Literal, Self

from axis.protocol.vxp import FILE_END, OPERATIONS, sign, stamp
from nodes.answers import Json
from nodes.errors import OldRefusal, TransportError
from nodes.http_connections import Reply, Wire
from nodes.retries import RETRIED_STATUSES, Retries, retry_after_seconds

Kind = Literal["edoc", "status"]
"""Of a message: a document, or a status."""
TransportState = Literal["initial", "processing", "done", "fail"]

PATH: Final = "/vxp"
VERSION: Final = "3.0.201608"
"""The version that the published client names."""
SYSTEM_ERROR: Final = "20"
_RETRIED: Final = frozenset({"sendEdoc", "getReceivedEdocList", "getSentEdocList"})
"""Their code 20 means the hub could not at the moment; of an item it also says that there is none, and then
this hub gives no `Retry-After`."""


@dataclass(frozen=True, slots=True)
class OldSystem:
    """A system's code, and the secret with which it signs."""

    code: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item of a system's queue."""

    id: str
    kind: str
    sender: str
    to: str
    state: str

    @classmethod
    def read(cls, value: Json) -> Self:
        """Read an item of `getReceivedEdocList`."""
        return cls(value["docId"], value["messageType"], value["from"], value["to"], value["status"])


class OldClient:
    """Speaks to one hub as one system; may be used by several threads."""

    def __init__(
        self,
        hub: str,
        system: OldSystem,
        *,
        retries: Retries | None = None,
        timeout_seconds: float = 60.0,
        wire: Wire | None = None,
        sleep: Callable[[float], None] = time.sleep,
        rng: Random | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._wire = wire or Wire(hub)
        self._system = system
        self._retries = retries or Retries()
        self._timeout_seconds = timeout_seconds
        self._sleep = sleep
        self._rng = rng or Random()  # noqa: S311 - jitter, not secrecy
        self._now = now

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, message: bytes, *, sender: str, recipients: Sequence[str]) -> str:
        """Send a document and return the hub's id of it."""
        to = json.dumps(list(recipients))
        return self._send(message, {"messagetype": "edoc", "from": sender, "to": to})

    def send_status(self, message: bytes, *, sender: str) -> str:
        """Send a status; whom it is for stands in the message."""
        return self._send(message, {"messagetype": "status", "from": sender})

    def received(self, kind: Kind = "edoc") -> tuple[Waiting, ...]:
        """List what waits for the system's agencies, oldest first, as much as the hub gives at once."""
        return tuple(Waiting.read(item) for item in self._list("getReceivedEdocList", {"messagetype": kind}))

    def sent(self) -> tuple[Json, ...]:
        """List what the system's agencies sent, newest first, one item for each recipient."""
        return tuple(self._list("getSentEdocList", {}))

    def waiting(self, kind: Kind = "edoc") -> int:
        """Count what waits for the system's agencies."""
        operation = {"edoc": "countReceiveEdoc", "status": "countReceiveStatus"}[kind]
        return int(_member(operation, self._call(operation, {}), "count"))

    def fetch(self, item: str) -> bytes:
        """Fetch an item's message."""
        reply = self._call("getEdoc", {"docId": item})
        try:
            return b64decode(str(_member("getEdoc", reply, "data")), validate=True)
        except Base64Error as error:
            raise TransportError("getEdoc: the answer holds no base64") from error

    def update_status(self, item: str, state: TransportState) -> None:
        """Say how far we are with an item; `done` and `fail` take it off the list."""
        self._call("updateStatus", {"docid": item, "status": state})

    # How it is done

    def _send(self, message: bytes, parameters: Mapping[str, str]) -> str:
        digest = "".join(f"{byte:x}" for byte in sha256(message).digest())  # without padding, as the real one
        named = {"servicetype": "eDoc", **parameters, "hash-file": digest}
        reply = self._call("sendEdoc", named, message + FILE_END, "application/octet-stream")
        return str(_member("sendEdoc", reply, "DocId"))

    def _list(self, operation: str, parameters: Mapping[str, str]) -> Sequence[Json]:
        items = _member(operation, self._call(operation, parameters), "data")
        if not isinstance(items, list):
            raise TransportError(f"{operation}: the answer holds no list")
        return items

    def _call(
        self,
        operation: str,
        parameters: Mapping[str, str],
        body: bytes = b"",
        content_type: str = "application/json",
    ) -> Json:
        """Make one call, retried as `retries` says."""
        attempt = 1
        while True:
            failure: TransportError | OldRefusal
            try:
                reply = self._exchange(operation, parameters, body, content_type)
            except TransportError as error:
                failure, asked = error, None
            else:
                value = _read(operation, reply)
                if isinstance(value, dict):
                    return value
                failure = value
                asked = retry_after_seconds(reply.headers.get("retry-after"))
            wait = self._retries.wait_seconds(attempt, self._rng, asked)
            if wait is None:
                raise failure
            self._sleep(wait)
            attempt += 1

    def _exchange(
        self, operation: str, parameters: Mapping[str, str], body: bytes, content_type: str
    ) -> Reply:
        given = {
            "systemid": self._system.code,
            **parameters,
            "timestamp": stamp(self._now()),
            "Content-Type": content_type,
        }
        headers = dict(sign(given, self._system.secret.encode()))
        headers |= {"Content-Type": content_type, "XroadVnpt-version": VERSION}
        return self._wire.exchange(
            OPERATIONS[operation].method,
            f"{PATH}/{operation}",
            headers=headers,
            body=body,
            timeout_seconds=self._timeout_seconds,
        )


def _read(operation: str, reply: Reply) -> dict[str, Any] | OldRefusal | TransportError:
    """Return what was answered, or the failure that may be tried again; raises one that may not."""
    try:
        value = json.loads(reply.body)
    except ValueError:
        value = None
    if not isinstance(value, dict) or value.get("status") not in {"OK", "FAIL"}:
        failure = TransportError(f"{operation}: the answer ({reply.status}) is not the old protocol's")
        if reply.status in RETRIED_STATUSES:
            return failure
        raise failure
    if value["status"] == "OK":
        return value
    refusal = OldRefusal(operation, str(value.get("ErrorCode")), str(value.get("ErrorDesc")))
    says_when = retry_after_seconds(reply.headers.get("retry-after")) is not None
    if refusal.code == SYSTEM_ERROR and (says_when or operation in _RETRIED):
        return refusal
    raise refusal


def _member(operation: str, reply: Json, name: str) -> Any:
    if reply.get(name) in (None, ""):
        raise TransportError(f"{operation}: the answer holds no {name}")
    return reply[name]
