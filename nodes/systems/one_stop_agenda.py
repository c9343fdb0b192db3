"""Who comes to a one-stop system in a period, and when each dossier is resolved: exact counts from a seed.

Days are working days. A figure that a scale cannot give in whole numbers is refused with the nearest scale.
"""

import sqlite3
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import gcd
from random import Random
from typing import Final

from axis.protocol.working_calendar import VIET_NAM
from nodes.errors import ScenarioInvalid
from nodes.invented_texts import citizen_of
from nodes.systems.dossiers import (
    DONE,
    IN_PROCESS,
    NEW,
    NOT_RECEIVED,
    RECEIVED,
    RETURNED,
    SUPPLEMENT,
    WITHDRAWN,
)
from nodes.systems.system import Setting

COUNTER_ONLY: Final = 100
"""Procedures without any online service."""
_MOST_DAYS, _MOST_LATE = 15, 5
_FIELDS: Final = ("hộ tịch", "đất đai", "xây dựng", "giao thông vận tải", "lao động", "y tế", "giáo dục")
_DEEDS: Final = ("Cấp mới", "Cấp đổi", "Cấp lại", "Đăng ký", "Điều chỉnh", "Gia hạn", "Xác nhận")
_OPENS, _FINISHES = time(7, 30), time(15, 30)


@dataclass(frozen=True, slots=True)
class Dossiers:
    """What becomes of the dossiers of a period: how many of each."""

    received: int
    resolved_in_time: int
    resolved_overdue: int
    resolved_without_deadline: int
    open_in_time: int
    open_overdue: int
    open_without_deadline: int
    fully_online: int

    @property
    def resolved(self) -> int:
        """All resolved ones."""
        return self.resolved_in_time + self.resolved_overdue + self.resolved_without_deadline

    @property
    def in_progress(self) -> int:
        """All that are not closed."""
        return self.open_in_time + self.open_overdue + self.open_without_deadline

    @property
    def closed_otherwise(self) -> int:
        """Neither resolved nor in progress: not received, or withdrawn."""
        return self.received - self.resolved - self.in_progress


@dataclass(frozen=True, slots=True)
class Services:
    """How many procedures are offered online, and how many of them on the portal."""

    full: int
    partial: int
    portal_full: int
    portal_partial: int


@dataclass(frozen=True, slots=True)
class Telling:
    """A one-stop system at a run's scale, and whom it tells where its dossiers stand."""

    dossiers: Dossiers
    services: Services
    reports_to: str


def scaled(dossiers: Dossiers, scale: Decimal) -> Dossiers:
    """Return the counts at a scale; raises `ScenarioInvalid` where one is not whole, with the nearest."""
    counts = {field.name: getattr(dossiers, field.name) for field in fields(dossiers)}
    broken = [name for name, count in counts.items() if count * scale % 1]
    if broken:
        common = gcd(*counts.values())
        nearest = Fraction(max(1, round(scale * common)), common)
        raise ScenarioInvalid(
            f"one_stop.{broken[0]}: found scale {scale}, which gives {counts[broken[0]] * scale:f} dossiers, "
            f"expected whole numbers; the nearest scale that gives them is {nearest}"
        )
    return replace(dossiers, **{name: int(count * scale) for name, count in counts.items()})


def prepare(
    register: sqlite3.Connection, setting: Setting, dossiers: Dossiers, services: Services, reports_to: str
) -> None:
    """Write the unit, its procedures, and what will be handed in and done on each day.

    `reports_to` are the codes of those who get its messages, with commas between.
    """
    rng = Random(f"one-stop {setting.seed} {setting.agency}")  # noqa: S311 - to be repeated
    first_row = (setting.agency, reports_to, setting.last.isoformat())
    register.execute("INSERT INTO unit VALUES (?, ?, ?)", first_row)
    own_days = dict.fromkeys(setting.hours.holidays, 0) | dict.fromkeys(setting.hours.worked, 1)
    register.executemany(
        "INSERT INTO own_days VALUES (?, ?)", [(day.isoformat(), worked) for day, worked in own_days.items()]
    )
    procedures = procedures_of(setting.agency, setting.seed, services)
    register.executemany("INSERT INTO procedures VALUES (?, ?, ?, ?, ?)", procedures)
    last = setting.last + timedelta(days=_MOST_DAYS * 3)
    days = list(setting.hours.days(setting.first, last))
    end = sum(day <= setting.last for day in days) - 1
    full = [each for each in procedures if each[2] == "full"]
    others = [each for each in procedures if each[2] != "full"]
    counters: dict[date, int] = {}
    fates = _fates(dossiers, rng)
    online = [True] * dossiers.fully_online + [False] * (len(fates) - dossiers.fully_online)
    rng.shuffle(online)
    for fate, is_online in zip(fates, online, strict=True):
        code, _, _, _, length = rng.choice(full if is_online else others)
        begin, finish, steps = _course(fate, length, end, rng)
        counter = counters[days[begin]] = counters.get(days[begin], 0) + 1
        at = datetime.combine(days[begin], _OPENS, VIET_NAM) + timedelta(seconds=counter)
        due = None if fate.endswith("without_deadline") else at + (days[begin + length] - days[begin])
        dossier = f"{setting.agency}-{at:%y%m%d}-{counter:04d}"
        channel = 2 if is_online else rng.choice((1, 1, 1, 3))
        owner, number = citizen_of(rng)
        filed = (at.isoformat(), dossier, NEW, code, channel, owner, number, due and due.isoformat())
        register.execute("INSERT INTO agenda VALUES (?, ?, ?, ?, ?, ?, ?, ?)", filed)
        ended = datetime.combine(days[finish], _FINISHES, VIET_NAM)
        register.executemany(
            "INSERT INTO agenda (at, dossier, status) VALUES (?, ?, ?)",
            [
                ((ended if late else at + timedelta(minutes=10 * place)).isoformat(), dossier, status)
                for place, (status, late) in enumerate(steps, 1)
            ],
        )


def _fates(dossiers: Dossiers, rng: Random) -> list[str]:
    fates = ["closed_otherwise"] * dossiers.closed_otherwise
    for name in (
        "resolved_in_time",
        "resolved_overdue",
        "resolved_without_deadline",
        "open_in_time",
        "open_overdue",
        "open_without_deadline",
    ):
        fates += [name] * getattr(dossiers, name)
    rng.shuffle(fates)
    return fates


def _course(fate: str, length: int, end: int, rng: Random) -> tuple[int, int, list[tuple[int, bool]]]:
    """Choose the days a dossier begins and ends, and its statuses; those marked come when it ends."""
    working, ending = [(RECEIVED, False), (IN_PROCESS, False)], [(DONE, True), (RETURNED, True)]
    if fate == "open_in_time":
        begin = rng.randint(end - length + 1, end)  # due after the last working day
        if rng.random() < 0.1:  # noqa: PLR2004 - one in ten waits for a paper
            return begin, begin, [*working, (SUPPLEMENT, False)]
        return begin, begin, working
    if fate in {"open_overdue", "open_without_deadline"}:
        begin = rng.randint(0, end - length - 1)
        return begin, begin, working
    if fate == "closed_otherwise":
        begin = rng.randint(0, end)
        ways = [(NOT_RECEIVED, False)], [(RECEIVED, False), (WITHDRAWN, False)]
        return begin, begin, rng.choice(ways)
    if fate == "resolved_overdue":
        begin = rng.randint(0, end - length - _MOST_LATE)
        return begin, begin + length + rng.randint(1, _MOST_LATE), [*working, *ending]
    begin = rng.randint(0, end - length)
    waits = [(SUPPLEMENT, False), (IN_PROCESS, False)] if rng.random() < 0.02 else []  # noqa: PLR2004 - few
    return begin, begin + rng.randint(1, length), [*working, *waits, *ending]


def procedures_of(agency: str, seed: int, services: Services) -> list[tuple[str, str, str, int, int]]:
    """Invent an agency's procedures: code, name, online service, whether the portal has it, its working days.

    The same for the same seed, so that the portal knows what a one-stop system offers.
    """
    rng = Random(f"procedures {seed} {agency}")  # noqa: S311 - to be repeated
    kinds = [("full", place < services.portal_full) for place in range(services.full)]
    kinds += [("partial", place < services.portal_partial) for place in range(services.partial)]
    kinds += [("none", False)] * COUNTER_ONLY
    return [
        (
            f"1.{number:06d}",
            f"{rng.choice(_DEEDS)} giấy tờ lĩnh vực {rng.choice(_FIELDS)} số {number}",
            service,
            int(on_portal),
            rng.randint(3, _MOST_DAYS),
        )
        for number, (service, on_portal) in enumerate(kinds, 1)
    ]
