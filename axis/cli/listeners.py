"""The hub's listeners: uvicorn servers in this process, HTTP bounded by `axis.cli.http_limits`.

Loading it loads the whole hub; `axis.cli.serve` does so once the command line is understood.
"""

import asyncio
import contextlib
import functools
import gc
import json
import logging
import os
import signal
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import uvicorn

from axis.app import Hub, build, create_app
from axis.cli.common import RefusedError
from axis.cli.http_limits import BoundedProtocol, Watchman, limits_of
from axis.cli.serve import GRACE_SECONDS, LOOPBACK
from axis.settings import Settings

_log = logging.getLogger("axis.serve")


def run_here(
    settings: Settings, host: str, port: int, sandbox_port: int | None, ports_file: Path | None = None
) -> None:
    """Serve in this process, with the sandbox's listener where that has a port, until told to stop.

    `ports_file` is written once all ports are listened on; one of an earlier run is removed at once.
    """
    if ports_file is not None:
        ports_file.unlink(missing_ok=True)
    hub = build(settings, sandbox=sandbox_port is not None)
    try:
        servers = {"public": _listener(create_app(hub), settings, host, port)}
        if sandbox_port is not None:
            servers["sandbox"] = _sandbox_listener(hub, sandbox_port)
        gc.freeze()  # what is there now stays, and need not be gone through again and again
        with asyncio.Runner(loop_factory=servers["public"].config.get_loop_factory()) as runner:
            runner.run(_serve(servers, hub, ports_file))
    finally:
        hub.close()


class _Listener(uvicorn.Server):
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


def _listener(app: object, settings: Settings, host: str, port: int) -> _Listener:
    watchman = Watchman(limits_of(settings))
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # any ASGI application
        host=host,
        port=port,
        http=functools.partial(BoundedProtocol, watchman=watchman),  # type: ignore[arg-type]  # makes one
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return _Listener(config)


def _sandbox_listener(hub: Hub, port: int) -> _Listener:
    from axis.sandbox.app import create_sandbox, open_sandbox  # noqa: PLC0415 - few hubs have one

    sandbox = open_sandbox(hub.database, hub.settings, hub.clock, hub.watch)
    return _listener(create_sandbox(sandbox), hub.settings, LOOPBACK, port)


async def _serve(servers: Mapping[str, _Listener], hub: Hub, ports_file: Path | None) -> None:
    """Run the listeners side by side; one signal stops them all, and the end of one ends the others."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        hub.waiting_readers.close()  # those who wait get their answer now, instead of holding the hub up
        for server in servers.values():
            server.should_exit = True

    tasks = [asyncio.create_task(server.serve()) for server in servers.values()]
    telling = asyncio.create_task(_tell_ports(servers, ports_file))
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    await asyncio.wait([*tasks, telling], return_when=asyncio.FIRST_COMPLETED)
    if telling.done() and telling.exception() is None:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop()
    await asyncio.gather(*tasks)
    if telling.done():
        telling.result()
    else:
        telling.cancel()


async def _tell_ports(servers: Mapping[str, _Listener], ports_file: Path | None) -> None:
    """Log which port is which once all are listened on; write it into the file, whole or not at all.

    Raises:
        RefusedError: when the file cannot be written.

    """
    for server in servers.values():
        await server.listening.wait()
    found = {name: {"host": server.config.host, "port": server.port} for name, server in servers.items()}
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
