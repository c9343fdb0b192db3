"""One turn of a running node against a hub that answers from a script."""

import json
from datetime import UTC, datetime
from random import Random

from support.arrivals import item
from support.stub_hub import Say, stub_hub

from nodes.answers import Event
from nodes.client import Client
from nodes.node import Habits, NodeState
from nodes.node_loop import Follower, open_requests, turn
from nodes.working_time import WorkingTime

NOW = datetime(2026, 6, 3, 2, 0, tzinfo=UTC)
HABITS = Habits(refused_share=0.0, completed_share=0.0, declined_share=0.0, hours=WorkingTime(always=True))


def event(number, code, delivery="d.0"):
    said = {"document": "d", "delivery": delivery, "code": code, "note": None, "by": "000.00.00.H24"}
    return {"id": str(number), "kind": "status", "at": "t"} | said


def hub_with(items=(), events=()):
    def answer(asked):
        if asked.path.startswith("/v1/inbox"):
            return Say(200, {"items": list(items), "next": "c9"})
        if asked.path.startswith("/v1/events"):
            return Say(200, {"items": list(events), "next": "e9"})
        posted = json.loads(asked.body)
        return Say(
            200,
            {"items": [{"status": 201, "delivery": one["delivery"], "code": one["code"]} for one in posted]},
        )

    return stub_hub(otherwise=answer)


def one_turn(hub, follower=None):
    with Client(hub.url, "axis_t") as client:
        return turn(client, follower or Follower(NodeState(HABITS)), now=NOW, rng=Random(1))


def posted(hub):
    return [
        (one["delivery"], one["code"])
        for asked in hub.asked
        if asked.method == "POST"
        for one in json.loads(asked.body)
    ]


def test_what_arrives_is_confirmed_and_accepted_and_the_cursors_move_on():
    with hub_with([item()]) as hub:
        done = one_turn(hub)
        assert posted(hub) == [("d.0", "01"), ("d.0", "03")]
        assert (done.follower.inbox, done.follower.events) == ("c9", "e9")
        one_turn(hub, done.follower)
    assert any("after=c9" in asked.path for asked in hub.asked)
    assert any("after=e9" in asked.path for asked in hub.asked)


def test_a_node_that_starts_again_leaves_alone_what_it_answered_before():
    items = [item(id="a.0", status="03"), item(id="b.0", status="01"), item(id="c.0", status="06")]
    with hub_with(items) as hub:
        one_turn(hub)
    assert posted(hub) == [("b.0", "03")]


def test_a_request_is_answered():
    with hub_with(events=[event(1, "13")]) as hub:
        one_turn(hub)
    assert posted(hub) == [("d.0", "15")]


def test_requests_that_were_answered_already_are_not_open():
    events = [
        event(1, "13", "a"),
        event(2, "13", "b"),
        event(3, "15", "a"),
        event(4, "16", "b"),
        event(5, "13", "b"),
    ]
    found = open_requests(tuple(Event.read(value) for value in events))
    assert [request.delivery for request in found] == ["b"]


def test_nothing_to_answer_posts_nothing():
    with hub_with() as hub:
        done = one_turn(hub)
    assert done.answered == ()
    assert posted(hub) == []
