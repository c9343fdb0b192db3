"""Runs a plan on a hub: the agencies of a scenario at once, day by day of the hub's moved clock.

In the morning of a day documents are sent, in the afternoon inboxes are read and answered. What is sent and
answered follows from the plan.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from random import Random
from typing import TypeVar

from axis.protocol.working_calendar import VIET_NAM
from nodes.client import Client
from nodes.document_writer import Draft, number_of
from nodes.faults.injection import FaultResult, Powers, inject
from nodes.faults.planning import PlannedFault
from nodes.http_connections import Wire
from nodes.invented_texts import MATTERS
from nodes.node import NodeState, step
from nodes.offices import Post
from nodes.planner import Plan, PlannedDocument, by_day
from nodes.recording import Recorder
from nodes.sandbox import set_clock
from nodes.swarm_clients import NotTaken, OldSwarmClient, RestSwarmClient, SwarmClient
from nodes.timings import Timings
from nodes.vxp import OldClient

__all__ = ["CONNECTIONS", "NotTaken", "Traffic", "draft_of", "run"]

SENDING = time(9, 0)
ANSWERING = time(15, 0)
CONNECTIONS = 16  # enough to fill a group commit, few enough for two processors

NO_POWERS = Powers()

_BULK_FROM = 4  # documents of one agency on one day: fewer are sent one by one, as agencies do
_BULK = 64  # documents in one request: the answers, some 5 KB each, wait in the sockets until all are sent
_BULK_AT_ONCE = 4  # what a hub takes (AXIS_BULK_AT_ONCE); more would be told to come again

I = TypeVar("I")  # noqa: E741 - an item of work
R = TypeVar("R")


@dataclass(slots=True)
class Traffic:
    """What a run did; counts grow while it runs."""

    documents: int = 0
    repeated: int = 0
    """Documents the hub said it knew already: the run was made before on this hub."""
    deliveries: int = 0
    statuses: int = 0
    statuses_refused: int = 0
    to_return: int = 0
    """Statuses given on what agencies on the old protocol sent: each is handed over to them once."""
    returned: int = 0
    """… and how many were handed over."""
    waiting: int = 0
    """What the hub still holds ready for them in the end."""
    faults: list[FaultResult] = field(default_factory=list)
    """What was injected, and what came of it, in order."""
    days: list[tuple[date, int, int]] = field(default_factory=list)
    """The finished days, with all documents and statuses up to their ends."""
    is_interrupted: bool = False
    """Ended by Ctrl-C before the plan was carried out."""
    timings: Timings = field(default_factory=Timings)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(
        self,
        *,
        documents: int = 0,
        repeated: int = 0,
        deliveries: int = 0,
        statuses: int = 0,
        refused: int = 0,
        to_return: int = 0,
        returned: int = 0,
        waiting: int = 0,
    ) -> None:
        """Count, from any thread."""
        with self._lock:
            self.documents += documents
            self.repeated += repeated
            self.deliveries += deliveries
            self.statuses += statuses
            self.statuses_refused += refused
            self.to_return += to_return
            self.returned += returned
            self.waiting += waiting


@dataclass(slots=True)
class _Member:
    """One agency in the swarm: what it remembers between two days."""

    post: Post
    client: SwarmClient
    state: NodeState
    about: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Sender and number of the deliveries to it that it still has to answer."""


@dataclass(frozen=True, slots=True)
class _Swarm:
    """All agencies of a run, and what they share."""

    plan: Plan
    posts: Mapping[str, Post]
    members: Mapping[str, _Member]
    hub: str
    sandbox: Client
    powers: Powers
    traffic: Traffic
    pool: ThreadPoolExecutor
    recorder: Recorder | None
    at_once: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_BULK_AT_ONCE))

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
    hub: str,
    sandbox: Client,
    connections: int = CONNECTIONS,
    powers: Powers = NO_POWERS,
    recorder: Recorder | None = None,
    progress: Callable[[Traffic, date], None],
) -> Traffic:
    """Run the whole plan; `progress` hears of every finished day. Raises `NodesError` on a refusal.

    Ctrl-C ends it with what was done so far, once a day is finished.
    """
    traffic = Traffic()
    wire = Wire(hub, connections=connections)
    members = {
        code: _Member(post, _client(hub, post, wire), NodeState(plan.scenario.habits))
        for code, post in posts.items()
    }
    try:
        with ThreadPoolExecutor(connections) as pool:
            swarm = _Swarm(plan, posts, members, hub, sandbox, powers, traffic, pool, recorder)
            try:
                for day, documents, faults in by_day(plan):
                    _day(swarm, day, documents, faults)
                    traffic.days.append((day, traffic.documents, traffic.statuses))
                    progress(traffic, day)
            except KeyboardInterrupt:
                pool.shutdown(cancel_futures=True)
                if not traffic.days:
                    raise
                traffic.is_interrupted = True
            else:
                for member in swarm.old:
                    traffic.add(waiting=member.client.waiting())
    finally:
        wire.close()
    return traffic


def _day(
    swarm: _Swarm, day: date, documents: Sequence[PlannedDocument], faults: Sequence[PlannedFault]
) -> None:
    """Carry one day out: everybody sends, then whatever goes wrong, then everybody answers."""
    morning = datetime.combine(day, SENDING, VIET_NAM)
    set_clock(swarm.sandbox, morning)
    swarm.all(partial(_send, swarm, morning), _together(documents, swarm.members))
    for planned in faults:
        result = inject(
            planned,
            swarm.posts,
            hub=swarm.hub,
            sandbox=swarm.sandbox,
            powers=swarm.powers,
            at=morning,
            seed=swarm.plan.seed,
        )
        swarm.traffic.faults.append(result)
    afternoon = datetime.combine(day, ANSWERING, VIET_NAM)
    set_clock(swarm.sandbox, afternoon)
    busy = _busy(swarm.members, _addressed(documents, faults), afternoon)
    swarm.all(partial(_answer, swarm, afternoon), busy)
    swarm.all(partial(_take_back, swarm.traffic), swarm.old)


def draft_of(plan: Plan, document: PlannedDocument, post: Post) -> Draft:
    """Say what one document of a plan is about; the same plan gives the same words."""
    rng = Random(f"document {plan.seed} {document.sender} {document.counter}")  # noqa: S311 - to be repeated
    matter = rng.choice(MATTERS)
    return Draft(
        number=number_of(document.counter, post.office.agency, matter),
        issued_on=document.day.isoformat(),
        type=matter.type,
        subject=matter.subject,
        recipients=document.recipients,
        priority="urgent" if rng.random() < _URGENT_SHARE else "normal",
    )


_URGENT_SHARE = 0.08  # gives every list something to filter by; nothing was published


def _client(hub: str, post: Post, wire: Wire) -> SwarmClient:
    if post.system is None:
        return RestSwarmClient(Client(hub, post.token, wire=wire), post.office)
    return OldSwarmClient(OldClient(hub, post.system, wire=wire), post.office)


def _together(
    documents: Sequence[PlannedDocument], members: Mapping[str, _Member]
) -> list[list[PlannedDocument]]:
    """Say which documents of a day go out in one request, the longest first; few of a sender go singly."""
    by_sender: dict[str, list[PlannedDocument]] = {}
    for document in documents:
        by_sender.setdefault(document.sender, []).append(document)
    groups = []
    for sender, own in by_sender.items():
        is_old = members[sender].post.system is not None
        size = 1 if is_old or len(own) < _BULK_FROM else _BULK
        groups += [own[start : start + size] for start in range(0, len(own), size)]
    return sorted(groups, key=len, reverse=True)


def _send(swarm: _Swarm, at: datetime, documents: Sequence[PlannedDocument]) -> None:
    member, timings = swarm.members[documents[0].sender], swarm.traffic.timings
    drafts = [(draft_of(swarm.plan, document, member.post), document.signed_by) for document in documents]
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


def _busy(members: Mapping[str, _Member], addressed: Collection[str], now: datetime) -> list[_Member]:
    """List who has something to read or an answer due: the others would only ask and find nothing."""
    due = {
        code for code, member in members.items() if member.state.duties and member.state.duties[0].due <= now
    }
    return [members[code] for code in sorted(due.union(addressed))]


def _addressed(documents: Sequence[PlannedDocument], faults: Sequence[PlannedFault]) -> set[str]:
    """List who may have got something in the morning."""
    codes = {code for document in documents for code in document.recipients}
    return codes | {fault.recipient for fault in faults}


def _answer(swarm: _Swarm, now: datetime, member: _Member) -> None:
    code, timings = member.post.office.agency.code, swarm.traffic.timings
    with timings.timed("read the inbox"):
        arrived = sorted(member.client.arrivals(), key=lambda item: (item.sender, item.number))
    member.about |= {item.id: (item.sender, item.number) for item in arrived}
    rng = Random(f"answers {swarm.plan.seed} {code} {now.date()}")  # noqa: S311 - to be repeated
    member.state, answers = step(member.state, arrived, now, rng)
    with timings.timed("give statuses"):
        outcomes = member.client.answer(answers, now)
    taken = [outcome.answer for outcome in outcomes if outcome.refused is None]
    old = swarm.plan.scenario.old_doors
    swarm.traffic.add(
        statuses=len(taken),
        refused=len(outcomes) - len(taken),
        to_return=sum(member.about[answer.delivery][0] in old for answer in taken),
    )
    if swarm.recorder is not None:
        for place, outcome in enumerate(outcomes):
            about = member.about[outcome.answer.delivery]
            swarm.recorder.answered(now.date(), code, about, place, outcome.answer, outcome.refused)
    waiting = {duty.answer.delivery for duty in member.state.duties}
    member.about = {delivery: about for delivery, about in member.about.items() if delivery in waiting}


def _take_back(traffic: Traffic, member: _Member) -> None:
    traffic.add(returned=member.client.returned())
