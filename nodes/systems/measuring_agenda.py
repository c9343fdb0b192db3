"""What a measuring system begins with: units and their sites, targets, declared services, and an agenda.

The agenda holds the calls that units make over HTTP in a simulated period; they are read as any call.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from urllib.parse import urlencode

from axis.protocol.working_calendar import VIET_NAM
from nodes.invented_texts import citizen_of
from nodes.known_agencies import agency
from nodes.systems.one_stop_agenda import Services, procedures_of
from nodes.systems.system import Setting
from nodes.volumes import apportion

_OPENS: Final = time(7, 30)
_MOST_DAYS: Final = 5
_WEIGHTS: Final = range(1, 10)
_PAGES: Final = ("/", "/dich-vu-cong", "/tra-cuu", "/huong-dan")
_LEVELS: Final = {"full": "4", "partial": "3", "none": "1"}


@dataclass(frozen=True, slots=True)
class Measured:
    """Whom a measuring system measures, and what they tell it over HTTP; numbers at the run's scale."""

    reports_to: str
    units: tuple[str, ...]
    """All, in the order of their SiteIds."""
    offered: Mapping[str, Services]
    """Of units, those that declare services."""
    tracked: tuple[str, ...]
    """Those who tell of their dossiers over HTTP."""
    visited: tuple[str, ...]
    """Those whose pages count visits."""
    targets: tuple[tuple[int, int, int], ...]
    """Year, and thousandths for ministries and provinces."""
    dossiers: int = 0
    """Of all tracked ones together."""
    fully_online: int = 0
    """Of those."""
    visits: int = 0


def begin_measuring(register: sqlite3.Connection, setting: Setting, measured: Measured) -> None:
    """Write the register that a run begins with."""
    register.execute(
        "INSERT INTO measuring VALUES (?, ?, ?)",
        (setting.agency, measured.reports_to, f"{setting.first:%Y-%m}"),
    )
    for site, code in enumerate(measured.units, 1):
        known = agency(code)
        kind = "province" if known.kind == "province" else "ministry"
        register.execute(
            "INSERT INTO units (code, name, kind, site) VALUES (?, ?, ?, ?)",
            (known.code, known.name, kind, str(site)),
        )
    for year, ministries, provinces in measured.targets:
        register.executemany(
            "INSERT INTO targets VALUES (?, ?, ?)",
            [("ministry", year, ministries), ("province", year, provinces)],
        )
    for code, services in measured.offered.items():
        register.executemany(
            "INSERT INTO procedures VALUES (?, ?, ?, ?, 1)",
            [(code, *each[:3]) for each in procedures_of(code, setting.seed, services)],
        )
    rng = Random(f"measuring {setting.seed} {setting.agency}")  # noqa: S311 - to be repeated
    sites = {code: str(site) for site, code in enumerate(measured.units, 1)}
    days = list(setting.hours.days(setting.first, setting.last))
    _track(register, setting, measured, sites, days, rng)
    _visit(register, measured, sites, days, rng)


def _track(
    register: sqlite3.Connection,
    setting: Setting,
    measured: Measured,
    sites: Mapping[str, str],
    days: list[date],
    rng: Random,
) -> None:
    """Write the steps of the dossiers of tracked units, each unit's at least one."""
    weights = [rng.choice(_WEIGHTS) for _ in measured.tracked]
    parts = apportion(measured.dossiers, weights, [1] * len(weights)) if weights else []
    online = [True] * measured.fully_online + [False] * (measured.dossiers - measured.fully_online)
    rng.shuffle(online)
    for unit, part in zip(measured.tracked, parts, strict=True):
        procedures = procedures_of(unit, setting.seed, measured.offered[unit])
        full = [each for each in procedures if each[2] == "full"]
        others = [each for each in procedures if each[2] != "full"]
        counters: dict[date, int] = {}
        for _ in range(part):
            is_online = online.pop()
            code, name, service, *_ = rng.choice(full if is_online else others)
            filed_online = is_online or (service == "partial" and rng.random() < 0.5)  # noqa: PLR2004 - half
            begin = rng.randrange(len(days))
            counter = counters[days[begin]] = counters.get(days[begin], 0) + 1
            at = datetime.combine(days[begin], _OPENS, VIET_NAM) + timedelta(seconds=counter)
            dossier = f"{unit}-{at:%y%m%d}-{counter:04d}"
            told = {
                "CodeProfile": dossier,
                "SiteId": sites[unit],
                "CodeTTHC": code,
                "NameTTHC": name,
                "MaHoSo": dossier,
                "Status": "1",
                "FormsReception": "1" if filed_online else "2",
                "FormsPayments": rng.choice("012"),
                "Level": _LEVELS[service],
                "IsFromDVCQG": rng.choice("01"),
                "IsDVCBC": rng.choice("01"),
                "User": _user(unit, rng),
            }
            _plan(register, at, "tracking", json.dumps(told, ensure_ascii=False))
            end = begin + rng.randint(1, _MOST_DAYS)
            if end < len(days):
                moment = datetime.combine(days[end], _OPENS, VIET_NAM) + timedelta(hours=1, seconds=counter)
                _plan(register, moment, "tracking", json.dumps(told | {"Status": "3"}, ensure_ascii=False))


def _user(unit: str, rng: Random) -> str:
    """Write the member `User` as clients do: JSON within a text, of an invented person."""
    _, number = citizen_of(rng)
    return json.dumps({"ID_local": number, "ID_QG": number, "TYPE": "1", "LOCATION": unit.rpartition(".")[2]})


def _visit(
    register: sqlite3.Connection,
    measured: Measured,
    sites: Mapping[str, str],
    days: list[date],
    rng: Random,
) -> None:
    for _ in range(measured.visits):
        unit, day = rng.choice(measured.visited), rng.choice(days)
        at = datetime.combine(day, _OPENS, VIET_NAM) + timedelta(seconds=rng.randrange(9 * 3600))
        page = f"https://{unit.rpartition('.')[2].lower()}.example{rng.choice(_PAGES)}"
        _plan(register, at, "visit", urlencode({"idsite": sites[unit], "url": page}))


def _plan(register: sqlite3.Connection, at: datetime, way: str, content: str) -> None:
    register.execute("INSERT INTO agenda (at, way, content) VALUES (?, ?, ?)", (at.isoformat(), way, content))
