"""Over HTTP: who records a call, or has a system, can do no more than that call or system may.

The signature covers named headers alone, neither operation nor body. What that leaves open is tried here too.
"""

import asyncio
import hashlib
import hmac
import json
from datetime import UTC, datetime

import httpx
import pytest
from support.edxml_messages import edited
from support.old_client import OldClient, read_reply
from support.old_protocol_exchange import (
    LETTER,
    REST,
    UNDER_S,
    A,
    B,
    S,
    business,
    letter,
    status,
    to,
)

from axis.agencies.systems import revoke_system
from axis.clock import real_now
from axis.database.secret_key import open_secret_key
from axis.deliveries.system_setup import join
from axis.protocol import edxml
from axis.protocol.edxml import BusinessType, ReceiverType
from axis.protocol.vxp import FILE_END, OPERATIONS, PREFIX, sign, stamp

pytestmark = pytest.mark.stores("sqlite")

WRITTEN = edxml.write(LETTER)
OTHER = edited(WRITTEN, ("217/SGD-VP", "218/SGD-VP"))


class Recorded:
    """One call of a client, as whoever reads the wire has it."""

    def __init__(self, client: OldClient) -> None:
        self._http = client.http
        self.operation, self.headers, self.body = "", {}, b""
        client.http = self

    def request(self, method, path, *, headers, content):
        self.operation, self.headers, self.body = path.rpartition("/")[2], headers, content or b""
        return self._http.request(method, path, headers=headers, content=content)

    def again(self, operation="", body=None, **unsigned):
        """Make the call again, as another operation, with another body, with other headers beside."""
        name = operation or self.operation
        content = self.body if body is None else body
        method = OPERATIONS[name].method
        headers = self.headers | {PREFIX + each: value for each, value in unsigned.items()}
        answer = self._http.request(
            method, f"/vxp/{name}", headers=headers, content=content if method == "POST" else None
        )
        return answer if name == "downloadEdoc" else read_reply(answer.text)


def code_of(reply):
    return reply["ErrorCode"]


def items_of(axis, code, kind="edoc"):
    return [item["docId"] for item in axis.clients[code].received(kind)["data"]]


def signed_anew(axis, parameters, operation, body=b"", code=S):
    """Call with parameters of our choice, signed by a system's secret."""
    given = {"systemid": code, "timestamp": stamp(datetime.now(UTC)), **parameters}
    headers = dict(sign(given, axis.clients[code].secret))
    method = OPERATIONS[operation].method
    content = body if method == "POST" else None
    return axis.clients[code].http.request(method, f"/vxp/{operation}", headers=headers, content=content)


# What was recorded


def test_a_document_recorded_and_sent_again_is_the_first_one(axis):
    recorded = Recorded(axis.clients[S])
    first = axis.sent(LETTER)
    assert recorded.again()["DocId"] == first
    assert len(items_of(axis, A)) == 1


def test_a_status_recorded_and_sent_again_adds_nothing_even_behind_later_ones(axis):
    first = axis.sent(LETTER)
    recorded = Recorded(axis.clients[A])
    axis.sent(status("01"), A)
    axis.clients[A].http = recorded._http
    axis.sent(status("03"), A)
    assert code_of(recorded.again()) == "0"
    assert axis.statuses(first) == {A: "03", B: None}


def test_recorded_headers_carry_no_other_body(axis):
    recorded = Recorded(axis.clients[S])
    axis.sent(LETTER)
    for body in (OTHER, OTHER + FILE_END, b"", FILE_END, WRITTEN + b" ", WRITTEN[:-1]):
        assert code_of(recorded.again(body=body)) == "10"
    assert len(items_of(axis, A)) == 1


def test_headers_beside_the_signed_ones_say_nothing(axis):
    recorded = Recorded(axis.clients[S])
    first = axis.sent(LETTER)
    digest = hashlib.sha256(OTHER).hexdigest()
    beside = {"from": UNDER_S, "to": json.dumps([REST]), "hash-file": digest, "HASH-FILE": digest}
    assert recorded.again(**beside)["DocId"] == first
    assert code_of(recorded.again(body=OTHER, **beside)) == "10"
    assert axis.deliveries(first).keys() == {A, B}


def test_headers_of_a_document_call_what_they_name_and_no_other_operation(axis):
    """They prove who calls, so that lists answer; what needs a header that they lack proves nothing."""
    recorded = Recorded(axis.clients[S])
    axis.sent(LETTER)
    allowed = {"getReceivedEdocList", "getSentEdocList", "getAgenciesList", "getAgenciesListQD20"}
    allowed |= {"getSynchronizeUnit", "countReceiveEdoc", "countReceiveStatus"}
    for name in set(OPERATIONS) - {"sendEdoc", "downloadEdoc"}:
        assert code_of(recorded.again(name)) == ("0" if name in allowed else "15"), name
    assert recorded.again("downloadEdoc").status_code == 404


def test_headers_of_a_list_send_and_move_and_fetch_nothing(axis):
    axis.sent(LETTER)
    recorded = Recorded(axis.clients[A])
    (item,) = items_of(axis, A)
    for name in ("sendEdoc", "updateStatus", "getEdoc", "registerAgency", "deleteAgency"):
        assert code_of(recorded.again(name, docId=item, docid=item, status="done", **{"from": A})) == "15"
    assert items_of(axis, A) == [item]


def test_headers_that_were_left_behind_move_the_item_that_they_named_and_no_other(axis):
    """The real client signs again what earlier calls left behind; that much can be done again."""
    for number in ("217", "218"):
        axis.sent(edited(WRITTEN, ("217/SGD-VP", f"{number}/SGD-VP")))
    first, second = items_of(axis, A)
    axis.clients[A].update_status(first, "done")
    recorded = Recorded(axis.clients[A])
    axis.clients[A].edoc(second)
    assert code_of(recorded.again("updateStatus")) == "0"
    assert items_of(axis, A) == [second]


def test_a_recorded_registration_or_deletion_counts_once(axis):
    client = granted(axis, B)
    recorded = Recorded(client)
    unit = {"id": "", "pcode": B, "code": "H95.14", "name": "Phòng", "mail": "", "mobile": "", "fax": ""}
    assert code_of(client.register(unit)) == "0"
    assert code_of(recorded.again()) == "15"
    assert code_of(recorded.again(body=json.dumps(unit | {"name": "Phòng khác"}).encode())) == "15"
    client.directory["object"] = "2"
    assert code_of(client.delete("H95.14")) == "0"
    gone = dict(recorded.headers)
    client.directory["object"] = "3"
    assert code_of(client.register(unit)) == "0"
    recorded.headers = gone
    assert code_of(recorded.again("deleteAgency")) == "15"
    assert "H95.14" in {item["code"] for item in axis.clients[A].agencies_qd20()["data"]}


def test_headers_recorded_of_a_list_register_once_where_that_was_granted_and_not_elsewhere(axis):
    """They sign no body: hence registering is off unless granted, and a granted system belongs behind TLS."""
    unit = {"id": "", "pcode": "", "code": "H95.14", "name": "Phòng", "mail": "", "mobile": "", "fax": ""}
    client = granted(axis, B)
    recorded = Recorded(client)
    client.agencies()
    assert code_of(recorded.again("registerAgency", body=json.dumps(unit).encode())) == "0"
    again = json.dumps(unit | {"code": "H95.15"}).encode()
    assert code_of(recorded.again("registerAgency", body=again)) == "15"
    foreign = json.dumps(unit | {"code": "H94.15", "pcode": A}).encode()
    client.directory["object"] = "2"
    client.agencies()
    assert code_of(recorded.again("registerAgency", body=foreign)) == "19"
    plain = Recorded(axis.clients[A])
    axis.clients[A].agencies()
    assert code_of(plain.again("registerAgency", body=foreign)) == "15"


def granted(axis, code):
    """A client whose system may register."""
    key = open_secret_key(axis.settings)

    def change(tx):
        revoke_system(tx, code, real_now())
        return join(tx, key, code, may_register=True, real_now=real_now())

    secret = axis.hub.database.write(change)
    axis.hub.watch.look()
    axis.clients[code] = OldClient(axis.clients[A].http, code, secret)
    return axis.clients[code]


# A system of one's own


@pytest.mark.parametrize("sender", [A, "H94", REST, "000.00.14.H94", "000.00.00.G9", "G94.", " G94"])
def test_a_system_sends_for_no_other_subtree(axis, sender):
    assert axis.refusal(LETTER, sender, system=S)[0] == "19"
    assert items_of(axis, A) == []


def test_a_system_sends_for_its_own_subtree_as_itself_alone(axis):
    """`From` in the message decides nothing that the system may not say."""
    first = axis.sent(letter(sender=edxml.Party(B)))
    assert axis.document(first)["from"] == S
    assert axis.clients[A].received()["data"][0]["from"] == S


def test_a_system_signs_with_no_other_systems_name(axis):
    client = OldClient(axis.clients[S].http, A, axis.clients[S].secret.decode())
    assert code_of(client.received()) == "15"
    client.documents["systemid"] = "H94"
    assert code_of(client.received()) == "15"


def test_items_of_others_are_not_there_for_any_operation(axis):
    document = axis.sent(letter(recipients=to(A)))
    axis.sent(status("03"), A)
    (item,) = items_of(axis, A)
    (answer,) = items_of(axis, S, "status")
    for known in (item, answer, document, item.upper(), f"{document}.1", f"{item}-0"):
        assert code_of(axis.clients[B].edoc(known)[0]) == "20"
        assert axis.clients[B].download(known) == b""
        assert code_of(axis.clients[B].update_status(known, "done")) == "20"
    assert code_of(axis.clients[S].update_status(item, "done")) == "20"
    assert code_of(axis.clients[A].update_status(answer, "done")) == "20"
    assert items_of(axis, A) == [item]
    assert [each["senderDocId"] for each in axis.clients[B].sent(docId=document)["data"]] == []


@pytest.mark.parametrize("code", ["01", "02", "03", "06", "15", "16"])
def test_a_status_on_a_delivery_to_another_is_refused_whoever_it_claims_to_be_from(axis, code):
    first = axis.sent(letter(recipients=to(A)))
    for by in (A, B, S):
        assert axis.refusal(status(code, by=by, note="vì"), B, system=B)[0] == "22"
    assert axis.statuses(first) == {A: None}


@pytest.mark.parametrize("organ", [A, B, S])
def test_a_request_comes_from_the_documents_sender_alone(axis, organ):
    first = axis.sent(letter(recipients=to(A)))
    about = {"organ_id": organ}
    assert axis.refusal(status("13", by=S, note="vì", **about), B, system=B)[0] == "22"
    assert axis.refusal(status("13", by=A, note="vì", **about), A, system=A)[0] == "22"
    assert axis.statuses(first) == {A: None}


@pytest.mark.parametrize("kind", [BusinessType.RECALL, BusinessType.UPDATE, BusinessType.REPLACE])
@pytest.mark.parametrize("named", ["DocumentId", "the axis's own id", "number"])
def test_no_document_of_another_is_recalled_updated_or_replaced(axis, kind, named):
    first = axis.sent(letter(recipients=to(A)))
    known = {"DocumentId": LETTER.document_id, "the axis's own id": first, "number": "a-number"}[named]
    info = edxml.BusinessInfo(receivers=(edxml.ReceiverChange(A, ReceiverType.REMOVED),))
    for sender in (B, S):
        message = letter(
            sender=edxml.Party(sender),
            recipients=to(A),
            document_id=known,
            business=business(
                kind,
                document_id=known,
                info=info if kind is BusinessType.UPDATE else edxml.BusinessInfo(),
                replacements=(edxml.Replacement(known, (A,)),) if kind is BusinessType.REPLACE else (),
            ),
        )
        assert axis.refusal(message, B, system=B)[0] == "22"
    assert axis.statuses(first) == {A: None}


def test_a_document_that_takes_anothers_id_takes_nothing_of_it(axis):
    """Ids are unique for each sender alone; a status names the sender that it means."""
    first = axis.sent(letter(recipients=to(A)))
    second = axis.sent(letter(sender=edxml.Party(B), recipients=to(A)), B)
    assert first != second
    axis.sent(status("03"), A)
    axis.sent(status("02", note="vì gửi nhầm", organ_id=B), A)
    assert axis.document(second, B)["deliveries"][0]["status"] == "02"
    recall = business(BusinessType.RECALL, document_id=LETTER.document_id)
    axis.sent(letter(sender=edxml.Party(B), recipients=to(A), business=recall), B)
    assert axis.statuses(first) == {A: "03"}
    (delivery,) = axis.document(second, B)["deliveries"]
    assert (delivery["status"], delivery["request"]) == ("13", "open")


# A system that was revoked


def test_a_revoked_system_is_refused_whatever_it_signed_before(axis):
    axis.sent(LETTER)
    recorded = Recorded(axis.clients[S])
    axis.sent(LETTER)
    revoke(axis)
    for name in set(OPERATIONS) - {"downloadEdoc"}:
        assert code_of(recorded.again(name)) == "15"
    granted(axis, S)
    assert code_of(recorded.again()) == "15"


def test_a_system_revoked_while_its_body_comes_sends_nothing(axis):
    assert code_of(sent_slowly(axis, lambda: revoke(axis))) == "15"
    assert items_of(axis, A) == []


def test_a_system_replaced_while_its_body_comes_sends_nothing(axis):
    assert code_of(sent_slowly(axis, lambda: granted(axis, S))) == "15"
    assert items_of(axis, A) == []


def test_a_sender_locked_while_its_body_comes_sends_nothing(axis):
    assert code_of(sent_slowly(axis, lambda: axis.lock(S))) == "19"
    assert items_of(axis, A) == []


def revoke(axis):
    axis.hub.database.write(lambda tx: revoke_system(tx, S, real_now()))
    axis.hub.watch.look()


def sent_slowly(axis, meanwhile):
    """Send the letter, with something happening between the halves of its body."""
    digest = hashlib.sha256(WRITTEN).hexdigest()
    parameters = {"systemid": S, "timestamp": stamp(datetime.now(UTC)), "messagetype": "edoc", "from": S}
    headers = dict(sign(parameters | {"hash-file": digest}, axis.clients[S].secret))

    async def halves():
        yield WRITTEN[:1000]
        await asyncio.to_thread(meanwhile)
        yield WRITTEN[1000:]

    async def ask():
        transport = httpx.ASGITransport(axis.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://axis.test") as client:
            return await client.post("/vxp/sendEdoc", headers=headers, content=halves())

    return read_reply(asyncio.run(ask()).text)


# Names and their case


@pytest.mark.parametrize(
    "names", [("docId", "docid"), ("docid", "docId"), ("docId", "DOCID"), ("DOCID", "docId")]
)
def test_only_the_operations_own_spelling_of_a_signed_name_counts(axis, names):
    axis.sent(LETTER)
    (item,) = items_of(axis, A)
    given = {names[0]: item, names[1]: "nothing"}
    reply = read_reply(signed_anew(axis, given, "getEdoc", code=A).text)
    assert (code_of(reply) == "0") is (given["docId"] == item)


@pytest.mark.parametrize("name", ["DOCID", "Docid", "docID", "doc-id", " docId", "XroadVnpt-docId"])
def test_another_spelling_alone_names_nothing(axis, name):
    axis.sent(LETTER)
    (item,) = items_of(axis, A)
    assert code_of(read_reply(signed_anew(axis, {name: item}, "getEdoc", code=A).text)) == "15"


@pytest.mark.parametrize(
    "text",
    [
        '{"XroadVnpt-systemid":"%s","XroadVnpt-timestamp":"%s","XroadVnpt-docId":"a","XroadVnpt-docId":"b"}',
        '{"xroadvnpt-systemid":"%s","xroadvnpt-timestamp":"%s","xroadvnpt-docId":"b"}',
        '{"XroadVnpt-systemid":"%s","XroadVnpt-timestamp":"%s","XroadVnpt-docId":["b"]}',
        '{"XroadVnpt-systemid":"%s","XroadVnpt-timestamp":"%s","XroadVnpt-docId":null}',
        '[["XroadVnpt-systemid","%s"],["XroadVnpt-timestamp","%s"]]',
        '{"XroadVnpt-systemid":"%s","XroadVnpt-timestamp":"%s"}{"XroadVnpt-docId":"b"}',
    ],
)
def test_a_signed_text_that_can_be_read_in_two_ways_proves_nothing(axis, text):
    written = text % (A, stamp(datetime.now(UTC)))
    headers = dict(sign({"docId": "b"}, axis.clients[A].secret))
    digest = hmac.new(axis.clients[A].secret, written.encode(), hashlib.sha256).hexdigest()
    for key in ("systemid;timestamp;docId", "systemid;timestamp;docId;docId", "systemid;timestamp"):
        headers |= {
            f"{PREFIX}sign-header": written,
            f"{PREFIX}hash-header": digest,
            f"{PREFIX}sign-header-key": key,
        }
        answer = axis.clients[A].http.request("POST", "/vxp/getEdoc", headers=headers)
        assert code_of(read_reply(answer.text)) == "15"
