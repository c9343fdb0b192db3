"""Measures the hub beside other exchanges, in turn and with the same bytes.

django-pyas2 verifies an AS2 message, keeps it, and answers with a signed receipt. mesh-sandbox takes files
into a mailbox without verifying them. Neither has a ledger.
"""

import contextlib
import hmac
import os
import pickle
import sqlite3
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.alternating_rounds import Round, run_requests
from benchmarks.documents import HUB, WARM_UP, requests_of
from benchmarks.peers.environments import make_environment
from benchmarks.server_processes import Served, Store, free_port, make_store, serving, started

SITE_FOLDER = Path(__file__).parent
"""Where `as2_site` is found by an environment that does not know this project."""
PYAS2, MESH = "django-pyas2", "mesh-sandbox"
PEERS = (PYAS2, MESH)
MESH_KEY = "bench"
THREADS = 32
"""Of the AS2 server, one process: as many as the hub's connections are at most in its default run."""


def measure(
    documents: int, connections: int, rounds: int, database_url: str | None, environments: Path
) -> list[Round]:
    """Measure the hub and each peer, turn about; peers' environments are made below a folder.

    Raises:
        NoEnvironmentError: when pip cannot install what a peer needs. Nothing was measured then.

    """
    pythons = {peer: make_environment(environments, peer) for peer in PEERS}
    with tempfile.TemporaryDirectory(prefix="axis-bench-") as folder:
        store = make_store(Path(folder), database_url)
        requests = requests_of(store)
        return [_round(store, requests, documents, connections, pythons) for _ in range(rounds)]


def _round(
    store: Store,
    requests: Callable[[int], list[bytes]],
    documents: int,
    connections: int,
    pythons: dict[str, Path],
) -> Round:
    sent = requests(WARM_UP + documents)
    payloads = [request.partition(b"\r\n\r\n")[2] for request in sent]
    sides = {}
    with serving(store) as served:
        sides[HUB] = run_requests(served, sent, connections, warm_up=WARM_UP, expected=201)
    with tempfile.TemporaryDirectory(prefix="axis-bench-as2-") as folder:
        messages = _as2_messages(pythons[PYAS2], Path(folder), payloads)
        with _as2(pythons[PYAS2], Path(folder)) as served:
            sides[PYAS2] = run_requests(served, messages, connections, warm_up=WARM_UP, expected=200)
        _require_accepted(Path(folder), len(messages))
    with (
        tempfile.TemporaryDirectory(prefix="axis-bench-mesh-") as folder,
        _mesh(pythons[MESH], Path(folder)) as served,
    ):
        posts = [_mesh_post(payload) for payload in payloads]
        sides[MESH] = run_requests(served, posts, connections, warm_up=WARM_UP, expected=202)
    return sides


def _environment(folder: Path) -> dict[str, str]:
    ours = ("AXIS_", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {
        "PYTHONPATH": str(SITE_FOLDER),
        "HOME": str(folder),
        "AXIS_BENCH_FOLDER": str(folder),
        "STORE_MODE": "file",
        "AUTH_MODE": "full",
        "SHARED_KEY": MESH_KEY,
        "MAILBOXES_DATA_DIR": str(folder),
    }


def _as2_messages(python: Path, folder: Path, payloads: list[bytes]) -> list[bytes]:
    exchanged = folder / "payloads"
    exchanged.write_bytes(pickle.dumps(payloads))
    command = [str(python), "-m", "as2_site", str(exchanged)]
    subprocess.run(command, env=_environment(folder), check=True, cwd=folder)
    made: list[bytes] = pickle.loads(exchanged.read_bytes())
    return made


def _require_accepted(folder: Path, count: int) -> None:
    """See that every message was taken: a receipt that refuses one is answered with 200, too."""
    with contextlib.closing(sqlite3.connect(folder / "pyas2.db")) as connection:
        (accepted,) = connection.execute("SELECT count(*) FROM pyas2_message WHERE status = 'S'").fetchone()
    if accepted != count:
        message = f"{PYAS2} accepted {accepted} of {count} messages"
        raise RuntimeError(message)


@contextlib.contextmanager
def _as2(python: Path, folder: Path) -> Iterator[Served]:
    port = free_port()
    command = [str(python), "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    command += ["--threads", str(THREADS), "--keep-alive", "60", "as2_site:application"]
    with started(command, _environment(folder), folder, port, "/pyas2/as2receive") as process:
        yield Served(port, 0, process)


@contextlib.contextmanager
def _mesh(python: Path, folder: Path) -> Iterator[Served]:
    port = free_port()
    command = [
        str(python),
        "-m",
        "uvicorn",
        "mesh_sandbox.api:app",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--log-level", "warning", "--no-access-log"]
    with started(command, _environment(folder), folder, port, "/messageexchange/_ping") as process:
        yield Served(port, 0, process)


def _mesh_post(payload: bytes) -> bytes:
    """Write a post from one to another of the mailboxes that the sandbox comes with."""
    nonce, stamp = uuid.uuid4(), f"{datetime.now(UTC):%Y%m%d%H%M}"
    proof = hmac.new(MESH_KEY.encode(), f"X26ABC1:{nonce}:0:password:{stamp}".encode(), "sha256").hexdigest()
    head = (
        "POST /messageexchange/X26ABC1/outbox HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: NHSMESH X26ABC1:{nonce}:0:{stamp}:{proof}\r\nMex-From: X26ABC1\r\n"
        "Mex-To: X26ABC2\r\nMex-WorkflowID: AXIS_BENCH\r\nMex-FileName: document.bin\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {len(payload)}\r\n\r\n"
    )
    return head.encode() + payload
