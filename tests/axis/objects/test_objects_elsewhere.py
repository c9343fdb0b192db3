"""Over HTTP: a hub whose large contents lie in an object store takes, gives, checks and sweeps them there."""

import json
import os
from hashlib import sha256

import pytest
from sqlalchemy import func, select
from support.old_protocol_exchange import A, OldAxis, S
from support.s3_server import s3_server

from axis.app import build
from axis.clock import real_now
from axis.compliance.store_checks.leaves_and_rows import check_rows
from axis.database import StoreFailing
from axis.documents.tables import documents
from axis.intake.uploads import HOUR, sweep_uploads
from axis.objects.bucket import ObjectMissingError
from axis.objects.store import stored_pieces
from axis.objects.tables import chunks, stored_objects
from axis.settings import SettingInvalidError, Settings

LARGE = os.urandom(3_000_001)
DIGEST = sha256(LARGE).hexdigest()


@pytest.fixture
def axis(database, database_url, tmp_path, url):  # noqa: ARG001 - its tables
    store = OldAxis(database_url, tmp_path, objects_url=url)
    yield store
    store.close()


def manifest(number="1/SGD", digest=DIGEST):
    declared = {
        "name": "lon.bin",
        "media_type": "application/octet-stream",
        "size": len(LARGE),
        "sha256": digest,
    }
    return {
        "from": S,
        "to": [A],
        "number": number,
        "issued_on": "2027-01-15",
        "type": "cong-van",
        "subject": "V/v gửi tệp lớn",
        "attachments": [declared],
    }


def send(axis, number="1/SGD"):
    files = [("manifest", (None, json.dumps(manifest(number)))), ("attachment", ("lon.bin", LARGE))]
    return axis.rest[S].post("/v1/documents", files=files)


def count(axis, table):
    with axis.hub.database.read() as tx:
        return tx.execute(select(func.count()).select_from(table)).scalar_one()


def names(axis):
    """The names of all objects that rows tell of."""
    with axis.hub.database.read() as tx:
        rows = tx.execute(select(stored_objects)).all()
    return [f"{row.sha256[:2]}/{row.sha256}-{row.id}" for row in rows]


def differences(axis):
    with axis.hub.database.read() as tx:
        return [each.where for each in check_rows(tx, stored_pieces(axis.hub.objects))]


def test_a_large_attachment_goes_there_and_comes_back_whole_and_in_ranges(axis):
    sent = send(axis)
    assert sent.status_code == 201, sent.text
    address = f"/v1/documents/{sent.json()['id']}/attachments/0"
    whole = axis.rest[A].get(address)
    assert (whole.content, whole.headers["content-length"]) == (LARGE, str(len(LARGE)))
    part = axis.rest[A].get(address, headers={"Range": "bytes=1048570-2097160"})
    assert (part.status_code, part.content) == (206, LARGE[1048570:2097161])
    assert (count(axis, chunks), count(axis, stored_objects)) == (0, 1)
    (name,) = names(axis)
    assert axis.hub.objects.bucket.read(name, 0, len(LARGE)) == LARGE
    assert differences(axis) == []


def test_an_upload_goes_there_and_serves_a_document(axis):
    assert axis.rest[S].put(f"/v1/uploads/{DIGEST}", content=LARGE).status_code == 201
    files = [("manifest", (None, json.dumps(manifest())))]
    sent = axis.rest[S].post("/v1/documents", files=files)
    assert sent.status_code == 201, sent.text
    assert axis.rest[A].get(f"/v1/documents/{sent.json()['id']}/attachments/0").content == LARGE
    assert count(axis, stored_objects) == 1


def test_what_no_document_claims_is_swept_there_too_and_the_others_stay(axis):
    send(axis)
    (claimed,) = names(axis)
    axis.rest[S].put(f"/v1/uploads/{sha256(b'x').hexdigest()}", content=b"x")
    (swept,) = set(names(axis)) - {claimed}
    hours = axis.settings.uploads_hours
    assert sweep_uploads(axis.hub.objects, real_now() + (hours - 1) * HOUR, hours) == 0
    assert sweep_uploads(axis.hub.objects, real_now() + (hours + 1) * HOUR, hours) == 1
    assert names(axis) == [claimed]
    with pytest.raises(ObjectMissingError):
        axis.hub.objects.bucket.read(swept, 0, 1)
    assert axis.hub.objects.bucket.read(claimed, 0, 1) == LARGE[:1]


def test_a_refused_document_leaves_nothing_there(axis):
    send(axis)
    (first,) = names(axis)
    again = manifest() | {"subject": "V/v số đã dùng"}
    files = [("manifest", (None, json.dumps(again))), ("attachment", ("lon.bin", LARGE))]
    assert axis.rest[S].post("/v1/documents", files=files).json()["code"] == "number-taken"
    assert names(axis) == [first]


@pytest.mark.parametrize("harm", ["altered", "cut", "gone"])
def test_the_check_names_an_object_that_is_altered_cut_or_gone(axis, harm, tmp_path):
    if axis.hub.objects.bucket.place.startswith("s3"):
        pytest.skip("what is done to a file says it for both")
    sent = send(axis)
    (path,) = (tmp_path / "tệp lớn").glob("*/*")
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(LARGE[:-1] + (b"" if harm == "cut" else bytes([LARGE[-1] ^ 1])))
    assert differences(axis) == [f"document {sent.json()['id']} attachment 0 content"]
    if harm != "altered":
        answer = axis.rest[A].get(
            f"/v1/documents/{sent.json()['id']}/attachments/0", headers={"Range": "bytes=-1"}
        )
        assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")


def test_a_hub_does_not_start_where_its_objects_lie_elsewhere(axis, database_url, tmp_path):
    send(axis)
    settings = Settings(
        database_url=database_url,
        secret_key_file=tmp_path / "secret.key",
        ledger_key_file=tmp_path / "ledger-key.pem",
    )
    with pytest.raises(SettingInvalidError) as refused:
        build(settings)
    assert axis.hub.objects.bucket.place in str(refused.value)
    assert "khoa" not in str(refused.value)


def test_a_store_that_is_away_is_waited_for_and_nothing_is_half_done(database, database_url, tmp_path):  # noqa: ARG001 - its tables
    with s3_server() as server:
        axis = OldAxis(database_url, tmp_path, objects_url=server.url)
        try:
            kept = send(axis).json()["id"]
            server.stop()
            for answer in (
                send(axis, "2/SGD"),
                axis.rest[S].put(f"/v1/uploads/{DIGEST}", content=LARGE),
                axis.rest[A].get(f"/v1/documents/{kept}/attachments/0"),
                axis.rest[A].get("/readyz"),
            ):
                assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
                assert int(answer.headers["retry-after"]) >= 1
                assert "khoa" not in answer.text
            assert "axis_objects_failing 1.0" in axis.rest[A].get("/metrics").text
            assert axis.rest[A].get("/v1/inbox").json()["items"][0]["document"] == kept, (
                "what is in rows goes on"
            )
            assert count(axis, documents) == 1
            with pytest.raises(StoreFailing):
                axis.hub.objects.probe()
            server.start()
            axis.hub.objects.probe()
            assert axis.rest[A].get("/readyz").status_code == 200
            assert send(axis, "2/SGD").status_code == 201
            before = count(axis, stored_objects)
            sweep_uploads(axis.hub.objects, real_now() + 2 * HOUR, axis.settings.uploads_hours)
            assert (before, count(axis, stored_objects)) == (4, 2), "what was begun in vain is swept"
        finally:
            axis.close()
