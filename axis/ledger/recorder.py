"""Records items that get a leaf, in groups that share a transaction and a checkpoint.

An item comes with a *kind*: the function that writes its rows and appends its leaves. Groups are formed by
`axis.database.writer`.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, NamedTuple, TypeVar

from axis.clock import Clock
from axis.database import Database, Write
from axis.ledger.errors import LedgerKeyChangedError
from axis.ledger.journal import Journal, Sealed, open_journal
from axis.protocol.errors import Overloaded
from signing.notes import NoteSigner, VerifierKey

KEY_MISSING_SECONDS = 30
"""When to come again where an operator has to bring a key first."""
_log = logging.getLogger("axis.ledger")

I = TypeVar("I")  # noqa: E741 - item and result
R = TypeVar("R")

Kind = Callable[[Write, Journal, Sequence[I]], Sequence[R | Exception]]
"""Writes all its items, appends their leaves, and returns the outcome of each, in order.

An exception *returned* is that item's outcome: it must have written nothing and appended no leaf. An
exception *raised* undoes the whole group, and each of its items is tried again alone.
"""


class Recorded(NamedTuple, Generic[R]):
    """An item's durable result, and the group in which it was sealed."""

    result: R
    sealed: Sealed


class _Entry(NamedTuple):
    kind: Kind[Any, Any]
    item: Any


class Recorder:
    """A lane of the database's writer; one for the process."""

    def __init__(
        self,
        database: Database,
        signer: NoteSigner,
        clock: Clock,
        renew: Callable[[str], NoteSigner | None] = lambda _key_id: None,
    ) -> None:
        self._database = database
        self.signer = signer
        self._clock = clock
        self._renew = renew
        """Finds the key with this id when the ledger's key was changed; None where it is not at hand."""

    def record(self, kind: Kind[I, R], item: I) -> "Future[Recorded[R]]":
        """Queue an item; the future resolves once it is durable, or fails with the item's exception.

        Raises:
            Overloaded: when too much is waiting already; nothing was queued.

        """
        return self._database.submit(self, _Entry(kind, item))

    async def record_async(self, kind: Kind[I, R], item: I) -> Recorded[R]:
        """Record an item and wait until it is durable. Raises as `record` and its future do."""
        return await self._database.submit_async(self, _Entry(kind, item))

    def commit(self, tx: Write, items: Sequence[_Entry]) -> Sequence[Recorded[Any] | Exception]:
        """Write a group. Each kind writes its own items, in the order in which the kinds first appear."""
        return self._group(tx, items)

    def _group(self, tx: Write, items: Sequence[_Entry]) -> Sequence[Recorded[Any] | Exception]:
        journal = self._open(tx)
        places: dict[Kind[Any, Any], list[int]] = {}
        for place, entry in enumerate(items):
            places.setdefault(entry.kind, []).append(place)
        outcomes: dict[int, Any] = {}
        for kind, own in places.items():
            results = kind(tx, journal, [items[place].item for place in own])
            outcomes.update(zip(own, results, strict=True))
        sealed = journal.seal(tx)
        return [
            outcome if isinstance(outcome := outcomes[place], Exception) else Recorded(outcome, sealed)
            for place in range(len(items))
        ]

    def record_in(self, tx: Write, kind: Kind[I, R], item: I) -> Recorded[R]:
        """Record one item within a transaction, for what is rare. Raises the item's exception."""
        outcome = self._group(tx, [_Entry(kind, item)])[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def follow_key(self, key: VerifierKey | None) -> None:
        """Take the key that signs now, if it was ever changed and is at hand, for what is signed besides."""
        if key is not None and key != self.signer.verifier:
            self.signer = self._renew(key.key_id.hex()) or self.signer

    def _open(self, tx: Write) -> Journal:
        """Open the journal with the key that signs now.

        Raises:
            Overloaded: when that key is not at hand, until an operator has put it there.

        """
        try:
            return open_journal(tx, self.signer, self._clock)
        except LedgerKeyChangedError as changed:
            signer = self._renew(changed.key_id)
            if signer is None:
                _log.error(
                    "the ledger's key was changed and is not at hand",
                    extra={"facts": {"key": changed.key_id}},
                )
                raise Overloaded(retry_after_seconds=KEY_MISSING_SECONDS) from changed
            self.signer = signer
            return open_journal(tx, signer, self._clock)
