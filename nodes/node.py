"""Decides what a document system answers, from its state, what arrived, the time and chance.

Answers are sent by `nodes.node_loop` and `nodes.swarm`. Duties follow Decision 28/2018. The statuses are
those of docs/old-axis.md#statuses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random

from nodes.answers import Answer, Arrived
from nodes.invented_texts import NOT_OURS, REASONS_TO_REFUSE
from nodes.working_time import WorkingTime

ARRIVED, REFUSED, ACCEPTED, ASSIGNED, IN_PROCESS, COMPLETED = "01", "02", "03", "04", "05", "06"
ASKED_BACK, AGREED, DECLINED = "13", "15", "16"

_STEPS_AFTER_ACCEPTANCE = (ASSIGNED, IN_PROCESS, COMPLETED)
_REASON_TO_DECLINE = "Văn bản đã được xử lý xong, cơ quan không đồng ý thu hồi."
_REASON_NOT_SIGNED = "Chữ ký số của văn bản không hợp lệ."


@dataclass(frozen=True, slots=True)
class Habits:
    """How an agency treats what arrives; shares are between 0 and 1."""

    confirms_arrival: bool = True
    """Posts 01 before anything else, as systems do on download."""
    refused_share: float = 0.01
    """Refused with a reason although nothing is technically wrong."""
    completed_share: float = 1.0
    """Of the accepted, how many are told of to the end; agencies often stop at 03."""
    declined_share: float = 0.1
    """Of the requests for recall, update or replacement, how many are refused."""
    days_to_complete: int = 10
    """Working days within which an accepted document is completed."""
    hours: WorkingTime = field(default_factory=WorkingTime)
    answers_after: int = 0
    """Working days that what arrives lies before it is read."""
    certificate_days: int | None = None
    """Days for which the agency has its certificates made; None for as long as the hub makes them."""


@dataclass(frozen=True, slots=True)
class Misaddressed:
    """What arrived, and does not concern the agency: a person sees that, no signature tells."""

    item: Arrived


@dataclass(frozen=True, slots=True)
class Requested:
    """The sender asks a delivery back (status 13 came on it)."""

    delivery: str


@dataclass(frozen=True, slots=True)
class Duty:
    """An answer that will be given from a certain moment on."""

    due: datetime
    answer: Answer


@dataclass(frozen=True, slots=True)
class NodeState:
    """What a node remembers between two readings of its inbox."""

    habits: Habits = field(default_factory=Habits)
    duties: tuple[Duty, ...] = ()
    """What is still to be answered, in order of time."""


def step(
    state: NodeState, inbox: Sequence[Arrived | Misaddressed | Requested], now: datetime, rng: Random
) -> tuple[NodeState, tuple[Answer, ...]]:
    """Take the arrivals; return the answers due now, and the state with those due later.

    `now` is aware. Outside working hours arrivals are only noted; arrival itself (01) is confirmed by the
    machine at any time. The same arguments give the same answers.
    """
    duties = list(state.duties)
    for item in inbox:
        if isinstance(item, Requested):
            duties = _on_request(state.habits, duties, item, now, rng)
        elif isinstance(item, Misaddressed):
            read = state.habits.hours.later(now, state.habits.answers_after)
            duties.append(Duty(read, Answer(item.item.id, REFUSED, NOT_OURS)))
        else:
            duties += _on_arrival(state.habits, item, now, rng)
    duties.sort(key=lambda duty: duty.due)
    due = tuple(duty.answer for duty in duties if duty.due <= now)
    return replace(state, duties=tuple(duties[len(due) :])), due


def _on_arrival(habits: Habits, item: Arrived, now: datetime, rng: Random) -> list[Duty]:
    duties = []
    if habits.confirms_arrival and item.status is None:
        duties.append(Duty(now, Answer(item.id, ARRIVED)))
    read = habits.hours.later(now, habits.answers_after)
    if item.indication == "TOTAL-FAILED":
        return [*duties, Duty(read, Answer(item.id, REFUSED, _REASON_NOT_SIGNED))]
    if rng.random() < habits.refused_share:
        return [*duties, Duty(read, Answer(item.id, REFUSED, rng.choice(REASONS_TO_REFUSE)))]
    duties.append(Duty(read, Answer(item.id, ACCEPTED)))
    if rng.random() < habits.completed_share:
        days = sorted(rng.randint(0, habits.days_to_complete) for _ in _STEPS_AFTER_ACCEPTANCE)
        for code, day in zip(_STEPS_AFTER_ACCEPTANCE, days, strict=True):
            duties.append(Duty(habits.hours.later(read, day), Answer(item.id, code)))
    return duties


def _on_request(
    habits: Habits, duties: Sequence[Duty], item: Requested, now: datetime, rng: Random
) -> list[Duty]:
    """Answer a request, and hold back the delivery's other duties until then: the axis takes none before."""
    at = habits.hours.next_open(now)
    others = [duty for duty in duties if duty.answer.delivery != item.delivery]
    if rng.random() >= habits.declined_share:
        return [*others, Duty(at, Answer(item.delivery, AGREED))]
    held = [replace(duty, due=max(duty.due, at)) for duty in duties if duty.answer.delivery == item.delivery]
    return [*others, Duty(at, Answer(item.delivery, DECLINED, _REASON_TO_DECLINE)), *held]
