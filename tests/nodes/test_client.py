"""The client against a hub that answers from a script over real HTTP."""

import base64
import json
from hashlib import sha256
from random import Random

import pytest
from support.stub_hub import Say, problem, stub_hub

from nodes.answers import Answer
from nodes.client import Client
from nodes.errors import ErrorPlace, ProblemError, TransportError
from nodes.multipart import Attachment
from nodes.retries import ONCE, Retries

SENT = {
    "id": "d1",
    "accepted_at": "2019-06-03T02:11:09.123456Z",
    "repeated": False,
    "verdict": {
        "indication": "TOTAL-PASSED",
        "sub_indication": None,
        "signed_by": "both",
        "sentence": "Good.",
    },
    "deliveries": [{"id": "d1.0", "to": "000.00.00.G22"}],
    "receipt": "c2sp.org/tlog-proof@v1\n",
    "something_new": 1,
}


def client_of(hub, retries=None, slept=None, token="axis_t"):
    slept = [] if slept is None else slept
    return Client(hub.url, token, retries=retries or Retries(attempts=4), sleep=slept.append, rng=Random(1))


def test_many_documents_go_in_one_request_and_each_is_answered_on_its_own():
    refused = {"status": 409, "code": "number-taken", "detail": "taken", "line": 2}
    answers = b"\n".join(json.dumps(answer).encode() for answer in (SENT | {"line": 1}, refused)) + b"\n"
    documents = [(b"{}", [b"signature"], [Attachment("a.pdf", b"%PDF")]), (b"[]", [], [])]
    with stub_hub(Say(200, answers)) as hub, client_of(hub) as client:
        good, bad = client.send_many(documents)
    assert good.id == "d1"
    assert isinstance(bad, ProblemError)
    assert (bad.status, bad.code) == (409, "number-taken")
    (asked,) = hub.asked
    assert asked.headers["Content-Type"] == "application/x-ndjson"
    first, second = (json.loads(line) for line in asked.body.splitlines())
    assert base64.b64decode(first["manifest"]) == b"{}"
    assert first["attachments"] == {sha256(b"%PDF").hexdigest(): base64.b64encode(b"%PDF").decode()}
    assert second == {"manifest": "W10=", "signatures": [], "attachments": {}}


def test_a_bulk_answer_with_another_number_of_lines_is_no_answer():
    with (
        stub_hub(Say(200, json.dumps(SENT).encode())) as hub,
        client_of(hub) as client,
        pytest.raises(TransportError, match="2 sent, 1 answered"),
    ):
        client.send_many([(b"{}", [], []), (b"[]", [], [])])


def test_a_sent_document_comes_back_typed_and_members_that_are_new_are_no_matter():
    with stub_hub(Say(201, SENT)) as hub, client_of(hub) as client:
        sent = client.send(b"{}", [b"signature"], [Attachment("a.pdf", b"%PDF", "application/pdf")])
    assert (sent.id, sent.repeated, sent.verdict.signed_by) == ("d1", False, "both")
    assert [(delivery.id, delivery.to) for delivery in sent.deliveries] == [("d1.0", "000.00.00.G22")]
    assert hub.asked[0].headers["Authorization"] == "Bearer axis_t"


def test_the_manifest_travels_byte_for_byte_and_attachments_keep_vietnamese_names():
    manifest = b'{ "subject": "V/v \xc4\x91\xe1\xbb\x83 bi\xe1\xba\xbft" }\r\n'
    with stub_hub(Say(201, SENT)) as hub, client_of(hub) as client:
        client.send(manifest, [b"\x30\x00"], [Attachment('Báo cáo "1".pdf', b"12345")])
    body = hub.asked[0].body
    assert manifest in body
    assert 'filename="Báo cáo %221%22.pdf"'.encode() in body
    assert body.count(b'name="signature"') == 1


def test_an_attachment_in_a_file_is_streamed_and_streamed_again_on_a_retry(tmp_path):
    large = tmp_path / "large.bin"
    large.write_bytes(b"0123456789abcdef" * 400_000)
    with stub_hub(Say(503), Say(201, SENT)) as hub, client_of(hub) as client:
        client.send(b"{}", (), [Attachment("large.bin", large)])
    first, second = hub.asked
    assert first.body == second.body
    assert large.read_bytes() in second.body
    assert int(second.headers["Content-Length"]) == len(second.body)


@pytest.mark.parametrize("failure", [Say(hang_up=True), Say(503), Say(429), Say(502), Say(504)])
def test_a_lost_connection_and_an_overloaded_hub_are_tried_again(failure):
    with stub_hub(failure, failure, Say(201, SENT)) as hub, client_of(hub) as client:
        assert client.send(b"{}").id == "d1"
    assert len(hub.asked) == 3


def test_retry_after_is_waited_for_and_a_little_more():
    slept = []
    with (
        stub_hub(problem(503, "overloaded", retry_after=7), Say(201, SENT)) as hub,
        client_of(hub, slept=slept) as client,
    ):
        client.send(b"{}")
    assert len(slept) == 1
    assert 7 <= slept[0] <= 7.2


def test_it_gives_up_after_the_last_attempt_with_what_the_hub_said():
    with (
        stub_hub(problem(503, "overloaded", retry_after=1)) as hub,
        pytest.raises(ProblemError) as raised,
        client_of(hub) as client,
    ):
        client.send(b"{}")
    assert raised.value.code == "overloaded"
    assert raised.value.retry_after_seconds == 1
    assert len(hub.asked) == 4


def test_a_refusal_is_never_tried_again_and_names_its_places():
    said = problem(
        422,
        "manifest-invalid",
        request_id="r1",
        errors=[{"pointer": "/to/1", "found": "H99", "expected": "an agency's code"}],
    )
    with stub_hub(said) as hub, pytest.raises(ProblemError) as raised, client_of(hub) as client:
        client.send(b"{}")
    error = raised.value
    assert (error.status, error.code, error.request_id) == (422, "manifest-invalid", "r1")
    assert error.errors == (ErrorPlace("/to/1", "H99", "an agency's code"),)
    assert "/to/1" in str(error)
    assert len(hub.asked) == 1


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"errors": 3}', b"\xff"])
def test_an_error_that_is_no_problem_object_still_has_a_status_and_a_code(body):
    with stub_hub(Say(500, body)) as hub, client_of(hub) as client, pytest.raises(ProblemError) as raised:
        client.document("d1")
    assert (raised.value.status, raised.value.code) == (500, "http-500")


@pytest.mark.parametrize("body", [b"not json", b"[1]"])
def test_a_success_that_cannot_be_read_is_a_transport_error(body):
    with stub_hub(Say(200, body)) as hub, client_of(hub) as client, pytest.raises(TransportError):
        client.document("d1")


def test_a_hub_that_is_not_there_is_a_transport_error():
    with stub_hub(Say()) as hub:
        url = hub.url
    with (
        Client(url, None, retries=ONCE) as client,
        pytest.raises(TransportError, match="no answer from the hub"),
    ):
        client.checkpoint()


def test_many_statuses_go_in_batches_of_a_thousand_and_keep_their_order():
    def answer(request):
        posted = json.loads(request.body)
        return Say(
            200,
            {"items": [{"status": 201, "delivery": one["delivery"], "code": one["code"]} for one in posted]},
        )

    answers = [Answer(f"d{number}", "02", "vì sao") for number in range(2_300)]
    with stub_hub(otherwise=answer) as hub, client_of(hub) as client:
        outcomes = client.post_statuses(answers)
    assert [len(json.loads(asked.body)) for asked in hub.asked] == [1000, 1000, 300]
    assert [outcome.answer for outcome in outcomes] == answers
    assert all(outcome.refused is None for outcome in outcomes)


def test_a_status_that_is_refused_in_a_batch_says_with_which_code():
    items = [
        {"status": 201, "delivery": "a", "code": "03"},
        {"status": 409, "code": "status-not-allowed", "detail": "already refused"},
    ]
    with stub_hub(Say(200, {"items": items})) as hub, client_of(hub) as client:
        taken, refused = client.post_statuses([Answer("a", "03"), Answer("b", "03")])
    assert taken.refused is None
    assert (refused.refused, refused.detail) == ("status-not-allowed", "already refused")


def test_no_statuses_make_no_request():
    with stub_hub(Say()) as hub, client_of(hub) as client:
        assert client.post_statuses([]) == ()
    assert hub.asked == []


def test_an_attachment_is_fetched_in_chunks_and_a_missing_one_is_a_problem():
    content = bytes(range(256)) * 4096
    with stub_hub(Say(200, content), problem(404, "not-found")) as hub, client_of(hub) as client:
        with client.attachment("d1", 0) as chunks:
            assert b"".join(chunks) == content
        with pytest.raises(ProblemError, match="not-found"), client.attachment("d1", 1) as chunks:
            list(chunks)


def test_filters_leave_out_what_is_not_given_and_from_is_written_with_an_underscore():
    with stub_hub(Say(200, {"items": [{"id": "x"}], "next": None})) as hub, client_of(hub) as client:
        page = client.documents(from_="2019-03-12", sender="H24", number=None)
    assert page.items == ({"id": "x"},)
    assert hub.asked[0].path == "/v1/documents?from=2019-03-12&sender=H24"


def test_proxies_of_the_environment_are_ignored(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with stub_hub(Say(200, {"items": []})) as hub, client_of(hub, retries=ONCE) as client:
        assert client.document("d1") == {"items": []}
