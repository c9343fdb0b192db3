"""An opened ledger on either database."""

from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from axis.clock import Clock
from axis.database import Database
from axis.ledger.journal import Sealed, open_journal
from axis.ledger.recorder import Recorder
from axis.ledger.setup import open_ledger
from signing.notes import NoteSigner

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the tests of this room work with."""

    database: Database
    url: str
    signer: NoteSigner
    clock: Clock
    recorder: Recorder

    def append(self, count: int) -> Sealed:
        """Append leaves in one group."""

        def work(tx):
            journal = open_journal(tx, self.signer, self.clock)
            for _ in range(count):
                journal.append({"event": "test", "text": "Vĩnh Phúc", "number": journal.next_position})
            return journal.seal(tx)

        return self.database.write(work)


@pytest.fixture
def ledger(database: Database, database_url: str) -> Ledger:
    clock = Clock()
    signer = database.write(lambda tx: open_ledger(tx, KEY, "http://axis.example:8000/", clock.now()))
    return Ledger(database, database_url, signer, clock, Recorder(database, signer, clock))
