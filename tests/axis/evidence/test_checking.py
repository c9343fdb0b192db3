"""Across modules: evidence is checked offline, and what was altered or contradicts is named."""

import io
import json
import tracemalloc
import zlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import pki
from support.evidence import HAI_PHONG, contents, forged, ledger_signer

from axis.evidence.archive import Entry, NotAnArchive, directory, local_header, read_archive
from axis.evidence.checking import check_evidence
from signing.certificates import to_der
from signing.notes import NoteSigner, read_verifier_key

pytestmark = pytest.mark.slow

HOLDS, ALTERED, UNSAID = range(3)
ANNEX = "attachments/1-phụ lục.txt"


@pytest.fixture(scope="module")
def archives(world):
    return {name: world.evidence(name) for name in world.documents}


@pytest.fixture(scope="module")
def signer(world):
    return ledger_signer(world)


@pytest.fixture(scope="module")
def check(workers):
    def call(archive, keys=(), roots=()):
        return check_evidence(io.BytesIO(archive), keys, roots, workers)

    return call


def found(checked):
    return [(each.code, each.place) for each in checked.findings]


@pytest.mark.parametrize("name", ["signed", "unsigned", "large"])
def test_what_the_hub_gives_holds(archives, check, name):
    checked = check(archives[name])
    assert found(checked) == []
    assert checked.status == HOLDS
    assert checked.proven.leaves[checked.told.statuses["position"]]["event"] == "acceptance"


def test_a_recipients_view_holds(world, check):
    assert check(world.evidence("signed", world.province.client)).status == HOLDS


def test_the_auditors_own_key_and_roots_are_used(world, archives, check, signer):
    root = world.auditor.get("/v1/ca/root.crt").content
    assert check(archives["signed"], [signer.verifier], [root]).status == HOLDS
    other = NoteSigner("other", signer.key).verifier
    assert found(check(archives["signed"], [other], [root])) == [("sums", "SHA256SUMS")]


def test_roots_that_do_not_vouch_leave_it_open(archives, check):
    checked = check(archives["signed"], (), [to_der(pki.root().certificate)])
    assert {each.code for each in checked.findings} == {"roots"}
    assert checked.status == UNSAID


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_altered_byte_is_found_and_its_part_named(archives, check, place, bit):
    archive = bytearray(archives["signed"])
    at = int(place * len(archive))
    parts = read_archive(io.BytesIO(bytes(archive)), "README.txt")
    inside = next((p.entry.name for p in parts if p.start <= at < p.start + p.entry.size), None)
    archive[at] ^= 1 << bit
    if at < parts[0].start and not _is_read(check, bytes(archive)):
        return  # within the first header: it is no evidence archive at all
    checked = check(bytes(archive))
    assert checked.status == ALTERED
    places = {each.place for each in checked.findings}
    if inside is None:
        assert places == {""}
    elif inside == "ledger-key.txt":
        assert places & {"ledger-key.txt", "SHA256SUMS"}
    else:
        assert inside in places
        assert places - {inside} <= ({"SHA256SUMS"} if inside != "SHA256SUMS" else places)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.floats(0, 1, exclude_max=True))
def test_a_part_of_an_archive_is_no_archive(archives, check, kept):
    archive = archives["signed"][: int(kept * len(archives["signed"]))]
    assert not _is_read(check, archive) or check(archive).status == ALTERED


def _is_read(check, archive):
    """Whether it is taken for an evidence archive."""
    try:
        check(archive)
    except NotAnArchive:
        return False
    return True


def changed(archive, name, change):
    parts = contents(archive)
    members = json.loads(parts[name])
    change(members)
    return {**parts, name: json.dumps(members, ensure_ascii=False).encode()}


def claim_signed(members):
    members["items"][0].update(indication="TOTAL-PASSED", signed_by="organisation")


def claim_completed(members):
    members["deliveries"][0]["events"][1]["code"] = "06"


def claim_earlier(members):
    members["accepted_at"] = "2019-06-03T02:11:09.000000Z"


def drop_refusal(members):
    members["deliveries"][1]["events"] = []


def change_note(members):
    members["deliveries"][0]["events"][1]["note"] = "khác"


def claim_other_sender(members):
    members["from"]["code"] = "000.00.00.H05"


@pytest.mark.parametrize(
    ("name", "part", "change", "codes"),
    [
        ("unsigned", "verdicts.json", claim_signed, {"leaf"}),
        ("signed", "statuses.json", claim_completed, {"leaf"}),
        ("signed", "statuses.json", claim_earlier, {"leaf"}),
        ("signed", "statuses.json", drop_refusal, {"receipt"}),
        ("signed", "statuses.json", change_note, {"leaf"}),
        ("signed", "statuses.json", claim_other_sender, {"leaf"}),
    ],
)
def test_a_key_holder_that_changes_what_is_told_contradicts_the_ledger(
    archives, check, signer, name, part, change, codes
):
    checked = check(forged(changed(archives[name], part, change), signer))
    assert checked.status == ALTERED
    assert {each.code for each in checked.findings} == codes
    assert {each.kind for each in checked.findings} == {"contradicts"}


def swapped(name, content):
    return lambda parts: {**parts, name: content(parts)}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (swapped("index.html", lambda p: p["index.html"] + b"<!-- -->"), ("page", "index.html")),
        (
            swapped("manifest.json", lambda p: p["manifest.json"].replace(b"V/v", b"v/v")),
            ("leaf", "manifest.json"),
        ),
        (swapped("manifest.json", lambda _: b"{}"), ("form", "manifest.json")),
        (swapped("signatures/0.p7s", lambda p: p["signatures/1.p7s"]), ("leaf", "signatures/")),
        (swapped(ANNEX, lambda _: b"khac\n"), ("attachment", ANNEX)),
        (swapped("receipt.txt", lambda p: p["receipts/5.txt"]), ("receipt", "receipt.txt")),
        (swapped("receipts/3.txt", lambda p: p["receipts/5.txt"]), ("receipt", "receipts/3.txt")),
        (swapped("verdicts.json", lambda _: b"[]"), ("form", "verdicts.json")),
        (swapped("verdicts.json", lambda _: b'{"items": 3}'), ("form", "verdicts.json")),
        (swapped("statuses.json", lambda _: b"[" * 100_000), ("form", "statuses.json")),
        (lambda p: {n: c for n, c in p.items() if not n.endswith(".crl")}, ("missing", None)),
        (lambda p: {n: c for n, c in p.items() if n != "receipts/5.txt"}, ("no-receipt", "statuses.json")),
        (lambda p: {n: c for n, c in p.items() if n != ANNEX}, ("attachments", "")),
        (lambda p: {n: c for n, c in p.items() if n != "statuses.json"}, ("missing", "statuses.json")),
        (lambda p: {**p, "../../etc/passwd": b"x"}, ("stranger", "../../etc/passwd")),
        (lambda p: {**p, "/tmp/x": b"x"}, ("stranger", "/tmp/x")),
        (lambda p: {**p, "attachments/2-a\\b": b"x"}, ("stranger", "attachments/2-a\\b")),
    ],
)  # fmt: skip
def test_parts_that_a_key_holder_changed_adds_or_leaves_out_are_named(
    archives, check, signer, change, expected
):
    checked = check(forged(change(contents(archives["signed"])), signer))
    assert checked.status == ALTERED
    code, place = expected
    assert code in {each.code for each in checked.findings}
    if place is not None:
        assert place in {each.place for each in checked.findings if each.code == code}


def test_parts_in_another_order_and_doubled_ones_are_named(archives, check, signer):
    parts = contents(archives["signed"])
    names = list(parts)
    moved = [*names[:2], "verdicts.json", *(name for name in names[2:] if name != "verdicts.json")]
    assert ("order", "manifest.json") in found(check(forged(parts, signer, moved)))
    doubled = [*names[:3], "manifest.json", *names[3:]]
    assert found(check(forged(parts, signer, doubled))) == [("order", "manifest.json")]


def test_a_verdict_that_the_signatures_do_not_bear_out_is_found(archives, check, signer):
    """A hub that lies in the ledger too is found by judging again."""
    parts = contents(archives["signed"])
    verdicts = json.loads(parts["verdicts.json"])
    for signature in verdicts["items"][0]["signatures"]:
        assert signature["indication"] == "TOTAL-PASSED"
        signature.update(indication="INDETERMINATE", sub_indication="TRY_LATER")
    checked = check(forged({**parts, "verdicts.json": json.dumps(verdicts).encode()}, signer))
    assert {each.code for each in checked.findings} == {"verdict"}


def test_an_archive_that_another_key_signed_is_found_where_the_key_is_known(archives, check, signer):
    parts = contents(archives["unsigned"])
    stranger = NoteSigner(signer.name, Ed25519PrivateKey.generate())
    parts["ledger-key.txt"] = f"{stranger.verifier}\n".encode()
    archive = forged(parts, stranger)
    assert check(archive, [signer.verifier]).status == ALTERED
    assert {each.code for each in check(archive).findings} == {"receipt"}  # its receipts are not its own


def test_a_ledger_key_that_is_none_is_told(archives, check, signer):
    parts = {**contents(archives["unsigned"]), "ledger-key.txt": b"no key\n"}
    assert found(check(forged(parts, signer))) == [("keys", "ledger-key.txt")]


def test_a_large_part_costs_no_memory(archives, check, signer):
    parts = {**contents(archives["large"]), "index.html": bytes(80 * 1024 * 1024)}
    archive = forged(parts, signer)
    tracemalloc.start()
    try:
        checked = check(archive)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found(checked) == [("too-large", "index.html")]
    assert peak < 48 * 1024 * 1024


def test_a_checksum_that_is_not_its_parts_is_told_as_such(archives, check):
    parts = contents(archives["unsigned"])
    entries = [
        Entry(name, len(content), zlib.crc32(content) ^ (name == "manifest.json"))
        for name, content in parts.items()
    ]
    bodies = b"".join(local_header(each) + parts[each.name] for each in entries)
    assert found(check(bodies + b"".join(directory(entries)))) == [("checksum", "manifest.json")]


def test_a_part_without_a_name_is_called_so(archives, check, signer):
    (finding,) = check(forged({**contents(archives["unsigned"]), "": b""}, signer)).findings
    assert finding.sentence("en").startswith("A part without a name was added")


def test_findings_have_words_in_both_languages(archives, check, signer):
    checked = check(forged({**contents(archives["unsigned"]), "x\u202ey": b""}, signer))
    for language in ("vi", "en"):
        (sentence,) = {each.sentence(language) for each in checked.findings}
        assert "\\u202e" in sentence


def test_the_key_line_of_the_archive_is_the_hubs(archives, signer):
    line = contents(archives["unsigned"])["ledger-key.txt"].decode()
    assert read_verifier_key(line) == signer.verifier
    assert zlib.crc32(line.encode())
    assert json.loads(contents(archives["unsigned"])["statuses.json"])["from"]["code"] == HAI_PHONG
