"""Offices: what is asked of the sandbox for old and new agencies, and what comes of it."""

import json

import pytest
from support.stub_hub import Say, stub_hub

from nodes.client import Client
from nodes.errors import HubFailed
from nodes.offices import open_offices

CODES = ("000.00.00.H24", "000.00.00.H26")


def opened(old_doors, *, knows_systems=True):
    """The posts, and what the sandbox was asked for."""

    def answer(asked):
        items = [
            {"code": wish["code"], "token": f"token of {wish['code']}", "organisation": None, "persons": []}
            | (
                {"vxp": {"system": wish["code"], "secret": "s"} if wish.get("vxp") else None}
                if knows_systems
                else {}
            )
            for wish in json.loads(asked.body)["agencies"]
        ]
        return Say(201, {"items": items})

    with stub_hub(otherwise=answer) as hub, Client(hub.url, "sandbox_t") as sandbox:
        posts = open_offices(sandbox, CODES, 1, old_doors)
    return posts, json.loads(hub.asked[0].body)["agencies"]


def test_only_those_on_the_old_protocol_ask_for_a_system():
    posts, asked = opened({CODES[0]})
    assert [wish.get("vxp", False) for wish in asked] == [True, False]
    old, new = (posts[code] for code in CODES)
    assert (old.system.code, old.system.secret) == (CODES[0], "s")
    assert new.system is None


def test_the_same_seed_has_the_same_keys_and_persons_whatever_the_door():
    _, asked = opened({CODES[0]})
    _, again = opened(set())
    assert [wish["organisation"] for wish in asked] == [wish["organisation"] for wish in again]
    assert [wish["persons"] for wish in asked] == [wish["persons"] for wish in again]


def test_a_sandbox_that_makes_no_systems_is_told_of_before_anything_is_sent():
    opened(set(), knows_systems=False)
    with pytest.raises(HubFailed, match="old protocol"):
        opened({CODES[0]}, knows_systems=False)
