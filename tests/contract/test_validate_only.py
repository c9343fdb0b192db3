"""A document tried without being sent: the verdict, everything that is wrong, and nothing of it is kept."""

import json

import pytest

OFFICE, LOCKED = "000.00.00.G22", "000.00.00.H02"
FILES = {"1.pdf": b"%PDF-1.7\n"}


def tried(world, manifest, signatures=(), files=FILES, role=None, **more):
    client = (role or world.sender).client
    parts = [("manifest", ("manifest.json", manifest))]
    parts += [("signature", ("s.p7s", each)) for each in signatures]
    parts += [("attachment", (name, content)) for name, content in files.items()]
    return client.post("/v1/documents", params={"validate": "true"}, files=parts, **more)


def everything_kept(world):
    """Return what a document or a refusal would change."""
    figures = world.ask("auditor", "GET", "/v1/statistics/exchange").json()["items"]
    checkpoint = world.ask("anonymous", "GET", "/v1/ledger/checkpoint").text.split("\n")[1]
    refusals = world.ask("auditor", "GET", "/v1/refusals", params={"limit": 1000}).json()["items"]
    return figures, checkpoint, len(refusals)


def test_a_good_document_would_be_accepted_and_is_not_there(world):
    manifest = world.sender.manifest([OFFICE], FILES, number="1/VALIDATE")
    before = everything_kept(world)
    body = tried(world, manifest, [world.sender.sign(manifest)]).json()
    assert (body["outcome"], body["document"], body["problems"]) == ("accepted", None, [])
    assert (body["verdict"]["indication"], body["verdict"]["signed_by"]) == ("TOTAL-PASSED", "organisation")
    assert everything_kept(world) == before
    sent = world.sender.post(manifest, [world.sender.sign(manifest)], FILES)
    assert sent.status_code == 201
    again = tried(world, manifest).json()
    assert (again["outcome"], again["document"]) == ("repeated", sent.json()["id"])


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_steps(world):
    world.sender.post(world.sender.manifest([OFFICE], FILES, number="2/VALIDATE"), [], FILES)
    manifest = world.sender.manifest([LOCKED, "H99"], FILES, number="2/VALIDATE", subject="Khác")
    signature = world.sender.sign(manifest + b" ")
    before = everything_kept(world)
    answer = tried(world, manifest, [signature], {"1.pdf": b"other", "2.pdf": b"undeclared"})
    body = answer.json()
    assert answer.status_code == 200
    codes = [problem["code"] for problem in body["problems"]]
    assert codes == ["unknown-recipient", "number-taken", "attachment-undeclared", "signature-rejected"]
    assert {place["pointer"] for place in body["problems"][0]["errors"]} == {"/to/0", "/to/1"}
    assert body["outcome"] == "refused"
    assert body["verdict"]["sub_indication"] == "HASH_FAILURE"
    assert everything_kept(world) == before


def test_a_manifest_that_breaks_rules_is_judged_all_the_same(world):
    value = json.loads(world.sender.manifest([OFFICE], FILES, number="3/VALIDATE"))
    del value["subject"]
    manifest = json.dumps({**value, "type": "none"}, ensure_ascii=False).encode()
    body = tried(world, manifest, [world.sender.sign(manifest)]).json()
    (problem,) = body["problems"]
    assert problem["code"] == "manifest-invalid"
    assert {place["pointer"] for place in problem["errors"]} == {"/subject", "/type"}
    assert body["verdict"]["indication"] == "TOTAL-PASSED"


@pytest.mark.parametrize(
    ("manifest", "code"), [(b"{", "malformed-json"), (b'{"from": "000.00.00.G22"}', "not-your-agency")]
)
def test_what_hides_all_else_is_said_alone(world, manifest, code):
    before = everything_kept(world)
    body = tried(world, manifest).json()
    assert [problem["code"] for problem in body["problems"]] == [code]
    assert (body["outcome"], body["verdict"]) == ("refused", None)
    assert everything_kept(world) == before


def test_limits_and_rights_are_those_of_sending(world):
    manifest = world.sender.manifest([OFFICE], FILES, number="4/VALIDATE")
    assert world.ask("auditor", "POST", "/v1/documents?validate=true").status_code == 403
    assert world.ask("anonymous", "POST", "/v1/documents?validate=true").status_code == 401
    bare = world.sender.client.post("/v1/documents?validate=true", files={"signature": b"x"})
    assert bare.json()["code"] == "manifest-missing"
    odd = world.sender.client.post("/v1/documents?validate=perhaps", files={"manifest": manifest})
    assert (odd.status_code, odd.json()["code"]) == (422, "query-invalid")
    plain = world.sender.client.post("/v1/documents?validate=false", files={"manifest": manifest})
    assert plain.json()["code"] == "attachment-missing"
