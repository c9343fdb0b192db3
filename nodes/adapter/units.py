"""The portal at work on a hub, and the units whose calls come in: each signs and sends what its calls say.

The portal takes it from its inbox, as in a simulation.
"""

import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from axis.protocol.working_calendar import VIET_NAM
from nodes.adapter.operations import Operations, Send
from nodes.adapter.replies import CallRefused, Success
from nodes.adapter.sessions import Sessions
from nodes.client import Client
from nodes.errors import NodesError
from nodes.known_agencies import agencies
from nodes.offices import Post, open_offices
from nodes.sandbox import read_clock
from nodes.scenario import Portal
from nodes.systems.one_stop_agenda import procedures_of
from nodes.systems.portal import PORTAL, STATUSES, STEPS
from nodes.systems.portal_agenda import INVENTED_SERVICES, write_units
from nodes.systems.register import open_register
from nodes.systems.running import RunningSystem
from nodes.systems.system import Outgoing, PlannedSystem, System

SEED: Final = 1
"""Of keys and invented procedures."""
Procedure = tuple[str, str, str, int]
"""Code, name, online service (`full`, `partial`, `none`), and whether the portal offers it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a portal is to be."""

    agency: str
    """Canonical code of the agency that runs it."""
    units: tuple[str, ...]
    """Canonical codes of the units that may call."""
    password: str
    """Of all units; `""` for one made up for each."""
    procedures: tuple[Procedure, ...]
    """Of each unit; none for invented ones."""
    success: Success


@dataclass(frozen=True, slots=True)
class Login:
    """What a unit logs in with."""

    unit: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class LivePortal:
    """A portal at work: its operations, its register, and who may call. All of it is of one thread."""

    operations: Operations
    register: sqlite3.Connection
    agency: str
    logins: tuple[Login, ...]


@contextmanager
def live_portal(
    wanted: Wanted, hub: str, sandbox: Client, folder: Path, seconds: Callable[[], float]
) -> Iterator[LivePortal]:
    """Make a portal and its units on a hub with a sandbox, with registers in a folder that has none yet.

    `seconds` is a clock that never goes back. Raises `NodesError`.
    """
    posts = open_offices(sandbox, [wanted.agency, *wanted.units], SEED)
    now = _now(sandbox)
    with ExitStack() as opened:
        portal = _opened(_planned(PORTAL, wanted.agency), posts[wanted.agency], hub, folder, opened)
        _begin(portal.register, wanted)
        adapter = System(
            name="adapter",
            abbreviation=f"BT-{now:%y%m%d%H%M%S}",  # so that a later portal on the same hub has other numbers
            sends=frozenset({STATUSES, STEPS}),
            reads=frozenset(),
            tables="",
            step=lambda *_: (),
        )
        units = {
            code: _opened(_planned(adapter, code), posts[code], hub, folder, opened) for code in wanted.units
        }
        logins = tuple(
            Login(code, code.rpartition(".")[2], wanted.password or secrets.token_urlsafe(12))
            for code in wanted.units
        )
        sessions = Sessions({each.username: (each.unit, each.password) for each in logins}, seconds)
        send = _sending(portal, units, lambda: _now(sandbox))
        operations = Operations(portal.register, sessions, send, wanted.success)
        yield LivePortal(operations, portal.register, wanted.agency, logins)


def _sending(portal: RunningSystem, units: Mapping[str, RunningSystem], now: Callable[[], datetime]) -> Send:
    """Return what sends a unit's message, and has the portal read it."""

    def send(unit: str, kind: str, body: Mapping[str, Any]) -> None:
        sender = units[unit]
        try:
            at = now()
            subject = f"Hồ sơ của {unit} lúc {at:%H:%M:%S %d/%m/%Y}"
            with _transaction(sender.register):
                sender.send(Outgoing(kind, (portal.planned.agency,), subject, body), at)
            portal.turn(at)
        except NodesError as error:
            raise CallRefused("axis-took", "", str(error), "a message that the axis takes") from error

    return send


@contextmanager
def _transaction(register: sqlite3.Connection) -> Iterator[None]:
    register.execute("BEGIN")
    try:
        yield
    except BaseException:
        register.execute("ROLLBACK")
        raise
    register.execute("COMMIT")


def _opened(planned: PlannedSystem, post: Post, hub: str, folder: Path, opened: ExitStack) -> RunningSystem:
    register = open_register(folder / f"{planned.system.name}-{planned.agency}.sqlite", planned.system.tables)
    opened.callback(register.close)
    return RunningSystem(planned, post, opened.enter_context(Client(hub, post.token)), register, SEED)


def _begin(register: sqlite3.Connection, wanted: Wanted) -> None:
    """Write down who may send, and what each offers."""
    ministries = tuple(code for code, known in agencies().items() if known.kind == "ministry")
    portal = Portal(wanted.agency, wanted.units, ministries, accounts=0, statuses=0)
    with _transaction(register):
        write_units(register, portal)
        for code in wanted.units:
            offered: Sequence[Procedure] = wanted.procedures or [
                each[:4] for each in procedures_of(code, SEED, INVENTED_SERVICES)
            ]
            register.executemany(
                "INSERT INTO procedures VALUES (?, ?, ?, ?, ?)", [(code, *each) for each in offered]
            )


def _now(sandbox: Client) -> datetime:
    """Return the hub's business time."""
    return datetime.fromisoformat(read_clock(sandbox)["at"]).astimezone(VIET_NAM)


def _planned(system: System, code: str) -> PlannedSystem:
    """Return a system that begins with nothing, and whose figures nobody expects."""
    return PlannedSystem(system, code, prepare=lambda *_: None, report=lambda _: ())
