"""Runs one node over HTTP: reads arrivals, lets `nodes.node` decide, posts the answers.

A node that starts again reads its inbox from the beginning, and leaves what it has already answered.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random

from nodes.answers import Answered, Arrived, Event
from nodes.client import Client
from nodes.node import AGREED, ARRIVED, ASKED_BACK, DECLINED, NodeState, Requested, step


@dataclass(frozen=True, slots=True)
class Follower:
    """The cursors and the state of a running node."""

    state: NodeState = field(default_factory=NodeState)
    inbox: str | None = None
    """Cursor into the inbox."""
    events: str | None = None
    """Cursor into the events."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn read and answered."""

    follower: Follower
    arrived: tuple[Arrived, ...]
    requested: tuple[Requested, ...]
    answered: tuple[Answered, ...]


def turn(client: Client, follower: Follower, *, now: datetime, rng: Random, wait_seconds: int = 0) -> Turn:
    """Read once, waiting up to `wait_seconds` for arrivals, and answer what is due at `now`."""
    wait = _until_next_duty(follower.state, now, wait_seconds)
    inbox = client.inbox(follower.inbox, wait_seconds=wait)
    events = client.events(follower.events)
    requested = open_requests(events.items)
    unanswered = [item for item in inbox.items if item.status in {None, ARRIVED}]
    state, answers = step(follower.state, [*unanswered, *requested], now, rng)
    answered = client.post_statuses(answers)
    moved = replace(
        follower, state=state, inbox=inbox.next or follower.inbox, events=events.next or follower.events
    )
    return Turn(moved, inbox.items, requested, answered)


def open_requests(events: tuple[Event, ...]) -> tuple[Requested, ...]:
    """Pick the requests (13) of a page of events that nobody answered (15, 16) further down the page."""
    asked: dict[str, None] = {}
    for event in events:
        if event.delivery is None:
            continue
        if event.code == ASKED_BACK:
            asked[event.delivery] = None
        elif event.code in {AGREED, DECLINED}:
            asked.pop(event.delivery, None)
    return tuple(Requested(delivery) for delivery in asked)


def _until_next_duty(state: NodeState, now: datetime, most_seconds: int) -> int:
    if not state.duties:
        return most_seconds
    seconds = (state.duties[0].due - now).total_seconds()
    return max(0, min(most_seconds, int(seconds)))
