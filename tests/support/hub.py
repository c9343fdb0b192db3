"""A real hub process on free ports of loopback: started, provisioned, killed and started again by tests."""

import base64
import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from support import axis_processes
from support.environment import inherited
from support.waiting import GUARD_SECONDS, wait_until

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a port of loopback that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class HubProcess:
    """One store, and the hub process that serves it, if any."""

    folder: Path
    database_url: str
    settings: dict[str, str] = field(default_factory=dict)
    sandbox: bool = True
    port: int = field(default_factory=free_port)
    sandbox_port: int = field(default_factory=free_port)
    process: BaseProcess | None = None
    workers: int = 1

    def __post_init__(self):
        """Make the key files, which only a SQLite store would make for itself."""
        if (self.folder / "secret.key").exists():
            return
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / "ledger-key.pem").write_bytes(pem)
        (self.folder / "secret.key").write_bytes(base64.b64encode(os.urandom(32)))
        for name in ("ledger-key.pem", "secret.key"):
            (self.folder / name).chmod(0o600)

    @property
    def url(self) -> str:
        """Where agencies call."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """Where testers call."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the hub and of commands beside it."""
        return {
            **inherited(),
            "AXIS_DATABASE_URL": self.database_url,
            "AXIS_PUBLIC_URL": self.url,
            "AXIS_LEDGER_KEY_FILE": str(self.folder / "ledger-key.pem"),
            "AXIS_SECRET_KEY_FILE": str(self.folder / "secret.key"),
            "AXIS_SANDBOX_TOKEN_FILE": str(self.folder / "sandbox-token"),
            **self.settings,
        }

    @property
    def log(self) -> str:
        """What the process said so far."""
        return (self.folder / "hub.log").read_text(encoding="utf-8")

    def axis(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run an `axis` command on this hub's store."""
        done = axis_processes.run(list(arguments), self.environment, self.folder)
        if check:
            done.check_returncode()
        return done

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        arguments = ["serve", "--port", str(self.port)]
        if self.sandbox:
            arguments += ["--sandbox-port", str(self.sandbox_port)]
        if self.workers > 1:
            arguments += ["--workers", str(self.workers)]
        log = self.folder / "hub.log"
        self.process = axis_processes.start(arguments, self.environment, self.folder, log)
        wait_until(self._is_ready, "the hub to be ready")

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.is_alive(), f"the hub ended while starting:\n{self.log}"
        with contextlib.suppress(httpx.TransportError):
            answer = httpx.get(f"{self.url}/readyz", trust_env=False, timeout=GUARD_SECONDS)
            return answer.status_code == 200
        return False

    def kill(self) -> None:
        """End the process as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None

    def stop(self) -> None:
        """Ask the process to stop, and see that it does."""
        if self.process is not None:
            self.process.terminate()
            self.process.join(GUARD_SECONDS)
            ended = self.process.exitcode is not None
            self.kill()
            assert ended, "the hub does not stop when asked to"

    def pids(self) -> dict[str, int]:
        """Return the newest process of each name (`writer`, `front 1` …) that the hub has started."""
        lines = [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]
        return {line["process"]: line["pid"] for line in lines if line["message"] == "process started"}

    def provision(self, *agencies: dict[str, object]) -> dict[str, dict[str, object]]:
        """Make agencies with tokens, keys and certificates, by the sandbox; return them by code."""
        token = (self.folder / "sandbox-token").read_text(encoding="utf-8").strip()
        reply = httpx.post(
            f"{self.sandbox_url}/sandbox/agencies",
            json={"agencies": list(agencies)},
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=GUARD_SECONDS,
        )
        assert reply.status_code == 201, reply.text
        return {item["code"]: item for item in reply.json()["items"]}

    def auditor(self) -> str:
        """Make an auditor's token, by the command line."""
        return self.axis("token", "create", "--auditor", "tests").stdout.strip()

    def operator(self) -> str:
        """Make an operator's token, by the command line."""
        return self.axis("token", "create", "--operator", "tests").stdout.strip()


@contextlib.contextmanager
def running_hub(
    folder: Path, database_url: str, *, workers: int = 1, **settings: str
) -> Iterator[HubProcess]:
    """Start a hub on a store and stop it in the end."""
    hub = HubProcess(folder, database_url, settings, workers=workers)
    if database_url.startswith("postgresql"):
        hub.axis("migrate", "--sandbox")
    try:
        hub.start()
        yield hub
    finally:
        hub.stop()
