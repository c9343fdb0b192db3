"""Many documents in one request: each line has the outcome that its document has alone."""

import base64
import hashlib
import json
from collections import Counter

import pytest
from support.bulk import CONTENT, NDJSON, coded, conversation, line_of, write
from support.waiting import wait_until


def signed_line(world, to="000.00.00.G22", **members) -> bytes:
    manifest = world.sender.manifest(to, **members)
    return line_of(manifest, [world.sender.sign(manifest)])


def send_lines(world, lines, role="agency", **headers):
    answer = world.ask(
        role, "POST", "/v1/documents/bulk", content=b"\n".join(lines), headers={**NDJSON, **headers}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_every_line_is_answered_in_order_with_verdict_deliveries_and_receipt(world):
    lines = [signed_line(world, ["000.00.00.G22", "000.00.00.H05"]) for _ in range(40)]
    answers = send_lines(world, lines)
    assert [answer["line"] for answer in answers] == list(range(1, 41))
    for answer in answers:
        alone = world.ask("agency", "GET", f"/v1/documents/{answer['id']}/receipt")
        assert alone.text == answer["receipt"]
        assert answer["verdict"]["signed_by"] == "organisation"
        assert [each["to"] for each in answer["deliveries"]] == ["000.00.00.G22", "000.00.00.H05"]
        assert answer["repeated"] is False
    single = world.sender.send("000.00.00.G22").json()
    assert single.keys() | {"line"} == answers[0].keys() == answers[-1].keys()
    assert single["verdict"].keys() == answers[-1]["verdict"].keys()


def test_a_line_sent_again_gets_the_first_answer_within_the_request_and_later(world):
    line = signed_line(world)
    first, again = send_lines(world, [line, line])
    assert (first["repeated"], again["repeated"]) == (False, True)
    alone = world.sender.post(base64.b64decode(json.loads(line)["manifest"]))
    assert alone.status_code == 200
    (later,) = send_lines(world, [line])
    for other in (again, later, alone.json()):
        same = ("id", "accepted_at", "receipt", "deliveries", "verdict")
        assert [other[name] for name in same] == [first[name] for name in same]


def test_lines_that_depend_on_earlier_ones_are_taken_in_after_them(world):
    first = world.sender.manifest("000.00.00.G22", number="2/ORDER")
    other = world.sender.manifest("000.00.00.G22", number="2/ORDER", subject="lần hai")
    members = {"action": "recall", "attachments": []}
    members["refers_to"] = [{"from": world.sender.code, "number": "2/ORDER", "issued_on": "2026-06-03"}]
    recall = world.sender.manifest("000.00.00.G22", **members)
    lines = [line_of(first), signed_line(world), line_of(other), line_of(recall, contents=())]
    accepted, _, taken, recalled = send_lines(world, lines)
    assert accepted["repeated"] is False
    assert (taken["code"], taken["document"]) == ("number-taken", accepted["id"])
    assert recalled["repeated"] is False
    shown = world.ask("agency", "GET", f"/v1/documents/{accepted['id']}").json()
    assert [each["status"] for each in shown["deliveries"]] == ["13"]


def cases(world) -> dict[str, tuple[bytes, list[bytes], dict[str, bytes]]]:
    """Documents that are refused: manifest, signatures, attachments by name."""
    sender = world.sender
    file = {"van-ban.pdf": CONTENT}
    taken = sender.manifest("000.00.00.G22", subject="lần hai", number="1/TAKEN")

    def signed(manifest: bytes, files=file):
        return manifest, [sender.sign(manifest)], files

    forged = sender.manifest("000.00.00.G22")
    return {
        "number-taken": signed(taken),
        "signature-rejected": (forged, [sender.sign(forged + b" ")], file),
        "manifest-invalid": signed(sender.manifest("000.00.00.G22", type="thư")),
        "malformed-json": signed(b"{"),
        "not-your-agency": (world.office.manifest("000.00.00.G22"), [], file),
        "unknown-recipient": signed(sender.manifest("000.00.00.H99")),
        "recipient-locked": signed(sender.manifest("000.00.00.H02")),
        "reference-unknown": signed(
            sender.manifest(
                "000.00.00.G22",
                action="recall",
                refers_to=[{"from": sender.code, "number": "0/0", "issued_on": "2026-06-03"}],
            )
        ),
        "attachment-missing": (sender.manifest("000.00.00.G22"), [], {}),
        "attachment-undeclared": (
            sender.manifest("000.00.00.G22"),
            [],
            {**file, "thêm.pdf": "khác".encode()},
        ),
        "too-many-signatures": (sender.manifest("000.00.00.G22"), [b"0"] * 33, file),
        "too-large": (b" " * (256 * 1024 + 1), [], file),
    }


def test_a_refused_line_says_what_its_document_is_told_alone_and_the_others_go_on(world):
    number = world.sender.send("000.00.00.G22", number="1/TAKEN")
    assert number.status_code in {201, 409}
    refused = cases(world)
    lines, good = [], signed_line(world)
    for manifest, signatures, files in refused.values():
        lines.append(line_of(manifest, signatures, files.values()))
    answers = send_lines(world, [*lines, good])
    assert answers.pop()["repeated"] is False
    assert [answer["code"] for answer in answers] == list(refused)
    for answer, (manifest, signatures, files) in zip(answers, refused.values(), strict=True):
        alone = world.sender.post(manifest, signatures, files).json()
        assert (answer["code"], answer["status"]) == (alone["code"], alone["status"])
        if answer["code"] not in {"attachment-undeclared", "too-large", "too-many-signatures"}:
            assert answer.get("errors") == alone.get("errors")  # others point into the line
    listed = world.ask("agency", "GET", "/v1/refusals?limit=100").json()["items"]
    recorded = Counter(item["code"] for item in listed)
    unrecorded = {"malformed-json", "not-your-agency", "too-many-signatures", "too-large"}
    assert all(recorded[code] >= 2 for code in refused.keys() - unrecorded), recorded


def test_a_digest_that_is_not_the_content_s_own_is_refused(world):
    manifest = world.sender.manifest("000.00.00.G22")
    attachments = {hashlib.sha256(CONTENT).hexdigest(): coded(b"%PDF-1.7\n%%EOX\n")}
    (answer,) = send_lines(world, [line_of(manifest, attachments=attachments)])
    assert answer["code"] == "digest-mismatch"


@pytest.mark.parametrize(
    ("line", "code", "pointer"),
    [
        (b"thu", "malformed-json", "line 1, column 1"),
        (b"[]", "malformed-request", ""),
        (b'{"manifest": "e30=", "manifest": "e30="}', "malformed-json", "/manifest"),
        (b'{"manifest": "e30=", "chu-ky": []}', "malformed-request", "/chu-ky"),
        (b"{}", "manifest-missing", "/manifest"),
        (b'{"manifest": 1}', "malformed-request", "/manifest"),
        (b'{"manifest": "e30"}', "malformed-request", "/manifest"),
        (b'{"manifest": "e3 0="}', "malformed-request", "/manifest"),
        (b'{"manifest": "e30=", "signatures": {}}', "malformed-request", "/signatures"),
        (b'{"manifest": "e30=", "signatures": ["*"]}', "malformed-request", "/signatures/0"),
        (b'{"manifest": "e30=", "attachments": []}', "malformed-request", "/attachments"),
        (b'{"manifest": "e30=", "attachments": {"x": ""}}', "malformed-request", "/attachments"),
        (b'{"manifest": "e30="}', "manifest-invalid", "/from"),
    ],
)
def test_a_broken_line_says_where_and_the_stream_goes_on(world, line, code, pointer):
    broken, good = send_lines(world, [line, b"", signed_line(world)])
    assert (broken["line"], broken["code"], broken["errors"][0]["pointer"]) == (1, code, pointer)
    assert (good["line"], good["repeated"]) == (3, False)


def test_a_line_that_is_too_long_is_passed_over(world):
    too_long, good = send_lines(world, [b" " * (16 * 1024 * 1024 + 1), signed_line(world)])
    assert (too_long["line"], too_long["code"]) == (1, "too-large")
    assert (good["line"], good["repeated"]) == (2, False)


def test_problems_come_in_the_caller_s_language(world):
    (answer,) = send_lines(world, [b"{}"], **{"Accept-Language": "vi"})
    assert "manifest" in answer["detail"]
    assert answer["title"] != send_lines(world, [b"{}"])[0]["title"]


def test_the_request_as_a_whole_is_refused_before_any_line(world):
    def ask(role="agency", **headers):
        return world.ask(
            role, "POST", "/v1/documents/bulk", content=signed_line(world), headers={**NDJSON, **headers}
        )

    assert ask(None).json()["code"] == "not-authenticated"
    assert ask("auditor").json()["code"] == "not-permitted"
    assert ask(**{"Content-Type": "application/json"}).json()["code"] == "unsupported-media-type"
    packed = ask(**{"Content-Encoding": "gzip"})
    assert (packed.status_code, packed.headers["accept-encoding"]) == (415, "identity")


def test_answers_come_while_lines_are_still_being_sent(world):
    with conversation(world.hub.url, world.tokens["agency"]) as (sock, response):
        for number in range(1, 4):
            write(sock, signed_line(world))
            if number == 1:
                response.begin()
            assert json.loads(response.readline())["line"] == number
        sock.sendall(b"0\r\n\r\n")
        assert response.read() == b""


def test_whoever_goes_away_leaves_whole_documents_and_may_send_all_again(world):
    lines = [signed_line(world) for _ in range(60)]
    with conversation(world.hub.url, world.tokens["agency"]) as (sock, response):
        for line in lines:
            write(sock, line)
        response.begin()
        assert json.loads(response.readline())["line"] == 1
    answers = send_lines(world, lines)
    assert [answer["line"] for answer in answers] == list(range(1, 61))
    assert answers[0]["repeated"] is True
    assert world.hub.axis("fsck").returncode == 0
    assert world.hub.axis("reconcile").returncode == 0


def test_a_request_ends_where_its_token_is_revoked(world):
    made = world.hub.axis("token", "create", "--agency", world.sender.code).stdout.strip()
    with conversation(world.hub.url, made) as (sock, response):
        write(sock, signed_line(world))
        response.begin()
        assert json.loads(response.readline())["repeated"] is False
        listed = json.loads(world.hub.axis("token", "list", "--json").stdout)
        newest = max(
            (each for each in listed["items"] if each["agency"] == world.sender.code),
            key=lambda each: each["created_at"],
        )
        world.hub.axis("token", "revoke", newest["id"])
        known = {"Authorization": f"Bearer {made}"}
        wait_until(
            lambda: world.client.get("/v1/agencies", headers=known).status_code == 401, "the token to end"
        )
        write(sock, signed_line(world))
        last = json.loads(response.readline())
        assert (last["line"], last["code"]) == (2, "not-authenticated")
        assert response.read() == b""
