"""The pages of one agency's system, before a stub of the hub: registers, answers, letters, other sites."""

import json
import re
from datetime import UTC, datetime

import pytest
from support.asgi import AsgiClient
from support.stub_hub import Say, problem, stub_hub

from nodes.client import Client
from nodes.document_writer import Office
from nodes.face.app import Face
from nodes.face.registers import agency_of
from nodes.invented_texts import Signer
from nodes.retries import ONCE

OWN, OTHER = "000.00.00.H62", "000.00.00.H23"
HOST = {"Host": "127.0.0.1"}
FORM = "application/x-www-form-urlencoded"


def delivery(**changed):
    return {
        "id": "d.0",
        "document": "d",
        "from": OTHER,
        "to": OWN,
        "number": "1/UBND-VP",
        "issued_on": "2019-06-01",
        "subject": "<script>alert(1)</script>",
        "accepted_at": "2019-06-03T02:00:00Z",
        "indication": "TOTAL-PASSED",
        "status": None,
        "statuses": [],
    } | changed


@pytest.fixture
def face():
    """The pages, and the hub that they ask."""
    answers = {
        ("GET", "/v1/deliveries"): Say(body={"items": [delivery()], "next": None}),
        ("GET", "/v1/deliveries/d.0"): Say(body=delivery()),
        ("GET", "/v1/documents/d"): Say(body={"attachments": [{"name": "a<b>.pdf"}]}),
        ("POST", "/v1/statuses"): Say(body={"items": [{"delivery": "d.0", "code": "03", "status": 201}]}),
    }
    missing = problem(404, "not-found")
    with (
        stub_hub(
            otherwise=lambda asked: answers.get((asked.method, asked.path.split("?")[0]), missing)
        ) as hub,
        Client(hub.url, "axis_t", retries=ONCE) as client,
    ):
        office = Office(agency_of(OWN), Signer("", ""))
        made = Face(client, office, hub.url, lambda: datetime(2019, 6, 3, tzinfo=UTC))
        yield AsgiClient(made.app(), headers=HOST), hub, answers


def form_of(page):
    """The token of a page's form, and the cookie that belongs to it."""
    return re.search(r'name="form" value="([^"]+)"', page.text)[1], page.headers["set-cookie"].split(";")[0]


def post(pages, path, fields, cookie=""):
    body = "&".join(f"{name}={value}" for name, value in fields.items())
    headers = {**HOST, "Content-Type": FORM, "Cookie": cookie}
    return pages.request("POST", path, headers=headers, content=body)


def test_a_register_shows_what_the_hub_lists_and_markup_in_it_is_text(face):
    pages, _, _ = face
    page = pages.get("/")
    assert page.status_code == 200
    assert "1/UBND-VP" in page.text
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Chưa phản hồi" in page.text


def test_both_languages_can_be_had(face):
    pages, _, _ = face
    english = pages.request("GET", "/", headers={**HOST, "Accept-Language": "en"})
    assert "Incoming" in english.text
    chosen = pages.request("GET", "/", headers={**HOST, "Accept-Language": "en", "Cookie": "language=vi"})
    assert "Văn bản đến" in chosen.text
    assert "language=en" in pages.get("/language/en").headers["set-cookie"]


def test_a_status_is_given_by_a_form_of_the_page(face):
    pages, hub, _ = face
    form, cookie = form_of(pages.get("/deliveries/d.0"))
    done = post(pages, "/deliveries/d.0/answer", {"form": form, "code": "03", "note": "a%0D%0Ab"}, cookie)
    assert (done.status_code, done.headers["location"]) == (303, "/deliveries/d.0")
    assert json.loads(hub.asked[-1].body) == [{"delivery": "d.0", "code": "03", "note": "a\nb"}]


@pytest.mark.parametrize("path", ["/send", "/deliveries/d.0/answer", "/deliveries/d.0/recall"])
def test_a_form_that_another_site_sends_changes_nothing(face, path):
    pages, hub, _ = face
    form, cookie = form_of(pages.get("/send"))
    asked = len(hub.asked)
    for fields, given in (({}, cookie), ({"form": form}, ""), ({"form": form}, "face=other")):
        assert post(pages, path, fields | {"code": "03"}, given).status_code == 403
    assert len(hub.asked) == asked


def test_a_name_of_another_host_is_refused(face):
    pages, hub, _ = face
    assert pages.request("GET", "/", headers={"Host": "axis.example"}).status_code == 400
    assert hub.asked == []


def test_a_letter_is_written_and_sent_and_a_refusal_names_its_place(face):
    pages, hub, answers = face
    form, cookie = form_of(pages.get("/send"))
    place = {"pointer": "/to/0", "found": "H99", "expected": "a code of the directory"}
    answers["POST", "/v1/documents"] = problem(422, "unknown-recipient", errors=[place])
    fields = {"form": form, "to": "H23", "number": "1/UBND-VP", "subject": "Th%E1%BB%AD"}
    page = post(pages, "/send", fields, cookie)
    assert page.status_code == 422
    assert "unknown-recipient" in page.text
    assert "a code of the directory" in page.text
    assert b'"subject":"Th\xe1\xbb\xad"' in hub.asked[-1].body.replace(b'": "', b'":"')
    assert post(pages, "/send", fields | {"to": "H2%203%20x"}, cookie).status_code == 422


def test_a_letter_that_was_sent_is_asked_back_by_a_document_of_its_own(face):
    pages, hub, answers = face
    assert "/recall" not in pages.get("/deliveries/d.0").text  # others sent it
    answers["GET", "/v1/deliveries/d.0"] = Say(body=delivery(**{"from": OWN, "to": OTHER}))
    answers["POST", "/v1/documents"] = problem(422, "unknown-recipient")
    page = pages.get("/deliveries/d.0")
    assert "V/v thu hồi văn bản số 1/UBND-VP" in page.text
    form, cookie = form_of(page)
    fields = {"form": form, "number": "2/UBND-VP", "subject": "x"}
    assert post(pages, "/deliveries/d.0/recall", fields, cookie).status_code == 422
    sent = hub.asked[-1].body
    assert b'"action":"recall"' in sent
    assert b'"refers_to":[{"from":"000.00.00.H62","number":"1/UBND-VP","issued_on":"2019-06-01"}]' in sent
    assert b'"to":["000.00.00.H23"]' in sent


def test_a_hub_that_does_not_answer_is_a_page_too(face):
    pages, _, answers = face
    answers["GET", "/v1/deliveries"] = Say(hang_up=True)
    page = pages.get("/")
    assert page.status_code == 502
    assert "Không kết nối được" in page.text


def test_a_file_is_saved_under_its_name_and_never_shown(face):
    pages, _, answers = face
    answers["GET", "/v1/documents/d/attachments/0"] = Say(body="content")
    assert 'files/0" download="a&lt;b&gt;.pdf"' in pages.get("/deliveries/d.0").text
    file = pages.get("/documents/d/files/0")
    assert (file.status_code, file.json()) == (200, "content")
    assert file.headers["content-disposition"] == "attachment"
    assert file.headers["content-type"] == "application/octet-stream"
    assert pages.get("/documents/d/files/1").status_code == 404


def test_a_form_that_is_too_long_or_of_another_kind_is_refused(face):
    pages, _, _ = face
    assert post(pages, "/send", {"subject": "x" * 70_000}).status_code == 413
    assert pages.request("POST", "/send", headers=HOST, content="{}").status_code == 415
    assert pages.get("/nowhere").status_code == 404
