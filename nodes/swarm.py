"""Runs a plan on a hub: the agencies of a scenario at once, day by day of the hub's moved clock.

In the morning of a day documents are sent, in the afternoon inboxes are read and answered. What is sent and
answered follows from the plan. A part of a run has some of the agencies, and waits for the others.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import zip_longest
from random import Random
from typing import TypeVar

from axis.protocol.document_types import MESSAGE
from axis.protocol.working_calendar import VIET_NAM
from nodes.answers import Answer
from nodes.client import Client
from nodes.drafts import Notes, draft_of, habits_of
from nodes.errors import PartEnded
from nodes.faults.injection import inject
from nodes.faults.planning import PlannedFault
from nodes.http_connections import Wire
from nodes.meeting import Meeting
from nodes.node import AGREED, REFUSED, NodeState, step
from nodes.offices import Post
from nodes.planner import Plan, PlannedDocument, by_day
from nodes.recording import Recorder
from nodes.renewal import renewed
from nodes.stage import Stage
from nodes.swarm_clients import NotTaken, OldSwarmClient, RestSwarmClient, SwarmClient
from nodes.traffic import Traffic, day_of
from nodes.vxp import OldClient

__all__ = ["NotTaken", "Traffic", "run"]

SENDING = time(9, 0)
ANSWERING = time(15, 0)

_BULK_FROM = 4  # documents of one agency on one day: fewer are sent one by one, as agencies do
_BULK = 64  # documents in one request: the answers, some 5 KB each, wait in the sockets until all are sent
_BULK_AT_ONCE = 4  # what a hub takes (AXIS_BULK_AT_ONCE); more would be told to come again

I = TypeVar("I")  # noqa: E741 - an item of work
R = TypeVar("R")


@dataclass(slots=True)
class _Member:
    """One agency in the swarm: what it remembers between two days."""

    post: Post
    client: SwarmClient
    state: NodeState
    about: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Sender and number of the deliveries to it that it may still answer."""
    certified_until: datetime | None = None
    """The end of its certificates, where a scenario says how long they are valid."""
    renewals: int = 0
    has_unread: bool = False
    """Whether something came while it was away."""
    refused: set[str] = field(default_factory=set)
    """Deliveries that it refused, and was not asked to give back since."""

    def ends(self, taken: Sequence[Answer], notes: Notes) -> tuple[int, int]:
        """Note refusals and agreements to recalls; return by how many each are more.

        A delivery that was refused counts as withdrawn once a recall of it is agreed to, and one of a recall
        counts nowhere.
        """
        before = len(self.refused)
        agreed = [each.delivery for each in taken if each.code == AGREED]
        withdrawn = [delivery for delivery in agreed if self.about[delivery] in notes.recalled]
        refused = {each.delivery for each in taken if each.code == REFUSED}
        self.refused |= {delivery for delivery in refused if self.about[delivery] not in notes.recalls}
        self.refused -= set(withdrawn)
        return len(self.refused) - before, len(withdrawn)


@dataclass(frozen=True, slots=True)
class _Swarm:
    """All agencies of a run, and what they share."""

    plan: Plan
    posts: Mapping[str, Post]
    members: Mapping[str, _Member]
    stage: Stage
    traffic: Traffic
    meeting: Meeting
    pool: ThreadPoolExecutor
    recorder: Recorder | None
    at_once: threading.Semaphore
    notes: Notes
    evening: Callable[[date], None]

    @property
    def old(self) -> list[_Member]:
        """Those who speak the old protocol."""
        return [member for member in self.members.values() if member.post.system is not None]

    def all(self, work: Callable[[I], R], items: Collection[I]) -> list[R]:
        """Do `work` on all items, several at once; the first failure ends it."""
        return list(self.pool.map(work, items))


def run(
    plan: Plan,
    posts: Mapping[str, Post],
    *,
    own: Collection[str],
    stage: Stage,
    meeting: Meeting,
    traffic: Traffic,
    recorder: Recorder | None = None,
    evening: Callable[[date], None],
    progress: Callable[[Traffic, date], None],
) -> None:
    """Carry out what the agencies of `own` do; `progress` hears of every finished day.

    `evening` does what remains to be done up to a day, at the end of it, before the clock goes on.
    Raises `NodesError` on a refusal. Ctrl-C, or another part that ends, ends it with what was done so far,
    once a day is finished.
    """
    wires = {site.hub: Wire(site.hub, connections=stage.connections) for site in stage.sites}
    members = {
        code: _Member(
            posts[code], _client(stage, posts[code], wires), NodeState(habits_of(plan.scenario, code))
        )
        for code in sorted(own)
    }
    bulk, notes = threading.Semaphore(max(1, _BULK_AT_ONCE // meeting.part.of)), Notes(plan)
    try:
        with ThreadPoolExecutor(stage.connections) as pool:
            swarm = _Swarm(
                plan,
                posts,
                members,
                stage,
                traffic,
                meeting,
                pool,
                recorder,
                bulk,
                notes,
                evening,
            )
            try:
                _all_days(swarm, progress)
            except (KeyboardInterrupt, PartEnded) as error:
                pool.shutdown(cancel_futures=True)
                traffic.is_interrupted = True
                traffic.interruption = str(error)
                meeting.leave(str(error) or "interrupted")
                if not traffic.days:
                    raise
    finally:
        for wire in wires.values():
            wire.close()


def _all_days(swarm: _Swarm, progress: Callable[[Traffic, date], None]) -> None:
    days = by_day(swarm.plan)
    mornings = [_moment(day, SENDING) for day, _, _ in days]
    swarm.meeting.step(lambda: _move(swarm, mornings[0]))
    for (day, documents, faults), following in zip_longest(days, mornings[1:]):
        _day(swarm, day, documents, faults)
        _end_day(swarm, day, following)
        progress(swarm.traffic, day)
    for member in swarm.old:
        swarm.traffic.add(waiting=member.client.waiting())
    swarm.meeting.step()


def _day(
    swarm: _Swarm, day: date, documents: Sequence[PlannedDocument], faults: Sequence[PlannedFault]
) -> None:
    """Carry one day out: everybody sends, then whatever goes wrong, then everybody answers."""
    morning, afternoon = _moment(day, SENDING), _moment(day, ANSWERING)
    swarm.notes.take(documents)
    own = [document for document in documents if document.sender in swarm.members]
    swarm.all(partial(_send_all, swarm, morning), _together(own, swarm.members))

    def go_on() -> None:
        _inject(swarm, morning, faults)
        swarm.stage.carry()
        _move(swarm, afternoon)

    swarm.meeting.step(go_on)
    busy = _busy(swarm, _addressed(documents, faults), afternoon)
    swarm.all(partial(_answer, swarm, afternoon), busy)
    if swarm.plan.scenario.old_doors:
        swarm.meeting.step()
        swarm.all(partial(_take_back, swarm.traffic), swarm.old)


def _end_day(swarm: _Swarm, day: date, following: datetime | None) -> None:
    """Wait until all have answered, note what all did until then, and begin the following morning."""
    traffic, meeting = swarm.traffic, swarm.meeting

    def go_on() -> None:
        swarm.stage.carry()
        swarm.evening(day if following is None else following.date() - timedelta(days=1))
        traffic.days.append((day, *day_of(meeting.notes())))
        if following is not None:
            _move(swarm, following)

    meeting.step(go_on)
    if not meeting.part.leads:
        documents, statuses = meeting.notes()[0]["day"]
        traffic.days.append((day, documents, statuses))


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, VIET_NAM)


def _move(swarm: _Swarm, to: datetime) -> None:
    swarm.stage.move_clocks(to)


def _inject(swarm: _Swarm, at: datetime, faults: Sequence[PlannedFault]) -> None:
    """Inject a day's faults, one after the other."""
    for planned in faults:
        site = swarm.stage.site_of(planned.sender)
        result = inject(
            planned,
            swarm.posts,
            hub=site.hub,
            sandbox=site.sandbox,
            powers=site.powers,
            at=at,
            seed=swarm.plan.seed,
        )
        swarm.traffic.faults.append(result)


def _client(stage: Stage, post: Post, wires: Mapping[str, Wire]) -> SwarmClient:
    hub = stage.site_of(post.office.agency.code).hub
    wire = wires[hub]
    if post.system is None:
        return RestSwarmClient(Client(hub, post.token, wire=wire, retries=stage.retries), post.office)
    return OldSwarmClient(OldClient(hub, post.system, wire=wire), post.office)


def _together(
    documents: Sequence[PlannedDocument], members: Mapping[str, _Member]
) -> list[list[list[PlannedDocument]]]:
    """Say what goes out in one request, by sender and in the order of its register; the busiest come first.

    Few documents of a sender go singly.
    """
    by_sender: dict[str, list[PlannedDocument]] = {}
    for document in documents:
        by_sender.setdefault(document.sender, []).append(document)
    senders = []
    for sender, own in sorted(by_sender.items(), key=lambda each: -len(each[1])):
        is_old = members[sender].post.system is not None
        size = 1 if is_old or len(own) < _BULK_FROM else _BULK
        senders.append([own[start : start + size] for start in range(0, len(own), size)])
    return senders


def _send_all(swarm: _Swarm, at: datetime, requests: Sequence[Sequence[PlannedDocument]]) -> None:
    _renew(swarm, at, swarm.members[requests[0][0].sender])
    for documents in requests:
        _send(swarm, at, documents)


def _renew(swarm: _Swarm, at: datetime, member: _Member) -> None:
    """Give a sender other certificates if a scenario says how long they are valid, and theirs are to end."""
    days = swarm.plan.scenario.habits.certificate_days
    if days is None or (member.certified_until or at) > at + timedelta(days=1):
        return
    member.renewals += 1
    sandbox = swarm.stage.site_of(member.post.office.agency.code).sandbox
    member.post = renewed(
        sandbox, member.post, at=at, days=days, seed=swarm.plan.seed, generation=member.renewals
    )
    member.client.office = member.post.office
    member.certified_until = at + timedelta(days=days)
    swarm.traffic.add(renewals=1)


def _send(swarm: _Swarm, at: datetime, documents: Sequence[PlannedDocument]) -> None:
    member, timings = swarm.members[documents[0].sender], swarm.traffic.timings
    drafts = [(draft_of(swarm.plan, document), document.signed_by) for document in documents]
    if len(drafts) == 1:
        with timings.timed("write and send one document"):
            sent = [member.client.send(*drafts[0], at)]
    else:
        with swarm.at_once, timings.timed("write and send documents in bulk"):
            sent = member.client.send_many(drafts, at)
    swarm.traffic.add(
        documents=len(sent),
        repeated=sum(each.is_repeated for each in sent),
        deliveries=sum(each.deliveries for each in sent),
    )
    if swarm.recorder is not None:
        for document, delivered in zip(documents, sent, strict=True):
            swarm.recorder.sent(document, delivered)


def _busy(swarm: _Swarm, addressed: AbstractSet[str], now: datetime) -> list[_Member]:
    """List who has something to read or an answer due, and is not away; others would find nothing."""
    members = swarm.members
    due = {
        code
        for code, member in members.items()
        if member.has_unread or (member.state.duties and member.state.duties[0].due <= now)
    }
    away = {each.code for each in swarm.plan.scenario.localities if each.is_absent(now.date())}
    wanted = due.union(members.keys() & addressed)
    for code in wanted:
        members[code].has_unread = code in away
    return [members[code] for code in sorted(wanted - away)]


def _addressed(documents: Sequence[PlannedDocument], faults: Sequence[PlannedFault]) -> set[str]:
    """List who may have got something in the morning."""
    codes = {code for document in documents for code in document.recipients}
    return codes | {fault.recipient for fault in faults}


def _answer(swarm: _Swarm, now: datetime, member: _Member) -> None:
    code, timings = member.post.office.agency.code, swarm.traffic.timings
    with timings.timed("read the inbox"):
        letters = [item for item in member.client.arrivals() if item.type != MESSAGE]  # systems read those
        arrived = sorted(letters, key=lambda item: (item.sender, item.number))
    member.about |= {item.id: (item.sender, item.number) for item in arrived}
    rng = Random(f"answers {swarm.plan.seed} {code} {now.date()}")  # noqa: S311 - to be repeated
    seen = [swarm.notes.seen(code, item) for item in arrived]
    asked = member.client.requested() if swarm.notes.has_requests else []
    asked = sorted(asked, key=lambda request: member.about.get(request.delivery, ("", "")))
    member.state, answers = step(member.state, [*seen, *asked], now, rng)
    with timings.timed("give statuses"):
        outcomes = member.client.answer(answers, now)
    taken = [outcome.answer for outcome in outcomes if outcome.refused is None]
    old = swarm.plan.scenario.old_doors
    refused, withdrawn = member.ends(taken, swarm.notes)
    swarm.traffic.add(
        statuses=len(taken),
        statuses_refused=len(outcomes) - len(taken),
        refused_by_staff=refused,
        recalls_agreed=withdrawn,
        to_return=sum(member.about[answer.delivery][0] in old for answer in taken),
    )
    if swarm.recorder is not None:
        for place, outcome in enumerate(outcomes):
            about = member.about[outcome.answer.delivery]
            swarm.recorder.answered(now.date(), code, about, place, outcome.answer, outcome.refused)
    if swarm.notes.has_requests:
        return  # whatever arrived may be asked back
    waiting = {duty.answer.delivery for duty in member.state.duties}
    member.about = {delivery: about for delivery, about in member.about.items() if delivery in waiting}


def _take_back(traffic: Traffic, member: _Member) -> None:
    traffic.add(returned=member.client.returned())
