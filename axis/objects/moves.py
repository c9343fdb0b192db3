"""Moves the objects that rows claim from one place to another, one by one, while no hub runs.

An object is put under a new id and read back; one transaction then has every row claim the new id instead
of the old one, so that at every moment a claim names whole bytes. A move that was stopped is run again: it
goes on with what is still claimed at the old place. It does not stop hubs, and it mends no object.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Row, exists, func, select, union, update

from axis.clock import Microseconds, real_now
from axis.database import Read, Write
from axis.objects.spool import Spool
from axis.objects.store import (
    ABANDONED_AFTER,
    Objects,
    drop_objects,
    put_object,
    stored_pieces,
    sweep_objects,
)
from axis.objects.tables import chunks, stored_objects

FOUND_AT_ONCE = 500
SPOOL_BYTES = 8 * 1024 * 1024
"""What of an object is held in memory; a larger one goes by disk."""
_FIRST = 0
"""The ordinal of the chunk that every object in rows has, unless it is empty and has none."""

Claims = Sequence[Column[Any]]
"""The columns that name objects. Beside each, its table has the object's `sha256` and `size`."""


@dataclass(slots=True)
class Moved:
    """What a move has done so far."""

    objects: int = 0
    size: int = 0
    """Their bytes."""
    broken: list[str] = field(default_factory=list)
    """Ids of objects whose bytes are not those that their rows name; they stay where they are."""


@dataclass(frozen=True, slots=True)
class Place:
    """How much lies at one place, claimed or not."""

    place: str
    """The URL without credentials; empty for rows of the database."""
    objects: int
    size: int
    """Bytes."""


def places(tx: Read) -> list[Place]:
    """Return where objects lie, rows of the database first."""
    size = func.coalesce(func.sum(func.length(chunks.c.content)), 0)
    in_rows = tx.execute(select(func.count(chunks.c.upload.distinct()), size)).one()
    place = stored_objects.c.place
    counted = select(place, func.count(), func.sum(stored_objects.c.size)).group_by(place).order_by(place)
    rows = [("", *in_rows), *tx.execute(counted)]
    return [Place(where, count, int(total)) for where, count, total in rows if count]


def move_objects(
    source: Objects, target: Objects, claims: Claims, told: Callable[[Moved], object] = lambda _: None
) -> Moved:
    """Move every claimed object from `source` to `target`; at `source` only broken ones are left.

    What nothing claims is removed. So no hub may run: what one has put and is about to claim would be, too.
    `told` is called after each object.

    Raises:
        StoreFailing: when one of the places cannot be used. What was moved until then stays moved.

    """
    moved = Moved()
    for row in _claimed(source, claims):
        if _move(source, target, claims, row):
            moved.objects += 1
            moved.size += row.size
        else:
            moved.broken.append(row.upload)
        told(moved)
    sweep_objects(source, Microseconds(real_now() + ABANDONED_AFTER + 1), claims)
    return moved


def _claimed(source: Objects, claims: Claims) -> Iterator[Row[Any]]:
    """Yield id, digest and size of each object that is claimed and lies there, by id."""
    last = ""
    while True:
        statements = [
            select(claim.label("upload"), claim.table.c.sha256, claim.table.c.size)
            .where(claim > last, _lies_there(source, claim))
            .order_by(claim)
            .limit(FOUND_AT_ONCE)
            .subquery()
            for claim in claims
        ]
        found = union(*(select(each) for each in statements)).subquery()
        with source.database.read() as tx:
            rows = tx.execute(select(found).order_by(found.c.upload).limit(FOUND_AT_ONCE)).all()
        yield from rows
        if len(rows) < FOUND_AT_ONCE:
            return
        last = rows[-1].upload


def _lies_there(source: Objects, claim: Column[Any]) -> Any:
    if source.bucket is None:
        return exists().where(chunks.c.upload == claim, chunks.c.ordinal == _FIRST)
    return exists().where(stored_objects.c.id == claim, stored_objects.c.place == source.bucket.place)


def _move(source: Objects, target: Objects, claims: Claims, row: Row[Any]) -> bool:
    """Move one object; return False, and change nothing, where its bytes are not what they should be."""
    expected = row.sha256, row.size
    with contextlib.closing(Spool(SPOOL_BYTES)) as spool:
        for piece in _pieces(source, row.upload):
            spool.add(piece)
        if (spool.sha256, spool.size) != expected:
            return False
        new = put_object(target, spool)
    if _measured(target, new) != expected:
        drop_objects(target, [new])
        return False

    def claim_anew(tx: Write) -> None:
        for claim in claims:
            tx.execute(update(claim.table).where(claim == row.upload).values({claim: new}))

    target.database.write(claim_anew)
    drop_objects(source, [row.upload])
    return True


def _measured(objects: Objects, upload: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(objects, upload):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _pieces(objects: Objects, upload: str) -> Iterator[bytes]:
    with objects.database.read() as tx:
        yield from stored_pieces(objects)(tx, upload)
