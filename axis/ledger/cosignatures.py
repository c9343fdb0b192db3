"""Keeps the cosignatures of witnesses: for each the newest checkpoint that it cosigned.

A cosignature has to be over a checkpoint that this ledger signed. Whether to believe a witness is left to the
reader. C2SP tlog-cosignature.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, func, select

from axis.clock import Microseconds
from axis.database import Read, Write, insert
from axis.ledger.queries import newest_checkpoint, read_checkpoints
from axis.ledger.setup import ledger_named
from axis.ledger.tables import ledger_cosignatures
from axis.protocol.errors import Place, QueryInvalid, shorten
from axis.protocol.ledger_positions import begin_of, index_of
from signing.cosignatures import WitnessKey, cosigned_at, read_witness_key
from signing.errors import SigningError
from signing.notes import Checkpoint, read_checkpoint, split_note

MAX_WITNESSES: Final = 32
"""A note has at most 64 signatures, and the checkpoint shows all of them."""
VKEY_CHARACTERS: Final = 320
AHEAD_SECONDS: Final = 300
"""How far the clock of a witness may be ahead of ours."""
_SECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's statement on a checkpoint, found to be its own."""

    key: WitnessKey
    checkpoint: Checkpoint
    text: str
    at: Microseconds
    line: str


def read_cosignature(vkey: object, note: object, now: Microseconds) -> Cosignature:
    """Read a witness's key and a note that it cosigned, and check that it did. `now` is real time.

    Raises:
        QueryInvalid: naming what is wrong.

    """
    if not isinstance(vkey, str) or len(vkey) > VKEY_CHARACTERS:
        raise QueryInvalid(Place("/vkey", _shown(vkey), f"a text of at most {VKEY_CHARACTERS} characters"))
    if not isinstance(note, str):
        raise QueryInvalid(Place("/note", _shown(note), "a checkpoint with its signature lines"))
    try:
        key = read_witness_key(vkey)
    except SigningError:
        expected = "the key of a witness, name+id+base64, of signature type 4"
        raise QueryInvalid(Place("/vkey", _shown(vkey), expected)) from None
    try:
        text, lines = split_note(note)
        checkpoint = read_checkpoint(text)
    except SigningError:
        raise QueryInvalid(Place("/note", _shown(note), "a checkpoint with its signature lines")) from None
    for line in lines:
        try:
            at = Microseconds(cosigned_at(text, line, key) * _SECOND)
        except SigningError:
            continue
        if at > now + AHEAD_SECONDS * _SECOND:
            raise QueryInvalid(Place("/note", "a time in the future", "the time of the cosignature"))
        return Cosignature(key, checkpoint, text, at, f"{line}\n")
    raise QueryInvalid(Place("/note", "no cosignature of this key", "a line that it signed"))


def keep_cosignature(tx: Write, given: Cosignature) -> None:
    """Keep a cosignature, unless a newer one of this witness is kept.

    Raises:
        QueryInvalid: when no ledger of the hub signed that checkpoint, or there are too many witnesses.

    """
    size, ledger = given.checkpoint.size, ledger_named(tx, given.checkpoint.origin)
    end = size if ledger is None else begin_of(ledger) + size
    notes = [note for _, note in read_checkpoints(tx, end - 1, end)]
    if not any(split_note(note)[0] == given.text for note in notes):
        raise QueryInvalid(Place("/note", f"a checkpoint of size {size}", "one that this ledger signed"))
    kept = {row.vkey: row for row in cosignature_rows(tx)}
    vkey = str(given.key)
    if vkey not in kept and len(kept) >= MAX_WITNESSES:
        raise QueryInvalid(Place("/vkey", f"{len(kept)} other witnesses", f"at most {MAX_WITNESSES}"))
    if vkey in kept and (kept[vkey].size, kept[vkey].at) > (end, given.at):
        return
    values = {"size": end, "at": given.at, "line": given.line}
    statement = insert(tx, ledger_cosignatures).values(vkey=vkey, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["vkey"], set_=values))


def cosignature_rows(tx: Read) -> list[Row[Any]]:
    """Return what is kept, that of the newest tree first; `size` is the tree's end (`axis.ledger.tables`)."""
    columns = ledger_cosignatures.c
    return list(tx.execute(select(ledger_cosignatures).order_by(columns.size.desc(), columns.vkey)))


def cosigned_note(tx: Read, end: int) -> str | None:
    """Return the checkpoint up to an end with its signature and the cosignatures that are kept of it."""
    notes = [note for _, note in read_checkpoints(tx, end - 1, end)]
    return _cosigned(tx, notes[0], end) if notes else None


def newest_note(tx: Read, ledger: int) -> str | None:
    """Return a ledger's newest checkpoint, with the cosignatures that are kept of it."""
    note = newest_checkpoint(tx, ledger)
    if note is None:
        return None
    return _cosigned(tx, note, begin_of(ledger) + read_checkpoint(split_note(note)[0]).size)


def _cosigned(tx: Read, note: str, end: int) -> str:
    return note + "".join(row.line for row in cosignature_rows(tx) if row.size == end)


def witnessed(tx: Read) -> tuple[int, Microseconds, int] | None:
    """Return the size of the newest tree that was cosigned, when, and by how many; None where none was."""
    columns = ledger_cosignatures.c
    end = tx.execute(select(func.max(columns.size))).scalar_one()
    if end is None:
        return None
    times = list(tx.execute(select(columns.at).where(columns.size == end)).scalars())
    return index_of(end), Microseconds(max(times)), len(times)


def _shown(value: object) -> str:
    return shorten(value) if isinstance(value, str) else type(value).__name__
