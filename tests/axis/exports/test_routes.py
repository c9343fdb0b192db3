"""Over HTTP: exports are asked for, made by a job, and fetched by whoever asked."""

import hashlib
import json

import pytest
from support.evidence import HAI_PHONG, OFFICE, proven_on
from support.waiting import wait_until

from signing.notes import open_note, read_verifier_key

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request, tmp_path_factory):
    """A hub with three documents."""
    with proven_on(request, tmp_path_factory.mktemp("exports")) as found:
        yield found


def exported(client, **asked):
    """Ask for an export and wait for it; return the job that ended."""
    answer = client.post("/v1/exports", json=asked)
    assert answer.status_code == 202, answer.text
    address = answer.headers["location"]
    wait_until(lambda: client.get(address).json()["state"] not in {"queued", "running"}, "the export")
    return client.get(address).json()


def test_a_job_makes_the_file_and_its_manifest(world):
    job = exported(world.auditor, what="documents", format="ndjson", filter={"sender": "H24"})
    assert (job["state"], job["done"], job["of"]) == ("done", 3, 3)
    result = job["result"]
    answer = world.auditor.get(result["file"])
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [row["id"] for row in rows] == [each["id"] for each in world.documents.values()]
    assert {row["from"] for row in rows} == {HAI_PHONG}
    assert hashlib.sha256(answer.content).hexdigest() == result["sha256"]
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["content-disposition"].startswith('attachment; filename="documents-')
    note = world.auditor.get(result["manifest"]).text
    key = read_verifier_key(world.auditor.get("/v1/ledger/keys").json()["items"][0]["vkey"])
    assert json.loads(open_note(note, key).splitlines()[1])["sha256"] == result["sha256"]


def test_a_file_comes_in_ranges_too(world):
    result = exported(world.auditor, what="entries", format="csv")["result"]
    whole = world.auditor.get(result["file"])
    part = world.auditor.get(result["file"], headers={"Range": "bytes=3-12"})
    assert (part.status_code, part.content) == (206, whole.content[3:13])
    head = world.auditor.head(result["file"])
    assert int(head.headers["content-length"]) == len(whole.content)
    assert world.auditor.get(result["file"], headers={"Range": "bytes=999999999-"}).status_code == 416
    unchanged = world.auditor.get(result["file"], headers={"If-None-Match": whole.headers["etag"]})
    assert unchanged.status_code == 304


def test_an_agency_exports_its_own_and_nobody_elses_file(world):
    result = exported(world.office.client, what="deliveries", format="ndjson")["result"]
    rows = [json.loads(line) for line in world.office.client.get(result["file"]).text.splitlines()]
    assert {row["to"] for row in rows} == {OFFICE}
    assert len(rows) == 3
    assert world.province.client.get(result["file"]).status_code == 404
    assert world.auditor.get(result["file"]).status_code == 404
    refused = world.office.client.post("/v1/exports", json={"what": "entries", "format": "csv"})
    assert refused.status_code == 403


def test_what_is_wrong_is_named_with_its_place(world):
    answer = world.auditor.post(
        "/v1/exports", json={"what": "documents", "format": "zip", "filter": {"limit": "3"}}
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "export-invalid"
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/format", "/filter/limit"]
