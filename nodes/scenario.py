"""A country's traffic as a TOML file: who, when, how much, and what was published about it.

It holds figures only; `planner` turns them into single documents. Shares are kept in thousandths, whole
numbers, because a published share has that many digits and binary fractions have others.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, cast, get_args

from axis.protocol.agency_codes import CodeUnreadable
from nodes.calendar import WorkingTime
from nodes.errors import ScenarioInvalid, UnknownAgency
from nodes.known_agencies import agencies, agency
from nodes.node import Habits

_SHIPPED = files("nodes").joinpath("scenarios")

Door = Literal["rest", "vxp"]
"""Which of the hub's two doors an agency uses: REST, or the old protocol."""


@dataclass(frozen=True, slots=True)
class Locality:
    """One of the agencies whose signed share was published."""

    code: str
    thousandths: int
    """Signed share of what it sends to the Government Office, in thousandths: 179 is 17.9 %."""
    published: str
    """The source's own words for it."""
    weight: int
    """Its part of all documents sent, relative to the others'."""
    door: Door = "rest"


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What was never published; shares between 0 and 1."""

    to_government_office: Decimal
    also_to_ministries: Decimal
    from_peers: Decimal
    centre_recipients: tuple[int, ...]
    centre_by_government_office: Decimal
    centre_signed: Decimal
    signed_by_both: Decimal


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as it was written."""

    name: str
    title: str
    source: str
    first: date
    last: date
    holidays: frozenset[date]
    sent: int
    """Documents the localities sent together, at full scale."""
    received: int
    """Deliveries they received together, at full scale."""
    government_office: str
    ministries: tuple[str, ...]
    centre_door: Door
    """Of the Government Office and the ministries."""
    localities: tuple[Locality, ...]
    assumed: Assumptions
    habits: Habits
    is_invented: bool = False
    """Nobody published its figures."""

    @property
    def participants(self) -> tuple[str, ...]:
        """Codes of all agencies that take part: the centre, then the localities."""
        return (
            self.government_office,
            *self.ministries,
            *(locality.code for locality in self.localities),
        )

    @property
    def old_doors(self) -> frozenset[str]:
        """Codes of those who speak the old protocol."""
        centre = (self.government_office, *self.ministries) if self.centre_door == "vxp" else ()
        return frozenset((*centre, *(each.code for each in self.localities if each.door == "vxp")))


def with_old_doors(scenario: Scenario, count: int) -> Scenario:
    """Have the first `count` localities speak the old protocol, and the others as the scenario says.

    Raises `ScenarioInvalid` when there are not so many.
    """
    localities = scenario.localities
    _must(0 <= count <= len(localities), f"{count} old doors: there are {len(localities)} localities")
    old = tuple(replace(locality, door="vxp") for locality in localities[:count])
    return replace(scenario, localities=old + localities[count:])


def shipped() -> tuple[str, ...]:
    """Names of the scenarios that come with the package."""
    names = (entry.name for entry in _SHIPPED.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def find(name_or_path: str) -> Scenario:
    """Load a shipped scenario by its name, or any other by the path of its file; raises `ScenarioInvalid`."""
    if name_or_path in shipped():
        return read(_SHIPPED.joinpath(f"{name_or_path}.toml").read_text(encoding="utf-8"))
    path = Path(name_or_path)
    try:
        return read(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(shipped())
        raise ScenarioInvalid(
            f"{name_or_path}: no such scenario (shipped: {known}), and no readable file"
        ) from error


def read(text: str) -> Scenario:
    """Read a scenario; raises `ScenarioInvalid` naming what is missing or wrong."""
    try:
        value = tomllib.loads(text, parse_float=Decimal)
        return _scenario(value)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioInvalid(f"not TOML: {error}") from error
    except KeyError as error:
        raise ScenarioInvalid(f"{error.args[0]} is missing") from error
    except (TypeError, ValueError, AttributeError, CodeUnreadable, UnknownAgency) as error:
        raise ScenarioInvalid(str(error)) from error


def _scenario(value: Mapping[str, Any]) -> Scenario:
    period, published, habits = value["period"], value["published"], value["habits"]
    centre = value.get("centre", {})
    holidays = frozenset(period.get("holidays", ()))
    scenario = Scenario(
        name=value["name"],
        title=value["title"],
        source=value["source"],
        first=period["from"],
        last=period["to"],
        holidays=holidays,
        sent=published["sent_at_least"],
        received=published["received_at_least"],
        government_office=agency(published["government_office"]).code,
        ministries=_ministries(centre.get("ministries")),
        centre_door=_door(centre, "centre"),
        localities=tuple(_locality(entry) for entry in value["locality"]),
        assumed=_assumptions(value["assumed"]),
        habits=Habits(
            confirms_arrival=habits["confirms_arrival"],
            refused_share=float(habits["refused_share"]),
            completed_share=float(habits["completed_share"]),
            days_to_complete=habits["days_to_complete"],
            hours=WorkingTime(holidays=holidays),
        ),
        is_invented=value.get("invented", False),
    )
    _check(scenario)
    return scenario


def _locality(value: Mapping[str, Any]) -> Locality:
    thousandths = Decimal(value["share"]) * 1000
    if thousandths != int(thousandths):
        raise ScenarioInvalid(f"share of {value['code']}: more than three decimals")
    code, door = agency(value["code"]).code, _door(value, value["code"])
    return Locality(code, int(thousandths), value["published"], value["weight"], door)


def _door(value: Mapping[str, Any], who: str) -> Door:
    door = value.get("door", "rest")
    _must(door in get_args(Door), f"door of {who}: must be one of {', '.join(get_args(Door))}")
    return cast("Door", door)


def _ministries(named: Sequence[str] | None) -> tuple[str, ...]:
    """Read which ministries take part: all of the registry where none is named."""
    if named is None:
        return tuple(code for code, known in agencies().items() if known.kind == "ministry")
    found = [agency(code) for code in named]
    _must(bool(found) and all(each.kind == "ministry" for each in found), "ministries: must name ministries")
    _must(len({each.code for each in found}) == len(found), "ministries: a code stands twice")
    return tuple(each.code for each in found)


def _assumptions(value: Mapping[str, Any]) -> Assumptions:
    return Assumptions(
        to_government_office=Decimal(value["to_government_office"]),
        also_to_ministries=Decimal(value["also_to_ministries"]),
        from_peers=Decimal(value["from_peers"]),
        centre_recipients=tuple(value["centre_recipients"]),
        centre_by_government_office=Decimal(value["centre_by_government_office"]),
        centre_signed=Decimal(value["centre_signed"]),
        signed_by_both=Decimal(value["signed_by_both"]),
    )


def _check(scenario: Scenario) -> None:
    assumed = scenario.assumed
    _must(isinstance(scenario.is_invented, bool), "invented: must be true or false")
    _must(scenario.first <= scenario.last, "period: it ends before it begins")
    _must(len(scenario.localities) > 1, "locality: at least two are needed")
    codes = [locality.code for locality in scenario.localities]
    _must(len(set(codes)) == len(codes), "locality: a code stands twice")
    _must(scenario.government_office not in codes, "government_office is one of the localities")
    _must(scenario.sent > 0 and scenario.received > 0, "published: figures must be above zero")
    _must(all(locality.weight > 0 for locality in scenario.localities), "weight: must be above zero")
    _must(
        all(0 <= locality.thousandths <= 1000 for locality in scenario.localities),  # noqa: PLR2004 - thousandths
        "share: must lie between 0 and 1",
    )
    shares: Sequence[Decimal] = (
        assumed.to_government_office,
        assumed.also_to_ministries,
        assumed.from_peers,
        assumed.centre_by_government_office,
        assumed.centre_signed,
        assumed.signed_by_both,
    )
    _must(all(0 <= share <= 1 for share in shares), "assumed: shares must lie between 0 and 1")
    counts = assumed.centre_recipients
    _must(
        bool(counts) and all(1 <= count <= len(codes) for count in counts),
        "centre_recipients: each must lie between 1 and the number of localities",
    )


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ScenarioInvalid(otherwise)
