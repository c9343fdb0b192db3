"""Runs a plan on a hub: all agencies of a scenario at once, day by day of the hub's moved clock.

Each day has two moments: in the morning everybody sends what the plan says, in the afternoon everybody
who has something in the inbox reads it and answers. What is written and answered depends on the plan
alone, never on which request was faster.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from random import Random
from typing import TypeVar

from nodes.calendar import VIET_NAM
from nodes.client import Client
from nodes.document_writer import Draft, number_of
from nodes.faults.injection import FaultResult, Powers, inject
from nodes.faults.planning import PlannedFault
from nodes.http_connections import Wire
from nodes.invented_texts import MATTERS
from nodes.node import NodeState, step
from nodes.offices import Post
from nodes.planner import Plan, PlannedDocument, by_day
from nodes.sandbox import set_clock
from nodes.swarm_clients import NotTaken, OldSwarmClient, RestSwarmClient, SwarmClient
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
    from_old: set[str] = field(default_factory=set)
    """Deliveries to it whose senders speak the old protocol."""


def run(
    plan: Plan,
    posts: Mapping[str, Post],
    *,
    hub: str,
    sandbox: Client,
    connections: int = CONNECTIONS,
    powers: Powers = NO_POWERS,
    progress: Callable[[Traffic, date], None],
) -> Traffic:
    """Run the whole plan; `progress` hears of every finished day. Raises `NodesError` on a refusal."""
    traffic = Traffic()
    wire = Wire(hub, connections=connections)
    members = {
        code: _Member(post, _client(hub, post, wire), NodeState(plan.scenario.habits))
        for code, post in posts.items()
    }
    at_once = threading.Semaphore(_BULK_AT_ONCE)
    old = [member for member in members.values() if member.post.system is not None]
    try:
        with ThreadPoolExecutor(connections) as pool:
            for day, documents, faults in by_day(plan):
                morning = datetime.combine(day, SENDING, VIET_NAM)
                set_clock(sandbox, morning)
                _all(pool, partial(_send, members, plan, traffic, at_once), _together(documents, members))
                for planned in faults:
                    result = inject(
                        planned, posts, hub=hub, sandbox=sandbox, powers=powers, at=morning, seed=plan.seed
                    )
                    traffic.faults.append(result)
                afternoon = datetime.combine(day, ANSWERING, VIET_NAM)
                set_clock(sandbox, afternoon)
                busy = _busy(members, _addressed(documents, faults), afternoon)
                _all(pool, partial(_answer, plan, traffic, afternoon), busy)
                _all(pool, partial(_take_back, traffic), old)
                progress(traffic, day)
            for member in old:
                traffic.add(waiting=member.client.waiting())
    finally:
        wire.close()
    return traffic


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


def _send(
    members: Mapping[str, _Member],
    plan: Plan,
    traffic: Traffic,
    at_once: threading.Semaphore,
    documents: Sequence[PlannedDocument],
) -> None:
    member = members[documents[0].sender]
    at = datetime.combine(documents[0].day, SENDING, VIET_NAM)
    drafts = [(draft_of(plan, document, member.post), document.signed_by) for document in documents]
    if len(drafts) == 1:
        sent = [member.client.send(*drafts[0], at)]
    else:
        with at_once:
            sent = member.client.send_many(drafts, at)
    traffic.add(
        documents=len(sent),
        repeated=sum(each.is_repeated for each in sent),
        deliveries=sum(each.deliveries for each in sent),
    )


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


def _answer(plan: Plan, traffic: Traffic, now: datetime, member: _Member) -> None:
    arrived = sorted(member.client.arrivals(), key=lambda item: (item.sender, item.number))
    member.from_old.update(item.id for item in arrived if item.sender in plan.scenario.old_doors)
    chance = f"answers {plan.seed} {member.post.office.agency.code} {now.date()}"
    rng = Random(chance)  # noqa: S311 - to be repeated
    member.state, answers = step(member.state, arrived, now, rng)
    outcomes = member.client.answer(answers, now)
    taken = [outcome.answer for outcome in outcomes if outcome.refused is None]
    traffic.add(
        statuses=len(taken),
        refused=len(outcomes) - len(taken),
        to_return=sum(answer.delivery in member.from_old for answer in taken),
    )


def _take_back(traffic: Traffic, member: _Member) -> None:
    traffic.add(returned=member.client.returned())


def _all(pool: ThreadPoolExecutor, work: Callable[[I], R], items: Collection[I]) -> list[R]:
    """Do `work` on all items, several at once; the first failure ends it."""
    return list(pool.map(work, items))
