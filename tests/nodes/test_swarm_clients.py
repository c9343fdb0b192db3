"""Both protocols as the swarm uses them; the old one against a hub that proves every call."""

from contextlib import contextmanager
from datetime import date

import pytest
from support.arrivals import at, item
from support.offices import office_of
from support.old_protocol_stub import SECRET, fail, messages, old_hub, recipients_of
from support.stub_hub import Say, stub_hub

from axis.protocol import edxml
from nodes.answers import Answer
from nodes.client import Client
from nodes.document_writer import Draft
from nodes.edxml_messages import write_message, write_status
from nodes.errors import MessageUnreadable
from nodes.known_agencies import agency
from nodes.swarm_clients import NotTaken, OldSwarmClient, RestSwarmClient
from nodes.vxp import OldClient, OldSystem

G22 = "000.00.00.G22"
NOW = at("2019-06-03T15:00")
DRAFT = Draft("1/UBND-VX", "2019-06-03", "bao-cao", "Báo cáo thử", (G22,), priority="express_timed")
LETTER = write_message(office_of("H24"), [agency("G22")], DRAFT, "both", at=NOW)
ABOUT = edxml.ResponseFor(
    "000.00.00.H24", "1/UBND-VX", "000.00.00.H24,2019/06/03,1/UBND-VX", date(2019, 6, 3)
)
STATUS = write_status(G22, ABOUT, "03", None, at=NOW)


@contextmanager
def client_of(code="G22", **begin):
    """An agency's client of a hub in which something lies, and that hub."""
    office = office_of(code)
    system = OldSystem(office.agency.code, SECRET)
    with old_hub(**begin) as (hub, state), OldClient(hub.url, system) as client:
        yield OldSwarmClient(client, office), state


def test_a_document_goes_out_signed_and_addressed():
    with client_of("H24") as (swarm_client, state):
        sent = swarm_client.send(DRAFT, "both", NOW)
    assert (sent.deliveries, sent.is_repeated) == (1, False)
    ((call, content),) = state.sent
    assert content == LETTER
    assert (call.parameters["from"], recipients_of(call)) == ("000.00.00.H24", [G22])


def test_what_arrives_is_told_as_an_inbox_tells_it_and_taken_off():
    with client_of(items={"d.0": ("edoc", LETTER), "s": ("status", STATUS)}) as (swarm_client, state):
        (found,) = swarm_client.arrivals()
        assert swarm_client.arrivals() == []
    assert (found.id, found.sender, found.to) == ("d.0", "000.00.00.H24", G22)
    assert (found.number, found.issued_on) == ("1/UBND-VX", "2019-06-03")
    assert (found.type, found.subject) == ("bao-cao", "Báo cáo thử")
    assert (found.action, found.priority, found.status) == ("new", "express_timed", None)
    assert (found.indication, found.signed_by) == (None, "unknown")
    assert found.attachments[0]["name"] == "1-UBND-VX.pdf"
    assert state.states == {"d.0": "done"}


def test_an_answer_says_what_it_is_about():
    with client_of(items={"d.0": ("edoc", LETTER)}) as (swarm_client, state):
        swarm_client.arrivals()
        taken = swarm_client.answer([Answer("d.0", "01"), Answer("d.0", "02", "Thiếu phụ lục.")], NOW)
    assert [outcome.refused for outcome in taken] == [None, None]
    first, second = messages(state)
    assert first.about == second.about == ABOUT
    assert (first.sender.organ_id, first.code, first.at) == (G22, "01", NOW)
    assert (second.code, second.description) == ("02", "Thiếu phụ lục.")
    assert swarm_client.about == {}


def test_an_answer_that_is_refused_is_told_alone():
    refused = {"06": fail("22", "not allowed", DocId="")}
    with client_of(items={"d.0": ("edoc", LETTER)}, refused=refused) as (swarm_client, state):
        swarm_client.arrivals()
        refused, taken = swarm_client.answer([Answer("d.0", "06"), Answer("d.0", "03")], NOW)
    assert (refused.refused, refused.detail, taken.refused) == ("22", "not allowed", None)
    assert len(state.sent) == 1
    assert swarm_client.about.keys() == {"d.0"}


def test_statuses_that_came_back_are_taken_in_once():
    items = {"s1": ("status", STATUS), "s2": ("status", STATUS), "d": ("edoc", LETTER)}
    with client_of("H24", items=items) as (swarm_client, _):
        assert swarm_client.waiting() == 3
        assert (swarm_client.returned(), swarm_client.returned()) == (2, 0)
        assert swarm_client.waiting() == 1


def test_a_hub_that_takes_nothing_off_its_list_is_not_asked_for_ever():
    with (
        client_of(items={"d.0": ("edoc", LETTER)}, keeps_all=True) as (swarm_client, _),
        pytest.raises(NotTaken, match="on it still"),
    ):
        swarm_client.arrivals()


@pytest.mark.parametrize("content", [b"<edXML>", STATUS])
def test_a_message_that_is_no_document_stops_the_run_and_stays_on_the_list(content):
    with client_of(items={"d.0": ("edoc", LETTER)}) as (swarm_client, state):
        state.handed_out["d.0"] = content
        with pytest.raises(MessageUnreadable, match=r"d\.0"):
            swarm_client.arrivals()
    assert state.states == {}


def test_over_rest_items_with_a_status_were_answered_before():
    items = [item(id="a.0"), item(id="b.0", status="03")]

    def answer(asked):
        return Say(200, {"items": [] if "after" in asked.path else items, "next": "c1"})

    with stub_hub(otherwise=answer) as hub, Client(hub.url, "axis_t") as client:
        swarm_client = RestSwarmClient(client, office_of("G22"))
        assert [found.id for found in swarm_client.arrivals()] == ["a.0"]
        assert swarm_client.arrivals() == []
        assert (swarm_client.returned(), swarm_client.waiting()) == (0, 0)
    assert [asked.path for asked in hub.asked] == [
        "/v1/inbox?limit=1000",
        "/v1/inbox?after=c1&limit=1000",
    ]


def test_over_rest_another_signer_than_planned_ends_the_run():
    verdict = {"indication": None, "signed_by": "none", "sentence": "Nobody signed."}
    sent = {
        "id": "d",
        "accepted_at": "t",
        "repeated": False,
        "verdict": verdict,
        "deliveries": [],
        "receipt": "",
    }
    with (
        stub_hub(Say(201, sent)) as hub,
        Client(hub.url, "axis_t") as client,
        pytest.raises(NotTaken, match="signed by both"),
    ):
        RestSwarmClient(client, office_of("H24")).send(DRAFT, "both", NOW)
