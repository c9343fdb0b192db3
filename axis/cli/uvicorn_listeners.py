"""Runs several uvicorn servers on one event loop, with the limits of `axis.cli.bounded_connections`."""

import asyncio
import contextlib
import functools
import json
import logging
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import uvicorn

from axis.cli.bounded_connections import BoundedProtocol, Watchman
from axis.cli.common import RefusedError
from axis.cli.http_limits import limits_of
from axis.cli.serve import GRACE_SECONDS
from axis.settings import Settings

_log = logging.getLogger("axis.serve")


class Listener(uvicorn.Server):
    """A listener among others: signals are for all of them together."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        if self.started:
            self.listening.set()

    @property
    def port(self) -> int:
        """The port listened on, also where any free one was asked for."""
        (server, *_) = self.servers
        return int(server.sockets[0].getsockname()[1])

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def make_listener(app: object, settings: Settings, host: str, port: int) -> Listener:
    """Make a server for an application; it listens once it is run."""
    watchman = Watchman(limits_of(settings))
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # any ASGI application
        host=host,
        port=port,
        http=functools.partial(BoundedProtocol, watchman=watchman),  # type: ignore[arg-type]  # makes one
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing asks who a proxy speaks for: callers are known by their tokens
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return Listener(config)


def write_ports(ports: Mapping[str, tuple[str, int]], ports_file: Path | None) -> None:
    """Log which port is which; write it into the file, whole or not at all.

    Raises:
        RefusedError: when the file cannot be written.

    """
    found = {name: {"host": host, "port": port} for name, (host, port) in ports.items()}
    for name, facts in found.items():
        _log.info("listening", extra={"facts": {"listener": name, **facts}})
    if ports_file is None:
        return
    try:
        unfinished = ports_file.with_name(f".{ports_file.name}.{os.getpid()}")
        unfinished.write_text(json.dumps(found) + "\n", encoding="utf-8")
        unfinished.replace(ports_file)
    except OSError as error:
        message = f"cannot write {ports_file}: {error.strerror}"
        raise RefusedError(message) from None
