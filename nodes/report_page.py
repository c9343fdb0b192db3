"""A run's report as one page of HTML, with charts drawn from the tables beside them.

The figures come from `nodes.comparison`, `nodes.swarm` and `nodes.timings`.
"""

import html
import re
from itertools import pairwise

from charts.chart import Chart, Series
from charts.drawing import figure
from nodes.comparison_table import counted, percent
from nodes.html_page import page, table
from nodes.known_agencies import agency
from nodes.simulation import Outcome
from nodes.systems.catalogue import planned_systems
from nodes.systems.message_flows import flows, picture
from nodes.systems.running import together
from nodes.two_hubs_table import pair_rows, told


def report_page(outcome: Outcome, *, command: str, nodes_version: str) -> str:
    """Write the page; `command` is what runs it again."""
    plan, result = outcome.plan, outcome.result
    scenario = plan.scenario
    met = "Every expected figure was met exactly." if outcome.met else "NOT every expected figure was met."
    if outcome.traffic.is_interrupted:
        met = f"Interrupted. Up to {scenario.last}: {met[0].lower()}{met[1:]}"
    facts = [
        ("Scenario", scenario.name),
        ("Period", f"{scenario.first} to {scenario.last}"),
        ("Scale and seed", f"{plan.scale}, {plan.seed}"),
        ("Figures", f"{'invented' if scenario.is_invented else 'published'}: {scenario.source}"),
        ("Versions", f"nodes {nodes_version}, hub {outcome.hub_version}"),
        ("Run it again", command),
    ]
    listed = "".join(f"<dt>{html.escape(name)}<dd>{_code(name, value)}" for name, value in facts)
    parts = [
        f"<h1>{html.escape(scenario.title)}</h1>",
        f"<p class={'met' if outcome.met else 'missed'}>{html.escape(met)}</p>\n<dl>{listed}</dl>",
        _shares(outcome),
        _phases(outcome),
        _units(outcome),
        _two_hubs(outcome),
        _systems(outcome),
        _faults(outcome),
        _days(outcome),
        _measured(outcome),
        f"<h2>What a share counts</h2>\n<p>{_with_code(result.definition)}</p>",
    ]
    return page(scenario.title, parts)


def _with_code(text: str) -> str:
    """Write a text of the hub, in which names stand between backticks."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(text))


def _code(name: str, value: str) -> str:
    return f"<code>{html.escape(value)}</code>" if name == "Run it again" else html.escape(value)


def _shares(outcome: Outcome) -> str:
    localities = outcome.result.localities
    chart = Chart(
        "Signed share of the documents sent to the Government Office",
        "For each agency the share that was expected beside the one that the hub measured.",
        [each.place for each in localities],
        [
            Series("expected", [each.expected.rate for each in localities]),
            Series("measured", [each.measured.rate for each in localities]),
        ],
        "bars",
        shares=True,
    )
    rows = [
        (
            each.place,
            each.code.rpartition(".")[2],
            _pair(each.expected.to_government_office, each.measured.to_government_office),
            _pair(each.expected.signed, each.measured.signed),
            f"{percent(each.expected.rate)} / {percent(each.measured.rate)}",
            _pair(each.expected.sent, each.measured.sent),
            _pair(each.expected.received, each.measured.received),
            _mark(each.met),
        )
        for each in localities
    ]
    heads = [
        "agency",
        "code",
        "to the Government Office",
        "of them signed",
        "share",
        "sent",
        "received",
        "result",
    ]
    unreconciled = outcome.result.unreconciled
    broken = (
        f"<p class=missed>Not reconciled: {html.escape(', '.join(unreconciled))}</p>" if unreconciled else ""
    )
    return f"<h2>Expected / measured</h2>\n{figure(chart, 'shares')}{table(heads, rows)}{broken}"


def _phases(outcome: Outcome) -> str:
    rows = [
        (
            locality.place,
            phase.phase.first.isoformat(),
            phase.phase.last.isoformat(),
            *phase.expected,
            *phase.measured,
            percent(phase.phase.thousandths / 1000),
            _mark(phase.met),
        )
        for locality in outcome.result.localities
        for phase in locality.phases
    ]
    heads = [
        "agency",
        "from",
        "to",
        "sent, expected",
        "signed, expected",
        "sent",
        "signed",
        "share",
        "result",
    ]
    return f"<h2>Shares that change</h2>\n{table(heads, rows)}" if rows else ""


def _units(outcome: Outcome) -> str:
    rows = [
        (
            f"{units.kind}s",
            units.agencies,
            _pair(units.expected.sent, units.measured.sent),
            _pair(units.expected.signed, units.measured.signed),
            _pair(units.expected.received, units.measured.received),
            _mark(units.met),
        )
        for units in outcome.result.units
    ]
    heads = ["level", "agencies", "sent", "signed", "received", "result"]
    return f"<h2>Districts and communes</h2>\n{table(heads, rows)}" if rows else ""


def _faults(outcome: Outcome) -> str:
    result = outcome.result
    rows = [
        (
            fault.planned.name,
            fault.planned.day.isoformat(),
            fault.planned.sender.rpartition(".")[2],
            "; ".join(fault.planned.fault.outcome),
            "; ".join(fault.observed),
            _mark(fault.met),
        )
        for fault in result.faults
    ]
    if not rows and result.refusals.met:
        return ""
    refusals = result.refusals
    told = (
        f"{counted(refusals.expected, 'refusal')} had to be recorded; missed: {len(refusals.missed)}; "
        f"refusals that nobody injected: {len(refusals.alarms)}."
    )
    listed = "".join(
        f"<li class=missed>{html.escape(text)}"
        for text in (
            *(f"missed: {each}" for each in refusals.missed),
            *(f"not injected: {each}" for each in refusals.alarms),
        )
    )
    listing = table(["fault", "day", "sender", "documented", "the hub did", "result"], rows)
    return f"<h2>Injected faults</h2>\n{listing}<p>{told}</p>" + (f"<ul>{listed}</ul>" if listed else "")


def _two_hubs(outcome: Outcome) -> str:
    result = outcome.result.two_hubs
    if result is None:
        return ""
    heads = ["sender", "recipient", "expected", "national hub", "province's hub"]
    heads += [
        "signed: expected",
        "national hub",
        "province's hub",
        "handled",
        "refused",
        "withdrawn",
        "result",
    ]
    listed = "".join(f"<li>{html.escape(line.strip())}" for line in told(result))
    return (
        f"<h2>Through two hubs and the relay between them</h2>\n<ul>{listed}</ul>"
        f"{table(heads, pair_rows(result))}<p>Handled, refused and withdrawn: at the national hub / "
        "at the province's.</p>"
    )


def _systems(outcome: Outcome) -> str:
    """Show what the register of each system says, beside what it was to say."""
    if not outcome.systems:
        return ""
    tables = [
        f"<h3>{html.escape(heading)}</h3>\n"
        + table(
            ["figure", "expected", "measured", "result"],
            [
                (
                    figure.name,
                    "" if figure.expected is None else f"{figure.expected:,}",
                    figure.measured,
                    "" if figure.expected is None else _mark(figure.met),
                )
                for figure in figures
            ],
        )
        for heading, figures in together(outcome.systems)
    ]
    digests = table(
        ["register", "agency", "SHA-256 of its dump"],
        [(each.name, agency(each.agency).name, each.digest) for each in outcome.systems],
    )
    drawn = picture("Messages between systems", flows(planned_systems(outcome.plan)))
    return "<h2>Systems and their registers</h2>\n" + "\n".join([drawn, *tables, digests])


def _days(outcome: Outcome) -> str:
    days = [(None, 0, 0), *outcome.traffic.days]
    if len(days) < 3:  # noqa: PLR2004 - a line needs two days
        return ""
    chart = Chart(
        "Documents and statuses, day by day",
        "For each working day the documents that were sent and the statuses that were given.",
        [str(day) for day, *_ in days[1:]],
        [
            Series("documents", [later[1] - earlier[1] for earlier, later in pairwise(days)]),
            Series("statuses", [later[2] - earlier[2] for earlier, later in pairwise(days)]),
        ],
        "lines",
    )
    return f"<h2>Day by day</h2>\n{figure(chart, 'days')}"


def _measured(outcome: Outcome) -> str:
    """Show what differs from run to run."""
    traffic = outcome.traffic
    rows = [
        (each.kind, each.calls, _seconds(each.median), _seconds(each.high), _seconds(each.slowest))
        for each in traffic.timings.summary()
    ]
    documents = traffic.documents / outcome.seconds if outcome.seconds else 0
    told = (
        f"{counted(traffic.documents, 'document')}, {counted(traffic.deliveries, 'delivery')} and "
        f"{counted(traffic.statuses, 'status')} in {outcome.seconds:.1f} s: {documents:.0f} documents "
        "a second. "
        "Times are the agencies' own, waiting included; they differ from run to run, all above does not."
    )
    heads = ["what", "calls", "median", "95 of 100 within", "slowest"]
    return f"<h2>Measured</h2>\n<p>{html.escape(told)}</p>{table(heads, rows)}"


def _pair(expected: int, measured: int) -> str:
    return f"{expected:,} / {measured:,}"


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _mark(met: bool) -> str:
    return "met" if met else "MISSED"
