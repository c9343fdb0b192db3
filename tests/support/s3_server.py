"""A real S3 server as a process on loopback, and the addresses by which a hub's objects lie there."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx
from support.environment import inherited
from support.hub import free_port
from support.waiting import GUARD_SECONDS, wait_until

SERVE = "from moto.server import main; main()"
SECRET = "khoa-bi-mat/+ %41"
BUCKET = "axis-objects"


@dataclass
class S3Server:
    """One server, which forgets everything when it is stopped."""

    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What `AXIS_OBJECTS_URL` is for a hub with objects there."""
        options = f"endpoint=http://127.0.0.1:{self.port}&region=us-east-1"
        return f"s3://khoa:{quote(SECRET, safe='')}@{BUCKET}/van-ban?{options}"

    def start(self) -> None:
        """Start it, and make the bucket."""
        arguments = [sys.executable, "-W", "ignore", "-c", SERVE, "-H", "127.0.0.1", "-p", str(self.port)]
        self.process = subprocess.Popen(
            arguments, env=inherited(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self._has_bucket, "the S3 server to make its bucket")

    def stop(self) -> None:
        """End it, and all that it kept."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _has_bucket(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            address = f"http://127.0.0.1:{self.port}/{BUCKET}"
            return httpx.put(address, trust_env=False, timeout=GUARD_SECONDS).status_code == 200
        return False


@contextlib.contextmanager
def s3_server() -> Iterator[S3Server]:
    """Run a server until the context ends."""
    server = S3Server()
    server.start()
    try:
        yield server
    finally:
        server.stop()
