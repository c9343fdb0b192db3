"""The client of the old protocol against a hub that proves every call."""

from base64 import b64encode
from random import Random

import pytest
from support.old_protocol_stub import SECRET, fail, ok, old_hub, proved, recipients_of
from support.stub_hub import Say, problem, stub_hub

from axis.protocol.vxp import VxpRefused, file_of
from nodes.errors import OldRefusal, TransportError
from nodes.retries import Retries
from nodes.vxp import OldClient, OldSystem

SYSTEM = OldSystem("000.00.00.H24", SECRET)
MESSAGE = b"<edXML/>"


def client_of(hub, system=SYSTEM, slept=None):
    slept = [] if slept is None else slept
    return OldClient(hub.url, system, retries=Retries(attempts=3), sleep=slept.append, rng=Random(1))


CALLS = {
    "sendEdoc": lambda client: client.send(MESSAGE, sender="000.00.00.H24", recipients=["000.00.00.G22"]),
    "getReceivedEdocList": lambda client: client.received("status"),
    "getSentEdocList": lambda client: client.sent(),
    "countReceiveEdoc": lambda client: client.waiting("edoc"),
    "countReceiveStatus": lambda client: client.waiting("status"),
    "getEdoc": lambda client: client.fetch("d.0"),
    "updateStatus": lambda client: client.update_status("d.0", "done"),
}
FINE = ok(DocId="d", data=[], count=0)


@pytest.mark.parametrize("operation", CALLS)
def test_every_call_is_proved_by_its_headers(operation):
    said = ok(data=b64encode(b"x").decode()) if operation == "getEdoc" else FINE
    with stub_hub(said) as hub, client_of(hub) as client:
        CALLS[operation](client)
    (asked,) = hub.asked
    assert asked.path == f"/vxp/{operation}"
    call = proved(asked)
    assert (call.system_id, call.operation.name) == ("000.00.00.H24", operation)
    assert asked.headers["XroadVnpt-version"] == "3.0.201608"


def test_another_secret_proves_nothing():
    with stub_hub(FINE) as hub, client_of(hub, OldSystem("000.00.00.H24", "another")) as client:
        client.received()
    with pytest.raises(VxpRefused):
        proved(hub.asked[0])


def test_the_secret_is_never_shown():
    assert SECRET not in repr(SYSTEM)


def test_the_file_goes_as_the_real_client_sends_it():
    with stub_hub(FINE) as hub, client_of(hub) as client:
        assert client.send(MESSAGE, sender="000.00.00.H24", recipients=["000.00.00.G22", "G01"]) == "d"
    call = proved(hub.asked[0])
    assert hub.asked[0].body == MESSAGE + b"\r\n"
    assert hub.asked[0].headers["Content-Type"] == "application/octet-stream"
    assert file_of(hub.asked[0].body, call.parameters["hash-file"]) == MESSAGE
    assert call.parameters["messagetype"] == "edoc"
    assert recipients_of(call) == ["000.00.00.G22", "G01"]


def test_a_status_names_no_recipients():
    with stub_hub(FINE) as hub, client_of(hub) as client:
        client.send_status(MESSAGE, sender="000.00.00.H24")
    call = proved(hub.asked[0])
    assert call.parameters["messagetype"] == "status"
    assert "to" not in call.parameters


def test_what_waits_is_listed_counted_fetched_and_taken_off():
    content = b"<a>\xc4\x91</a>"
    listed = {"docId": "d.0", "serviceType": "eDoc", "messageType": "edoc", "created_time": "", "from": "A",
              "to": "B", "status": "initial", "status_desc": "", "something_new": "1"}  # fmt: skip
    script = [ok(data=[listed]), ok(count=1), ok(data=b64encode(content).decode()), ok()]
    with stub_hub(*script, otherwise=lambda _: ok()) as hub, client_of(hub) as client:
        (item,) = client.received()
        assert (item.id, item.kind, item.sender, item.to, item.state) == ("d.0", "edoc", "A", "B", "initial")
        assert client.waiting() == 1
        assert client.fetch(item.id) == content
        client.update_status(item.id, "done")
    call = proved(hub.asked[3])
    assert (call.document, call.parameters["status"]) == ("d.0", "done")


def test_a_refusal_is_told_with_its_code_and_is_not_tried_again():
    with stub_hub(fail("18", "000.00.00.H99 is not in the directory", DocId="")) as hub:
        with client_of(hub) as client, pytest.raises(OldRefusal, match="H99") as refused:
            client.send(MESSAGE, sender="000.00.00.H24", recipients=["000.00.00.H99"])
        assert refused.value.code == "18"
        assert len(hub.asked) == 1


@pytest.mark.parametrize(
    "trouble", [Say(hang_up=True), Say(503, b"busy"), problem(429, "too-many-requests"), fail("20", DocId="")]
)
def test_what_may_pass_is_tried_again_with_the_same_file(trouble):
    slept = []
    with stub_hub(trouble, trouble, FINE) as hub, client_of(hub, slept=slept) as client:
        assert client.send(MESSAGE, sender="000.00.00.H24", recipients=["G22"]) == "d"
    assert {asked.body for asked in hub.asked} == {MESSAGE + b"\r\n"}
    assert (len(hub.asked), len(slept)) == (3, 2)


@pytest.mark.parametrize(
    ("trouble", "raised"), [(Say(503), TransportError), (fail("20", "full", DocId=""), OldRefusal)]
)
def test_trying_again_ends(trouble, raised):
    with stub_hub(trouble) as hub:
        with client_of(hub) as client, pytest.raises(raised):
            client.send(MESSAGE, sender="000.00.00.H24", recipients=["G22"])
        assert len(hub.asked) == 3


@pytest.mark.parametrize("operation", ["getEdoc", "updateStatus"])
def test_an_item_that_is_not_there_is_not_asked_for_again(operation):
    with stub_hub(fail("20", "there is no such item", data="")) as hub:
        with client_of(hub) as client, pytest.raises(OldRefusal):
            CALLS[operation](client)
        assert len(hub.asked) == 1


@pytest.mark.parametrize(
    "said",
    [Say(200, b"<html>"), Say(200, []), Say(404, {"code": "not-found"}), ok(), ok(data="?"), ok(data=None)],
)
def test_an_answer_that_is_not_the_protocols_is_no_answer(said):
    with stub_hub(said) as hub:
        with client_of(hub) as client, pytest.raises(TransportError):
            client.fetch("d.0")
        assert len(hub.asked) == 1


def test_a_double_of_the_hub_hands_out_what_lies_in_it():
    with old_hub() as (hub, state), client_of(hub) as client:
        assert client.received() == ()
        assert client.waiting("status") == 0
    assert state.sent == []
