"""A country's traffic as values: who, when, how much, and what was published about it.

They are read from files by `nodes.scenario_reader`, and turned into single documents by `nodes.planner`.
Shares are whole thousandths.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from nodes.errors import ScenarioInvalid
from nodes.node import Habits

Door = Literal["rest", "vxp"]
"""Which of the hub's two doors an agency uses: REST, or the old protocol."""


@dataclass(frozen=True, slots=True)
class Phase:
    """Days in which an agency's signed share is the same."""

    first: date
    last: date
    thousandths: int
    """The share: 179 is 17.9 %."""


@dataclass(frozen=True, slots=True)
class Locality:
    """One of the agencies whose figures are compared."""

    code: str
    phases: tuple[Phase, ...]
    """Signed share of what it sends to the Government Office; one phase, unless its habits change."""
    published: str
    """The source's own words for it."""
    weight: int
    """Its part of all documents sent, relative to the others'."""
    door: Door = "rest"
    documents: int | None = None
    """Documents it sends at full scale, None where its weight decides."""
    answers_after: int = 0
    """Working days that what it receives lies before it is read."""
    absent: tuple[tuple[date, date], ...] = ()
    """Days, first and last, on which it neither sends nor reads."""

    def is_absent(self, day: date) -> bool:
        """Tell whether it is away on that day."""
        return any(first <= day <= last for first, last in self.absent)

    @property
    def thousandths(self) -> int | None:
        """The share, if it is the same in the whole period."""
        return self.phases[0].thousandths if len(self.phases) == 1 else None


def phases(first: date, last: date, thousandths: int, changes: list[tuple[date, int]]) -> tuple[Phase, ...]:
    """Divide a period at the days of `changes`, which stand in order of time and lie within it."""
    starts = [(first, thousandths), *changes, (last + timedelta(days=1), 0)]
    return tuple(
        Phase(start, following - timedelta(days=1), share)
        for (start, share), (following, _) in pairwise(starts)
    )


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
class Size:
    """A size that documents have, and how common it is."""

    pages: int = 1
    appendix_kilobytes: int = 0
    """Of a second file, a scan; none for 0."""
    weight: int = 1


ONE_PAGE = Size()


@dataclass(frozen=True, slots=True)
class Peak:
    """Days on which so many times as much is sent as on others."""

    first: date
    last: date
    weight: int


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How letters differ from one another, and what becomes of some; shares are between 0 and 1."""

    types: tuple[tuple[str, int], ...]
    """Slugs, each with its weight."""
    sizes: tuple[Size, ...] = (ONE_PAGE,)
    peaks: tuple[Peak, ...] = ()
    urgent: Decimal = Decimal("0.08")
    answers: Decimal = Decimal(0)
    misaddressed: Decimal = Decimal(0)
    recalls: Decimal = Decimal(0)
    updates: Decimal = Decimal(0)
    replacements: Decimal = Decimal(0)
    newer_codes: Decimal = Decimal(0)

    def weight_of(self, day: date) -> int:
        """Return how much is sent on that day, relative to others."""
        return next((peak.weight for peak in self.peaks if peak.first <= day <= peak.last), 1)


@dataclass(frozen=True, slots=True)
class Units:
    """Departments, districts and communes below the localities, who write to those above them, and across."""

    codes: tuple[str, ...]
    """Each after the one above it."""
    sent: int
    """Documents they send together, at full scale: each to the agency above."""
    circulars: int
    """Documents that go to all units right below their sender, at full scale."""
    signed: Decimal
    """Share of all that is signed."""
    across: int = 0
    """Documents between units and the centre or other localities, at full scale, half of them each way."""


@dataclass(frozen=True, slots=True)
class FaultWish:
    """A fault that is to be injected, by its name in the catalogue."""

    name: str
    count: int = 1
    agency: str | None = None
    """Whom it strikes; None for an agency by chance."""
    day: date | None = None
    """When; None for a working day by chance."""


@dataclass(frozen=True, slots=True)
class OneStop:
    """A province's one-stop system, at full scale."""

    code: str
    """Its agency."""
    reports_to: str
    """Whom its messages go to."""
    received: int
    resolved_in_time: int
    resolved_overdue: int
    resolved_without_deadline: int
    open_in_time: int
    open_overdue: int
    open_without_deadline: int
    fully_online: int
    services: tuple[int, int, int, int]
    """Online end to end, in part; and of each, on the portal."""

    @property
    def statuses(self) -> int:
        """Of how many statuses it tells: each dossier on the day it comes in, each result on its day."""
        resolved = self.resolved_in_time + self.resolved_overdue + self.resolved_without_deadline
        return self.received + resolved


@dataclass(frozen=True, slots=True)
class Portal:
    """A Public Service Portal, at full scale."""

    code: str
    """Its agency."""
    connected: tuple[str, ...]
    """Units that tell it where their dossiers stand: ministries, then provinces."""
    ministries: tuple[str, ...]
    """All ministries there are for it, connected or not."""
    accounts: int
    statuses: int


PUBLISHED_TARGETS = ((2024, 700, 300), (2025, 850, 700))
"""Shares of dossiers to be handled online end to end: year, thousandths for ministries and provinces."""


@dataclass(frozen=True, slots=True)
class Measuring:
    """A measuring system, at full scale."""

    code: str
    """Its agency."""
    reports_to: str
    units: tuple[str, ...]
    """All that are measured: ministries, then provinces, then other agencies of one-stop systems."""
    not_connected: frozenset[str]
    dossiers: int
    """Of those who call over HTTP, together."""
    fully_online: int
    visits: int
    targets: tuple[tuple[int, int, int], ...]
    """Year, and thousandths for ministries and provinces."""


@dataclass(frozen=True, slots=True)
class CabinetBallot:
    """A question that is put to the members of a cabinet, and how they vote."""

    question: str
    meeting: str
    """The meeting at which it is cast; `""` where opinions are collected in writing."""
    opens: date
    closes: date
    agree: int
    in_room: int
    """Of those in favour."""
    disagree: int
    other: int
    prime_minister: str
    """`agree`, `disagree`, `other` or `none`."""
    late: int
    repeated: int
    forged: int
    strangers: int


@dataclass(frozen=True, slots=True)
class Cabinet:
    """An e-cabinet."""

    secretariat: str
    """The agency whose system it is."""
    leaders: int
    """The Prime Minister and deputies."""
    heads: tuple[str, ...]
    """Agencies whose heads are members."""
    strangers_at: str
    """Where those sit who vote and are no members."""
    ballots: tuple[CabinetBallot, ...]


@dataclass(frozen=True, slots=True)
class PopulationUnit:
    """A unit whose officers look persons up, and how often."""

    code: str
    officers: int
    look_ups: int
    """Of persons as they are in the register."""
    unknown: int
    mismatched: int
    without_officer: int
    without_purpose: int
    foreign_account: int
    prying: int
    """Look-ups of one person by one officer, besides."""


@dataclass(frozen=True, slots=True)
class Population:
    """A population register."""

    code: str
    """The agency whose register it is."""
    persons: int
    most_of_one_person: int
    """Look-ups of one person by one officer, above which the register flags them."""
    units: tuple[PopulationUnit, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as it was written."""

    name: str
    title: str
    title_vi: str
    source: str
    first: date
    last: date
    sent: int
    """Documents the localities sent together, at full scale."""
    received: int
    """Deliveries they received together, at full scale."""
    exchanged: int | None
    """What all agencies sent and received together, at full scale; None where nobody said."""
    scale: Decimal
    """Part of the volume that a run has unless it is told otherwise."""
    government_office: str
    ministries: tuple[str, ...]
    centre_door: Door
    """Of the Government Office and the ministries."""
    localities: tuple[Locality, ...]
    assumed: Assumptions
    habits: Habits
    behaviour: Behaviour
    is_invented: bool = False
    """Nobody published its figures."""
    faults: tuple[FaultWish, ...] = ()
    units: Units | None = None
    """None where the first level is alone."""
    province_hub: str | None = None
    """The province that has a hub of its own; None where one hub serves all."""
    one_stops: tuple[OneStop, ...] = ()
    """One-stop systems, which tell by messages where dossiers stand."""
    portals: tuple[Portal, ...] = ()
    """Portals, which take those messages in."""
    measuring: Measuring | None = None
    """The measuring system, which gets these messages too; None where there is none."""
    cabinet: Cabinet | None = None
    """None where there is no e-cabinet."""
    population: Population | None = None
    """None where there is no population register."""

    @property
    def participants(self) -> tuple[str, ...]:
        """Codes of all agencies that take part: the centre, then the localities, then units below them."""
        return (
            self.government_office,
            *self.ministries,
            *(locality.code for locality in self.localities),
            *(() if self.units is None else self.units.codes),
        )

    @property
    def on_province_hub(self) -> frozenset[str]:
        """Codes of those whom the province's own hub serves: the province and all below it."""
        if self.province_hub is None:
            return frozenset()
        end = self.province_hub.rpartition(".")[2]
        return frozenset(code for code in self.participants if code.rpartition(".")[2] == end)

    @property
    def message_parties(self) -> frozenset[str]:
        """Codes of those who send or get the messages of systems."""
        telling = {code for each in self.one_stops for code in (each.code, each.reports_to)}
        portals = {code for each in self.portals for code in (each.code, *each.connected)}
        measuring, cabinet, population = self.measuring, self.cabinet, self.population
        own = set() if measuring is None else {measuring.code, measuring.reports_to}
        voting = set() if cabinet is None else {*cabinet.heads, cabinet.strangers_at}
        asking = set() if population is None else {population.code, *(u.code for u in population.units)}
        return frozenset(telling | portals | own | voting | asking)

    @property
    def has_systems(self) -> bool:
        """Whether there are neighbouring systems."""
        single = (self.measuring, self.cabinet, self.population)
        return bool(self.one_stops or self.portals or any(single))

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
    if not 0 <= count <= len(localities):
        raise ScenarioInvalid(f"{count} old doors: there are {len(localities)} localities")
    old = tuple(replace(locality, door="vxp") for locality in localities[:count])
    parties = [each.code for each in old if each.code in scenario.message_parties]
    if parties:
        first = next(place for place, each in enumerate(localities) if each.code in parties)
        raise ScenarioInvalid(
            f"{count} old doors: found {parties[0]} among them, expected agencies without systems, whose "
            f"messages go by REST alone; at most {first} can be given"
        )
    return replace(scenario, localities=old + localities[count:])
