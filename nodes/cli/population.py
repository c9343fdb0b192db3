"""`nodes population`: who looked up whom in a population register, and the register's pages for persons."""

import argparse
import sqlite3
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import uvicorn

from nodes.cli.common import DONE, UsageError, print_json, refuse_options
from nodes.cli.serve_pages import listen_on
from nodes.face.app import LOOPBACK
from nodes.systems.population_http import PersonPages, opened_to_read
from nodes.systems.population_report import who_looked_up_whom

_MOST_AT_ONCE = 64
"""Connections that are served at once; further ones are answered 503."""
_SHOWN = 20


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    command.add_argument(
        "register", type=Path, metavar="FILE.sqlite", help="a register that `nodes simulate --registers` kept"
    )
    command.add_argument(
        "--most",
        type=int,
        default=_SHOWN,
        metavar="N",
        help="officers and persons that are shown (%(default)s)",
    )
    command.add_argument(
        "--logins",
        action="store_true",
        help="list instead the persons who were looked up most, with the invented code each signs in with",
    )
    command.add_argument("--flagged", action="store_true", help="list the flagged ones alone")
    command.add_argument("--port", type=int, help="serve the pages on which a person sees who looked it up")
    command.add_argument("--host", default="127.0.0.1", help="with --port: the address (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command and return its exit code."""
    with _opened(arguments.register) as opened:
        if arguments.logins:
            refuse_options(arguments, ("flagged",), "is not for --logins")
            return _list_logins(opened, arguments)
        if arguments.port is None:
            return _list_uses(opened, arguments)
    refuse_options(arguments, ("logins", "flagged"), "is not for --port")
    hosts = LOOPBACK if arguments.host in LOOPBACK else ("*",)
    config = uvicorn.Config(
        PersonPages(arguments.register).app(hosts),
        log_level="warning",
        lifespan="off",
        access_log=False,
        limit_concurrency=_MOST_AT_ONCE,
    )
    with listen_on(arguments.host, arguments.port) as listener:
        host, port = listener.getsockname()[:2]
        print(f"{arguments.register} is served at http://{host}:{port}", file=sys.stderr, flush=True)
        uvicorn.Server(config).run([listener])
    return DONE


def _opened(path: Path) -> closing[sqlite3.Connection]:
    try:
        return opened_to_read(path)
    except sqlite3.Error as error:
        raise UsageError(
            f"{path}: found no population register ({error}), expected one that "
            "nodes simulate --registers kept"
        ) from error


def _list_uses(opened: sqlite3.Connection, arguments: argparse.Namespace) -> int:
    uses = who_looked_up_whom(opened, arguments.most, only_flagged=arguments.flagged)
    if arguments.json:
        print_json({"items": [asdict(use) for use in uses]})
        return DONE
    for use in uses:
        purposes = ", ".join(use.purposes) or "no purpose"
        flags = f"  flagged: {', '.join(use.flags)}" if use.flags else ""
        print(
            f"{use.count:>5}  {use.unit}  {use.account:<12}  officer {use.officer or '-':<12}  "
            f"person {use.number}  {use.first[:10]} to {use.last[:10]}  {', '.join(use.outcomes)}  {purposes}"
            f"{flags}"
        )
    return DONE


def _list_logins(opened: sqlite3.Connection, arguments: argparse.Namespace) -> int:
    rows = opened.execute(
        "SELECT persons.number, login, count(id) FROM persons LEFT JOIN look_ups USING (number)"
        " GROUP BY persons.number ORDER BY count(id) DESC, persons.number LIMIT ?",
        (arguments.most,),
    ).fetchall()
    if arguments.json:
        print_json({"items": [{"number": n, "code": code, "look_ups": count} for n, code, count in rows]})
        return DONE
    for number, code, count in rows:
        print(f"{number}  {code}  {count:>5} look-ups")
    return DONE
