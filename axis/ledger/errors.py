"""What can be wrong with the ledger itself.

Callers of the hub do not cause these, so they have no code of refusal.
"""


class LedgerError(Exception):
    """The ledger cannot be used as it is; the message tells its operator why."""


class LedgerNotOpenedError(LedgerError):
    """The store has no ledger yet: `open_ledger` was not called on it."""


class LedgerDamagedError(LedgerError):
    """Something the tree needs is not in the store; `axis fsck` tells what."""


class LedgerKeyChangedError(LedgerError):
    """Another key signs this ledger by now than the one at hand."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"the ledger is signed by another key by now, whose id is {key_id}")
        self.key_id = key_id


class LedgerKeyError(LedgerError):
    """The key that signs checkpoints is missing, unreadable, or not the one this ledger was signed with."""
