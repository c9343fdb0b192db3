"""`nodes registers`: what a kept register says, of a portal or a one-stop system, and its pages."""

import argparse
import sqlite3
import sys
from datetime import datetime, time
from pathlib import Path

import uvicorn

from axis.protocol.working_calendar import VIET_NAM
from nodes.cli.common import DONE, UsageError, print_json
from nodes.cli.serve_pages import listen_on
from nodes.face.app import LOOPBACK
from nodes.systems import one_stop, portal
from nodes.systems.register_pages import Kind, application, kind_of, opened_to_read

_MOST_AT_ONCE = 64
"""Connections that are served at once; further ones are answered 503."""


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    command.add_argument(
        "register", type=Path, metavar="FILE.sqlite", help="a register that `nodes simulate --registers` kept"
    )
    command.add_argument("--port", type=int, metavar="P", help="serve its pages until stopped")
    command.add_argument("--host", default="127.0.0.1", help="with --port: the address (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command and return its exit code."""
    path: Path = arguments.register
    try:
        with opened_to_read(path) as opened:
            kind = kind_of(opened)
            counted = {} if kind is None else _counted(kind, opened)
    except sqlite3.Error as error:
        raise UsageError(f"{path}: {error}") from error
    if kind is None:
        raise UsageError(
            f"{path}: found another database, expected the register of a portal or a one-stop system: "
            "keep one with nodes simulate --registers"
        )
    if arguments.port is not None:
        return _serve(path, kind, arguments)
    if arguments.json:
        print_json({"system": kind, "figures": counted})
        return DONE
    print(kind)
    for name, number in counted.items():
        print(f"  {name:<58}{number:>9,}")
    return DONE


def _counted(kind: Kind, opened: sqlite3.Connection) -> dict[str, int]:
    if kind == "portal":
        return portal.report(opened)
    (last,) = opened.execute("SELECT last FROM unit").fetchone()
    return one_stop.report(opened, datetime.combine(datetime.fromisoformat(last), time(17), VIET_NAM))


def _serve(path: Path, kind: Kind, arguments: argparse.Namespace) -> int:
    hosts = LOOPBACK if arguments.host in LOOPBACK else ("*",)
    config = uvicorn.Config(
        application(path, kind, hosts),
        log_level="warning",
        lifespan="off",
        access_log=False,
        limit_concurrency=_MOST_AT_ONCE,
    )
    with listen_on(arguments.host, arguments.port) as listener:
        host, port = listener.getsockname()[:2]
        print(f"{path} is served at http://{host}:{port}", file=sys.stderr, flush=True)
        uvicorn.Server(config).run([listener])
    return DONE
