"""The evidence of many documents in one archive, made by a job and checked offline."""

import io
import json

import pytest
from support.evidence import ledger_signer
from support.waiting import wait_until

from axis.cli import main
from axis.evidence.archive import pieces_of, read_archive
from axis.evidence.evidence_of_many import check_collection, document_name, open_collection
from axis.evidence.parts import part, signed_sums, written

pytestmark = pytest.mark.slow

HOLDS, ALTERED, UNSAID = range(3)


@pytest.fixture(scope="module")
def archive(world):
    """What an export of evidence gives an auditor."""
    asked = {"what": "evidence", "format": "zip", "filter": {"sender": "H24"}}
    answer = world.auditor.post("/v1/exports", json=asked)
    assert answer.status_code == 202, answer.text
    address = answer.headers["location"]
    ended = {"done", "failed"}
    wait_until(lambda: world.auditor.get(address).json()["state"] in ended, "the export of evidence")
    job = world.auditor.get(address).json()
    assert job["result"], job["problem"]
    assert job["result"]["rows"] == 3
    return world.auditor.get(job["result"]["file"]).content


def checked(archive, workers, keys=()):
    with io.BytesIO(archive) as file:
        collection = open_collection(file)
        return dict(check_collection(collection, keys, (), workers))


def parts_of(archive):
    with io.BytesIO(archive) as file:
        return {each.entry.name: b"".join(pieces_of(file, each)) for each in read_archive(file, "README.txt")}


def forged(parts, signer):
    made = [part(name, content) for name, content in parts.items() if name != "SHA256SUMS"]
    return b"".join(written([*made, signed_sums(made, signer)]))


def test_each_document_is_there_as_it_would_be_by_itself(world, archive, workers):
    found = checked(archive, workers, [ledger_signer(world).verifier])
    assert list(found) == [each["id"] for each in world.documents.values()]
    assert [each.status for each in found.values()] == [HOLDS] * 3
    parts = parts_of(archive)
    for name, document in world.documents.items():
        assert parts[document_name(document["id"])] == world.evidence(name)


def test_an_altered_document_is_named(archive, workers):
    altered = bytearray(archive)
    altered[len(altered) // 2] ^= 1
    ((document, found),) = checked(bytes(altered), workers).items()
    assert document == ""
    assert [each.code for each in found.findings] == ["digest"]
    assert found.findings[0].place.startswith("documents/")


def test_a_key_holder_that_swaps_two_documents_is_found(world, archive, workers):
    parts = parts_of(archive)
    first, second, _ = (document_name(each["id"]) for each in world.documents.values())
    parts[first], parts[second] = parts[second], b"PK no archive"
    found = checked(forged(parts, ledger_signer(world)), workers)
    assert [each.status for each in found.values()] == [ALTERED, ALTERED, HOLDS]


def test_an_archive_of_one_document_is_none_of_many(world, archive):
    assert open_collection(io.BytesIO(world.evidence("unsigned"))) is None
    assert open_collection(io.BytesIO(archive[:-1])) is None


def test_an_archive_of_no_document_proves_nothing_without_the_ledgers_key(world, archive, workers):
    signer = ledger_signer(world)
    empty = forged({"README.txt": parts_of(archive)["README.txt"]}, signer)
    (found,) = checked(empty, workers).values()
    assert [(each.code, found.status) for each in found.findings] == [("no-key", UNSAID)]
    assert checked(empty, workers, [signer.verifier]) == {}


def test_one_command_checks_them_all(archive, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evidence.zip").write_bytes(archive)
    assert main(["verify", "evidence.zip"]) == HOLDS
    printed = capsys.readouterr().out
    assert "3 of 3 documents hold." in printed
    assert "--ledger-key" in printed
    altered = bytearray(archive)
    altered[len(altered) // 2] ^= 1
    (tmp_path / "evidence.zip").write_bytes(bytes(altered))
    assert main(["verify", "evidence.zip", "--json"]) == ALTERED
    answer = json.loads(capsys.readouterr().out)
    assert answer["result"] == "altered"
    assert answer["findings"][0]["place"].startswith("documents/")


def test_an_agency_gets_its_own_views(world, workers):
    answer = world.province.client.post("/v1/exports", json={"what": "evidence", "format": "zip"})
    address = answer.headers["location"]
    wait_until(lambda: world.province.client.get(address).json()["state"] == "done", "the export")
    result = world.province.client.get(address).json()["result"]
    (found,) = checked(world.province.client.get(result["file"]).content, workers).values()
    assert found.status == HOLDS
    assert not found.told.statuses["complete"]
