"""Running a plan against a hub: every agency of a scenario at once, day by day of the hub's moved clock.

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
from nodes.client import MOST_ITEMS, Client
from nodes.errors import NodesError
from nodes.letters import MATTERS
from nodes.node import NodeState, step
from nodes.offices import Post
from nodes.planner import Plan, PlannedDocument, by_day
from nodes.registry import agency
from nodes.results import Arrived
from nodes.sandbox import set_clock
from nodes.wire import Wire
from nodes.writing import Draft, WrittenDocument, number_of, write_document

SENDING = time(9, 0)
ANSWERING = time(15, 0)
CONNECTIONS = 16  # enough to fill a group commit, few enough for two processors

I = TypeVar("I")  # noqa: E741 - an item of work
R = TypeVar("R")


class NotTaken(NodesError):
    """The hub refused what the plan says it must take: the run's figures can no longer come out."""


@dataclass(slots=True)
class Traffic:
    """What a run did; counts grow while it runs."""

    documents: int = 0
    repeated: int = 0
    """Documents the hub knew already: the run was made before on this hub."""
    deliveries: int = 0
    statuses: int = 0
    statuses_refused: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(
        self,
        *,
        documents: int = 0,
        repeated: int = 0,
        deliveries: int = 0,
        statuses: int = 0,
        refused: int = 0,
    ) -> None:
        """Count, from any thread."""
        with self._lock:
            self.documents += documents
            self.repeated += repeated
            self.deliveries += deliveries
            self.statuses += statuses
            self.statuses_refused += refused


@dataclass(slots=True)
class _Member:
    """One agency in the swarm: what it remembers between two days."""

    post: Post
    client: Client
    state: NodeState
    cursor: str | None = None


def run(
    plan: Plan,
    posts: Mapping[str, Post],
    *,
    hub: str,
    sandbox: Client,
    connections: int = CONNECTIONS,
    progress: Callable[[Traffic, date], None],
) -> Traffic:
    """Run the whole plan; `progress` hears of every finished day. Raises `NodesError` on a refusal."""
    traffic = Traffic()
    wire = Wire(hub, connections=connections)
    members = {
        code: _Member(post, Client(hub, post.token, wire=wire), NodeState(plan.scenario.habits))
        for code, post in posts.items()
    }
    try:
        with ThreadPoolExecutor(connections) as pool:
            for day, documents in by_day(plan.documents):
                set_clock(sandbox, datetime.combine(day, SENDING, VIET_NAM))
                _all(pool, partial(_send, members, plan, traffic), documents)
                afternoon = datetime.combine(day, ANSWERING, VIET_NAM)
                set_clock(sandbox, afternoon)
                busy = _busy(members, documents, afternoon)
                _all(pool, partial(_answer, plan, traffic, afternoon), busy)
                progress(traffic, day)
    finally:
        wire.close()
    return traffic


def write_planned(plan: Plan, document: PlannedDocument, post: Post) -> WrittenDocument:
    """Write one document of a plan; the same plan and office give the same bytes."""
    rng = Random(f"document {plan.seed} {document.sender} {document.counter}")  # noqa: S311 - to be repeated
    matter = rng.choice(MATTERS)
    draft = Draft(
        number=number_of(document.counter, post.office.agency, matter),
        issued_on=document.day.isoformat(),
        type=matter.type,
        subject=matter.subject,
        recipients=document.recipients,
        priority="urgent" if rng.random() < _URGENT_SHARE else "normal",
    )
    at = datetime.combine(document.day, SENDING, VIET_NAM)
    recipients = [agency(code) for code in document.recipients]
    return write_document(post.office, recipients, draft, document.signed_by, at=at)


_URGENT_SHARE = 0.08  # gives every list something to filter by; nothing was published


def _send(members: Mapping[str, _Member], plan: Plan, traffic: Traffic, document: PlannedDocument) -> None:
    member = members[document.sender]
    written = write_planned(plan, document, member.post)
    sent = member.client.send(written.manifest, written.signatures, written.attachments)
    if sent.verdict.signed_by != document.signed_by:
        raise NotTaken(
            f"document {sent.id} of {document.sender} was signed by {document.signed_by}, and the hub found "
            f"{sent.verdict.signed_by}: {sent.verdict.sentence}"
        )
    traffic.add(documents=1, repeated=int(sent.repeated), deliveries=len(sent.deliveries))


def _busy(
    members: Mapping[str, _Member], documents: Sequence[PlannedDocument], now: datetime
) -> list[_Member]:
    """List who has something to read or an answer due: the others would only ask and find nothing."""
    addressed = {code for document in documents for code in document.recipients}
    due = {
        code for code, member in members.items() if member.state.duties and member.state.duties[0].due <= now
    }
    return [members[code] for code in sorted(addressed | due)]


def _answer(plan: Plan, traffic: Traffic, now: datetime, member: _Member) -> None:
    arrived: list[Arrived] = []
    full = True
    while full:
        page = member.client.inbox(member.cursor)
        member.cursor = page.next
        arrived += page.items
        full = len(page.items) == MOST_ITEMS
    arrived = [item for item in arrived if item.status is None]  # on a run made again some have one
    arrived.sort(key=lambda item: (item.sender, item.number))
    chance = f"answers {plan.seed} {member.post.office.agency.code} {now.date()}"
    rng = Random(chance)  # noqa: S311 - to be repeated
    member.state, answers = step(member.state, arrived, now, rng)
    outcomes = member.client.post_statuses(answers)
    refused = sum(outcome.refused is not None for outcome in outcomes)
    traffic.add(statuses=len(outcomes) - refused, refused=refused)


def _all(pool: ThreadPoolExecutor, work: Callable[[I], R], items: Collection[I]) -> list[R]:
    """Do `work` on all items, several at once; the first failure ends it."""
    return list(pool.map(work, items))
