"""Over HTTP: witnesses give cosignatures of this ledger's checkpoints, and anyone sees them beside these."""

import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.application import application
from support.asgi import AsgiClient

from axis.agencies.tokens import Grant, create_tokens
from axis.clock import real_now
from axis.ledger import cosignature_routes, routes
from axis.ledger.cosignatures import MAX_WITNESSES, witnessed
from axis.ledger.receipts import receipt
from signing.cosignatures import Cosigner, cosigned_at, read_witness_key
from signing.notes import NoteSigner, open_note, split_note


def witness(name="witness.example"):
    return Cosigner(name, Ed25519PrivateKey.generate())


class Calls:
    """The ledger over HTTP, with a token of each kind."""

    def __init__(self, ledger):
        self.ledger = ledger
        app = application(ledger.database, routes.router, cosignature_routes.router, recorder=ledger.recorder)
        grants = [Grant("auditor", name="a"), Grant("operator", name="o")]
        made = ledger.database.write(lambda tx: create_tokens(tx, grants, real_now()))
        self.auditor, self.operator = (
            AsgiClient(app, headers={"Authorization": f"Bearer {token}"}) for token in made
        )
        self.anyone = AsgiClient(app)

    def checkpoint(self):
        return self.anyone.get("/v1/ledger/checkpoint").text

    def give(self, cosigner, note=None, at=None, client=None):
        text = split_note(note or self.checkpoint())[0]
        line = cosigner.cosign(text, at or int(time.time()))
        body = {"vkey": str(cosigner.verifier), "note": f"{text}\n{line}"}
        return (client or self.auditor).post("/v1/ledger/cosignatures", json=body)


@pytest.fixture
def calls(ledger):
    ledger.append(3)
    return Calls(ledger)


def test_a_cosignature_is_shown_beside_its_checkpoint_and_enters_no_receipt(calls):
    with calls.ledger.database.read() as tx:
        before = receipt(tx, 0)
    own = witness()
    answer = calls.give(own)
    assert answer.status_code == 201, answer.text
    (item,) = calls.anyone.get("/v1/ledger/cosignatures").json()["items"]
    assert (item["witness"], item["size"]) == ("witness.example", 3)
    note = calls.checkpoint()
    assert note == item["note"]
    text = open_note(note, calls.ledger.signer.verifier)
    assert cosigned_at(text, note.splitlines()[-1], read_witness_key(item["vkey"])) > 0
    with calls.ledger.database.read() as tx:
        assert receipt(tx, 0) == before
        assert witnessed(tx)[::2] == (3, 1)


def test_of_each_witness_the_newest_is_kept(calls):
    first, second = witness("one"), witness("two")
    old = calls.checkpoint()
    calls.give(first)
    calls.ledger.append(2)
    assert len(calls.checkpoint().splitlines()) == 5  # nobody cosigned that one yet
    calls.give(first)
    calls.give(second)
    assert calls.give(first, note=old).status_code == 201
    items = calls.anyone.get("/v1/ledger/cosignatures").json()["items"]
    assert sorted((item["witness"], item["size"]) for item in items) == [("one", 5), ("two", 5)]


def test_only_auditors_give(calls):
    own = witness()
    assert calls.give(own, client=calls.anyone).status_code == 401
    assert calls.give(own, client=calls.operator).status_code == 403


def test_what_is_no_cosignature_of_this_ledger_is_refused_with_its_place(calls):
    own = witness()
    stranger = NoteSigner("other.example", Ed25519PrivateKey.generate())
    elsewhere = stranger.sign("other.example\n3\n" + "A" * 43 + "=\n")
    forked = stranger.sign(f"{calls.ledger.signer.name}\n3\n" + "A" * 43 + "=\n")
    unknown = stranger.sign(f"{calls.ledger.signer.name}\n77\n" + "A" * 43 + "=\n")
    answers = [calls.give(own, note=note) for note in (elsewhere, forked, unknown)]
    answers.append(calls.give(own, at=int(time.time()) + 86_400))
    text = split_note(calls.checkpoint())[0]
    wrong = {"vkey": str(witness().verifier), "note": f"{text}\n{own.cosign(text, 5)}"}
    answers.append(calls.auditor.post("/v1/ledger/cosignatures", json=wrong))
    for answer in answers:
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/note"
    for body in ({}, [], {"vkey": 3, "note": "x"}, {"vkey": "x", "note": "y"}, {**wrong, "more": 1}):
        assert calls.auditor.post("/v1/ledger/cosignatures", json=body).status_code == 422
    assert calls.anyone.get("/v1/ledger/cosignatures").json()["items"] == []


def test_there_are_not_more_witnesses_than_a_note_can_hold(calls):
    statuses = [calls.give(witness(f"w{number}")).status_code for number in range(MAX_WITNESSES + 1)]
    assert statuses == [201] * MAX_WITNESSES + [422]
    assert open_note(calls.checkpoint(), calls.ledger.signer.verifier)
