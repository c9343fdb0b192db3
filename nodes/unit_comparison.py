"""Compares what districts and communes exchanged with what a plan says, each agency of them.

The measured figures are the hub's statistics, as in `comparison`, which looks at the first level.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nodes.answers import Json
from nodes.client import Client
from nodes.known_agencies import AgencyKind, agency
from nodes.planner import Plan


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """What an agency below the first level, or all of a kind together, exchanged."""

    sent: int = 0
    signed: int = 0
    received: int = 0


@dataclass(frozen=True, slots=True)
class UnitsResult:
    """All districts, or all communes, together."""

    kind: AgencyKind
    agencies: int
    expected: UnitFigures
    measured: UnitFigures
    wrong: tuple[str, ...]
    """Codes of those whose own figures are not the expected ones; must be none."""

    @property
    def met(self) -> bool:
        """Each of them has the expected figures."""
        return not self.wrong


def compare_units(auditor: Client, plan: Plan) -> tuple[UnitsResult, ...]:
    """Compare what districts and communes exchanged, each of them and together."""
    scenario = plan.scenario
    if scenario.units is None:
        return ()
    wanted = {code: [0, 0, 0] for code in scenario.units.codes}
    for document in plan.documents:
        if document.action == "recall":
            continue  # counts nowhere
        if document.sender in wanted:
            wanted[document.sender][0] += 1
            wanted[document.sender][1] += document.signed_by in {"organisation", "both"}
        for recipient in document.recipients:
            if recipient in wanted:
                wanted[recipient][2] += 1
    for fault in plan.faults:  # units send none of them
        if fault.recipient in wanted:
            wanted[fault.recipient][2] += fault.fault.accepted
    days = {"from_": scenario.first.isoformat(), "to": scenario.last.isoformat()}
    signed = _by_agency(auditor, "signatures", days)
    exchange = _by_agency(auditor, "exchange", days)
    found = {
        code: [
            exchange.get(code, {}).get("sent", 0),
            signed.get(code, {}).get("signed", 0),
            exchange.get(code, {}).get("received", 0),
        ]
        for code in wanted
    }
    kinds: dict[AgencyKind, list[str]] = {}
    for code in wanted:
        kinds.setdefault(agency(code).kind, []).append(code)
    return tuple(
        UnitsResult(
            kind,
            len(codes),
            _together(wanted[code] for code in codes),
            _together(found[code] for code in codes),
            tuple(code for code in codes if wanted[code] != found[code]),
        )
        for kind, codes in kinds.items()
    )


def _together(figures: Iterable[Sequence[int]]) -> UnitFigures:
    return UnitFigures(*map(sum, zip(*figures, strict=True)))


def _by_agency(auditor: Client, kind: str, days: Mapping[str, str]) -> dict[str, Json]:
    items = auditor.statistics(kind, by="agency", **days)["items"]
    return {item["agency"]: item for item in items}
