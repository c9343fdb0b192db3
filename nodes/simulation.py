"""A whole simulation: plan, offices, traffic and comparison, on a hub that is already there.

Hubs are started by `nodes.hub_process`.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from axis.protocol.working_calendar import VIET_NAM
from nodes.client import Client
from nodes.comparison import Crossing, Result, compare, compare_ending
from nodes.errors import NodesError, ScenarioInvalid
from nodes.faults.planning import check_needs
from nodes.hub_checks import check_site
from nodes.meeting import Alone, Meeting, Note
from nodes.offices import Post, open_offices
from nodes.other_traffic import require_no_other_traffic
from nodes.pair_comparison import BothHubs, compare_hubs
from nodes.parts import agencies_of
from nodes.planner import Plan
from nodes.recording import Recorder
from nodes.stage import Stage
from nodes.swarm import run
from nodes.systems.catalogue import planned_systems
from nodes.systems.running import SystemResult, systems_of
from nodes.traffic import Traffic


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
    systems: tuple[SystemResult, ...] = ()
    """What the registers of neighbouring systems say."""

    @property
    def met(self) -> bool:
        """Every expected figure was met exactly, of the hub and of all registers."""
        return self.result.met and all(system.met for system in self.systems)


MakeMeeting = Callable[[Callable[[], Note]], Meeting]
"""Makes the meeting of a part, given what it tells the others."""


def simulate(
    plan: Plan,
    stage: Stage,
    *,
    auditor: Callable[[], Client],
    meet: MakeMeeting = Alone,
    recorder: Recorder | None = None,
    progress: Callable[[Traffic, date], None],
) -> Outcome:
    """Carry a plan out, or a part of it, and compare; `auditor` makes the auditor's client when it is over.

    Agencies and certificates are made on the day before the period, so that every signature lies within
    their validity. Raises `FaultUnavailable` and `HubNotEmpty` before anything is sent, and `NodesError` when
    the hub does not take what it must.
    """
    if plan.scenario.province_hub is not None and stage.province is None:
        raise ScenarioInvalid(
            f"{plan.scenario.name}: found one hub, expected two with a relay between them, as "
            "`nodes simulate` starts them; leave [province_hub] out for one"
        )
    begun = time.monotonic()
    traffic, systems = carry_out(
        plan, stage, auditor=auditor, meet=meet, recorder=recorder, progress=progress
    )
    seconds = time.monotonic() - begun
    if traffic.is_interrupted:
        plan = _so_far(plan, traffic)
    with auditor() as client:
        result = compare(client, plan, traffic.faults)
        # A run made again finds nothing to answer, and the old protocol does not say that it repeats.
        if traffic.statuses and not (traffic.is_interrupted or traffic.repeated):
            answered = (traffic.refused_by_staff, traffic.recalls_agreed)
            result = replace(result, ending=compare_ending(client, plan, answered))
        if isinstance(client, BothHubs):
            result = replace(result, two_hubs=compare_hubs(client, plan))
        version = client.call("GET", "/version")["version"]
    if plan.scenario.old_doors and not traffic.is_interrupted:
        result = replace(result, crossing=Crossing(traffic.to_return, traffic.returned, traffic.waiting))
    return Outcome(plan, result, traffic, seconds, version, systems)


def carry_out(
    plan: Plan,
    stage: Stage,
    *,
    auditor: Callable[[], Client] | None,
    meet: MakeMeeting,
    recorder: Recorder | None,
    progress: Callable[[Traffic, date], None],
) -> tuple[Traffic, tuple[SystemResult, ...]]:
    """Do what the agencies of one part do, in step with the others; returns what all parts did.

    The first part runs the neighbouring systems, and returns what their registers say.

    Only the first part needs an `auditor`. Raises as `simulate`, and `PartEnded` when no day was finished.
    """
    traffic = Traffic()
    meeting = meet(traffic.told)
    own = agencies_of(plan, meeting.part)
    try:
        meeting.gather()
        meeting.step(lambda: _begin(plan, stage, auditor))
        posts = _posts(plan, stage, own, leads=meeting.part.leads)
        with systems_of(plan if meeting.part.leads else None, posts, stage) as systems:
            run(
                plan,
                posts,
                own=own,
                stage=stage,
                meeting=meeting,
                traffic=traffic,
                recorder=recorder,
                evening=systems.work_until,
                progress=progress,
            )
            if not traffic.is_interrupted:
                systems.work_until(plan.scenario.last)
            results = systems.results(auditor, is_cut=traffic.is_interrupted)
    except (NodesError, KeyboardInterrupt) as error:
        meeting.leave(str(error) or "interrupted")
        raise
    finally:
        meeting.leave("")
    return traffic.together(meeting.notes(), plan.faults), results


def _begin(plan: Plan, stage: Stage, auditor: Callable[[], Client] | None) -> None:
    """See that the hub can have the run, and move its clock to the day before."""
    if plan.faults and auditor is not None:
        for fault in plan.faults:
            check_needs([fault], stage.site_of(fault.sender).powers.given)
    for site in stage.sites:
        check_site(site)
    if auditor is not None:
        with auditor() as client:
            require_no_other_traffic(client, plan)
    day_before = datetime.combine(plan.scenario.first, datetime.min.time(), VIET_NAM) - timedelta(days=1)
    stage.move_clocks(day_before)


def _posts(plan: Plan, stage: Stage, own: frozenset[str], *, leads: bool) -> Mapping[str, Post]:
    """Open the offices of a part, and in the first also those that faults strike and those of systems."""
    scenario = plan.scenario
    codes = [code for code in scenario.participants if code in own]
    of_systems = {planned.agency for planned in planned_systems(plan)}
    silent = _who_only_receive(plan) - of_systems
    posts: dict[str, Post] = {}
    for site in stage.sites:
        here = [code for code in codes if stage.site_of(code) == site]
        old = scenario.old_doors & set(here)
        posts |= open_offices(site.sandbox, here, plan.seed, old, without_keys=silent & set(here))
    if leads:
        struck = {code for fault in plan.faults for code in (fault.sender, fault.bystander)} | of_systems
        for code in sorted(struck - posts.keys()):
            posts |= open_offices(stage.site_of(code).sandbox, [code], plan.seed)
    return posts


def _who_only_receive(plan: Plan) -> set[str]:
    """Return the units that a plan has nothing sent by."""
    units = plan.scenario.units
    return set() if units is None else set(units.codes) - {document.sender for document in plan.documents}


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
