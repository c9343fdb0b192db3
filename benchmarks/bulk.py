"""Measures one bulk request beside its ceiling: bare verification, and the same rows on bare sqlite3.

The ceiling is worked out after each round, on the same cores.
"""

import base64
import contextlib
import hashlib
import itertools
import json
import multiprocessing
import os
import socket
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.documents import ATTACHMENT_BYTES, RECIPIENT, SENDER, Signer, manifest_of
from benchmarks.server_processes import make_store, provision, serving
from signing import cms

WARM_UP: Final = 300
ANSWER_SECONDS: Final = 600
BY_DOCUMENT: Final = {
    "documents": "position",
    "manifests": "document",
    "attachments": "document",
    "document_signatures": "document",
    "verdicts": "document",
    "signature_facts": "document",
    "deliveries": "document",
    "manifest_identities": "document",
    "number_identities": "document",
    "ledger_entries": "position",
}
"""The tables that a document has rows in, and the column that says which document's."""

PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-4096",
    "temp_store=MEMORY",
)
"""Those of the hub."""


@dataclass(frozen=True, slots=True)
class Result:
    """One round, in seconds."""

    documents: int
    groups: int
    bulk_seconds: float
    verification_seconds: float
    """Of the ceiling: the signatures, on all cores."""
    rows_seconds: float
    """Of the ceiling: the rows, in the hub's own groups."""
    processor_milliseconds: float
    """Processor time of the hub for one document."""

    @property
    def ratio(self) -> float:
        """The hub's speed as a share of the ceiling's."""
        return (self.verification_seconds + self.rows_seconds) / self.bulk_seconds

    @property
    def per_second(self) -> float:
        """Documents in a second."""
        return self.documents / self.bulk_seconds


def measure(documents: int, rounds: int, workers: int = 1) -> list[Result]:
    """Measure on SQLite; each round continues the same store."""
    numbers = itertools.count(1)
    with tempfile.TemporaryDirectory(prefix="axis-bench-") as name:
        folder = Path(name)
        store = make_store(folder, None)
        results: list[Result] = []
        with serving(store) as hub:
            items = provision(
                store,
                hub.sandbox,
                [
                    {"code": SENDER, "name": "UBND tỉnh Vĩnh Phúc", "organisation": {"key": "p256"}},
                    {"code": RECIPIENT, "name": "Văn phòng Chính phủ"},
                ],
            )
        token, signer = str(items[SENDER]["token"]), Signer.of(items[SENDER])
        with serving(store, workers=workers) as hub:
            _send(hub.port, token, [_line(signer, next(numbers)) for _ in range(WARM_UP)])
            for round_number in range(rounds):
                lines = [_line(signer, next(numbers)) for _ in range(documents)]
                first = _size(folder / "axis.db")
                copy = folder / f"bare-{round_number}.db"
                _copy(folder / "axis.db", copy)
                before = hub.processor_seconds()
                seconds = _send(hub.port, token, lines)
                processor = (hub.processor_seconds() - before) * 1000 / documents
                groups, rows = _rows_again(folder / "axis.db", copy, first)
                verification = _verify_on_all_cores(documents)
                results.append(Result(documents, groups, seconds, verification, rows, processor))
        return results


def _line(signer: Signer, number: int) -> bytes:
    attachment = hashlib.sha256(str(number).encode()).digest() * (ATTACHMENT_BYTES // 32)
    manifest = manifest_of(number, attachment)
    signature = cms.sign(
        manifest, signer.certificate, signer.key, chain=signer.chain, signing_time=datetime.now(UTC)
    )
    members = {
        "manifest": _base64(manifest),
        "signatures": [_base64(signature)],
        "attachments": {hashlib.sha256(attachment).hexdigest(): _base64(attachment)},
    }
    return json.dumps(members, separators=(",", ":")).encode() + b"\n"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _send(port: int, token: str, lines: Sequence[bytes]) -> float:
    """Send the lines from a process of its own; return the seconds to the last answer."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_sent, args=(port, token, lines, sending))
    process.start()
    try:
        seconds, refused = receiving.recv()
    finally:
        process.join()
    if refused:
        message = f"not every document was accepted: {refused[:1]}"
        raise RuntimeError(message)
    return float(seconds)


def _sent(port: int, token: str, lines: Sequence[bytes], sending: Any) -> None:
    """Write lines while answers are read, over one connection."""
    head = (
        f"POST /v1/documents/bulk HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/x-ndjson\r\nContent-Length: {sum(map(len, lines))}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS) as connection:
        started = time.perf_counter()

        def write() -> None:
            connection.sendall(head.encode())
            for line in lines:
                connection.sendall(line)

        writing = threading.Thread(target=write, daemon=True)
        writing.start()
        answers = list(itertools.islice(_answers(connection), len(lines)))
        seconds = time.perf_counter() - started
        writing.join()
    refused = [answer.decode() for answer in answers if b'"receipt":"' not in answer]
    refused += [f"{len(lines) - len(answers)} lines without an answer"] * (len(answers) < len(lines))
    sending.send((seconds, refused))


def _answers(connection: socket.socket) -> Iterator[bytes]:
    """Yield the lines of a chunked answer."""
    with connection.makefile("rb") as stream:
        while stream.readline().strip():
            pass  # the head
        rest = b""
        while size := int(stream.readline(), 16):
            *ended, rest = (rest + stream.read(size)).split(b"\n")
            stream.readline()
            yield from ended


def _size(store: Path) -> int:
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT size FROM ledger_head").fetchone()[0])


def _copy(store: Path, copy: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


def _rows_again(store: Path, copy: Path, first: int) -> tuple[int, float]:
    """Write the rows from this position on into a copy of the store as it was; return groups and seconds."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as source:
        ends = [
            row[0]
            for row in source.execute(
                "SELECT size FROM ledger_checkpoints WHERE size > ? ORDER BY size", (first,)
            )
        ]
        groups = [_group(source, begin, end) for begin, end in itertools.pairwise([first, *ends])]
        checkpoints = [
            source.execute("SELECT * FROM ledger_checkpoints WHERE size = ?", (end,)).fetchone()
            for end in ends
        ]
    target = sqlite3.connect(copy, isolation_level=None)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        target.execute(f"PRAGMA {pragma}")
    started = time.perf_counter()
    for group, checkpoint in zip(groups, checkpoints, strict=True):
        target.execute("BEGIN IMMEDIATE")
        for statement, rows in group:
            target.executemany(statement, rows)
        target.execute(f"INSERT INTO ledger_checkpoints VALUES ({_marks(checkpoint)})", checkpoint)
        target.execute("COMMIT")
    seconds = time.perf_counter() - started
    target.close()
    return len(groups), seconds


def _group(source: sqlite3.Connection, first: int, end: int) -> list[tuple[str, list[Any]]]:
    found = []
    for table, column in BY_DOCUMENT.items():
        where = f"WHERE {column} >= ? AND {column} < ?"
        rows = source.execute(f"SELECT * FROM {table} {where}", (first, end)).fetchall()
        if rows:
            found.append((f"INSERT INTO {table} VALUES ({_marks(rows[0])})", rows))
    return found


def _marks(row: Sequence[Any]) -> str:
    return ", ".join("?" * len(row))


def _verify_on_all_cores(signatures: int) -> float:
    """Return the seconds that so many verifications take, with a process on each core."""
    cores = len(os.sched_getaffinity(0))
    share = -(-signatures // cores)
    context = multiprocessing.get_context("spawn")
    with context.Pool(cores) as pool:
        pool.map(_verify, [1] * cores)  # everything is loaded
        started = time.perf_counter()
        pool.map(_verify, [share] * cores, chunksize=1)
        return time.perf_counter() - started


def _verify(times: int) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    algorithm, content = ec.ECDSA(hashes.SHA256()), bytes(280)
    signature, public = key.sign(content, algorithm), key.public_key()
    for _ in range(times):
        public.verify(signature, content, algorithm)
