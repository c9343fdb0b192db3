"""`axis serve`: the hub, and beside it the sandbox's listener where that is asked for."""

import argparse
import asyncio
import contextlib
import ipaddress
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence

import uvicorn

from axis.app import Hub, build, create_app
from axis.cli.common import CommandParser, RefusedError
from axis.cli.http_limits import PROTOCOL, BoundedProtocol
from axis.database.engine import sqlite_path
from axis.sandbox.app import create_sandbox, open_sandbox
from axis.settings import Settings, from_environment
from axis.telemetry import log_to_standard_error

GRACE_SECONDS = 10
"""How long answers under way may take when the hub is asked to stop."""
LOOPBACK = "127.0.0.1"
LAST_PORT = 65_535
FACTORY = "axis.app:create_app_from_environment"

PLAIN_HTTP = (
    "callers reach this hub over plain HTTP: tokens can be read on the way, and calls of the old protocol "
    "altered, since it signs neither operation nor body; put TLS before the hub, and its https:// address "
    "into AXIS_PUBLIC_URL"
)

_log = logging.getLogger("axis.serve")


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    parser.add_argument("--host", default=LOOPBACK, help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8000, help="port to listen on (default: %(default)s)")
    parser.add_argument(
        "--sandbox-port", type=_port, metavar="P", help="also offer test powers, on this port of loopback"
    )
    parser.add_argument(
        "--workers", type=int, default=1, metavar="N", help="processes; more than one only on PostgreSQL"
    )
    parser.add_argument("--log-level", default="info", choices=("debug", "info", "warning", "error"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    settings = from_environment(os.environ)
    level = str(args.log_level).upper()
    log_to_standard_error(level)
    _probe(args.host, args.port)
    if settings.public_url.startswith("http://") and not _is_loopback(args.host):
        _log.warning(PLAIN_HTTP)
    if args.sandbox_port is not None:
        _probe(LOOPBACK, args.sandbox_port)
    if args.workers > 1:
        return _run_workers(settings, args)
    hub = build(settings, sandbox=args.sandbox_port is not None)
    try:
        servers = [_listener(create_app(hub), args.host, args.port)]
        if args.sandbox_port is not None:
            servers.append(_sandbox_listener(hub, args.sandbox_port))
        with asyncio.Runner(loop_factory=servers[0].config.get_loop_factory()) as runner:
            runner.run(_serve(servers, hub))
    finally:
        hub.close()
    return 0


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > LAST_PORT:
        message = f"a port is a number from 0 to {LAST_PORT}"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _probe(host: str, port: int) -> None:
    """Make sure, before the store is touched, that one can listen there.

    Raises:
        RefusedError: when the port is taken, or there is no such address.

    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        message = f"cannot listen on port {port} of {host}: {error}"
        raise RefusedError(message) from None


def _run_workers(settings: Settings, args: argparse.Namespace) -> int:
    if sqlite_path(settings.database_url) is not None:
        print("--workers is for PostgreSQL: SQLite has one writing process", file=sys.stderr)
        return 2
    if args.sandbox_port is not None:
        print("--sandbox-port goes with one worker", file=sys.stderr)
        return 2
    uvicorn.run(
        FACTORY,
        factory=True,
        host=args.host,
        port=args.port,
        http=PROTOCOL,
        workers=args.workers,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return 0


class _Listener(uvicorn.Server):
    """A listener among others: signals are for all of them together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def _listener(app: object, host: str, port: int) -> _Listener:
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # any ASGI application
        host=host,
        port=port,
        http=BoundedProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return _Listener(config)


def _sandbox_listener(hub: Hub, port: int) -> _Listener:
    sandbox = open_sandbox(hub.database, hub.settings, hub.clock, hub.watch)
    return _listener(create_sandbox(sandbox), LOOPBACK, port)


async def _serve(servers: Sequence[_Listener], hub: Hub) -> None:
    """Run the listeners side by side; one signal stops them all, and the end of one ends the others."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        hub.waiting_readers.close()  # those who wait get their answer now, instead of holding the hub up
        for server in servers:
            server.should_exit = True

    tasks = [asyncio.create_task(server.serve()) for server in servers]
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop()
    await asyncio.gather(*tasks)
