"""`nodes measuring`: the indicators of a measuring system's register, and its HTTP."""

import argparse
import sqlite3
import sys
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import uvicorn

from axis.protocol.working_calendar import VIET_NAM
from nodes.cli.common import DONE, UsageError, print_json, refuse_options
from nodes.cli.serve_pages import listen_on
from nodes.face.app import LOOPBACK
from nodes.known_agencies import agencies, agency
from nodes.scenario import PUBLISHED_TARGETS
from nodes.systems.measuring import MEASURING
from nodes.systems.measuring_agenda import Measured, begin_measuring
from nodes.systems.measuring_http import application
from nodes.systems.measuring_indicators import not_connected
from nodes.systems.measuring_page import Line, lines_of, shown_months
from nodes.systems.register import open_register
from nodes.systems.system import Setting
from nodes.working_time import WorkingTime

_MOST_AT_ONCE = 64
"""Connections that are served at once; further ones are answered 503."""


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    command.add_argument(
        "register", type=Path, metavar="FILE.sqlite", help="a register that `nodes simulate --registers` kept"
    )
    command.add_argument(
        "--new",
        action="store_true",
        help="make an empty register there first, which measures all ministries and provinces",
    )
    command.add_argument("--month", metavar="YYYY-MM", help="one month alone (the whole period)")
    command.add_argument("--sites", action="store_true", help="list the units with their SiteIds instead")
    command.add_argument("--port", type=int, help="serve /TrackingMCDT, /tracking and the page until stopped")
    command.add_argument("--host", default="127.0.0.1", help="with --port: the address (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command and return its exit code."""
    path: Path = arguments.register
    if arguments.new:
        _make(path)
    if arguments.port is not None:
        refuse_options(arguments, ("month", "sites"), "is not for --port")
        with _opened(path):
            pass  # so that what is no register is told now
        return _serve(path, arguments)
    with _opened(path) as opened:
        if arguments.sites:
            return _list_sites(opened, arguments)
        return _list_units(opened, arguments)


def _make(path: Path) -> None:
    """Make a register that nothing was told to."""
    codes, own = tuple(agencies()), agency("G14").code
    today = datetime.now(VIET_NAM).date()
    with closing(open_register(path, MEASURING.tables)) as made:
        setting = Setting(own, today, date(today.year, 12, 31), WorkingTime(), 1)
        begin_measuring(made, setting, Measured(own, codes, {}, (), (), PUBLISHED_TARGETS))


def _opened(path: Path) -> closing[sqlite3.Connection]:
    """Open a register to read; raises `UsageError` for another file."""
    opened = None
    try:
        opened = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        opened.execute("SELECT code FROM measuring").fetchone()
    except sqlite3.Error as error:
        if opened is not None:
            opened.close()
        raise UsageError(
            f"{path}: found no register of a measuring system ({error}), expected one: "
            "make it with --new, or keep one with nodes simulate --registers"
        ) from error
    return closing(opened)


def _serve(path: Path, arguments: argparse.Namespace) -> int:
    hosts = LOOPBACK if arguments.host in LOOPBACK else ("*",)
    served = application(path, lambda: datetime.now(VIET_NAM), hosts)
    config = uvicorn.Config(
        served, log_level="warning", lifespan="off", access_log=False, limit_concurrency=_MOST_AT_ONCE
    )
    with listen_on(arguments.host, arguments.port) as listener:
        host, port = listener.getsockname()[:2]
        print(f"{path} is served at http://{host}:{port}", file=sys.stderr, flush=True)
        uvicorn.Server(config).run([listener])
    return DONE


def _list_sites(opened: sqlite3.Connection, arguments: argparse.Namespace) -> int:
    rows = opened.execute("SELECT site, code, name FROM units ORDER BY CAST(site AS INTEGER)").fetchall()
    if arguments.json:
        print_json({"items": [{"site": site, "unit": code, "name": name} for site, code, name in rows]})
        return DONE
    for site, code, name in rows:
        print(f"{site:>5}  {code}  {name}")
    return DONE


def _list_units(opened: sqlite3.Connection, arguments: argparse.Namespace) -> int:
    month = arguments.month or ""
    if month and month not in shown_months(opened):
        known = ", ".join(reversed(shown_months(opened))) or "none yet"
        raise UsageError(f"--month: found {month}, expected a month that something was told of: {known}")
    lines, absent = lines_of(opened, month, "en"), not_connected(opened)
    if arguments.json:
        told = [{"unit": code, "name": name} for code, name in absent]
        print_json({"items": [_as_json(line) for line in lines], "not_connected": told})
        return DONE
    for kind in ("ministry", "province"):
        for line in (each for each in lines if each.row.kind == kind):
            row = line.row
            met = {None: "", True: "met", False: "not met"}[line.is_met]
            print(
                f"{row.rank or '-':>4}  {row.unit}  {row.dossiers:>9,} dossiers  {row.online:>9,} online  "
                f"{line.share:>7} fully online  target {line.target:>6} {met:<8}{row.visits:>9,} visits  "
                f"{row.name}"
            )
    print(f"not connected: {len(absent)}")
    for code, name in absent:
        print(f"      {code}  {name}")
    return DONE


def _as_json(line: Line) -> dict[str, Any]:
    row = line.row
    return {
        "unit": row.unit,
        "name": row.name,
        "kind": row.kind,
        "rank": row.rank,
        "dossiers": row.dossiers,
        "online": row.online,
        "fully_online": row.fully_online,
        "target_met": line.is_met,
        "paid": row.paid,
        "paid_online": row.paid_online,
        "by_post": row.by_post,
        "from_portal": row.from_portal,
        "returned": row.returned,
        "services_used": row.services_used,
        "full_used": row.full_used,
        "full_offered": row.full_offered,
        "partial_used": row.partial_used,
        "partial_offered": row.partial_offered,
        "visits": row.visits,
    }
