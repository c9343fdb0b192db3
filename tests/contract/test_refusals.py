"""Every code of refusal is provoked over HTTP; nothing is kept of such a request but its record."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest

from axis.problems import CATALOGUE
from axis.protocol.errors import ALL

OFFICE = "000.00.00.G22"
FILE = b"%PDF-1.7\n%%EOF\n"


@dataclass(frozen=True)
class Case:
    """How to get one refusal: its code, the place it names, and whether the hub records it."""

    code: str
    ask: Callable
    place: str | None = None
    recorded: bool = False
    documents: int = 0
    """How many documents it sends, and keeps, before the one that is refused."""


def posted(change: Callable[[dict], object], **parts):
    """Post a manifest after a change to its JSON, signed as changed."""

    def ask(world):
        value = json.loads(world.sender.manifest(OFFICE))
        change(value)
        manifest = json.dumps(value, ensure_ascii=False).encode()
        return world.sender.post(manifest, [world.sender.sign(manifest)], **parts)

    return ask


def raw(manifest: bytes):
    """Post bytes that stand where a manifest should."""
    return lambda world: world.sender.post(manifest, files={})


def sent_by(role, method, path, **more):
    return lambda world: world.ask(role, method, path, **more)


def forged(world):
    manifest = world.sender.manifest(OFFICE)
    return world.sender.post(manifest.replace(b"V/v", b"v/v"), [world.sender.sign(manifest)])


def forged_from_one_that_stands(world):
    manifest = world.sender.manifest(OFFICE)
    signature = world.sender.sign(manifest)
    assert world.sender.post(manifest, [signature]).status_code == 201
    return world.sender.post(manifest.replace(b"V/v", b"v/v"), [signature])


def number_taken(world):
    first = world.sender.manifest(OFFICE)
    assert world.sender.post(first, [world.sender.sign(first)]).status_code == 201
    other = first.replace(b"V/v", b"v/v")
    return world.sender.post(other, [world.sender.sign(other)])


def status_too_early(world):
    delivery = world.sender.send(OFFICE).json()["deliveries"][0]["id"]
    return world.office.client.post(f"/v1/deliveries/{delivery}/statuses", json={"code": "06"})


def status_without_note(world):
    delivery = world.sender.send(OFFICE).json()["deliveries"][0]["id"]
    return world.office.client.post(f"/v1/deliveries/{delivery}/statuses", json={"code": "02"})


def unsigned(world):
    return world.sender.send(OFFICE, signed=False)


def signed_by_another(world):
    manifest = world.sender.manifest(OFFICE)
    return world.sender.post(manifest, [world.office.sign(manifest)])


def many_signatures(world):
    return world.sender.post(world.sender.manifest(OFFICE), [b"x"] * 33)


def many_attachments(world):
    return world.sender.post(world.sender.manifest(OFFICE), files={f"{n}.pdf": b"x" for n in range(101)})


def of_another_agency(world):
    return world.other.post(world.sender.manifest(OFFICE))


def half_a_form(world):
    body = b'--b\r\nContent-Disposition: form-data; name="manifest"\r\n\r\n{'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    return world.sender.client.post("/v1/documents", content=body, headers=headers)


CASES = [
    Case("malformed-request", half_a_form),
    Case("malformed-json", raw(b'{"from": "H24", "from": "H24"}')),
    Case("malformed-json", raw(b"\xff")),
    Case("malformed-json", raw(b'{"from": "\\ud800"}')),
    Case("malformed-json", raw(b'{"from": "\\u0000"}')),
    Case("malformed-json", raw(b'{"from": ' + b"9" * 5000 + b"}")),
    Case("malformed-json", raw(b'{"from": ' + b"[" * 40 + b"]" * 40 + b"}")),
    Case(
        "manifest-missing",
        sent_by("agency", "POST", "/v1/documents", files=[("attachment", ("a", b"x"))]),
        "part:manifest",
    ),
    Case("not-authenticated", sent_by("anonymous", "GET", "/v1/inbox"), "header:Authorization"),
    Case(
        "not-authenticated",
        sent_by("anonymous", "GET", "/v1/inbox", headers={"Authorization": "Bearer axis_made-up"}),
        "header:Authorization",
    ),
    Case("not-permitted", sent_by("auditor", "GET", "/v1/inbox")),
    Case("not-your-agency", of_another_agency, "/from"),
    Case("signature-rejected", forged, recorded=True),
    Case("signature-rejected", forged_from_one_that_stands, recorded=True, documents=1),
    Case("not-found", sent_by("agency", "GET", "/v1/documents/00000000-0000-0000-0000-000000000000")),
    Case("not-found", sent_by("anonymous", "GET", "/nowhere")),
    Case("method-not-allowed", sent_by("anonymous", "DELETE", "/v1/documents")),
    Case("not-acceptable", sent_by("agency", "GET", "/v1/events", headers={"Accept": "image/png"})),
    Case("unsupported-media-type", sent_by("agency", "POST", "/v1/documents", json={})),
    Case(
        "unsupported-media-type",
        sent_by("agency", "POST", "/v1/documents", headers={"Content-Encoding": "gzip"}, content=b"x"),
        "header:Content-Encoding",
    ),
    Case(
        "unsupported-media-type",
        sent_by("agency", "POST", "/v1/statuses", headers={"Content-Encoding": "br"}, json=[]),
        "header:Content-Encoding",
    ),
    Case("number-taken", number_taken, "/number", recorded=True, documents=1),
    Case("status-not-allowed", status_too_early, documents=1),
    Case("too-large", raw(b" " * (256 * 1024 + 1)), "part:manifest"),
    Case("too-many-parts", many_attachments, "part:attachment"),
    Case("too-many-signatures", many_signatures, "part:signature"),
    Case("manifest-invalid", posted(lambda value: value.pop("subject")), "/subject", recorded=True),
    Case("manifest-invalid", posted(lambda value: value.update(secret=True)), "/secret", recorded=True),
    Case(
        "manifest-invalid",
        posted(lambda value: value["attachments"][0].update(name="../a")),
        "/attachments/0/name",
        recorded=True,
    ),
    Case("attachment-missing", posted(lambda _: None, files={}), "/attachments/0", recorded=True),
    Case(
        "attachment-undeclared",
        posted(lambda _: None, files={"van-ban.pdf": FILE, "b.pdf": b"x"}),
        "part:attachment[b.pdf]",
        recorded=True,
    ),
    Case(
        "digest-mismatch",
        posted(lambda _: None, files={"van-ban.pdf": FILE[::-1]}),
        "/attachments/0/sha256",
        recorded=True,
    ),
    Case(
        "size-mismatch",
        posted(lambda value: value["attachments"][0].update(size=3)),
        "/attachments/0/size",
        recorded=True,
    ),
    Case(
        "message-invalid",
        posted(
            lambda value: (
                value.update(type="thong-diep"),
                value["attachments"][0].update(media_type="application/vnd.axis.trang-thai-ho-so.v1+json"),
            )
        ),
        "part:attachment[van-ban.pdf]",
        recorded=True,
    ),
    Case("unknown-recipient", posted(lambda value: value.update(to=["H99"])), "/to/0", recorded=True),
    Case("recipient-locked", posted(lambda value: value.update(to=["H02"])), "/to/0", recorded=True),
    Case(
        "reference-unknown",
        posted(
            lambda value: value.update(
                action="recall",
                refers_to=[{"from": "H24", "number": "never/UBND", "issued_on": "2026-06-03"}],
            )
        ),
        "/refers_to/0",
        recorded=True,
    ),
    Case("query-invalid", sent_by("auditor", "GET", "/v1/documents?limit=0"), "query:limit"),
    Case("query-invalid", sent_by("auditor", "GET", "/v1/refusals?secret=1"), "query:secret"),
    Case(
        "export-invalid",
        sent_by("auditor", "POST", "/v1/exports", json={"what": "documents", "format": "zip"}),
        "/format",
    ),
    Case("status-invalid", status_without_note, "/note", documents=1),
]
STRICT = [
    Case("unsigned-rejected", unsigned, recorded=True),
    Case("indeterminate-rejected", signed_by_another, recorded=True),
]
ELSEWHERE = {
    "form-stale",  # tests/axis/web/test_delivery_pages.py
    "certificate-request-decided",  # tests/axis/trust/test_certificate_request_routes.py
    "certificate-request-invalid",  # the same
    "job-ended",  # tests/axis/jobs/test_job_routes.py
    "too-many-rows",  # tests/axis/exports/test_export_job.py
    "overloaded",  # below, on a hub with no place left
    "internal-error",  # below, on a hub whose store is broken behind its back
    "too-many-requests",  # below, on a hub that lets a caller do one thing at a time
}


def test_every_code_is_provoked():
    assert {case.code for case in CASES + STRICT} | ELSEWHERE == {kind.code for kind in ALL}


def _check(world, case: Case) -> None:
    before = _kept(world)
    answer: httpx.Response = case.ask(world)
    problem = checked(world, answer, case.code)
    if case.place is not None:
        assert case.place in [place["pointer"] for place in problem["errors"]]
        for place in problem["errors"]:
            assert place["found"]
            assert place["expected"]
    documents, refusals = _kept(world)
    assert documents - before[0] == case.documents
    assert refusals - before[1] == (1 if case.recorded else 0)
    if case.recorded:
        newest = _items(world, "/v1/refusals")[-1]
        assert newest["code"] == case.code
        assert newest["from"] == world.sender.code
        assert newest["problem"].get("errors") == problem.get("errors")
        judged = case.code.endswith("-rejected") or case.code == "number-taken"
        assert (newest["verdict"] is not None) == judged


def checked(world, answer: httpx.Response, code: str) -> dict:
    """Return a problem after making sure that it is one, and has a page in both languages."""
    problem = answer.json()
    assert problem["code"] == code, problem
    assert answer.status_code == problem["status"] == CATALOGUE[code].status
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["title"]
    assert problem["detail"]
    for language in ("vi", "en"):
        page = world.ask("anonymous", "GET", problem["type"], headers={"Accept-Language": language})
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert page.headers["content-language"] == language
    return problem


def _kept(world) -> tuple[int, int]:
    return len(_items(world, "/v1/documents")), len(_items(world, "/v1/refusals"))


def _items(world, path: str) -> list[dict]:
    items: list[dict] = []
    query = {"limit": "1000"}
    while True:
        page = world.ask("auditor", "GET", path, params=query).json()
        items.extend(page["items"])
        if page["next"] is None:
            return items
        query["after"] = page["next"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.place or ''}")
def test_a_refusal_names_its_rule_and_keeps_nothing_but_its_record(world, case):
    _check(world, case)


@pytest.mark.parametrize("case", STRICT, ids=lambda case: case.code)
def test_a_refusal_by_policy_shows_the_verdict(strict_world, case):
    _check(strict_world, case)
    assert case.ask(strict_world).json()["verdict"]["sentence"]


def test_altered_content_is_refused_with_the_verdict_that_says_so(world):
    problem = forged(world).json()
    assert problem["verdict"]["indication"] == "TOTAL-FAILED"
    assert problem["verdict"]["sub_indication"] == "HASH_FAILURE"


def test_the_leaf_of_a_refusal_holds_all_that_could_be_read(world):
    manifest = world.sender.manifest(OFFICE)
    altered, signature = manifest.replace(b"V/v", b"v/v"), world.sender.sign(manifest)
    assert world.sender.post(altered, [signature]).status_code == 403
    said, leaf = json.loads(altered), newest_leaf(world)
    assert (leaf["event"], leaf["code"]) == ("refusal", "signature-rejected")
    assert {name: leaf[name] for name in ("number", "issued_on", "type")} == {
        name: said[name] for name in ("number", "issued_on", "type")
    }
    assert (leaf["from"], leaf["to"], leaf["action"]) == (world.sender.code, [OFFICE], "new")
    assert leaf["manifest"] == hashlib.sha256(altered).hexdigest()
    assert leaf["signatures"] == [hashlib.sha256(signature).hexdigest()]


def newest_leaf(world) -> dict:
    checkpoint = world.ask("anonymous", "GET", "/v1/ledger/checkpoint").text
    tile, width = divmod(int(checkpoint.splitlines()[1]) - 1, 256)
    name = f"{tile:03}" if width == 255 else f"{tile:03}.p/{width + 1}"
    entries = world.ask("auditor", "GET", f"/v1/ledger/tile/entries/{name}").content
    while len(entries) > (end := 2 + int.from_bytes(entries[:2], "big")):
        entries = entries[end:]
    return json.loads(entries[2:])


def test_a_hub_without_a_place_left_asks_to_come_again(crowded_world):
    answer = crowded_world.sender.send(OFFICE)
    checked(crowded_world, answer, "overloaded")
    assert int(answer.headers["retry-after"]) >= 1
    assert crowded_world.ask("auditor", "GET", "/v1/documents").json()["items"] == []


def test_a_caller_that_holds_all_its_places_is_asked_to_wait(impatient_world):
    answer = impatient_world.sender.send(OFFICE)
    checked(impatient_world, answer, "too-many-requests")
    assert int(answer.headers["retry-after"]) >= 1


def test_a_fault_of_the_hub_shows_nothing_of_it(broken_world):
    answer = broken_world.ask("auditor", "GET", "/v1/refusals")
    checked(broken_world, answer, "internal-error")
    assert "refusals" not in answer.text.replace("/problems/", "")
    assert "sqlite" not in answer.text.lower()
    assert answer.headers["x-request-id"] in broken_world.hub.log


def test_a_refusal_is_found_by_the_id_of_its_request(world):
    manifest = world.sender.manifest("H99")
    mine = world.sender.post(manifest, [], **{"X-Request-ID": "van-ban-di.2026-0001"})
    other = world.sender.post(manifest)
    assert [mine.json()["code"], mine.json()["request_id"]] == ["unknown-recipient", "van-ban-di.2026-0001"]
    for answer in (mine, other):
        request_id = answer.json()["request_id"]
        found = world.sender.client.get("/v1/refusals", params={"request_id": request_id}).json()
        (item,) = found["items"]
        assert (item["request_id"], item["problem"]["request_id"]) == (request_id, request_id)
    assert world.other.client.get("/v1/refusals", params={"request_id": "van-ban-di.2026-0001"}).json() == {
        "items": [],
        "next": None,
    }
