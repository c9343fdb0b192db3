"""Server processes of the benchmarks: a hub on a store of its own, and the bare server beside it."""

import base64
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Store:
    """A store of the benchmark's own, in a folder that goes with it."""

    folder: Path
    url: str

    def environment(self) -> dict[str, str]:
        """Return the environment of a hub on this store."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AXIS_")}
        return {
            **inherited,
            "AXIS_DATABASE_URL": self.url,
            "AXIS_LEDGER_KEY_FILE": str(self.folder / "ledger-key.pem"),
            "AXIS_SECRET_KEY_FILE": str(self.folder / "secret.key"),
            "AXIS_SANDBOX_TOKEN_FILE": str(self.folder / "sandbox-token"),
        }


def make_store(folder: Path, url: str | None) -> Store:
    """Make the key files and the tables; `url` names an empty database, SQLite where it is None."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "ledger-key.pem").write_bytes(pem)
    (folder / "secret.key").write_bytes(base64.b64encode(os.urandom(32)))
    store = Store(folder, url or f"sqlite:///{folder}/axis.db")
    command = [sys.executable, "-m", "axis", "migrate", "--sandbox"]
    subprocess.run(command, env=store.environment(), check=True, stdout=subprocess.DEVNULL)
    return store


@dataclass(frozen=True, slots=True)
class Served:
    """A server of the benchmarks, as long as it runs."""

    port: int
    sandbox: int
    """The port of the sandbox's listener; nothing answers there where the server has none."""
    process: int

    def processor_seconds(self) -> float:
        """Processor time that the server and the processes it started have used so far (Linux alone)."""
        total = 0
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = entry.read_text(encoding="latin-1").rpartition(")")[2].split()
                if int(fields[_SESSION]) == self.process:
                    total += int(fields[_USER]) + int(fields[_SYSTEM])
        return total / os.sysconf("SC_CLK_TCK")


_SESSION, _USER, _SYSTEM = 3, 11, 12
"""Places in `/proc/PID/stat` after the name (proc(5)), counted from the state."""


@contextlib.contextmanager
def serving(store: Store, *, workers: int = 1) -> Iterator[Served]:
    """Serve the store, with a sandbox where there is one worker, and stop the hub in the end."""
    port, sandbox = free_port(), free_port()
    command = [sys.executable, "-m", "axis", "serve", "--port", str(port), "--log-level", "warning"]
    command += ["--sandbox-port", str(sandbox)] if workers == 1 else ["--workers", str(workers)]
    with started(command, store.environment(), store.folder, port, "/readyz") as process:
        yield Served(port, sandbox, process)


@contextlib.contextmanager
def bare(store: Store) -> Iterator[Served]:
    """Run the bare durable server on a file, or in the same database, of its own."""
    port = free_port()
    url = f"sqlite:///{store.folder}/bare.db" if store.url.startswith("sqlite") else store.url
    command = [sys.executable, "-m", "benchmarks.bare_server", str(port), url]
    with started(command, store.environment(), store.folder, port, "/") as process:
        yield Served(port, 0, process)


@contextlib.contextmanager
def framework(store: Store) -> Iterator[Served]:
    """Run the bare framework route, which keeps nothing in the store."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.framework_server", str(port)]
    with started(command, store.environment(), store.folder, port, "/") as process:
        yield Served(port, 0, process)


@contextlib.contextmanager
def started(
    command: list[str], environment: Mapping[str, str], folder: Path, port: int, ready: str
) -> Iterator[int]:
    """Run a server in a session of its own until it is no longer needed; give the number of its process.

    Raises:
        RuntimeError: with the end of its log, when it does not answer below 500 at `ready`.

    """
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(port, process, folder, ready)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def provision(store: Store, sandbox: int, agencies: list[dict[str, object]]) -> dict[str, dict[str, object]]:
    """Make agencies by the sandbox; return them by code."""
    token = (store.folder / "sandbox-token").read_text(encoding="utf-8").strip()
    reply = httpx.post(
        f"http://127.0.0.1:{sandbox}/sandbox/agencies",
        json={"agencies": agencies},
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=60,
    )
    reply.raise_for_status()
    return {item["code"]: item for item in reply.json()["items"]}


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path, ready: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if not httpx.get(f"http://127.0.0.1:{port}{ready}", trust_env=False).is_server_error:
                return
        time.sleep(0.05)
    log = (folder / "server.log").read_text(encoding="utf-8", errors="replace")
    message = f"the server did not start; its log ends:\n{log[-2000:]}"
    raise RuntimeError(message)


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
