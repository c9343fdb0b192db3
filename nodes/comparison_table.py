"""A run's result for people and for machines: the table *expected beside measured*, and the same as JSON.

The figures are computed by `nodes.comparison`.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from textwrap import wrap
from typing import Any

from nodes.comparison import Crossing, Exchanged, Figures, LocalityResult, PhaseResult, Result
from nodes.faults.injection import FaultResult
from nodes.planner import Plan
from nodes.systems.running import SystemResult, systems_table
from nodes.traffic import Traffic
from nodes.two_hubs_table import HEADS, pair_rows, told

_MET, _MISSED = "met", "MISSED"
_WIDTH = 100  # characters of a running text


def percent(rate: float | None) -> str:
    """Print a share as the source prints it: one decimal, and 100 % only for all of them."""
    if rate is None:
        return "none"
    return "100 %" if rate == 1 else f"{rate * 100:.1f} %"


def table(plan: Plan, result: Result, systems: Sequence[SystemResult] = ()) -> str:
    """Lay the result out for a terminal, with what the registers of systems say."""
    scenario = plan.scenario
    whence = _whence(plan)
    lines = [
        *([f"Interrupted. This is what was done up to {_day(scenario.last)}.", ""] if plan.is_cut else []),
        scenario.title,
        f"{_day(scenario.first)} to {_day(scenario.last)}, scale {plan.scale}, seed {plan.seed}",
        f"{whence.capitalize()}: {scenario.source}",
        "",
        "Documents sent to the Government Office, and the share of them that is signed",
        "(each pair of columns: expected beside measured)",
        "",
        *_aligned(
            [
                ("locality", "code", "sent", "", "signed", "", whence, "share", "", ""),
                *(_row(locality) for locality in result.localities),
            ],
            left={0, 1, 6, 9},
        ),
        "",
        f"All documents of {counted(len(result.localities), 'agency')} together",
        "",
        *_aligned(_totals(plan, result), left={0, 3, 4}),
        "",
    ]
    if any(locality.phases for locality in result.localities):
        lines += [*_changes(result), ""]
    if result.units:
        lines += [*_units(result), ""]
    if result.two_hubs is not None:
        wrong = [row for row in pair_rows(result.two_hubs) if row[-1] != _MET]
        lines += ["Through two hubs and the relay between them", ""]
        lines += [f"  {line}" for line in told(result.two_hubs)]
        lines += [*(_aligned([HEADS, *wrong], left={0, 1, 11}) if wrong else []), ""]
    if result.crossing is not None:
        lines += [*_crossing(plan, result.crossing), ""]
    if result.faults or not result.refusals.met:
        lines += [*_faults(result), ""]
    if plan.volumes.sent > plan.volumes.asked_sent:
        lines += [
            f"At this scale {plan.volumes.asked_sent:,} documents would do, but shares printed to a tenth",
            f"of a per cent need {plan.volumes.sent:,}.",
            "",
        ]
    if result.unreconciled:
        lines.append(
            "Received is not handled + pending + refused + withdrawn for: " + ", ".join(result.unreconciled)
        )
    if systems:
        lines += [systems_table(systems).removeprefix("\n"), ""]
    lines += wrap(f"Measured is what the hub says. {result.definition}", _WIDTH)
    met = result.met and all(system.met for system in systems)
    lines += ["", "Every expected figure was met exactly." if met else "NOT every expected figure was met."]
    return "\n".join(lines)


def counted(number: int, noun: str) -> str:
    """Say how many of something there are: `1 document`, `1,622 deliveries`, `2 statuses`."""
    if number == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}{'es' if noun.endswith('s') else 's'}"
    return f"{number:,} {plural}"


def as_json(
    plan: Plan, result: Result, traffic: Traffic, systems: Sequence[SystemResult] = ()
) -> dict[str, Any]:
    """Give the whole result as JSON values: the same for the same run, whatever the machine."""
    own = {"systems": [asdict(system) | {"met": system.met} for system in systems]} if systems else {}
    return own | {
        "scenario": plan.scenario.name,
        "scale": float(plan.scale),
        "seed": plan.seed,
        "met": result.met and all(system.met for system in systems),
        "localities": [
            {
                "code": locality.code,
                "name": locality.place,
                "published": locality.published,
                "share": None if locality.thousandths is None else locality.thousandths / 1000,
                "phases": [_phase(phase) for phase in locality.phases],
                "expected": _figures(locality.expected),
                "measured": _figures(locality.measured),
                "met": locality.met,
            }
            for locality in result.localities
        ],
        "sent": {
            "expected": sum(locality.expected.sent for locality in result.localities),
            "measured": sum(locality.measured.sent for locality in result.localities),
        },
        "received": {
            "expected": sum(locality.expected.received for locality in result.localities),
            "measured": sum(locality.measured.received for locality in result.localities),
        },
        "exchanged": _exchanged(result.exchanged),
        "ending": None if result.ending is None else asdict(result.ending) | {"met": result.ending.met},
        "letters": _letters(plan),
        "two_hubs": None if result.two_hubs is None else result.two_hubs.told(),
        "units": [asdict(units) | {"met": units.met} for units in result.units],
        "old_doors": sorted(plan.scenario.old_doors),
        "statuses_returned": None
        if result.crossing is None
        else asdict(result.crossing) | {"met": result.crossing.met},
        "faults": [_fault(fault) for fault in result.faults],
        "refusals": {
            "expected": result.refusals.expected,
            "missed": list(result.refusals.missed),
            "not_injected": list(result.refusals.alarms),
            "met": result.refusals.met,
        },
        "unreconciled": list(result.unreconciled),
        "definition": result.definition,
        "traffic": {
            "documents": traffic.documents,
            "repeated": traffic.repeated,
            "deliveries": traffic.deliveries,
            "statuses": traffic.statuses,
            "statuses_refused": traffic.statuses_refused,
            "renewals": traffic.renewals,
        },
        "interrupted": traffic.is_interrupted,
    }


def _letters(plan: Plan) -> dict[str, int]:
    """Count what the plan has letters do besides being new."""
    documents = plan.documents
    return {
        "urgent": sum(document.is_urgent for document in documents),
        "answers": sum(document.about is not None and document.action == "new" for document in documents),
        "misaddressed": sum(document.misaddressed is not None for document in documents),
        **{
            f"{action}s": sum(document.action == action for document in documents)
            for action in ("recall", "update", "replace")
        },
    }


def _whence(plan: Plan) -> str:
    return "invented" if plan.scenario.is_invented else "published"


def _row(locality: LocalityResult) -> tuple[str, ...]:
    wanted, found = locality.expected, locality.measured
    return (
        locality.place,
        locality.code.rpartition(".")[2],
        f"{wanted.to_government_office:,}",
        f"{found.to_government_office:,}",
        f"{wanted.signed:,}",
        f"{found.signed:,}",
        locality.published,
        percent(wanted.rate),
        percent(found.rate),
        _MET if locality.met else _MISSED,
    )


def _totals(plan: Plan, result: Result) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("", "expected", "measured", "", "")]
    for name, published in (("sent", plan.scenario.sent), ("received", plan.scenario.received)):
        wanted = sum(getattr(locality.expected, name) for locality in result.localities)
        found = sum(getattr(locality.measured, name) for locality in result.localities)
        met = _MET if wanted == found else _MISSED
        whence = _whence(plan) if plan.scenario.exchanged is None else "assumed"
        rows.append((name, f"{wanted:,}", f"{found:,}", met, f"({whence}: more than {published:,})"))
    if result.exchanged is not None:
        together = result.exchanged
        rows.append(
            (
                "sent and received by all",
                f"{together.expected:,}",
                f"{together.measured:,}",
                _MET if together.met else _MISSED,
                f"({_whence(plan)}: more than {plan.scenario.exchanged:,})",
            )
        )
    if result.ending is not None:
        ending = zip(
            ("refused by staff", "withdrawn"), result.ending.expected, result.ending.measured, strict=True
        )
        for name, wanted, found in ending:
            rows.append((name, f"{wanted:,}", f"{found:,}", _MET if wanted == found else _MISSED, "(by all)"))
    return rows


def _units(result: Result) -> list[str]:
    rows = [("", "agencies", "sent", "", "signed", "", "received", "", "")]
    for units in result.units:
        wanted, found = units.expected, units.measured
        rows.append(
            (
                f"{units.kind}s",
                f"{units.agencies:,}",
                f"{wanted.sent:,}",
                f"{found.sent:,}",
                f"{wanted.signed:,}",
                f"{found.signed:,}",
                f"{wanted.received:,}",
                f"{found.received:,}",
                _MET if units.met else f"{_MISSED} by {counted(len(units.wrong), 'agency')}",
            )
        )
    return ["Below them (each pair: expected beside measured)", "", *_aligned(rows, left={0, 8})]


def _crossing(plan: Plan, crossing: Crossing) -> list[str]:
    old, all_of_them = len(plan.scenario.old_doors), len(plan.scenario.participants)
    rows = [
        ("", "expected", "measured", ""),
        (
            "statuses back to them",
            f"{crossing.expected:,}",
            f"{crossing.measured:,}",
            _MET if crossing.expected == crossing.measured else _MISSED,
        ),
        ("still waiting for them", "0", f"{crossing.waiting:,}", _MISSED if crossing.waiting else _MET),
    ]
    return [f"{old} of the {all_of_them} agencies speak the old protocol", "", *_aligned(rows, left={0, 3})]


def _changes(result: Result) -> list[str]:
    """Lay out the shares that change within the period."""
    rows = [("locality", "from", "to", "sent", "", "signed", "", "share", "", "")]
    for locality in result.localities:
        for phase in locality.phases:
            (wanted, wanted_signed), (found, signed) = phase.expected, phase.measured
            rows.append(
                (
                    locality.place,
                    phase.phase.first.isoformat(),
                    phase.phase.last.isoformat(),
                    f"{wanted:,}",
                    f"{found:,}",
                    f"{wanted_signed:,}",
                    f"{signed:,}",
                    percent(phase.phase.thousandths / 1000),
                    percent(signed / found if found else None),
                    _MET if phase.met else _MISSED,
                )
            )
    return ["Shares that change within the period", "", *_aligned(rows, left={0, 1, 2, 9})]


def _phase(result: PhaseResult) -> dict[str, Any]:
    return {
        "from": result.phase.first.isoformat(),
        "to": result.phase.last.isoformat(),
        "share": result.phase.thousandths / 1000,
        "expected": {"sent": result.expected[0], "signed": result.expected[1]},
        "measured": {"sent": result.measured[0], "signed": result.measured[1]},
        "met": result.met,
    }


def _faults(result: Result) -> list[str]:
    """Lay out what was injected and what the hub did, and refusals that should or should not be there."""
    rows = [("fault", "day", "sender", "the hub did", "")]
    for fault in result.faults:
        planned = fault.planned
        did = "; ".join(fault.observed)
        if not fault.met:
            did += f"  EXPECTED {'; '.join(planned.fault.outcome)}"
        sender = planned.sender.rpartition(".")[2]
        rows.append((planned.name, planned.day.isoformat(), sender, did, _MET if fault.met else _MISSED))
    injected = ["Injected faults", "", *_aligned(rows, left={0, 1, 2, 3, 4}), ""] if result.faults else []
    expected = result.refusals.expected
    return [
        *injected,
        f"Refusals of these that the hub had to record: {expected}, missed: {len(result.refusals.missed)}",
        f"Refusals that nobody injected: {len(result.refusals.alarms)}",
        *(f"  MISSED {refusal}" for refusal in result.refusals.missed),
        *(f"  NOT INJECTED {refusal}" for refusal in result.refusals.alarms),
    ]


def _exchanged(together: Exchanged | None) -> dict[str, Any] | None:
    if together is None:
        return None
    return {"expected": together.expected, "measured": together.measured, "met": together.met}


def _fault(result: FaultResult) -> dict[str, Any]:
    planned = result.planned
    return {
        "name": planned.name,
        "day": planned.day.isoformat(),
        "sender": planned.sender,
        "recipient": planned.recipient,
        "expected": list(planned.fault.outcome),
        "measured": list(result.observed),
        "met": result.met,
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "to_government_office": figures.to_government_office,
        "signed": figures.signed,
        "both": figures.both,
        "rate": figures.rate,
        "sent": figures.sent,
        "received": figures.received,
    }


def _aligned(rows: Sequence[Sequence[str]], *, left: set[int]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
