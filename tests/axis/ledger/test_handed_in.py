"""Over HTTP: receipts of what a restored hub lost are taken, kept once and listed; forged ones are not."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update
from support.application import application
from support.asgi import AsgiClient

from axis.agencies.tokens import Grant, create_tokens
from axis.clock import real_now
from axis.ledger import receipt_routes, routes
from axis.ledger.handed_in import check_handed_in
from axis.ledger.key_changes import ledger_keys
from axis.ledger.next_ledger import open_next_ledger
from axis.ledger.receipts import receipt
from axis.ledger.recorder import Recorder
from axis.ledger.tables import ledger_receipts
from axis.ledger.tree_checks import fsck, read_leaves
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.ledger_positions import begin_of
from signing.merkle import Frontier, leaf_hash
from signing.notes import Checkpoint, NoteSigner, check_receipt, read_receipt, write_receipt

from .conftest import Ledger

H24, G22 = AgencyCode("000.00.00.H24"), AgencyCode("000.00.00.G22")


class Restored:
    """A hub with one entry before its backup and three that were lost, and callers of it."""

    def __init__(self, ledger: Ledger) -> None:
        self.old = ledger
        ledger.append(1)
        leaves = [
            f'{{"document":"d{place}","event":"acceptance","from":"{sender}"}}'.encode()
            for place, sender in enumerate((H24, G22, H24))
        ]
        with ledger.database.read() as tx:
            self.before = receipt(tx, 0)
        self.lost = _receipts([read_receipt(self.before).leaf, *leaves], ledger.signer)[1:]
        signer = ledger.database.write(lambda tx: open_next_ledger(tx, ledger.signer, None, ledger.clock))
        self.new = Ledger(
            ledger.database, ledger.url, signer, ledger.clock, Recorder(ledger.database, signer, ledger.clock)
        )
        app = application(ledger.database, routes.router, receipt_routes.router, recorder=self.new.recorder)
        grants = [Grant("agency", agency=H24), Grant("agency", agency=G22), Grant("auditor", name="a")]
        made = ledger.database.write(lambda tx: create_tokens(tx, grants, real_now()))
        self.h24, self.g22, self.auditor = (
            AsgiClient(app, headers={"Authorization": f"Bearer {token}"}) for token in made
        )

    def give(self, text: object):
        return self.h24.post("/v1/ledger/receipts", json={"receipt": text})

    def differences(self) -> list[str]:
        with self.new.database.read() as tx:
            keys = [key.verifier for key in ledger_keys(tx, self.new.signer.verifier)]
            found = [*fsck(tx, self.new.signer.verifier), *check_handed_in(tx, keys)]
        return [each.where for each in found]


def _receipts(leaves: list[bytes], signer: NoteSigner) -> list[str]:
    """Make receipts of a ledger with these leaves, as its hub did."""
    growth = Frontier().append([leaf_hash(leaf) for leaf in leaves])
    note = signer.sign(Checkpoint(signer.name, len(leaves), growth.frontier.root()).text())
    return [
        write_receipt(leaf, index, proof, note)
        for index, (leaf, proof) in enumerate(zip(leaves, growth.proofs(), strict=True))
    ]


@pytest.fixture
def hub(ledger: Ledger) -> Restored:
    return Restored(ledger)


def test_a_receipt_of_a_lost_entry_is_kept_once_and_shown_to_its_sender(hub: Restored) -> None:
    answer = hub.give(hub.lost[0])
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert (kept["ledger"], kept["index"], kept["known"], kept["repeated"]) == (1, 1, False, False)
    assert kept["position"] == begin_of(2) + 1
    assert check_receipt(kept["receipt"], hub.new.signer.verifier).valid
    again = hub.give(hub.lost[0])
    assert (again.status_code, again.json()["repeated"], again.json()["position"]) == (
        200,
        True,
        kept["position"],
    )
    assert hub.give(hub.lost[1]).status_code == 201
    with hub.new.database.read() as tx:
        leaf = dict(read_leaves(tx))[kept["position"]]
    assert (leaf["event"], leaf["ledger"], leaf["index"], leaf["document"]) == (
        "receipt",
        hub.old.signer.name,
        1,
        "d0",
    )
    own = hub.h24.get("/v1/ledger/receipts").json()
    assert [(item["document"], item["receipt"]) for item in own["items"]] == [("d0", hub.lost[0])]
    assert [item["from"] for item in hub.g22.get("/v1/ledger/receipts").json()["items"]] == [G22]
    first = hub.auditor.get("/v1/ledger/receipts?limit=1").json()
    assert [item["index"] for item in first["items"]] == [1]
    rest = hub.auditor.get(f"/v1/ledger/receipts?after={first['next']}").json()
    assert ([item["index"] for item in rest["items"]], rest["next"]) == ([2], None)
    assert hub.differences() == []


def test_one_of_an_entry_that_the_hub_has_is_known(hub: Restored) -> None:
    answer = hub.give(hub.before)
    assert (answer.status_code, answer.json()["known"]) == (200, True)
    sealed = hub.new.append(1)
    answer = hub.give(sealed.receipt(sealed.first))
    assert (answer.status_code, answer.json()["known"]) == (200, True)
    assert hub.auditor.get("/v1/ledger/receipts").json()["items"] == []


@pytest.mark.stores("sqlite")
def test_what_is_forged_or_contradicts_the_hub_is_refused_with_the_rule(hub: Restored) -> None:
    stranger = NoteSigner(hub.old.signer.name, Ed25519PrivateKey.generate())
    leaf = b'{"event":"acceptance"}'
    two, four = [leaf] * 2, [leaf] * 4
    here = hub.new.signer
    assert hub.give(hub.lost[0]).status_code == 201
    for text, found in (
        (7, "int"),
        ("no receipt", "no receipt"),
        (_receipts(two, stranger)[1], "no signature of a key of this hub"),
        (hub.lost[0].replace("index 1", "index 2"), "an entry that its checkpoint does not cover"),
        (_receipts([b"x"] * 2, hub.old.signer)[1], "an entry that cannot be read"),
        (_receipts([leaf], hub.old.signer)[0], "another entry at 0 than this hub has"),
        (_receipts(two, hub.old.signer)[1], "another entry at 1 than this hub has"),
        (_receipts(four, here)[3], "another entry at 3 than this hub has"),
    ):
        answer = hub.give(text)
        assert answer.status_code == 422, text
        (place,) = answer.json()["errors"]
        assert (place["pointer"], place["found"]) == ("/receipt", found)
    assert hub.h24.post("/v1/ledger/receipts", json={}).status_code == 422
    assert len(hub.auditor.get("/v1/ledger/receipts").json()["items"]) == 1


@pytest.mark.stores("sqlite")
def test_damage_to_a_kept_receipt_is_found(hub: Restored) -> None:
    assert hub.give(hub.lost[0]).status_code == 201

    def damaged(**values: object) -> list[str]:
        hub.new.database.write(lambda tx: tx.execute(update(ledger_receipts).values(**values)) and None)
        return hub.differences()

    where = f"receipt {begin_of(2) + 1}"
    assert damaged(receipt=hub.lost[1]) == [where, where]
    assert damaged(receipt="none") == [where]
    assert damaged(receipt=hub.lost[0], entry=0) == [where, where]
    assert damaged(entry=1, document="another") == [where]
    assert damaged(document="d0") == []
