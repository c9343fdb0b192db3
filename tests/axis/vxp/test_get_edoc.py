"""What came as edXML is handed out as it came; documents from REST are made into messages."""

import asyncio
import base64
import hashlib
from dataclasses import replace

import pytest
from support.edxml_messages import DOCUMENT
from support.exchange import CONTENT, UNDER_A, A, B, C, Sent
from support.objects import store_content
from support.vxp_calls import Calls

from axis.documents.envelopes import Envelope
from axis.documents.new_documents import StoredAttachment
from axis.protocol import edxml

HOP = (
    b"<edXML:TraceHeader><edXML:OrganId>axis</edXML:OrganId>"
    b"<edXML:Timestamp>2019/06/03 09:11:09</edXML:Timestamp></edXML:TraceHeader>"
)


@pytest.fixture
def calls(exchange):
    exchange.connect(A)
    exchange.connect(B)
    return Calls(exchange)


@pytest.fixture
def record(exchange):
    def recorded(new):
        accepted = exchange.record(new).result().result
        return Sent(new.id, accepted.position, new.manifest.number)

    return recorded


@pytest.fixture
def enveloped(exchange, record):
    """A document that came as edXML, its bytes in a row or in chunks."""

    def put(original=DOCUMENT, document_id="của bên gửi", *, chunked=False, **members):
        new = exchange.new_document(A, (B,), **members)
        upload = None
        if chunked:
            upload = store_content(exchange.database, original)
        envelope = Envelope(
            document_id,
            hashlib.sha256(document_id.encode()).hexdigest(),
            hashlib.sha256(original).hexdigest(),
            len(original),
            None if chunked else original,
            upload,
        )
        return record(replace(new, envelope=envelope))

    return put


def message(calls, agency, item):
    """What getEdoc gives, which has to be what downloadEdoc gives."""
    data = base64.b64decode(calls(agency, "getEdoc", docId=item)["data"], validate=True)
    response, body = calls.raw(agency, "downloadEdoc", docId=item)
    assert body == data
    assert (response.status_code, response.media_type) == (200, "application/xml")
    assert int(response.headers["content-length"]) == len(body)
    return data


def read(calls, agency, item):
    reading = edxml.read(message(calls, agency, item))
    assert {warning.code for warning in reading.warnings} <= {"attachment-zipped"}
    return reading.message


@pytest.mark.parametrize("chunked", [False, True])
def test_an_original_reaches_its_recipient_with_one_hop_more_and_no_other_change(calls, enveloped, chunked):
    fetched = message(calls, B, enveloped(chunked=chunked).delivery())
    assert fetched.count(HOP) == 1
    assert fetched.replace(HOP, b"") == DOCUMENT


def test_an_original_comes_back_to_its_sender_unchanged(calls, enveloped):
    assert message(calls, A, enveloped().id) == DOCUMENT


def test_fetching_changes_nothing(calls, enveloped):
    item = enveloped().delivery()
    message(calls, B, item)
    (listed,) = calls(B, "getReceivedEdocList")["data"]
    assert (listed["docId"], listed["status"]) == (item, "initial")
    assert calls(A, "countReceiveStatus")["count"] == 0


def test_a_large_message_is_handed_out_whole(calls, enveloped):
    files = base64.b64encode(bytes(range(256)) * 9000)
    original = DOCUMENT.replace(b"JVBERi0xLjcKJSVFT0YK", files)
    fetched = message(calls, B, enveloped(original, chunked=True).delivery())
    assert len(fetched) > 3_000_000
    assert fetched.replace(HOP, b"") == original


def test_a_document_from_rest_reaches_its_recipient_as_a_message(exchange, calls):
    sent = exchange.send(A, (B, C), number="7/VP", subject="V/v kiểm tra đường truyền")
    composed = read(calls, B, sent.delivery())
    assert composed.sender.organ_id == A
    assert composed.sender.name == f"Cơ quan {A}"
    assert [party.organ_id for party in composed.recipients] == [B, C]
    assert composed.subject == "V/v kiểm tra đường truyền"
    assert composed.document_id == f"{A},2019/06/03,7/VP"
    assert [(file.name, file.content) for file in composed.attachments] == [("main.pdf", CONTENT)]
    assert [hop.organ_id for hop in composed.trace] == [A, "axis"]
    assert read(calls, A, sent.id) == composed


def test_an_agency_is_named_with_the_one_above_it(exchange, calls):
    sent = exchange.send(UNDER_A, (B,))
    assert read(calls, B, sent.delivery()).sender.in_charge == f"Cơ quan {A}"


def test_signatures_over_the_manifest_go_along(exchange, calls, record):
    new = exchange.new_document(A, (B,))
    sent = record(replace(new, signatures=((b"first", "00"), (b"second", "01"))))
    composed = read(calls, B, sent.delivery())
    assert {file.name: file.content for file in composed.attachments} == {
        "main.pdf": CONTENT,
        "manifest.json": new.manifest_bytes,
        "manifest.json.0.p7s": b"first",
        "manifest.json.1.p7s": b"second",
    }


def test_a_large_document_from_rest_is_composed_from_its_chunks(exchange, calls, record):
    content = bytes(range(256)) * 10_000
    upload = store_content(exchange.database, content)
    attachments = [
        {
            "name": "main.pdf", "media_type": "application/pdf", "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    ]  # fmt: skip
    new = exchange.new_document(A, (B,), attachments=attachments)
    sent = record(replace(new, attachments=(StoredAttachment(None, upload),)))
    (file,) = read(calls, B, sent.delivery()).attachments
    assert file.content == content


def test_a_document_too_large_for_the_old_protocol_is_refused_with_the_way_to_fetch_it(exchange, calls):
    sent = exchange.send(A, (B,))
    calls.limit(vxp_document_bytes=len(CONTENT) - 1)
    code, sentence = calls.refusal(B, "getEdoc", docId=sent.delivery())
    assert code == "10"
    assert f"found {len(CONTENT)} bytes" in sentence
    assert f"GET /v1/documents/{sent.id}." in sentence
    calls.limit(vxp_document_bytes=len(CONTENT))
    message(calls, B, sent.delivery())


def test_an_update_names_the_document_by_the_id_it_came_with(exchange, calls, enveloped):
    came = enveloped(document_id="ABC-1")
    asked = exchange.ask("update", came)
    business = read(calls, B, asked.delivery()).business
    assert (business.type, business.document_id) == (edxml.BusinessType.UPDATE, "ABC-1")


def test_a_recall_names_a_document_from_rest_by_the_id_made_for_it(exchange, calls):
    sent = exchange.send(A, (B,))
    asked = exchange.ask("recall", sent, subject="nhầm nơi nhận")
    business = read(calls, B, asked.delivery()).business
    assert business.document_id == read(calls, B, sent.delivery()).document_id
    assert business.reason == "nhầm nơi nhận"


def statuses(calls, agency):
    data = calls(agency, "getReceivedEdocList", messagetype="status")["data"]
    return [read(calls, agency, item["docId"]) for item in data]


def test_a_status_reaches_the_sender_as_a_message_about_its_document(exchange, calls, enveloped):
    came = enveloped(document_id="ABC-1")
    exchange.give(B, came.delivery(), "01")
    exchange.give(B, came.delivery(), "02", "thiếu phụ lục")
    arrived, refused = statuses(calls, A)
    assert (arrived.code, arrived.description) == ("01", "Đã đến")
    assert (refused.code, refused.description) == ("02", "thiếu phụ lục")
    assert refused.sender.organ_id == B
    assert (refused.about.organ_id, refused.about.document_id) == (A, "ABC-1")
    assert refused.about.code == came.number
    assert refused.staff.department == f"Cơ quan {B}"


def test_a_status_about_a_document_from_rest_names_it_as_its_message_does(exchange, calls):
    sent = exchange.send(A, (B,))
    exchange.give(B, sent.delivery(), "01")
    (arrived,) = statuses(calls, A)
    assert arrived.about.document_id == read(calls, B, sent.delivery()).document_id


def test_a_request_reaches_the_receiving_agency(exchange, calls):
    sent = exchange.send(A, (B,))
    exchange.give(A, sent.delivery(), "13", "gửi nhầm")
    (request,) = statuses(calls, B)
    assert (request.code, request.sender.organ_id, request.about.organ_id) == ("13", A, B)


def test_a_status_names_an_agency_that_the_directory_no_longer_has_by_its_code(exchange, calls):
    sent = exchange.send(A, (B,))
    exchange.give(B, sent.delivery(), "01")
    exchange.directory.find = lambda _tx, _codes: {}
    (arrived,) = statuses(calls, A)
    assert arrived.sender.name == arrived.staff.department == B


@pytest.mark.parametrize("operation", ["getEdoc", "downloadEdoc"])
@pytest.mark.parametrize("which", ["another's", "received, by document", "unknown", "nonsense"])
def test_what_is_not_the_callers_looks_like_what_is_not_there(exchange, calls, operation, which):
    sent = exchange.send(A, (B, C))
    item = {
        "another's": sent.delivery(1),
        "received, by document": sent.id,
        "unknown": "00000000-0000-0000-0000-000000000000",
        "nonsense": "\x00 đ",
    }[which]
    code, sentence = calls.refusal(B, operation, docId=item)
    assert code == "20"
    assert sentence.startswith("There is no such item")


def test_few_large_messages_are_made_at_once(calls, enveloped, monkeypatch):
    item = enveloped(DOCUMENT + b" " * 2_000_000, chunked=True).delivery()
    taken = []
    real = asyncio.Semaphore.acquire

    async def counted(self):
        taken.append(1)
        return await real(self)

    monkeypatch.setattr(asyncio.Semaphore, "acquire", counted)
    message(calls, B, item)
    assert len(taken) == 2
