"""Over HTTP: the message in which a document came over the old protocol."""

import hashlib
from dataclasses import replace

import pytest
from support.exchange import A, B, C, Sent
from support.objects import store_content
from support.stored_documents import AUDITOR, Reader, agency

from axis.documents.envelopes import Envelope
from axis.documents.new_documents import Target

ORIGINAL = "\ufeff<edXML>như đã gửi\r\n</edXML>".encode()


@pytest.fixture
def reader(database):
    return Reader(database)


@pytest.fixture(params=["in its row", "in chunks"])
def sent(request, exchange):
    upload = None
    if request.param == "in chunks":
        upload = store_content(exchange.database, ORIGINAL)
    digest = hashlib.sha256(ORIGINAL).hexdigest()
    content = ORIGINAL if upload is None else None
    envelope = Envelope("ABC-1", "00" * 32, digest, len(ORIGINAL), content, upload, ("line 3, Code: odd",))
    new = replace(exchange.new_document(A, (B,)), envelope=envelope)
    accepted = exchange.record(new).result().result
    return Sent(new.id, accepted.position, new.manifest.number)


@pytest.mark.parametrize("caller", [agency(A), agency(B), AUDITOR], ids=["sender", "recipient", "auditor"])
def test_the_original_comes_back_byte_for_byte(reader, sent, caller):
    told = reader.get(caller, f"/v1/documents/{sent.id}").json()["edxml"]
    assert told == {
        "document_id": "ABC-1",
        "sha256": hashlib.sha256(ORIGINAL).hexdigest(),
        "size": len(ORIGINAL),
        "warnings": ["line 3, Code: odd"],
        "href": f"/v1/documents/{sent.id}/edxml",
    }
    answer = reader.get(caller, told["href"])
    assert (answer.status_code, answer.content) == (200, ORIGINAL)
    assert answer.headers["content-type"] == "application/xml"
    assert answer.headers["etag"] == f'"{told["sha256"]}"'
    part = reader.get(caller, told["href"], headers={"Range": "bytes=3-9"})
    assert (part.status_code, part.content) == (206, ORIGINAL[3:10])
    assert reader.get(caller, told["href"], "HEAD").headers["content-length"] == str(len(ORIGINAL))


def test_others_do_not_find_it(reader, sent):
    assert reader.get(agency(C), f"/v1/documents/{sent.id}/edxml").status_code == 404


def test_a_document_from_rest_has_none(exchange, reader):
    sent = exchange.send(A, (B,))
    assert reader.get(agency(A), f"/v1/documents/{sent.id}").json()["edxml"] is None
    assert reader.get(agency(A), f"/v1/documents/{sent.id}/edxml").status_code == 404


@pytest.mark.parametrize("action", ["update", "replace"])
def test_a_delivery_names_its_successor_once_the_recipient_agreed(exchange, reader, action):
    earlier = exchange.send(A, (B, C))
    successor = exchange.ask(action, earlier)

    def superseded():
        body = reader.get(agency(A), f"/v1/documents/{earlier.id}").json()
        return [delivery["superseded_by"] for delivery in body["deliveries"]]

    assert superseded() == [None, None]
    exchange.give(B, earlier.delivery(0), "15")
    exchange.give(C, earlier.delivery(1), "16", "đã xử lý xong")
    assert superseded() == [successor.id, None]


def test_a_recalled_delivery_has_no_successor(exchange, reader):
    earlier = exchange.send(A, (B,))
    exchange.ask("recall", earlier)
    exchange.give(B, earlier.delivery(), "15")
    (delivery,) = reader.get(agency(A), f"/v1/documents/{earlier.id}").json()["deliveries"]
    assert (delivery["request"], delivery["superseded_by"]) == ("agreed", None)


def test_a_recipient_that_an_update_removed_has_no_successor(exchange, reader):
    earlier = exchange.envelop("ABC-2", A, (B, C))
    asks = [Target(earlier.position, removed=frozenset({C}))]
    refers_to = [{"from": A, "number": earlier.number, "issued_on": "2019-06-03"}]
    exchange.envelop("ABC-2", A, (B,), asks, 2, action="update", refers_to=refers_to)
    exchange.give(C, earlier.delivery(1), "15")
    body = reader.get(agency(A), f"/v1/documents/{earlier.id}").json()
    assert [delivery["superseded_by"] for delivery in body["deliveries"]] == [None, None]
