"""A whole simulation: plan, offices, traffic and comparison, on a hub that is already there.

Hubs are started by `nodes.hub_process`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from axis.protocol.working_calendar import VIET_NAM
from nodes.client import Client
from nodes.comparison import Crossing, Result, compare, require_empty
from nodes.faults.injection import Powers
from nodes.faults.planning import check_needs
from nodes.offices import open_offices
from nodes.planner import Plan
from nodes.recording import Recorder
from nodes.sandbox import set_clock
from nodes.swarm import CONNECTIONS, NO_POWERS, Traffic, run


@dataclass(frozen=True, slots=True)
class Outcome:
    """The traffic and the result of a simulation."""

    plan: Plan
    """What was carried out: the whole plan, or its days up to an interruption."""
    result: Result
    traffic: Traffic
    seconds: float
    """Time the traffic took, without planning and starting."""
    hub_version: str


def simulate(
    plan: Plan,
    *,
    hub: str,
    sandbox: Client,
    auditor: Callable[[], Client],
    connections: int = CONNECTIONS,
    powers: Powers = NO_POWERS,
    recorder: Recorder | None = None,
    progress: Callable[[Traffic, date], None],
) -> Outcome:
    """Carry a plan out on `hub` and compare; `auditor` makes the auditor's client when it is over.

    Agencies and certificates are made on the day before the period, so that every signature lies within
    their validity. Raises `FaultUnavailable` and `HubNotEmpty` before anything is sent, and `NodesError` when
    the hub does not take what it must.
    """
    if plan.faults:
        check_needs(plan.faults, powers.given)
        with auditor() as client:
            require_empty(client, plan)
    day_before = datetime.combine(plan.scenario.first, datetime.min.time(), VIET_NAM) - timedelta(days=1)
    set_clock(sandbox, day_before)
    posts = open_offices(sandbox, plan.scenario.participants, plan.seed, plan.scenario.old_doors)
    begun = time.monotonic()
    traffic = run(
        plan,
        posts,
        hub=hub,
        sandbox=sandbox,
        connections=connections,
        powers=powers,
        recorder=recorder,
        progress=progress,
    )
    seconds = time.monotonic() - begun
    if traffic.is_interrupted:
        plan = _so_far(plan, traffic)
    with auditor() as client:
        result = compare(client, plan, traffic.faults)
        version = client.call("GET", "/version")["version"]
    if plan.scenario.old_doors and not traffic.is_interrupted:
        result = replace(result, crossing=Crossing(traffic.to_return, traffic.returned, traffic.waiting))
    return Outcome(plan, result, traffic, seconds, version)


def _so_far(plan: Plan, traffic: Traffic) -> Plan:
    """Cut a plan at the last finished day, so that what was done can be compared."""
    last = traffic.days[-1][0]
    traffic.faults = [fault for fault in traffic.faults if fault.planned.day <= last]
    return replace(
        plan,
        scenario=replace(plan.scenario, last=last),
        documents=tuple(document for document in plan.documents if document.day <= last),
        faults=tuple(fault for fault in plan.faults if fault.day <= last),
        is_cut=True,
    )
