"""Across modules: an honest hub is found true, and a hub that lies is found out, however it lies."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, update
from support import pki
from support.audited_hub import AuditedHub
from support.exchange import A, B

from axis.audit.errors import HubUnreachableError
from axis.audit.mirror import CONTRADICTION
from axis.counters.tables import counters
from axis.documents.tables import attachments, deliveries, document_signatures, documents, manifests, verdicts
from axis.ledger.leaves import canonical_json
from axis.ledger.tables import ledger_checkpoints, ledger_entries, ledger_tiles
from signing.key_changes import sign_key_change
from signing.notes import NoteSigner, open_note

pytestmark = pytest.mark.stores("sqlite")


def kinds(outcome):
    return set(outcome.findings.counts)


def places(outcome):
    return [each.where for each in outcome.findings.named]


@pytest.mark.stores("sqlite", "postgresql")
def test_an_honest_hub_is_true_and_every_signed_document_was_verified(used: AuditedHub, tmp_path):
    outcome = used.audit(tmp_path)
    assert outcome.findings.named == []
    assert outcome.is_true
    assert (outcome.signed, outcome.verified) == (2, 2)
    assert outcome.rows > 0
    assert outcome.entries["event"] == {"acceptance": 5, "status": 5}


def test_later_visits_go_on_from_the_last_one(used: AuditedHub, tmp_path):
    first = used.audit(tmp_path)
    used.transport.asked.clear()
    again = used.audit(tmp_path)
    assert again.is_true
    assert again.before == again.now == first.now
    assert not any("/tile/" in path for path in used.transport.asked)
    used.send("organisation")
    used.exchange.give(B, used.signed[0].delivery(), "06")
    third = used.audit(tmp_path)
    assert third.is_true
    assert (third.before, third.signed) == (first.now, 3)


def test_a_longer_ledger_is_mirrored_as_it_grows(hub: AuditedHub, tmp_path):
    for count in (3, 254, 260):
        for _ in range(count):
            hub.exchange.send(signed="unsigned")
        outcome = hub.audit(tmp_path)
        assert outcome.findings.named == []
    assert (tmp_path / "tile/0/001").stat().st_size == 256 * 32
    assert (tmp_path / "tile/1/000.p/2").stat().st_size == 2 * 32
    assert (tmp_path / "tile/entries/002.p/5").is_file()
    assert not (tmp_path / "tile/0/000.p").exists() or not list((tmp_path / "tile/0/000.p").iterdir())


def test_unsigned_documents_made_signed_in_store_and_counters_are_found(used: AuditedHub, tmp_path):
    def lie(tx):
        for sent in used.unsigned:
            row = documents.c.position == sent.position
            tx.execute(
                update(documents).where(row).values(indication="TOTAL-PASSED", signed_by="organisation")
            )
            row = verdicts.c.document == sent.position
            tx.execute(
                update(verdicts).where(row).values(indication="TOTAL-PASSED", signed_by="organisation")
            )
            used.count_as(tx, "unsigned", "organisation")

    used.change(lie)
    outcome = used.audit(tmp_path)
    assert kinds(outcome) == {"figure", "list"}
    assert f"document {used.unsigned[0].id} signed_by" in places(outcome)
    assert f"signatures 2019-06 {A} cong-van signed" in places(outcome)
    assert f"signatures 2019-06 recipient={B} {A} rate" not in places(outcome)  # it fits its own numbers


def test_verdicts_that_look_honest_are_found_by_their_documents(used: AuditedHub, tmp_path):
    for sent in used.unsigned:
        used.append_verdict(sent)
    outcome = used.audit(tmp_path)
    assert kinds(outcome) == {"document"}
    assert sorted(places(outcome)) == sorted(f"document {sent.id}" for sent in used.unsigned)
    assert outcome.findings.named[0].found == "no signature, signed by none"


def test_a_signature_put_into_the_store_later_is_not_the_entrys(used: AuditedHub, tmp_path):
    sent = used.unsigned[1]
    used.append_verdict(sent)

    def lie(tx):
        content = tx.execute(manifests.select().where(manifests.c.document == sent.position)).one().content
        made = used.sign(content, pki.organisation())
        tx.execute(
            document_signatures.insert().values(
                document=sent.position, ordinal=0, content=made, sha256="ab" * 32
            )
        )

    used.change(lie)
    outcome = used.audit(tmp_path)
    assert places(outcome) == [f"document {sent.id}"]


def altered(leaves, position, **members):
    leaf = {**json.loads(leaves[position]), **members}
    return [*leaves[:position], canonical_json(leaf), *leaves[position + 1 :]]


PASSED = {
    "indication": "TOTAL-PASSED",
    "sub_indication": None,
    "signed_by": "organisation",
    "policy": "axis-2019",
}


@pytest.mark.parametrize("position", [0, 9])
def test_a_ledger_rewritten_and_signed_anew_is_found_at_its_entry(used: AuditedHub, tmp_path, position):
    """At its last entry it is a fork: two trees of one size, both signed."""
    before = used.audit(tmp_path)
    used.rewrite(lambda leaves: altered(leaves, position, verdict=PASSED))
    outcome = used.audit(tmp_path)
    assert outcome.is_broken
    assert (kinds(outcome), places(outcome)) == ({"fork"}, [f"entry {position}"])
    notes = (tmp_path / CONTRADICTION).read_text(encoding="utf-8").split("\n\n")
    assert len(notes) == 4
    assert open_note(f"{notes[0]}\n\n{notes[1]}\n", used.exchange.verifier) != open_note(
        f"{notes[2]}\n\n{notes[3]}", used.exchange.verifier
    )
    assert used.audit(tmp_path).before == before.now  # what is believed is still the first


def test_a_rewritten_ledger_that_went_on_is_found_too(used: AuditedHub, tmp_path):
    used.audit(tmp_path)
    used.rewrite(lambda leaves: altered(leaves, 3, verdict=PASSED))
    used.send("organisation")
    outcome = used.audit(tmp_path)
    assert (kinds(outcome), places(outcome)) == ({"fork"}, ["entry 3"])


def test_a_rewound_ledger_is_found(used: AuditedHub, tmp_path):
    used.audit(tmp_path)
    used.rewrite(lambda leaves: leaves[:-1])
    outcome = used.audit(tmp_path)
    assert outcome.is_broken
    assert kinds(outcome) == {"rewind"}


def test_an_entry_that_does_not_hash_is_found(used: AuditedHub, tmp_path):
    def lie(tx):
        row = ledger_entries.c.position == 2
        leaf = tx.execute(ledger_entries.select().where(row)).one().leaf
        made = leaf.replace(b'"signed_by":"none"', b'"signed_by":"both"')
        assert made != leaf
        tx.execute(update(ledger_entries).where(row).values(leaf=made))

    used.change(lie)
    outcome = used.audit(tmp_path)
    assert (kinds(outcome), places(outcome)) == ({"entry"}, ["entry 2"])


def test_a_tile_that_is_not_of_its_tree_is_found(used: AuditedHub, tmp_path):
    def lie(tx):
        tile = tx.execute(ledger_tiles.select().where(ledger_tiles.c.level == 0)).one().hashes
        tx.execute(update(ledger_tiles).where(ledger_tiles.c.level == 0).values(hashes=bytes(32) + tile[32:]))

    used.change(lie)
    outcome = used.audit(tmp_path)
    assert outcome.is_broken
    assert kinds(outcome) == {"fork"}


def test_a_ledger_signed_with_another_key_is_not_believed(used: AuditedHub, tmp_path):
    used.audit(tmp_path)

    def lie(tx):
        note = tx.execute(ledger_checkpoints.select().order_by(ledger_checkpoints.c.size.desc())).first()
        text = open_note(note.note, used.exchange.verifier)
        other = NoteSigner(used.exchange.verifier.name, Ed25519PrivateKey.generate()).sign(text)
        tx.execute(
            update(ledger_checkpoints).where(ledger_checkpoints.c.size == note.size).values(note=other)
        )

    used.change(lie)
    outcome = used.audit(tmp_path)
    assert (kinds(outcome), places(outcome)) == ({"key"}, ["checkpoint"])


def test_a_key_that_no_entry_introduces_is_found_though_the_old_one_vouches_for_it(
    used: AuditedHub, tmp_path
):
    used.audit(tmp_path)
    old = NoteSigner(used.exchange.verifier.name, used.exchange.key)
    new = NoteSigner(old.name, Ed25519PrivateKey.generate())
    statement = sign_key_change(old, new)

    def lie(path, body):
        if path == "/v1/ledger/checkpoint":
            return new.sign(open_note(body.decode(), old.verifier)).encode()
        if path == "/v1/ledger/keys":
            return json.dumps({"items": [{"vkey": str(new.verifier), "statement": statement}]}).encode()
        return body

    used.transport.change = lie
    outcome = used.audit(tmp_path)
    assert (kinds(outcome), places(outcome)) == ({"key"}, [str(new.verifier)])


def test_a_key_given_by_the_auditor_is_the_one_that_counts(used: AuditedHub, tmp_path):
    assert used.audit(tmp_path / "own", keys=(used.exchange.verifier,)).is_true
    assert not used.audit(tmp_path / "own").keys_taken
    other = NoteSigner(used.exchange.verifier.name, Ed25519PrivateKey.generate()).verifier
    assert kinds(used.audit(tmp_path / "other", keys=(other,))) == {"key"}
    assert kinds(used.audit(tmp_path / "own", keys=(other,))) == {"key"}


DAMAGES = {
    "manifest": (manifests, {"content": b"{}"}),
    "signature": (document_signatures, {"content": b"0"}),
    "attachment": (attachments, {"content": b"%PDF-1.4 the document itselF"}),
}


@pytest.mark.parametrize("part", DAMAGES)
def test_one_altered_part_of_a_signed_document_is_found(used: AuditedHub, tmp_path, part):
    table, values = DAMAGES[part]
    sent = used.signed[0]
    used.change(
        lambda tx: tx.execute(update(table).where(table.c.document == sent.position).values(**values))
    )
    outcome = used.audit(tmp_path)
    assert kinds(outcome) == {"document"}
    assert [place for place in places(outcome) if part in place]


def test_a_document_that_is_no_longer_there_is_found(used: AuditedHub, tmp_path):
    sent = used.signed[0]
    used.change(lambda tx: tx.execute(delete(documents).where(documents.c.position == sent.position)))
    outcome = used.audit(tmp_path)
    assert kinds(outcome) == {"list", "document"} or kinds(outcome) == {"list", "receipt", "document"}
    assert f"document {sent.id}" in places(outcome)


def test_a_document_that_no_entry_names_is_found(used: AuditedHub, tmp_path):
    ghost = "00000000-0000-4000-8000-000000000000"

    def lie(path, body):
        if path != "/v1/documents":
            return body
        answer = json.loads(body)
        answer["items"].insert(1, {**answer["items"][0], "id": ghost})
        return json.dumps(answer).encode()

    used.transport.change = lie
    outcome = used.audit(tmp_path)
    assert (kinds(outcome), places(outcome)) == ({"list"}, [f"document {ghost}"])


@pytest.mark.parametrize(
    ("name", "value"),
    [("priority", "urgent"), ("signed_on", "2019-06-04"), ("send_due", 2_000_000_000_000_000)],
)
@pytest.mark.stores("sqlite")
def test_a_list_that_tells_a_deadline_otherwise_is_found(used: AuditedHub, tmp_path, name, value):
    used.change(lambda tx: tx.execute(update(documents).values({name: value})))
    outcome = used.audit(tmp_path)
    assert kinds(outcome) == {"list"}
    assert all(place.endswith(f" {name}") for place in places(outcome))


@pytest.mark.parametrize("sender", ["", A])
@pytest.mark.parametrize("grain", ["d", "m"])
def test_one_counter_that_is_off_by_one_is_named(used: AuditedHub, tmp_path, grain, sender):
    def lie(tx):
        rows = (counters.c.grain == grain) & (counters.c.recipient == B) & (counters.c.sender == sender)
        rows &= counters.c.type == "cong-van"
        assert tx.execute(update(counters).where(rows).values(handled=counters.c.handled + 1)).rowcount == 1

    used.change(lie)
    outcome = used.audit(tmp_path)
    where = f"exchange 2019-06 sender={A}" if sender else "exchange 2019-06"
    by = "cong-van" if grain == "m" else "2019-06-03 cong-van"
    assert kinds(outcome) == {"figure"}
    assert f"{where} {B} {by} handled" in places(outcome)


def test_a_receipt_of_another_tree_is_a_fork(used: AuditedHub, tmp_path):
    sent = used.signed[0]
    path = f"/v1/documents/{sent.id}/receipt"
    with used.client() as client:
        true = client.fetch(path, 10**6)
    used.audit(tmp_path)
    head, _, note = true.decode().partition("\n\n")
    text = open_note(note, used.exchange.verifier).split("\n")
    text[2] = "A" * 43 + "="
    forged = NoteSigner(used.exchange.verifier.name, used.exchange.key).sign("\n".join(text))
    used.transport.change = lambda at, body: f"{head}\n\n{forged}".encode() if at == path else body
    outcome = used.audit(tmp_path)
    assert (kinds(outcome), places(outcome)) == ({"fork"}, [f"document {sent.id} receipt"])


def test_an_audit_that_was_cut_off_goes_on_and_does_nothing_twice(hub: AuditedHub, tmp_path):
    for _ in range(6):
        hub.send("organisation")
    hub.transport.most = 0
    done: list[str] = []
    cuts = 0
    while True:
        # Documents are asked for side by side: with as many requests each time, none might ever be whole.
        hub.transport.most = len(hub.transport.asked) + 30 + 5 * cuts
        try:
            outcome = hub.audit(tmp_path)
            break
        except HubUnreachableError:
            cuts += 1
            assert cuts < 50
    done = [path for path in hub.transport.asked if "/tile/" in path]
    assert cuts > 0
    assert outcome.is_true
    assert outcome.verified == 6
    assert len(done) == len(set(done))


def test_a_hub_that_goes_on_meanwhile_is_true(used: AuditedHub, tmp_path):
    """It takes in a document whenever it is asked for statistics."""

    def work_on(path, body):
        if path.startswith("/v1/statistics/") and len(used.transport.asked) < 40:
            used.exchange.send(signed="unsigned")
        return body

    used.transport.change = work_on
    outcome = used.audit(tmp_path)
    assert outcome.findings.named == []


def test_messages_are_compared_by_their_kind(used: AuditedHub, tmp_path):
    def lie(tx):
        assert tx.execute(
            update(counters).where(counters.c.type == "@ho-so").values(type="@tien-do")
        ).rowcount

    used.change(lie)
    outcome = used.audit(tmp_path)
    assert kinds(outcome) == {"figure"}
    assert f"messages 2019-06 {A} ho-so sent" in places(outcome)


@pytest.mark.parametrize("name", ["sent_late", "answered_late"])
def test_a_hub_that_hides_what_was_late_is_found_out(hub: AuditedHub, tmp_path, name: str):
    sent = hub.send("unsigned", issued_on="2019-05-02")
    hub.exchange.clock.at += 48 * 3_600 * 1_000_000
    hub.exchange.give(B, sent.delivery(), "03")
    assert hub.audit(tmp_path / "before").is_true
    hub.change(lambda tx: tx.execute(update(counters).values({name: 0})))
    outcome = hub.audit(tmp_path / "after")
    agency = A if name == "sent_late" else B
    assert f"deadlines 2019-06 {agency} cong-van {name}" in places(outcome)


@pytest.mark.parametrize(
    ("name", "filtered", "agency"), [("sent_late", f"recipient={B}", A), ("answered_late", f"sender={A}", B)]
)
def test_what_one_agency_sent_another_late_is_compared_too(
    hub: AuditedHub, tmp_path, name: str, filtered: str, agency: str
):
    sent = hub.send("unsigned", issued_on="2019-05-02")
    hub.exchange.clock.at += 48 * 3_600 * 1_000_000
    hub.exchange.give(B, sent.delivery(), "03")
    pair = (counters.c.sender == A) & (counters.c.recipient == B) & (counters.c.grain == "d")
    hub.change(lambda tx: tx.execute(update(counters).where(pair).values({name: 0})))
    assert f"deadlines 2019-06 {filtered} {agency} 2019-06-03 cong-van {name}" in places(hub.audit(tmp_path))


def test_a_hub_that_gives_an_unanswered_document_more_time_is_found_out(hub: AuditedHub, tmp_path):
    hub.send("unsigned")
    hub.exchange.clock.at += 48 * 3_600 * 1_000_000
    assert hub.audit(tmp_path / "before").is_true
    hub.change(lambda tx: tx.execute(update(deliveries).values(answer_due=2**60)))
    outcome = hub.audit(tmp_path / "after")
    assert f"deadlines 2019-06 {B} cong-van overdue" in places(outcome)


def test_a_hub_that_puts_its_clock_back_to_be_in_time_is_found_out(hub: AuditedHub, tmp_path):
    hub.send("unsigned")
    hub.exchange.clock.at -= 1
    outcome = hub.audit(tmp_path)
    assert "deadlines 2019-06 at" in places(outcome)
