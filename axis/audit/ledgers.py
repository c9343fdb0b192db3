"""Mirrors the ledgers of a hub: several, where it was restored from a backup.

Of one that ended the hub may have fewer entries than an earlier visit saw: those are noted as gone
(docs/audit.md#a-hub-that-was-restored). A single ledger is copied by `axis.audit.mirror`.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from axis.audit.audit_folder import State
from axis.audit.errors import HubRefusedError, LedgerBrokenError, StateRefusedError
from axis.audit.findings import Finding
from axis.audit.hub_client import HubClient
from axis.audit.ledger_keys import Keys, followed_keys, keep_keys
from axis.audit.lost_entries import note_lost
from axis.audit.mirror import Mirror, MirroredLedger, Seen, Take
from axis.protocol.ledger_positions import FIRST_LEDGER, MOST_LEDGERS, begin_of, index_of, ledger_of
from signing.errors import SigningError
from signing.notes import Checkpoint

NOT_FOUND: Final = 404
COUNTED: Final = (
    "documents", "deliveries", "happened", "events", "keys", "findings", "given_again", "handed_in", "checks",
)  # fmt: skip
"""The tables that are filled anew where entries are gone."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """A ledger that ended, as the state keeps it."""

    origin: str
    kept: int
    """How many of its entries the hub has."""
    seen: int
    """How many an earlier visit saw, or the hub has."""


class MirroredLedgers:
    """A hub's ledgers as far as they were mirrored."""

    def __init__(self, state: State, hub: HubClient, keys: Keys, take: Take, seen: Seen) -> None:
        self._state = state
        self._hub = hub
        self._take = take
        self._seen = seen
        self._keys = keys
        self._mirrors: dict[int, Mirror] = {}
        self._current: Mirror | None = None

    @property
    def keys(self) -> Keys:
        """Those that are believed, with those that were introduced meanwhile."""
        return self._keys if self._current is None else self._current.keys

    @property
    def note(self) -> str:
        """The newest checkpoint as it was fetched last."""
        return "" if self._current is None else self._current.note

    @property
    def end(self) -> int:
        """The position after the last entry that was counted."""
        current = self._current
        return 0 if current is None else begin_of(current.ledger.number) + current.size

    @property
    def size(self) -> int:
        """How many entries of all ledgers were proven to be there and counted."""
        return sum(each.kept for each in self._ended()) + index_of(self.end)

    def root_at(self, position: int, size: int) -> bytes:
        """Return the root that the ledger of a position had at a size. Raises `LookupError`."""
        return self._mirrors[ledger_of(position)].root_at(size)

    def catch_up(self) -> Checkpoint:
        """Mirror and count what is new; return the checkpoint that covers all that was counted.

        Raises:
            LedgerBrokenError: when a ledger did not only grow, or was ended without saying so.

        """
        if self._current is None:
            self._look()
        assert self._current is not None
        try:
            checkpoint = self._current.catch_up()
        except LedgerBrokenError:
            number = self._current.ledger.number
            self._look()
            if self._current.ledger.number == number:
                raise
            checkpoint = self._current.catch_up()
        self._check_first_entry()
        return checkpoint

    def _look(self) -> None:
        """See which ledgers the hub has, and mirror those that ended."""
        listed = self._listed()
        self._keys = self.keys
        if listed:
            if not set(listed) <= {key.name for key in self._keys.items}:
                self._keys = followed_keys(self._hub, self._keys)
        else:
            listed = [self._keys.origin]
        known = self._ended()
        begun = [each.origin for each in known]
        if (growing := self._state.get("growing")) is not None:
            begun.append(str(growing))
        for number, origin in enumerate(begun, FIRST_LEDGER):
            found = listed[number - FIRST_LEDGER] if len(listed) > number - FIRST_LEDGER else "nothing"
            if found != origin:
                raise LedgerBrokenError(Finding("rewind", f"ledger {number}", found, origin))
        for number, origin in enumerate(listed, FIRST_LEDGER):
            grows = number == len(listed)
            place = "/v1/ledger" if grows else f"/v1/ledgers/{number}"
            ledger = MirroredLedger(number, origin, place)
            mirror = Mirror(self._state, self._hub, self._keys, ledger, self._take, self._seen)
            self._mirrors[number] = mirror
            if not grows and number > len(known):
                self._end_ledger(mirror)
            self._current = mirror
        self._state.set("growing", listed[-1])
        keep_keys(self._state, self._keys)
        self._state.rows.commit()

    def _listed(self) -> list[str]:
        """Return the names of the hub's ledgers; nothing where it is of a version that has one alone."""
        try:
            items = self._hub.json("/v1/ledgers").get("items")
        except HubRefusedError as error:
            if error.status != NOT_FOUND:
                raise
            return []
        said = items[:MOST_LEDGERS] if isinstance(items, list) else []
        return [str(item.get("origin")) for item in said if isinstance(item, dict)]

    def _ended(self) -> list[_Ended]:
        return [_Ended(*each) for each in self._state.get("ended") or []]

    def _end_ledger(self, mirror: Mirror) -> None:
        """Mirror a ledger that ended; what was seen and the hub has no longer is gone."""
        number, seen = mirror.ledger.number, mirror.copied
        checkpoint = mirror.fetch_checkpoint()
        if checkpoint.size < seen:
            if mirror.root_at(checkpoint.size) != checkpoint.root:
                mirror.keep_contradiction()
                expected = mirror.root_at(checkpoint.size).hex()
                where = f"ledger {number} checkpoint {checkpoint.size}"
                raise LedgerBrokenError(Finding("fork", where, checkpoint.root.hex(), expected))
            self._take_back(mirror, checkpoint.size, seen)
        else:
            mirror.catch_up()
        self._keys = mirror.keys
        ended = [*self._ended(), _Ended(mirror.ledger.origin, checkpoint.size, max(seen, checkpoint.size))]
        self._state.set("ended", [[each.origin, each.kept, each.seen] for each in ended])
        self._state.rows.commit()

    def _take_back(self, mirror: Mirror, kept: int, seen: int) -> None:
        """Note the entries that are gone, and count what is left anew from this folder."""
        begin = begin_of(mirror.ledger.number)
        try:
            for index, entry in mirror.entries(kept, seen):
                note_lost(self._state, begin + index, entry)
            for table in COUNTED:
                self._state.rows.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are above
            mirror.cut(kept)
            for number in range(FIRST_LEDGER, mirror.ledger.number + 1):
                earlier = self._mirrors[number]
                for index, entry in earlier.entries(0, kept if earlier is mirror else earlier.copied):
                    self._take(begin_of(number) + index, entry)
        except LookupError:
            self._state.rows.rollback()
            raise StateRefusedError(
                f"{self._state.folder} is damaged: entries are missing that it had; audit into a new folder"
            ) from None
        self._state.set(mirror.ledger.fact("counted"), kept)
        self._state.drop("running")

    def _check_first_entry(self) -> None:
        """See that a ledger that followed another says which one, and what is known of it.

        Raises:
            LedgerBrokenError: when it does not, or names another tree than was seen.

        """
        for number, ended in enumerate(self._ended(), FIRST_LEDGER):
            following = self._mirrors.get(number + 1)
            if following is None or following.size == 0:
                continue
            where = f"ledger {number + 1} entry 0"
            _, entry = next(following.entries(0, 1))
            leaf = _members(entry)
            try:
                known = self.keys.open(str(leaf.get("checkpoint")))
            except SigningError as error:
                raise LedgerBrokenError(
                    Finding("entry", where, error.code, "a checkpoint of the ledger before")
                ) from None
            said = (leaf.get("event"), known.origin, leaf.get("kept"))
            expected = ("restored", ended.origin, ended.kept)
            if said != expected or known.size < ended.kept:
                raise LedgerBrokenError(Finding("entry", where, str(said)[:200], str(expected)))
            if known.size <= ended.seen:
                self._check_known(number, known, where)

    def _check_known(self, number: int, known: Checkpoint, where: str) -> None:
        try:
            root = self._mirrors[number].root_at(known.size)
        except LookupError:
            return  # only a later visit than that which saw it could have kept its hashes
        if root != known.root:
            raise LedgerBrokenError(Finding("fork", where, known.root.hex(), root.hex()))


def _members(entry: bytes) -> dict[str, Any]:
    try:
        leaf = json.loads(entry)
    except (ValueError, RecursionError):
        return {}
    return leaf if isinstance(leaf, dict) else {}
