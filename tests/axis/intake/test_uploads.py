"""Over HTTP: attachments sent ahead are found by their owner's documents, and what fails leaves nothing."""

import asyncio
import json
import tempfile
from hashlib import sha256

import pytest
from sqlalchemy import func, select, update
from support.old_protocol_exchange import PDF, A, B, OldAxis, S

from axis.agencies.directory_changes import set_locked
from axis.clock import real_now
from axis.intake.tables import uploads
from axis.intake.uploads import HOUR, sweep_uploads
from axis.objects.store import ABANDONED_AFTER
from axis.objects.tables import chunks

LARGE = bytes(range(256)) * 5_000
DIGEST = sha256(LARGE).hexdigest()


@pytest.fixture
def axis(database, database_url, tmp_path):  # noqa: ARG001 - its tables
    store = OldAxis(database_url, tmp_path)
    yield store
    store.close()


def put(axis, content=LARGE, code=S, digest=None, **headers):
    address = f"/v1/uploads/{digest or sha256(content).hexdigest()}"
    return axis.rest[code].put(address, content=content, headers=headers)


def send(axis, *, code=S, number="1/SGD", files=(), **declared):
    attachment = {"name": "phụ lục.bin", "media_type": "application/octet-stream", "size": len(LARGE)}
    manifest = {
        "from": code,
        "to": [A],
        "number": number,
        "issued_on": "2027-01-15",
        "type": "cong-van",
        "subject": "V/v gửi phụ lục",
        "attachments": [attachment | {"sha256": DIGEST} | declared],
    }
    parts = [("manifest", (None, json.dumps(manifest))), *files]
    return axis.rest[code].post("/v1/documents", files=parts)


def kept(axis):
    """How many uploads and chunks there are."""
    with axis.hub.database.read() as tx:
        return tuple(
            tx.execute(select(func.count()).select_from(table)).scalar_one() for table in (uploads, chunks)
        )


def sweep(axis, hours_from_now):
    at = real_now() + hours_from_now * HOUR
    sweep_uploads(axis.hub.objects, at, axis.settings.uploads_hours)


def test_a_document_needs_no_part_for_what_was_sent_ahead(axis):
    answer = put(axis)
    assert answer.status_code == 201, answer.text
    assert {**answer.json(), "kept_until": ""} == {"sha256": DIGEST, "size": len(LARGE), "kept_until": ""}
    sent = send(axis)
    assert sent.status_code == 201, sent.text
    read = axis.rest[A].get(f"/v1/documents/{sent.json()['id']}/attachments/0")
    assert (read.content, read.headers["etag"]) == (LARGE, f'"{DIGEST}"')


def test_one_upload_serves_many_documents_and_stays_with_them(axis):
    put(axis)
    sent = [send(axis, number=f"{number}/SGD") for number in (1, 2)]
    sweep(axis, 25)
    assert kept(axis) == (0, 2)
    for answer in sent:
        read = axis.rest[A].get(f"/v1/documents/{answer.json()['id']}/attachments/0")
        assert read.content == LARGE


def test_what_is_there_is_answered_at_once_and_kept_anew(axis):
    assert put(axis).status_code == 201
    with axis.hub.database.read() as tx:
        first = tx.execute(select(uploads.c.stored_at)).scalar_one()
    again = put(axis)
    assert again.status_code == 200
    with axis.hub.database.read() as tx:
        assert tx.execute(select(uploads.c.stored_at)).scalar_one() > first
    assert kept(axis) == (1, 2)


def test_the_digest_of_another_agencys_upload_opens_nothing(axis):
    put(axis)
    refused = send(axis, code=B)
    assert (refused.status_code, refused.json()["code"]) == (422, "attachment-missing")


def test_an_upload_of_another_size_than_declared_is_told(axis):
    put(axis)
    refused = send(axis, size=len(LARGE) + 1)
    assert (refused.status_code, refused.json()["code"]) == (422, "size-mismatch")


def test_a_refused_document_leaves_the_upload(axis):
    put(axis)
    assert send(axis).status_code == 201
    taken = send(axis, media_type="application/pdf")
    assert taken.json()["code"] == "number-taken"
    assert kept(axis) == (1, 2)
    assert send(axis, number="2/SGD").status_code == 201


def test_a_part_and_an_upload_stand_side_by_side(axis):
    put(axis)
    manifest = {"name": "thư.pdf", "media_type": "application/pdf", "size": len(PDF)}
    parts = [("attachment", ("thư.pdf", PDF))]
    sent = send(axis, files=parts, **manifest, sha256=sha256(PDF).hexdigest())
    assert sent.status_code == 201, sent.text


@pytest.mark.parametrize("digest", ["0" * 64, DIGEST[:-1] + ("0" if DIGEST[-1] != "0" else "1")])
def test_bytes_of_another_digest_are_refused_and_not_kept(axis, digest):
    answer = put(axis, digest=digest)
    assert (answer.status_code, answer.json()["code"]) == (422, "digest-mismatch")
    assert answer.json()["errors"][0]["pointer"] == "path:sha256"
    assert kept(axis) == (0, 0)


@pytest.mark.parametrize("digest", ["x", DIGEST.upper(), DIGEST + "0", "é" * 64])
def test_an_address_that_is_no_digest_is_refused(axis, digest):
    answer = put(axis, digest=digest)
    assert (answer.status_code, answer.json()["code"]) == (422, "query-invalid")


def test_packed_bytes_are_refused(axis):
    assert put(axis, **{"Content-Encoding": "gzip"}).status_code == 415


def test_a_locked_agency_sends_nothing_ahead(axis):
    axis.hub.database.write(lambda tx: set_locked(tx, S, locked=True))
    axis.hub.watch.look()
    assert put(axis).status_code == 403


def test_an_upload_past_the_limit_of_attachments_is_refused_before_and_while_it_is_read(axis):
    axis.limit(attachment_bytes=len(LARGE) - 1)
    for headers in ({}, {"Content-Length": "5"}):
        answer = put(axis, **headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert kept(axis) == (0, 0)


def test_unused_uploads_of_one_agency_are_bounded_until_documents_use_them(axis):
    axis.limit(uploads_bytes=len(LARGE) + 10)
    assert put(axis).status_code == 201
    full = put(axis, b"one more letter")
    assert (full.status_code, full.json()["code"]) == (429, "too-many-requests")
    assert int(full.headers["retry-after"]) >= 1
    assert put(axis, b"one more letter", code=A).status_code == 201, "others have room of their own"
    assert put(axis, b"small").status_code == 201
    send(axis)
    assert put(axis, b"one more letter").status_code == 201


def test_an_upload_of_no_length_is_held_against_the_room_at_its_end(axis):
    axis.limit(uploads_bytes=3)

    async def pieces():
        yield b"four"

    answer = axis.rest[S].put(f"/v1/uploads/{sha256(b'four').hexdigest()}", content=pieces())
    assert answer.status_code == 429
    assert kept(axis) == (0, 0)


def test_uploads_that_nobody_used_are_swept_in_their_time(axis):
    put(axis)
    sweep(axis, 23)
    assert kept(axis) == (1, 2)
    sweep(axis, 25)
    assert kept(axis) == (0, 0)


def test_an_upload_that_a_document_has_just_named_is_not_swept_from_under_it(axis):
    put(axis)
    assert send(axis, size=1).status_code == 422  # names it, whatever became of it
    old = real_now() - 30 * HOUR
    axis.hub.database.write(lambda tx: tx.execute(update(uploads).values(stored_at=old)) and None)
    sweep(axis, 0)
    assert kept(axis) == (1, 2)
    assert ABANDONED_AFTER <= HOUR


@pytest.mark.parametrize("end", ["disconnects", "stalls"])
def test_a_client_that_leaves_or_stalls_costs_nothing_lasting(axis, end, monkeypatch):
    axis.limit(body_idle_seconds=0.05, inline_bytes=0)
    spooled = []
    make = tempfile.TemporaryFile

    def noting(*args, **named):
        spooled.append(make(*args, **named))
        return spooled[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", noting)
    messages = [{"type": "http.request", "body": LARGE[:100_000], "more_body": True}]
    if end == "disconnects":
        messages.append({"type": "http.disconnect"})
    status = asyncio.run(call(axis, messages))
    assert status == 400
    assert [file.closed for file in spooled] == [True]
    assert kept(axis) == (0, 0)
    assert axis.hub.admission.under_way() == 0


async def call(axis, messages):
    """Put an upload of which only these messages come; return the answer's status."""
    token = axis.rest[S].headers["Authorization"].encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PUT",
        "scheme": "http",
        "path": f"/v1/uploads/{DIGEST}",
        "raw_path": f"/v1/uploads/{DIGEST}".encode(),
        "query_string": b"",
        "headers": [(b"authorization", token), (b"content-length", str(len(LARGE)).encode())],
        "client": ("127.0.0.1", 1),
        "server": ("axis.test", 80),
    }
    coming, answered = iter(messages), []

    async def receive():
        message = next(coming, None)
        if message is None:
            await asyncio.Event().wait()
        return message

    async def send_message(message):
        answered.append(message)

    await axis.app(scope, receive, send_message)
    return answered[0]["status"]
