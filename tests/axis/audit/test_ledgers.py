"""A restored hub is audited across its ledgers; one that does so to be rid of documents is found out."""

import contextlib
import itertools
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.audited_hub import AuditedHub
from support.exchange import A, B, Exchange, Sent

from axis.audit.document_checks import Judge
from axis.audit.procedure import Outcome
from axis.audit.sentences import sentence
from axis.database import open_database
from axis.database.engine import sqlite_path
from axis.documents.new_documents import NewDocument
from axis.ledger import next_ledger
from axis.ledger.next_ledger import open_next_ledger
from axis.ledger.recorder import Recorder
from axis.protocol.ledger_positions import begin_of
from signing.notes import NoteSigner

pytestmark = pytest.mark.stores("sqlite")


@contextlib.contextmanager
def restored(used: AuditedHub, copy: Path, judge: Judge, *, more: int = 0) -> Iterator[AuditedHub]:
    """Open a hub on a copy of the store; before its next ledger begins it has the old one say more."""
    old = used.exchange
    exchange = object.__new__(Exchange)
    exchange.database = open_database(f"sqlite:///{copy}")
    exchange.clock, exchange.directory, exchange.key = old.clock, old.directory, old.key
    exchange._numbers = itertools.count(1_000)
    before = NoteSigner(old.verifier.name, old.key)
    exchange.recorder = Recorder(exchange.database, before, old.clock)
    for _ in range(more):
        exchange.send(signed="unsigned")
    signer = exchange.database.write(lambda tx: open_next_ledger(tx, before, None, old.clock))
    exchange.verifier = signer.verifier
    exchange.recorder = Recorder(exchange.database, signer, old.clock)
    try:
        yield AuditedHub(exchange, judge)
    finally:
        exchange.database.close()


def copied(used: AuditedHub, url: str, folder: Path) -> Path:
    """Copy the store as it is now."""
    store = sqlite_path(url)
    assert store is not None
    with (
        contextlib.closing(sqlite3.connect(store)) as source,
        contextlib.closing(sqlite3.connect(folder / "copy.db")) as copy,
    ):
        source.backup(copy)
    assert used.exchange is not None
    return folder / "copy.db"


def record(hub: AuditedHub, new: NewDocument) -> Sent:
    """Have a document accepted by a hub, under an id of its own."""
    given = replace(new, id=str(uuid.uuid4()))
    return Sent(given.id, hub.exchange.record(given).result().result.position, new.manifest.number)


def kinds(outcome: Outcome) -> dict[str, int]:
    return dict(outcome.findings.counts)


def test_both_ledgers_are_counted_and_a_first_visit_sees_them_too(
    used: AuditedHub, judge: Judge, database_url: str, tmp_path: Path
) -> None:
    first = used.audit(tmp_path / "state")
    with restored(used, copied(used, database_url, tmp_path), judge) as hub:
        hub.send("organisation")
        hub.exchange.give(B, used.signed[0].delivery(), "06")
        for folder in ("state", "another"):
            outcome = hub.audit(tmp_path / folder)
            assert outcome.findings.named == []
            assert outcome.now is not None
            assert outcome.now.size == 10 + 3
            assert outcome.signed == outcome.verified == 3
            assert outcome.entries["event"] == {"acceptance": 6, "status": 6, "restored": 1}
            assert outcome.ledger == hub.exchange.verifier.name
            assert outcome.gone.entries == 0
        assert hub.audit(tmp_path / "state").before == outcome.now
        assert first.now is not None
        hub.send("both")
        assert hub.audit(tmp_path / "another").is_true
        with_keys = hub.audit(tmp_path / "keys", keys=(hub.exchange.verifier, used.exchange.verifier))
        assert with_keys.is_true
        assert not with_keys.keys_taken


def test_what_was_acknowledged_and_is_gone_is_found_until_it_is_there_again(
    used: AuditedHub, judge: Judge, database_url: str, tmp_path: Path
) -> None:
    copy = copied(used, database_url, tmp_path)
    new = [used.exchange.new_document(A, (B,), signed="unsigned") for _ in range(2)]
    lost = [record(used, each) for each in new]
    used.exchange.give(B, used.signed[0].delivery(), "06")
    used.exchange.give(B, lost[0].delivery(), "03")
    assert used.audit(tmp_path / "state").is_true
    with restored(used, copy, judge) as hub:
        outcome = hub.audit(tmp_path / "state")
        assert kinds(outcome) == {"gone": 4}
        assert [each.where for each in outcome.findings.named] == [
            f"ledger 1 entry {index}" for index in (10, 11, 12, 13)
        ]
        assert (outcome.gone.entries, outcome.gone.documents, outcome.gone.again) == (4, 2, 0)
        assert "4 entries that were seen before are gone (0 of 2 documents" in sentence(outcome, "en")
        record(hub, new[0])
        outcome = hub.audit(tmp_path / "state")
        assert [each.where for each in outcome.findings.named] == ["ledger 1 entry 11", "ledger 1 entry 12"]
        record(hub, new[1])
        hub.exchange.give(B, used.signed[0].delivery(), "06")
        outcome = hub.audit(tmp_path / "state")
        assert outcome.findings.named == []
        assert outcome.gone.again == 2
        assert sentence(outcome, "en").startswith("True: ")
        assert "2 trong 2 văn bản" in sentence(outcome, "vi")
        assert hub.audit(tmp_path / "another").gone.entries == 0


def test_a_hub_that_lies_about_its_ledgers_is_found_out(
    used: AuditedHub, judge: Judge, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used.audit(tmp_path / "state")
    used.send("unsigned")
    copy = copied(used, database_url, tmp_path)
    used.send("unsigned")
    used.audit(tmp_path / "state")
    (tmp_path / "forked.db").write_bytes(copy.read_bytes())
    with restored(used, tmp_path / "forked.db", judge, more=1) as hub:
        assert kinds(hub.audit(tmp_path / "state")) == {"fork": 1}
    (tmp_path / "lying.db").write_bytes(copy.read_bytes())
    true = next_ledger.restored_leaf
    with monkeypatch.context() as lie:
        lie.setattr(next_ledger, "restored_leaf", lambda ledger, kept, note: true(ledger, kept + 1, note))
        with restored(used, tmp_path / "lying.db", judge) as hub:
            assert kinds(hub.audit(tmp_path / "first")) == {"entry": 1}
    with restored(used, copy, judge) as hub:
        hub.transport.change = lambda path, body: (
            body.replace(b"axis.test", b"axis.test2") if path == "/v1/ledgers" else body
        )
        assert kinds(hub.audit(tmp_path / "state")) == {"rewind": 1}
        hub.transport.change = lambda _path, body: body
        assert kinds(hub.audit(tmp_path / "state")) == {"gone": 1}
        hub.transport.status = lambda path, status: 404 if path == "/v1/ledgers" else status
        assert kinds(hub.audit(tmp_path / "state")) == {"rewind": 1}
    assert begin_of(2) == 2**40
