"""Compares what a plan must give with what the hub's statistics say.

The measured figures are answers of `GET /v1/statistics/…` to an auditor. They are printed by
`nodes.comparison_table`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nodes.answers import Json
from nodes.client import Client
from nodes.faults.injection import FaultResult
from nodes.known_agencies import agency
from nodes.pair_comparison import TwoHubsResult
from nodes.planner import Plan
from nodes.scenario import Locality, Phase
from nodes.unit_comparison import UnitsResult, compare_units
from nodes.volumes import rounded


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one locality in the period."""

    to_government_office: int
    signed: int
    """Of those to the Government Office, with a passed signature of the organisation."""
    both: int
    """… and of those, with the person's passed signature too."""
    sent: int
    received: int

    @property
    def rate(self) -> float | None:
        """Signed share of what it sent to the Government Office, None when it sent nothing."""
        return self.signed / self.to_government_office if self.to_government_office else None


@dataclass(frozen=True, slots=True)
class PhaseResult:
    """One phase of a locality whose habits change: documents to the Government Office, and signed ones."""

    phase: Phase
    expected: tuple[int, int]
    measured: tuple[int, int]

    @property
    def met(self) -> bool:
        """Both are the expected ones, and the share prints as it was to."""
        sent, signed = self.measured
        printed = thousandths(signed / sent) if sent else None
        return self.expected == self.measured and printed == self.phase.thousandths


@dataclass(frozen=True, slots=True)
class LocalityResult:
    """One locality: what was published, what was planned, what the hub says."""

    code: str
    place: str
    published: str
    thousandths: int | None
    """The share that was to come out, in thousandths; None where it changes."""
    expected: Figures
    measured: Figures
    phases: tuple[PhaseResult, ...] = ()
    """Its phases, where its share changes."""

    @property
    def met(self) -> bool:
        """Every figure is the expected one, and the share prints as it was to."""
        rate = self.measured.rate
        if self.thousandths is not None and (rate is None or thousandths(rate) != self.thousandths):
            return False
        return self.expected == self.measured and all(phase.met for phase in self.phases)


@dataclass(frozen=True, slots=True)
class Crossing:
    """The statuses that had to come back to agencies on the old protocol, each once."""

    expected: int
    """Statuses that the hub took on documents they sent."""
    measured: int
    """Statuses that lay in their queues."""
    waiting: int
    """Items that the hub still holds ready for them; must be none."""

    @property
    def met(self) -> bool:
        """Every status came back, and nothing waits."""
        return self.expected == self.measured and not self.waiting


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of deliveries: those refused by staff, and those withdrawn after a recall."""

    expected: tuple[int, int]
    """What the agencies answered: refusals (02), and agreements (15) to recalls."""
    measured: tuple[int, int]
    """The hub's figures of deliveries refused and withdrawn, of all agencies together."""

    @property
    def met(self) -> bool:
        """The hub counts what was answered."""
        return self.expected == self.measured


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What all agencies sent and received together."""

    expected: int
    measured: int
    at_least: int
    """The scenario's figure at the run's scale."""

    @property
    def met(self) -> bool:
        """It is the expected one, and no less than the scenario's."""
        return self.expected == self.measured >= self.at_least


@dataclass(frozen=True, slots=True)
class Refusals:
    """The refusals that the hub recorded in the period, beside those of the injected faults."""

    expected: int
    missed: tuple[str, ...]
    """Refusals that had to be recorded, and were not; must be none."""
    alarms: tuple[str, ...]
    """Refusals that nobody injected; must be none."""

    @property
    def met(self) -> bool:
        """Exactly the refusals of the faults were recorded."""
        return not self.missed and not self.alarms


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a run."""

    localities: tuple[LocalityResult, ...]
    unreconciled: tuple[str, ...]
    """Agencies whose received deliveries are not handled + pending + refused + withdrawn; must be none."""
    definition: str
    """The hub's own words for what its shares count."""
    crossing: Crossing | None = None
    """None where nobody speaks the old protocol."""
    exchanged: Exchanged | None = None
    """None where the scenario says nothing of it, or the run was interrupted."""
    ending: Ending | None = None
    """None where the run was interrupted, or made before on this hub."""
    units: tuple[UnitsResult, ...] = ()
    """Departments, then districts, then communes, where they take part."""
    two_hubs: TwoHubsResult | None = None
    """None where one hub serves all."""
    faults: tuple[FaultResult, ...] = ()
    refusals: Refusals = field(default_factory=lambda: Refusals(0, (), ()))

    @property
    def met(self) -> bool:
        """Every expected figure was met exactly."""
        crossed = self.crossing is None or self.crossing.met
        faulted = self.refusals.met and all(fault.met for fault in self.faults)
        met = all(locality.met for locality in self.localities)
        together = self.exchanged is None or self.exchanged.met
        below = all(units.met for units in self.units) and (self.ending is None or self.ending.met)
        joined = self.two_hubs is None or self.two_hubs.met
        return crossed and faulted and met and together and below and joined and not self.unreconciled


def thousandths(rate: float) -> int:
    """Round a share as it is printed, to a tenth of a per cent."""
    return round(rate * 1000)


def expected(plan: Plan) -> Mapping[str, Figures]:
    """Count from a plan's documents what must come of it, by locality."""
    office = plan.scenario.government_office
    counts = {locality.code: [0, 0, 0, 0, 0] for locality in plan.scenario.localities}
    for document in plan.documents:
        if document.action == "recall":
            continue  # counts nowhere
        for recipient in document.recipients:
            if recipient in counts:
                counts[recipient][4] += 1
        own = counts.get(document.sender)
        if own is None:
            continue
        own[3] += 1
        if office in document.recipients:
            own[0] += 1
            own[1] += document.signed_by in {"organisation", "both"}
            own[2] += document.signed_by == "both"
    for fault in plan.faults:
        if fault.sender in counts:
            counts[fault.sender][3] += fault.fault.accepted
        if fault.recipient in counts:
            counts[fault.recipient][4] += fault.fault.accepted
    return {code: Figures(*values) for code, values in counts.items()}


def measured(auditor: Client, plan: Plan) -> tuple[Mapping[str, Figures], tuple[str, ...], str]:
    """Ask the hub: figures by locality, agencies that do not reconcile, and the definition."""
    scenario = plan.scenario
    period: dict[str, Any] = {
        "from_": scenario.first.isoformat(),
        "to": scenario.last.isoformat(),
        "by": "agency",
    }
    signatures = auditor.statistics("signatures", recipient=scenario.government_office, **period)
    exchange = auditor.statistics("exchange", **period)
    signed = _by_agency(signatures["items"])
    exchanged = _by_agency(exchange["items"])
    figures = {}
    for locality in scenario.localities:
        office = signed.get(locality.code, {})
        all_of_it = exchanged.get(locality.code, {})
        figures[locality.code] = Figures(
            to_government_office=office.get("sent", 0),
            signed=office.get("signed", 0),
            both=office.get("both", 0),
            sent=all_of_it.get("sent", 0),
            received=all_of_it.get("received", 0),
        )
    broken = tuple(code for code, row in exchanged.items() if not _reconciles(row))
    return figures, broken, signatures["definition"]


def exchanged(auditor: Client, plan: Plan) -> Exchanged | None:
    """Compare what all agencies sent and received together, where the scenario says something of it."""
    scenario = plan.scenario
    if scenario.exchanged is None or plan.is_cut:
        return None
    days = {"from_": scenario.first.isoformat(), "to": scenario.last.isoformat()}
    counted = [document for document in plan.documents if document.action != "recall"]
    wanted = sum(1 + len(document.recipients) for document in counted)
    wanted += sum(2 * fault.fault.accepted for fault in plan.faults)  # each goes to one agency
    rows = auditor.statistics("exchange", by="agency", **days)["items"]
    found = sum(row["sent"] + row["received"] for row in rows)
    return Exchanged(wanted, found, rounded(scenario.exchanged * plan.scale))


def compare_ending(auditor: Client, plan: Plan, answered: tuple[int, int]) -> Ending:
    """Compare what agencies answered, refusals and agreements to recalls, with what the hub counts."""
    days = {"from_": plan.scenario.first.isoformat(), "to": plan.scenario.last.isoformat()}
    rows = auditor.statistics("exchange", by="agency", **days)["items"]
    return Ending(answered, (sum(row["refused"] for row in rows), sum(row["withdrawn"] for row in rows)))


def refusals(auditor: Client, plan: Plan) -> Refusals:
    """Compare what the hub refused in the period with what the faults had to have refused."""
    wanted = Counter(f"{fault.sender} {code}" for fault in plan.faults for code in fault.fault.refusals)
    found: Counter[str] = Counter()
    after: str | None = None
    while True:
        page = auditor.refusals(
            from_=plan.scenario.first.isoformat(), to=plan.scenario.last.isoformat(), after=after
        )
        found.update(f"{item['from']} {item['code']}" for item in page.items)
        after = page.next
        if after is None:
            return Refusals(
                wanted.total(), tuple((wanted - found).elements()), tuple((found - wanted).elements())
            )


def compare(auditor: Client, plan: Plan, faults: Sequence[FaultResult] = ()) -> Result:
    """Put expected beside measured; `faults` were injected while the plan was carried out."""
    wanted = expected(plan)
    found, unreconciled, definition = measured(auditor, plan)
    return Result(
        tuple(
            LocalityResult(
                code=locality.code,
                place=agency(locality.code).place,
                published=locality.published,
                thousandths=None if plan.is_cut else locality.thousandths,
                expected=wanted[locality.code],
                measured=found[locality.code],
                phases=() if plan.is_cut else _phases(auditor, plan, locality),
            )
            for locality in plan.scenario.localities
        ),
        unreconciled,
        definition,
        exchanged=exchanged(auditor, plan),
        units=compare_units(auditor, plan),
        faults=tuple(faults),
        refusals=refusals(auditor, plan),
    )


def _phases(auditor: Client, plan: Plan, locality: Locality) -> tuple[PhaseResult, ...]:
    """Compare each phase of a locality whose share changes; nothing for the others."""
    if locality.thousandths is not None:
        return ()
    office = plan.scenario.government_office
    results = []
    for phase in locality.phases:
        marks = [
            document.signed_by in {"organisation", "both"}
            for document in plan.documents
            if document.sender == locality.code
            and office in document.recipients
            and phase.first <= document.day <= phase.last
        ]
        days = {"from_": phase.first.isoformat(), "to": phase.last.isoformat()}
        answer = auditor.statistics("signatures", recipient=office, sender=locality.code, by="agency", **days)
        row = _by_agency(answer["items"]).get(locality.code, {})
        results.append(
            PhaseResult(phase, (len(marks), sum(marks)), (row.get("sent", 0), row.get("signed", 0)))
        )
    return tuple(results)


def _by_agency(items: Sequence[Json]) -> dict[str, Json]:
    return {item["agency"]: item for item in items}


def _reconciles(row: Json) -> bool:
    parts = row["handled"] + row["pending"] + row["refused"] + row["withdrawn"]
    return bool(row["received"] == parts)
