"""A document from its sender to its recipients, over real HTTP: what went in comes out, and for whom."""

import hashlib
import json

import pytest
from support.independent_receipt import check
from support.waiting import wait_until

OFFICE, HAI_PHONG, BAC_NINH = "000.00.00.G22", "000.00.00.H24", "000.00.00.H05"
LARGE = bytes(range(256)) * 12_000  # three chunks of a mebibyte, the last one not full


@pytest.fixture(scope="module")
def document(world):
    files = {"123 văn bản.pdf": b"%PDF-1.7\n", "phụ lục.bin": LARGE}
    manifest = world.sender.manifest(
        [OFFICE, "H05"], files, number="123/UBND-CĐS", subject="V/v chuyển đổi số"
    )
    signatures = [world.sender.sign(manifest, person=0), world.sender.sign(manifest)]
    answer = world.sender.post(manifest, signatures, files)
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "bytes": manifest, "signed": signatures, "files": files}


def test_every_byte_comes_out_as_it_went_in(world, document):
    address = f"/v1/documents/{document['id']}"
    read = world.office.client.get
    assert read(f"{address}/manifest").content == document["bytes"]
    for ordinal, signature in enumerate(document["signed"]):
        assert read(f"{address}/signatures/{ordinal}").content == signature
    for ordinal, content in enumerate(document["files"].values()):
        answer = read(f"{address}/attachments/{ordinal}")
        assert answer.content == content
        assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'


def test_a_broken_download_is_taken_up_where_it_ended(world, document):
    address = f"/v1/documents/{document['id']}/attachments/1"
    begun = world.office.client.get(address, headers={"Range": "bytes=0-1999999"})
    rest = world.office.client.get(
        address, headers={"Range": "bytes=2000000-", "If-Range": begun.headers["etag"]}
    )
    assert [begun.status_code, rest.status_code] == [206, 206]
    assert begun.content + rest.content == LARGE


def test_head_tells_the_size_and_sends_nothing(world, document):
    head = world.office.client.head(f"/v1/documents/{document['id']}/attachments/1")
    assert head.headers["content-length"] == str(len(LARGE))
    assert head.content == b""


def test_the_document_tells_what_its_acceptance_did(world, document):
    read = world.sender.client.get(f"/v1/documents/{document['id']}").json()
    assert read["accepted_at"] == document["accepted_at"]
    assert read["indication"] == "TOTAL-PASSED"
    assert read["signed_by"] == "both"
    verdict = {name: read["verdict"][name] for name in document["verdict"]}
    assert verdict == document["verdict"]
    assert [{"id": each["id"], "to": each["to"]} for each in read["deliveries"]] == document["deliveries"]


def test_the_receipt_is_the_same_for_ever_and_checks_without_us(world, document):
    for reader in (world.sender, world.office):
        answer = reader.client.get(f"/v1/documents/{document['id']}/receipt")
        assert answer.text == document["receipt"]
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    (key,) = world.ask("anonymous", "GET", "/v1/ledger/keys").json()["items"]
    leaf = json.loads(check(document["receipt"], key["vkey"]))
    assert leaf["document"] == document["id"]
    assert leaf["manifest"] == hashlib.sha256(document["bytes"]).hexdigest()


def test_the_first_verdict_is_listed(world, document):
    body = world.office.client.get(f"/v1/documents/{document['id']}/verdicts").json()
    assert len(body["items"]) == 1
    assert body["items"][0]["sequence"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"text": "CHUYEN DOI SO"},
        {"text": "123/ubnd-cđs"},
        {"number": "123/UBND-CĐS"},
        {"sender": "H24", "recipient": "G22"},
        {"signed_by": "both", "indication": "TOTAL-PASSED", "type": "cong-van", "action": "new"},
        {"status": "none", "recipient": "H05", "text": "chuyển"},
    ],
)
def test_it_is_found_by_what_it_is(world, document, query):
    for role in ("agency", "recipient", "auditor"):
        items = world.ask(role, "GET", "/v1/documents", params=query).json()["items"]
        assert document["id"] in [item["id"] for item in items]


def test_it_is_found_by_what_its_signatures_are(world, document):
    signature = document["verdict"]["signatures"][0]
    certificate = signature["certificate"]
    for query in (
        {"certificate": certificate["sha256"]},
        {"issuer": certificate["issuer"], "algorithm": signature["algorithm"]},
    ):
        items = world.ask("auditor", "GET", "/v1/documents", params=query).json()["items"]
        assert document["id"] in [item["id"] for item in items]


def test_a_recipient_sees_its_own_status_and_the_sender_sees_all(world, document):
    delivery = document["deliveries"][0]["id"]
    given = world.office.client.post(f"/v1/deliveries/{delivery}/statuses", json={"code": "03", "note": None})
    assert given.status_code == 201
    address = f"/v1/documents/{document['id']}"

    def statuses(role):
        return [(each["to"], each["status"]) for each in world.ask(role, "GET", address).json()["deliveries"]]

    assert statuses("recipient") == [(OFFICE, "03")]
    assert statuses("other") == [(BAC_NINH, None)]
    assert statuses("agency") == statuses("auditor") == [(OFFICE, "03"), (BAC_NINH, None)]
    query = {"status": "03"}
    assert world.ask("other", "GET", "/v1/documents", params=query).json()["items"] == []


def test_pages_hold_each_document_once(world, document):
    for _ in range(5):
        world.sender.send(OFFICE)
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        page = world.ask("agency", "GET", "/v1/documents", params=query).json()
        assert len(page["items"]) <= 2
        seen.extend(item["id"] for item in page["items"])
        if page["next"] is None:
            break
        query["after"] = page["next"]
    assert len(seen) == len(set(seen)) >= 6
    assert document["id"] in seen


def test_a_document_sent_again_gets_its_first_answer_whatever_has_changed_since(world):
    files = {"a.pdf": b"%PDF-1.7\n%again"}
    manifest = world.sender.manifest([BAC_NINH], files, number="124/UBND")
    signature = world.sender.sign(manifest)
    first = world.sender.post(manifest, [signature], files)
    assert first.status_code == 201, first.text
    world.hub.axis("agency", "lock", BAC_NINH)
    try:
        wait_until(lambda: world.sender.send([BAC_NINH]).status_code == 422, "the recipient is locked")
        for parts in (([signature], files), ([], files), ([b"no signature"], {"a.pdf": b"other bytes"})):
            again = world.sender.post(manifest, *parts)
            assert (again.status_code, again.json()) == (200, {**first.json(), "repeated": True})
    finally:
        world.hub.axis("agency", "unlock", BAC_NINH)
    wait_until(lambda: world.sender.send([BAC_NINH]).status_code == 201, "the recipient is open again")
