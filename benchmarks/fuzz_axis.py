"""An axis of the fuzzer's own, called within the process, and the rules that its replies must keep.

Cases are made by `benchmarks.fuzz_messages`. After some hundred cases the axis's ledger, rows and counters
have to agree.
"""

import asyncio
import base64
import dataclasses
import hashlib
import hmac
import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from axis.agencies.directory_changes import AgencyEntry, put_agencies, set_locked
from axis.app import build, create_app
from axis.compliance.reconciliation.counter_comparison import reconcile
from axis.compliance.store_checks.leaves_and_rows import check_rows
from axis.database import Read, Write, open_database
from axis.database.migrate import migrate
from axis.database.secret_key import open_secret_key
from axis.deliveries.system_setup import join
from axis.deliveries.tables import deliveries, message_queue
from axis.documents.downloads import whole
from axis.documents.envelopes import find_envelope
from axis.documents.tables import documents, refusals
from axis.ledger.key import make_key, open_key
from axis.ledger.setup import read_verifier
from axis.ledger.tree_checks import fsck
from axis.protocol import edxml
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.vxp import OPERATIONS, PREFIX, stamp
from axis.settings import Settings
from axis.vxp.calls import FAILURE_MEMBERS
from axis.vxp.replies import Code

S, UNDER_S, A, B, REST, LOCKED = (
    AgencyCode(f"000.00.{unit}") for unit in ("00.G94", "14.G94", "00.H94", "00.H95", "00.H96", "00.H97")
)
SYSTEMS: Final = (S, A, B)
SENDING_FAULTS: Final = (
    Code.INVALID_FILE,
    Code.UNKNOWN_RECIPIENT,
    Code.FILE_PROCESSING,
    Code.EDXML_INVALID,
    Code.RECIPIENT_LOCKED,
)
"""Codes that `sendEdoc` gives for nothing but a refused message, each of which is recorded."""


class BrokenRuleError(Exception):
    """A reply, or the axis afterwards, is not as it must be."""


@dataclass(frozen=True, slots=True)
class Case:
    """One call as it is going to be sent and signed."""

    operation: str
    system: AgencyCode
    parameters: Mapping[str, str]
    body: bytes = b""
    signed_text: bytes | None = None
    """In the place of the parameters' JSON."""

    def headers(self, secret: bytes) -> list[tuple[bytes, bytes]]:
        """Return the headers that prove it."""
        named = {PREFIX + name: value for name, value in self.parameters.items()}
        text = self.signed_text
        if text is None:
            text = json.dumps(named, separators=(",", ":")).encode()
        key = ";".join(self.parameters).encode("utf-8", "replace")
        return [
            (b"xroadvnpt-sign-header-key", key),
            (b"xroadvnpt-sign-header", text),
            (b"xroadvnpt-hash-header", hmac.new(secret, text, hashlib.sha256).hexdigest().encode()),
            (b"content-length", str(len(self.body)).encode()),
        ]

    def to_json(self) -> dict[str, object]:
        """Return it as it is kept in a file."""
        signed = None if self.signed_text is None else base64.b64encode(self.signed_text).decode()
        body = base64.b64encode(self.body).decode()
        return {**dataclasses.asdict(self), "signed_text": signed, "body": body}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, held to what the real client breaks on."""

    code: str
    description: str
    document: str
    data: Any
    body: bytes
    milliseconds: float


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


class FuzzAxis:
    """A hub on an empty store, five agencies and one that is locked, three systems."""

    def __init__(self, folder: Path, database_url: str) -> None:
        (folder / "secret.key").write_bytes(base64.b64encode(os.urandom(32)))
        make_key(folder / "ledger-key.pem")
        self.settings = Settings(
            database_url=database_url,
            secret_key_file=folder / "secret.key",
            ledger_key_file=folder / "ledger-key.pem",
            vxp_list_items=100_000,
        )
        _migrate(database_url)
        self.hub = build(self.settings)
        self.app = create_app(self.hub)
        self.errors = _Errors()
        logging.getLogger("axis").addHandler(self.errors)
        entries = [AgencyEntry(code, f"Cơ quan {code}") for code in (S, UNDER_S, A, B, REST, LOCKED)]
        key, now = open_secret_key(self.settings), self.hub.clock.now()

        def provide(tx: Write) -> dict[AgencyCode, bytes]:
            put_agencies(tx, entries, now)
            set_locked(tx, LOCKED, locked=True)
            return {code: join(tx, key, code, may_register=True, real_now=now).encode() for code in SYSTEMS}

        self.secrets = self.hub.database.write(provide)

    def close(self) -> None:
        """Let go of the store."""
        logging.getLogger("axis").removeHandler(self.errors)
        self.hub.close()

    async def call(self, case: Case) -> Reply:
        """Make a call. Raises `BrokenRuleError` for a reply that breaks a rule."""
        method = OPERATIONS[case.operation].method
        begun = time.perf_counter()
        status, body = await _ask(
            self.app, method, f"/vxp/{case.operation}", case.headers(self.secrets[case.system]), case.body
        )
        milliseconds = (time.perf_counter() - begun) * 1e3
        if self.errors.texts:
            raise BrokenRuleError("an error was logged", *self.errors.texts)
        if case.operation == "downloadEdoc":
            if (status, bool(body)) not in {(200, True), (404, False)}:
                raise BrokenRuleError(f"downloadEdoc: {status} with {len(body)} bytes")
            return Reply("0" if body else "20", "", "", None, body, milliseconds)
        if status != 200:
            raise BrokenRuleError(f"HTTP {status}")
        return _read_reply(case.operation, body, milliseconds)

    async def ask(self, system: AgencyCode, operation: str, **parameters: str) -> Reply:
        """Make a plain call that has to be well."""
        signed = {"systemid": system, "timestamp": stamp(datetime.now(UTC)), **parameters}
        reply = await self.call(Case(operation, system, signed))
        if reply.code != Code.FINE:
            raise BrokenRuleError(f"{operation} {parameters}: {reply.code} {reply.description}")
        return reply

    async def check(self, replies: Mapping[str, int], accepted: set[str]) -> int:
        """Check the whole axis after its cases; return how many messages came out again.

        `replies`: how often `sendEdoc` gave each code; `accepted`: the ids it gave for documents.
        """
        key = open_key(self.settings.ledger_key_file, None)
        with self.hub.database.read() as tx:
            differences = chain(fsck(tx, read_verifier(tx, key)), check_rows(tx), reconcile(tx))
            found = list(islice(differences, 5))
            if found:
                raise BrokenRuleError("the store is damaged", *map(str, found))
            refused = tx.execute(select(func.count()).select_from(refusals)).scalar_one()
            stored = set(tx.execute(select(documents.c.id)).scalars())
        least = sum(replies.get(code, 0) for code in SENDING_FAULTS)
        most = sum(count for code, count in replies.items() if code != Code.FINE)
        if not least <= refused <= most:
            raise BrokenRuleError(f"{refused} refusals recorded, of {least} to {most} told")
        if stored != accepted:
            raise BrokenRuleError("documents stored are not those accepted", *map(str, stored ^ accepted))
        return await self._fetch_all()

    async def _fetch_all(self) -> int:
        """Fetch every message as its recipient, and read it."""
        with self.hub.database.read() as tx:
            rows = tx.execute(_DELIVERIES).all()
            systems = dict.fromkeys((UNDER_S,), S) | {code: code for code in SYSTEMS}
            statuses = tx.execute(_STATUS_ITEMS).scalar_one()
        fetched = 0
        for row in rows:
            system = systems.get(row.recipient)
            if system is None:
                continue
            reply = await self.ask(system, "getEdoc", docId=f"{row.id}.{row.ordinal}")
            with self.hub.database.read() as tx:
                self._check_message(tx, row.position, base64.b64decode(reply.data))
            fetched += 1
        for system in SYSTEMS:
            listed = await self.ask(system, "getReceivedEdocList", messagetype="status")
            counted = await self.ask(system, "countReceiveStatus")
            if len(listed.data) != counted.data:
                raise BrokenRuleError(f"{len(listed.data)} statuses listed, {counted.data} counted")
            for item in listed.data:
                reply = await self.ask(system, "getEdoc", docId=item["docId"])
                if not isinstance(edxml.read(base64.b64decode(reply.data)).message, edxml.Status):
                    raise BrokenRuleError("a status item is no status")
                fetched += 1
        if statuses and not fetched:
            raise BrokenRuleError("nothing came out")
        return fetched

    def _check_message(self, tx: Read, position: int, message: bytes) -> None:
        """Hold a fetched message to its original: one more hop, and the same otherwise."""
        original = find_envelope(tx, position)
        assert original is not None
        content = whole(self.hub.objects, original)
        try:
            before, after = edxml.read(content), edxml.read(message)
        except edxml.EdxmlInvalid as fault:
            raise BrokenRuleError(f"what was handed out cannot be read: {fault}", message) from fault
        assert isinstance(before.message, edxml.Document)
        assert isinstance(after.message, edxml.Document)
        trace = after.message.trace[: len(before.message.trace)]
        if (
            len(after.message.trace) != len(before.message.trace) + 1
            or dataclasses.replace(after.message, trace=trace) != before.message
            or after.signed != before.signed
        ):
            raise BrokenRuleError("a message came out as another", content.decode("utf-8", "replace"))


_DELIVERIES: Final = (
    select(deliveries.c.recipient, deliveries.c.ordinal, documents.c.id, documents.c.position)
    .join(documents, documents.c.position == deliveries.c.document)
    .order_by(deliveries.c.position)
)
_STATUS_ITEMS: Final = select(func.count()).where(message_queue.c.kind == "status")


def _migrate(database_url: str) -> None:
    store = open_database(database_url)
    migrate(store, sandbox=False)
    store.close()


async def _ask(
    app: Any, method: str, path: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> tuple[int, bytes]:
    """Call an ASGI application once."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50_000),
        "server": ("axis.test", 80),
    }
    unread = [body]
    status = 0
    answered = bytearray()

    async def receive() -> dict[str, Any]:
        if not unread:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": unread.pop(), "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            answered.extend(message.get("body", b""))

    await app(scope, receive, send)
    return status, bytes(answered)


def _read_reply(operation: str, body: bytes, milliseconds: float) -> Reply:
    """Read a reply as the real client does."""
    try:
        said = json.loads(body.decode("ascii" if operation == "sendEdoc" else "utf-8"))
    except ValueError as error:
        raise BrokenRuleError(f"no JSON: {error}") from error
    if not all(isinstance(said.get(name), str) for name in ("status", "ErrorCode", "ErrorDesc")):
        raise BrokenRuleError("a text is missing", str(said))
    if (said["status"], said["ErrorCode"] == Code.FINE) not in {("OK", True), ("FAIL", False)}:
        raise BrokenRuleError("status and code contradict each other", str(said))
    if said["ErrorCode"] not in set(Code) or not said["ErrorDesc"].isascii():
        raise BrokenRuleError("an odd code or sentence", str(said))
    members = FAILURE_MEMBERS[operation]
    for name, usual in members.items():
        if type(said.get(name)) is not type(usual):
            raise BrokenRuleError(f"{name} is no {type(usual).__name__}", str(said))
    if operation == "sendEdoc" and bool(said["DocId"]) != (said["status"] == "OK"):
        raise BrokenRuleError("DocId is not as the status", str(said))
    data = said.get("data", said.get("count"))
    for item in data if isinstance(data, list) else ():
        if not all(isinstance(value, str | int | bool) for value in item.values()):
            raise BrokenRuleError("an item holds what the client breaks on", str(item))
    return Reply(said["ErrorCode"], said["ErrorDesc"], said.get("DocId", ""), data, body, milliseconds)
