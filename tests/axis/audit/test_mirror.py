"""What a hub shows is followed as far as it only grew; old answers and a damaged folder accuse nobody."""

import contextlib
import json
import sqlite3

import pytest
from support.audited_hub import AuditedHub

from axis.audit.errors import StateRefusedError

pytestmark = pytest.mark.stores("sqlite")


def kinds(outcome):
    return set(outcome.findings.counts)


def test_a_checkpoint_from_a_cache_is_asked_for_again(used: AuditedHub, tmp_path):
    with used.client() as client:
        old = client.fetch("/v1/ledger/checkpoint", 10**6)
    used.send("organisation")
    assert used.audit(tmp_path).is_true
    stale = [old, old]

    def cache(path, body):
        return stale.pop() if path == "/v1/ledger/checkpoint" and stale else body

    used.transport.change = cache
    assert used.audit(tmp_path).is_true
    assert stale == []


def test_a_ledger_that_stays_rewound_is_found_with_the_tree_it_was(used: AuditedHub, tmp_path):
    with used.client() as client:
        old = client.fetch("/v1/ledger/checkpoint", 10**6)
    used.send("organisation")
    used.audit(tmp_path)
    used.transport.change = lambda path, body: old if path == "/v1/ledger/checkpoint" else body
    outcome = used.audit(tmp_path)
    assert kinds(outcome) == {"rewind"}
    assert "the tree as it was then" in outcome.findings.named[0].found


def test_a_damaged_folder_blames_no_hub(used: AuditedHub, tmp_path):
    used.audit(tmp_path)
    (tile,) = (tmp_path / "tile/0/000.p").iterdir()
    content = tile.read_bytes()
    tile.write_bytes(bytes(32) + content[32:])
    used.send("organisation")
    with pytest.raises(StateRefusedError, match="damaged"):
        used.audit(tmp_path)
    tile.write_bytes(content[:-40])  # what is cut off is fetched again, and has to lead to the same tree
    assert used.audit(tmp_path).is_true


def test_a_folder_whose_facts_are_damaged_is_refused(used: AuditedHub, tmp_path):
    used.audit(tmp_path)
    for name, value in (("frontier", '[3, "00"]'), ("visit", "{")):
        with contextlib.closing(sqlite3.connect(tmp_path / "audit.db")) as rows, rows:
            rows.execute("UPDATE meta SET value = ? WHERE name = ?", (value, name))
        with pytest.raises(StateRefusedError):
            used.audit(tmp_path)


def test_a_list_without_end_is_read_to_an_end(used: AuditedHub, tmp_path, monkeypatch):
    monkeypatch.setattr("axis.audit.list_comparison.MEANWHILE", 5)
    asked = []

    def endless(path, body):
        if path != "/v1/documents":
            return body
        asked.append(path)
        first = json.loads(body)["items"] if len(asked) == 1 else [{"id": "x"}]
        return json.dumps({"items": first, "next": str(len(asked))}).encode()

    used.transport.change = endless
    used.transport.status = lambda path, status: 200 if path == "/v1/documents" else status
    outcome = used.audit(tmp_path)
    assert len(asked) < 30
    assert ("documents", "list") in {(each.where, each.kind) for each in outcome.findings.named}
