"""Calls of the old protocol: who is believed, what is counted once, and what a reply never leaves out."""

import asyncio
import datetime as dt
import logging

import pytest
from support.old_client import read_reply
from support.old_protocol_systems import BAC_NINH, HAI_PHONG, OFFICE, old_door

from axis.agencies.directory_changes import AgencyEntry
from axis.clock import Microseconds, real_now
from axis.protocol.errors import Overloaded, Place, UnknownRecipient
from axis.protocol.vxp import OPERATIONS, sign, stamp
from axis.vxp.calls import FAILURE_MEMBERS, answer, sweep_used_headers, use_once
from axis.vxp.replies import NOT_AUTHENTICATED, Code, Refused, fine

pytestmark = pytest.mark.stores("sqlite")

NOW = dt.datetime.now(dt.UTC)


def perform_instead(door, operation, perform):
    """Mount an operation that does something else, behind the same calling."""

    async def call(request):
        return await answer(request, OPERATIONS[operation], perform)

    door.app.router.add_route(f"/vxp/instead/{operation}", call, methods=["GET", "POST"])
    door.app.router.routes.insert(0, door.app.router.routes.pop())


def asked_instead(client, operation, **parameters):
    client.endpoint = "/vxp/instead"
    reply = client.call(operation, client.documents | {"Content-Type": "application/json"} | parameters)
    client.endpoint = "/vxp"
    return reply


def test_a_call_is_believed_by_its_headers_alone(hai_phong):
    assert hai_phong.received() == {"status": "OK", "ErrorCode": "0", "ErrorDesc": "Success", "data": []}
    assert hai_phong.count_edoc() == 0


def test_the_caller_is_the_systems_agency_with_all_below_it(door, hai_phong):
    seen = []

    async def look(asked):
        seen.append(asked)
        return fine(data=[])

    perform_instead(door, "getSentEdocList", look)
    assert read_reply(asked_instead(hai_phong, "getSentEdocList").text)["status"] == "OK"
    (asked,) = seen
    assert (asked.caller.role, asked.caller.agency, asked.caller.subtree) == ("agency", HAI_PHONG, True)
    assert asked.caller.token_id.startswith("vxp:")
    assert not asked.may_register
    assert not asked.caller.locked


@pytest.mark.parametrize("endpoint", ["/vxp", "/vxp/", "/vxp//"])
def test_an_endpoint_may_end_with_a_slash(door, endpoint):
    door.join(HAI_PHONG)
    client = door.client(HAI_PHONG, endpoint=endpoint)
    assert client.received()["status"] == "OK"
    assert client.count_edoc() == 0


def altered(headers, name, value):
    return [(each, value if each == f"XroadVnpt-{name}" else held) for each, held in headers]


def wrong_headers(door):
    """A call of each kind that proves nothing, by the fault that the operator is shown."""
    secret = door.secrets[HAI_PHONG].encode()
    parameters = {"systemid": HAI_PHONG, "docId": "d-1", "timestamp": stamp(NOW)}
    right = sign(parameters, secret)
    return {
        "digest": sign(parameters, b"another"),
        "unknown-id": sign(parameters | {"systemid": "000.00.00.X99"}, secret),
        "revoked": sign(parameters | {"systemid": OFFICE}, door.secrets[OFFICE].encode()),
        "timestamp": sign(parameters | {"timestamp": stamp(NOW - dt.timedelta(hours=20))}, secret),
        "header-list": altered(right, "sign-header-key", "systemid;timestamp"),
        "header-missing": [pair for pair in right if pair[0] != "XroadVnpt-hash-header"],
        "signed-text": altered(right, "sign-header", "[]"),
        "parameter": sign({"systemid": HAI_PHONG, "timestamp": stamp(NOW)}, secret),
    }


def test_whatever_was_wrong_the_caller_is_told_the_same_and_the_operator_which(door, hai_phong, caplog):
    door.join(OFFICE)
    door.revoke(OFFICE)
    replies = set()
    wrong = wrong_headers(door)
    with caplog.at_level(logging.WARNING, "axis.vxp"):
        for headers in wrong.values():
            response = door.http.post("/vxp/getEdoc", headers=dict(headers))
            assert response.status_code == 200
            replies.add(response.text)
    (reply,) = replies
    assert read_reply(reply) == {
        "status": "FAIL",
        "ErrorCode": "15",
        "ErrorDesc": NOT_AUTHENTICATED,
        "data": "",
    }
    unknown = {"unknown-id", "header-list", "header-missing", "signed-text"}
    systems = {fault: "unknown" if fault in unknown else HAI_PHONG for fault in wrong} | {"revoked": OFFICE}
    assert door.faults() == {(system, "getEdoc", fault): 1 for fault, system in systems.items()}
    assert [record.facts["fault"] for record in caplog.records] == list(wrong)
    assert door.secrets[HAI_PHONG] not in caplog.text + repr([record.facts for record in caplog.records])
    assert hai_phong.received()["status"] == "OK"


def test_a_system_id_can_be_made_up_a_thousand_times_for_one_row(door):
    door.join(HAI_PHONG)
    for number in range(50):
        assert door.client(f"made.up.{number}", "x").received()["ErrorCode"] == "15"
    assert door.faults() == {("unknown", "getReceivedEdocList", "unknown-id"): 50}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_failure_has_every_member_that_the_client_reads(door, operation):
    response = door.client(HAI_PHONG, "wrong").call(
        operation, {"systemid": HAI_PHONG, "timestamp": stamp(NOW)}
    )
    assert response.headers["XroadVnpt-ErrorCode"] == "15"
    if operation == "downloadEdoc":
        assert (response.status_code, response.content) == (404, b"")
        return
    reply = read_reply(response.text)
    for name in ("status", "ErrorCode", "ErrorDesc"):
        del reply[name]
    assert reply == FAILURE_MEMBERS[operation]


def test_nothing_of_a_body_is_read_before_the_caller_is_known(door):
    door.join(HAI_PHONG)
    headers = sign({"systemid": HAI_PHONG, "timestamp": stamp(NOW)}, b"wrong")
    sent = []

    async def receive():
        raise AssertionError("the body was asked for")

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/vxp/sendEdoc",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers]
        + [(b"expect", b"100-continue")],
    }
    asyncio.run(door.app(scope, receive, send))
    start = dict(sent[0]["headers"])
    assert start[b"connection"] == b"close", "the unsent body must not be taken for the next request"
    assert read_reply(sent[1]["body"].decode())["ErrorCode"] == "15"


def test_a_locked_agency_reads_and_sends_nothing(door, hai_phong):
    door.put(AgencyEntry(HAI_PHONG, "Hải Phòng", locked=True))
    assert hai_phong.received()["status"] == "OK"
    reply = hai_phong.send_edoc(b"<edXML/>", sender=HAI_PHONG)
    assert (reply["ErrorCode"], reply["DocId"]) == ("19", "")
    assert "locked" in reply["ErrorDesc"]
    door.put(AgencyEntry(HAI_PHONG, "Hải Phòng", locked=False))
    assert hai_phong.send_edoc(b"<edXML/>", sender=HAI_PHONG)["ErrorCode"] != "19"


def test_signed_headers_that_change_the_directory_count_once(door):
    client = door.join(BAC_NINH, may_register=True)

    async def register(asked):
        door.hub.database.write(lambda tx: use_once(tx, asked.call, real_now()))
        return fine()

    perform_instead(door, "registerAgency", register)
    assert read_reply(asked_instead(client, "registerAgency").text)["status"] == "OK"
    reply = read_reply(asked_instead(client, "registerAgency").text)
    assert (reply["ErrorCode"], reply["ErrorDesc"]) == ("15", NOT_AUTHENTICATED)
    assert door.faults() == {(BAC_NINH, "registerAgency", "replayed"): 1}
    client.documents["timestamp"] = stamp(NOW - dt.timedelta(minutes=1))
    assert read_reply(asked_instead(client, "registerAgency").text)["status"] == "OK"


def test_headers_stay_unused_where_the_operation_was_refused(door):
    client = door.join(BAC_NINH, may_register=True)
    refusing = [True]

    async def register(asked):
        def work(tx):
            use_once(tx, asked.call, real_now())
            if refusing:
                raise Refused(Code.SYSTEM_ERROR, refusing.pop() and "not now")

        door.hub.database.write(work)
        return fine()

    perform_instead(door, "registerAgency", register)
    assert read_reply(asked_instead(client, "registerAgency").text)["ErrorCode"] == "20"
    assert read_reply(asked_instead(client, "registerAgency").text)["status"] == "OK"


def test_used_headers_are_forgotten_once_they_prove_nothing_any_more(door):
    client = door.join(BAC_NINH, may_register=True)
    ages = [dt.timedelta(hours=35), dt.timedelta(hours=37)]

    async def register(asked):
        then = Microseconds(real_now() - ages[-1] // dt.timedelta(microseconds=1))
        door.hub.database.write(lambda tx: use_once(tx, asked.call, then))
        return fine()

    perform_instead(door, "registerAgency", register)
    assert read_reply(asked_instead(client, "registerAgency").text)["status"] == "OK"
    sweep_used_headers(door.hub.database, door.hub.settings)
    ages.pop()
    assert read_reply(asked_instead(client, "registerAgency").text)["status"] == "OK"
    sweep_used_headers(door.hub.database, door.hub.settings)
    assert read_reply(asked_instead(client, "registerAgency").text)["ErrorCode"] == "15"


def test_a_fault_of_ours_is_logged_and_shows_nothing(door, hai_phong, caplog):
    async def fail(_asked):
        raise RuntimeError("the password is swordfish")

    perform_instead(door, "getEdoc", fail)
    with caplog.at_level(logging.ERROR, "axis.vxp"):
        reply = read_reply(asked_instead(hai_phong, "getEdoc", docId="x").text)
    assert (reply["ErrorCode"], reply["data"]) == ("20", "")
    assert "swordfish" not in reply["ErrorDesc"]
    assert "swordfish" in caplog.text


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UnknownRecipient(Place("/to/0", "H77"), Place("/to/1", "H78")), "18", "H77, H78"),
        (Overloaded(), "20", "more work than it can take"),
    ],
)
def test_refusals_of_the_rooms_below_have_codes_of_this_protocol(door, hai_phong, error, code, said):
    async def refuse(_asked):
        raise error

    perform_instead(door, "sendEdoc", refuse)
    given = {"messagetype": "edoc", "from": HAI_PHONG, "hash-file": "0" * 64}
    reply = read_reply(asked_instead(hai_phong, "sendEdoc", **given).text)
    assert (reply["ErrorCode"], reply["DocId"]) == (code, "")
    assert said in reply["ErrorDesc"]


def test_sending_waits_for_a_place_as_it_does_over_rest(tmp_path, database_url, database):  # noqa: ARG001
    with old_door(tmp_path, database_url, requests_in_flight=0) as door:
        client = door.join(HAI_PHONG)
        reply = client.send_edoc(b"<edXML/>", sender=HAI_PHONG)
        assert (reply["ErrorCode"], reply["DocId"]) == ("20", "")
        assert "more work than it can take" in reply["ErrorDesc"]
        assert client.received()["status"] == "OK"


def test_a_body_that_says_nothing_may_be_empty_or_an_object_and_has_a_limit(door, hai_phong):
    headers = dict(sign(hai_phong.documents | {"messagetype": "edoc"}, door.secrets[HAI_PHONG].encode()))
    for body in (b"", b"{}", b"\r\n"):
        response = door.http.post("/vxp/getReceivedEdocList", headers=headers, content=body)
        assert read_reply(response.text)["status"] == "OK"
    large = bytes(door.hub.settings.json_bytes + 1)
    response = door.http.post("/vxp/getReceivedEdocList", headers=headers, content=large)
    assert read_reply(response.text)["ErrorCode"] == "10"


def test_a_wrong_method_is_answered_in_the_protocols_own_way(door):
    response = door.http.get("/vxp/sendEdoc")
    reply = read_reply(response.text)
    assert (response.status_code, reply["ErrorCode"], reply["DocId"]) == (200, "20", "")
    assert reply["ErrorDesc"] == "sendEdoc is called by POST."
    assert door.http.put("/vxp/sendEdoc").status_code == 405
    unknown = door.http.post("/vxp/getEverything")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")


def test_calls_are_counted_by_operation_and_code(door, hai_phong):
    hai_phong.received()
    hai_phong.received()
    door.client(HAI_PHONG, "wrong").received()
    text = door.http.get("/metrics").text
    assert 'axis_vxp_calls_total{code="0",operation="getReceivedEdocList"} 2.0' in text
    assert 'axis_vxp_calls_total{code="15",operation="getReceivedEdocList"} 1.0' in text
