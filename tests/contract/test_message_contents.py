"""Over HTTP: what a message says of a person is read by its parties, and reaches nobody and nothing else."""

import hashlib
import json
import re

import pytest
from support.waiting import wait_until

pytestmark = pytest.mark.stores("sqlite")

MARKS = ("000123456789", "DUONG XUAN QUYNH TRAM", "tờ khai thừa kế")
"""Number, name and purpose, which stand in the message and nowhere else."""
LOOK_UP = {
    "MaYeuCau": "H24-1",
    "MaDVC": "1.000110",
    "MaTichHop": "TH-1",
    "MaCanBo": "000000000009",
    "MaDonVi": "000.00.00.H24",
    "TaiKhoan": "h24.1",
    "MucDich": MARKS[2],
    "SoDinhDanh": MARKS[0],
    "HoVaTen": MARKS[1],
    "NgayThangNamSinh": {"Nam": "1980"},
}
KIND = "application/vnd.axis.tra-cuu-dan-cu.v1+json"
MOST_SHOWN = 20
"""Of the routes and pages below, at least so many answer an auditor."""
OUTSIDERS = ("anonymous", "other", "auditor", "operator", "relay")


def send(world, body):
    """Send a look-up as the agency that signs it."""
    content = json.dumps(body, ensure_ascii=False).encode()
    described = {
        "name": "tra-cuu-dan-cu.json",
        "media_type": KIND,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    manifest = world.sender.manifest(
        world.office.code, type="thong-diep", subject="Yêu cầu tra cứu", attachments=[described]
    )
    files = {described["name"]: content}
    return world.sender.post(manifest, [world.sender.sign(manifest)], files), content


@pytest.fixture(scope="module")
def message(world):
    """A look-up that was accepted, and its bytes."""
    sent, content = send(world, LOOK_UP)
    assert sent.status_code == 201
    return sent.json(), content


def shows_nothing(answer):
    text = answer.content
    assert not [mark for mark in MARKS if mark.encode() in text], answer.request.url
    assert not [mark for mark in MARKS if json.dumps(mark).encode().strip(b'"') in text], answer.request.url


def test_sender_and_recipient_read_it(world, message):
    sent, content = message
    for role in ("agency", "recipient"):
        path = f"/v1/documents/{sent['id']}/attachments/0"
        assert world.ask(role, "GET", path).content == content


def test_nobody_else_is_shown_it_on_any_route_or_page(world, message):
    sent, content = message
    document, delivery = sent["id"], sent["deliveries"][0]["id"]
    own = f"/v1/documents/{document}"
    paths = [
        *(
            f"{own}{part}"
            for part in ("", "/manifest", "/signatures/0", "/verdicts", "/receipt", "/evidence")
        ),
        *(f"{own}/attachments/0", f"{own}/edxml", f"/v1/deliveries/{delivery}"),
        *(f"/v1/{each}" for each in ("documents", "deliveries", "refusals", "inbox", "events")),
        *("/v1/statistics/messages?by=kind", "/v1/statistics/exchange?type=thong-diep"),
        *("/v1/ledger/tile/entries/000.p/1", "/metrics"),
        *("/", "/documents", f"/documents/{document}", f"/deliveries/{delivery}", "/centre", "/report"),
        *("/inbox", "/outbox", "/refusals", "/ledger"),
    ]
    for role in OUTSIDERS:
        answers = [world.ask(role, "GET", path) for path in paths]
        for answer in answers:
            shows_nothing(answer)
        if role == "auditor":  # who is shown the most
            assert sum(answer.status_code == 200 for answer in answers) >= MOST_SHOWN
        assert world.ask(role, "GET", f"{own}/attachments/0").status_code >= 400
        assert world.ask(role, "GET", f"{own}/evidence").status_code >= 400
        digest = hashlib.sha256(content).hexdigest()
        shows_nothing(world.ask(role, "GET", f"/v1/uploads/{digest}"))


def test_its_words_find_nothing(world, message):
    for role in ("agency", "recipient", "auditor"):
        for mark in MARKS:
            found = world.ask(role, "GET", "/v1/documents", params={"text": mark})
            assert found.json()["items"] == []
    found = world.ask("auditor", "GET", "/v1/documents", params={"text": "yeu cau tra cuu"}).json()
    assert [item["id"] for item in found["items"]] == [message[0]["id"]]


@pytest.mark.parametrize(
    ("what", "form"),
    [
        ("documents", "csv"),
        ("deliveries", "csv"),
        ("verdicts", "ndjson"),
        ("entries", "ndjson"),
        ("evidence", "zip"),
    ],
)
@pytest.mark.usefixtures("message")
def test_an_auditors_export_holds_nothing_of_it(world, what, form):
    made = world.ask("auditor", "POST", "/v1/exports", json={"what": what, "format": form, "filter": {}})
    assert made.status_code == 202
    job = made.json()["id"]

    def state():
        return world.ask("auditor", "GET", f"/v1/jobs/{job}").json()["state"]

    wait_until(lambda: state() not in {"queued", "running"}, "the export")
    assert state() == ("failed" if what == "evidence" else "done")
    shows_nothing(world.ask("auditor", "GET", f"/v1/jobs/{job}"))
    shows_nothing(world.ask("auditor", "GET", f"/v1/exports/{job}/file"))


def test_a_refusal_names_the_member_and_not_what_it_said(world):
    refused, _ = send(world, LOOK_UP | {"SoDinhDanh": f"{MARKS[0]}0"})
    assert (refused.status_code, refused.json()["code"]) == (422, "message-invalid")
    assert refused.json()["errors"][0]["pointer"].endswith("/SoDinhDanh")
    shows_nothing(refused)
    for role in ("agency", "auditor"):
        kept = world.ask(role, "GET", "/v1/refusals")
        assert re.search(r"message-invalid", kept.text)
        shows_nothing(kept)
