"""`axis serve`: run the hub, and the sandbox's listener beside it where that is asked for."""

import argparse
import contextlib
import gc
import ipaddress
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from axis.cli.common import CommandParser, RefusedError
from axis.settings import from_environment

LOOPBACK = "127.0.0.1"
LAST_PORT = 65_535
MOST_WORKERS = 256
GRACE_SECONDS = 10
"""How long answers under way may take when the hub is asked to stop."""
SPARE_FILES = 512
"""Besides one for each connection of two listeners: the store, spools, workers."""

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
        "--ports-file",
        type=Path,
        metavar="FILE",
        help="write there, as JSON, which port is which, once all are listened on",
    )
    parser.add_argument(
        "--workers",
        type=_workers,
        default=1,
        metavar="N",
        help="processes that answer; with more than one, another process writes (default: %(default)s)",
    )
    parser.add_argument("--log-level", default="info", choices=("debug", "info", "warning", "error"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    settings = from_environment(os.environ)
    _probe(args.host, args.port)
    if args.sandbox_port is not None:
        _probe(LOOPBACK, args.sandbox_port)
    from axis.telemetry import log_to_standard_error  # noqa: PLC0415 - help and refusals need none of these

    log_to_standard_error(str(args.log_level).upper())
    if settings.public_url.startswith("http://") and not _is_loopback(args.host):
        _log.warning(PLAIN_HTTP)
    _allow_files(2 * settings.connections + SPARE_FILES)
    from axis.database.serving_lock import only_hub  # noqa: PLC0415 - as above

    with only_hub(settings.database_url):
        if args.workers > 1:
            with _no_collection():
                from axis.cli.supervisor import supervise  # noqa: PLC0415 - as above
            return supervise(settings, args.host, args.port, args.sandbox_port, args.ports_file, args.workers)
        with _no_collection():
            from axis.cli.single_process import run_here  # noqa: PLC0415 - as above
        run_here(settings, args.host, args.port, args.sandbox_port, args.ports_file)
    return 0


def _allow_files(count: int) -> None:
    """Have the system let this process, and workers of it, open so many files, as far as it may."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # not on every system
        import resource  # noqa: PLC0415 - as said

        soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = count if most == resource.RLIM_INFINITY else min(count, most)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Look for no garbage meanwhile: loading makes none, and a tenth of it would be looking."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > LAST_PORT:
        message = f"a port is a number from 0 to {LAST_PORT}"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _workers(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_WORKERS:
        message = f"a number of processes is from 1 to {MOST_WORKERS}"
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
