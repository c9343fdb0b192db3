"""What can be wrong with the ledger itself.

No caller of the hub causes these, so they have no code of refusal.
"""


class LedgerError(Exception):
    """The ledger cannot be used as it is; the message tells its operator why."""


class LedgerNotOpenedError(LedgerError):
    """The store has no ledger yet: `open_ledger` was not called on it."""


class LedgerDamagedError(LedgerError):
    """Something the tree needs is not in the store; `axis fsck` tells what."""


class LedgerKeyError(LedgerError):
    """The key that signs checkpoints is missing, unreadable, or not the one this ledger was signed with."""
