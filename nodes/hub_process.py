"""Runs `axis serve` as a process: starts it in a directory, waits until it is ready, and stops it."""

import base64
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from nodes.errors import HubFailed

_START_SECONDS = 120.0  # a second or two, unless the machine is busy; a hub that fails says so at once
_COMMAND_SECONDS = 120.0
_STOP_SECONDS = 10.0
_LOOK_SECONDS = 0.05
_SECRET_BYTES = 32
KEPT = {
    "AXIS_LEDGER_KEY_FILE": "ledger-key.pem",
    "AXIS_SECRET_KEY_FILE": "secret.key",
    "AXIS_SANDBOX_TOKEN_FILE": "sandbox-token",
}
"""What a hub keeps beside a store in a file of SQLite's: settings, and files in its directory."""
_LOG_LINES = 15  # of the hub's log, shown when it fails
_STARTS = 5  # of a hub that is killed before it was ever ready; more are nobody's accident


@dataclass(slots=True)
class Hub:
    """A running hub."""

    url: str
    sandbox_url: str
    sandbox_token_file: Path
    directory: Path
    environment: Mapping[str, str]
    """The environment in which commands use the same store."""
    arguments: tuple[str, ...]
    """What `axis` is called with."""
    process: subprocess.Popen[bytes]
    changes: threading.Lock = field(default_factory=threading.Lock, repr=False)
    """Held by whoever ends or starts the process."""
    is_down: bool = False
    """Whether it was ended on purpose, by `kill`."""

    @property
    def log(self) -> Path:
        """What the hub wrote."""
        return self.directory / "hub.log"

    def sandbox_token(self) -> str:
        """Read the sandbox's token, which the hub writes when it starts; raises `HubFailed`."""
        return written_token(self.sandbox_token_file)


def written_token(file: Path) -> str:
    """Read a sandbox's token; wait for it while a hub starts again.

    Raises `HubFailed` when there is none within two minutes.
    """
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with suppress(FileNotFoundError):
            token = file.read_text(encoding="ascii").strip()
            if token:
                return token
        time.sleep(_LOOK_SECONDS)
    raise HubFailed(f"the hub wrote no {file}")


@contextmanager
def running(
    directory: Path,
    database: str | None = None,
    settings: Mapping[str, str] = MappingProxyType({}),
    *,
    host: str = "127.0.0.1",
    ports: tuple[int, int] | None = None,
) -> Iterator[Hub]:
    """Run a hub with a sandbox while the context is open: on free ports of the loopback, or as told.

    Its store is in `directory`, or in the database of that URL, which is brought to its revision first.
    Killed before it is ready, it is started again. Raises `HubFailed` when it is not within two minutes.
    """
    hub = _start(directory, database, settings, host, ports or _free_ports())
    try:
        _wait_for_first_start(hub)
        yield hub
    finally:
        _stop(hub.process)


def kill(hub: Hub) -> None:
    """End the hub's process as a power cut would."""
    with hub.changes:
        hub.is_down = True
        hub.process.kill()
        hub.process.wait()


@contextmanager
def kept_up(hub: Hub) -> Iterator[None]:
    """Start a hub again whenever somebody else kills it, while the context is open, as a supervisor would."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_SECONDS):
            with hub.changes:
                was_killed = not hub.is_down and (hub.process.poll() or 0) < 0
            if was_killed:
                with suppress(HubFailed):  # killed once more while it starts: then it is started once more
                    start_again(hub)

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()


def start_again(hub: Hub) -> None:
    """Start a hub that was killed, on its ports and its store; its sandbox has a new token then.

    Raises `HubFailed` when it is not ready within two minutes.
    """
    with hub.changes:
        hub.sandbox_token_file.unlink(missing_ok=True)
        hub.process = _serve(hub.arguments, hub.environment, hub.directory)
        hub.is_down = False
    _wait_until_ready(hub)


def store_url(directory: Path) -> str:
    """Return the database URL of the store in `directory`."""
    return f"sqlite:///{directory.resolve() / 'axis.db'}"


def command(hub: Hub, *arguments: str) -> str:
    """Run an `axis` command on the hub's store and return what it printed; raises `HubFailed`."""
    return _command(hub.environment, *arguments)


def _command(environment: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own program with our own arguments
        [sys.executable, "-m", "axis", *arguments],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=_COMMAND_SECONDS,
    )
    if done.returncode != 0:
        raise HubFailed(f"axis {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip()


def _start(
    directory: Path, database: str | None, settings: Mapping[str, str], host: str, ports: tuple[int, int]
) -> Hub:
    directory.mkdir(parents=True, exist_ok=True)
    port, sandbox_port = ports
    url = f"http://127.0.0.1:{port}"
    # The child gets our environment, without settings meant for another hub.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AXIS_")}
    environment["AXIS_DATABASE_URL"] = database or store_url(directory)
    environment["AXIS_PUBLIC_URL"] = url
    environment |= settings
    if database is not None:
        _make_keys(directory)
        environment |= {setting: str(directory.resolve() / file) for setting, file in KEPT.items()}
        _command(environment, "migrate", "--sandbox")
    arguments = ["serve", "--host", host, "--port", str(port), "--sandbox-port", str(sandbox_port)]
    return Hub(
        url=url,
        sandbox_url=f"http://127.0.0.1:{sandbox_port}",
        sandbox_token_file=directory / "sandbox-token",
        directory=directory,
        environment=environment,
        arguments=tuple(arguments),
        process=_serve(arguments, environment, directory),
    )


def _make_keys(directory: Path) -> None:
    """Make the keys that a hub makes by itself where its store is a file."""
    ledger = Ed25519PrivateKey.generate()
    keys = {
        "ledger-key.pem": ledger.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "secret.key": base64.b64encode(os.urandom(_SECRET_BYTES)),
    }
    for name, content in keys.items():
        with open(directory / name, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(content)


def _serve(
    arguments: Sequence[str], environment: Mapping[str, str], directory: Path
) -> subprocess.Popen[bytes]:
    with (directory / "hub.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own program with our own arguments
            [sys.executable, "-m", "axis", *arguments],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C at the terminal reaches us alone, and we stop it in order
        )


def _wait_for_first_start(hub: Hub) -> None:
    for _ in range(_STARTS - 1):
        try:
            _wait_until_ready(hub)
        except HubFailed:
            if (hub.process.poll() or 0) >= 0:
                raise
            with suppress(HubFailed):  # killed once more: the next look sees it
                start_again(hub)
        else:
            return
    _wait_until_ready(hub)


def _wait_until_ready(hub: Hub) -> None:
    deadline = time.monotonic() + _START_SECONDS
    with httpx.Client(trust_env=False, timeout=2.0) as http:
        while time.monotonic() < deadline:
            if hub.process.poll() is not None:
                raise HubFailed(f"the hub ended with {hub.process.returncode}:\n{_tail(hub.log)}")
            try:
                if http.get(f"{hub.url}/readyz").is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(_LOOK_SECONDS)
    raise HubFailed(f"the hub was not ready within {_START_SECONDS:.0f} s:\n{_tail(hub.log)}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _tail(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "(it wrote nothing)"
    return "\n".join(lines[-_LOG_LINES:])
