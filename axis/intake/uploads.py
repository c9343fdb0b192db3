"""Uploads: attachments sent ahead of their documents, and found again by their digest.

An upload is an object (`axis.objects`) with a row that says whose it is. It may serve many documents of its
owner, and is removed some hours after it was last sent.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Column, bindparam, delete, exists, func, select, update

from axis.clock import Microseconds, real_now
from axis.database import Database, Read, Write, insert
from axis.documents.tables import OBJECT_CLAIMS
from axis.intake.multipart_body import Received, ReceivedAttachment, coming
from axis.intake.tables import uploads
from axis.objects.spool import Spool
from axis.objects.store import Objects, StoredObject, drop_objects, put_object, sweep_objects
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import DigestMismatch, Place, TooLarge, TooManyRequests
from axis.protocol.manifest import Manifest
from axis.settings import Settings

CLAIMS: Sequence[Column[Any]] = (*OBJECT_CLAIMS, uploads.c.upload)
"""The columns that name objects; what none of them names is swept."""
IN_USE = 60 * 60 * 1_000_000
"""Microseconds for which an upload stays once a document has named it: no document is judged for so long."""
HOUR = 60 * 60 * 1_000_000
FULL_RETRY_SECONDS = 60
"""When to come again where unused uploads take all of an agency's room: documents that use them free it."""

_ONE = (uploads.c.owner == bindparam("of")) & (uploads.c.sha256 == bindparam("digest"))
_FIND = select(uploads.c.size).where(_ONE)
_RENEW = update(uploads).where(_ONE).values(stored_at=bindparam("now")).returning(uploads.c.size)
_NAMED = uploads.c.sha256.in_(bindparam("digests", expanding=True)) & (uploads.c.owner == bindparam("of"))
_ANY_NAMED = select(uploads.c.sha256).where(_NAMED).limit(1)
_USE = (
    update(uploads)
    .where(_NAMED)
    .values(used_at=bindparam("now"))
    .returning(uploads.c.sha256, uploads.c.upload, uploads.c.size)
)
_UNUSED_BYTES = select(func.coalesce(func.sum(uploads.c.size), 0)).where(
    uploads.c.owner == bindparam("of"),
    *(~exists().where(claim == uploads.c.upload) for claim in OBJECT_CLAIMS),
)


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that is kept; `repeated` where it was there before."""

    sha256: str
    size: int
    stored_at: Microseconds
    repeated: bool


def renew_upload(database: Database, owner: AgencyCode, sha256: str, length: int | None) -> Upload | None:
    """Keep an upload for its time anew, if the agency has one with this digest and length."""
    this, now = {"of": owner, "digest": sha256}, real_now()
    with database.read() as tx:
        size = tx.execute(_FIND, this).scalar_one_or_none()
    if size is None or length not in {None, size}:
        return None
    found = database.write(lambda tx: tx.execute(_RENEW, {**this, "now": now}).scalar_one_or_none())
    return None if found is None else Upload(sha256, found, now, repeated=True)


def check_room(database: Database, owner: AgencyCode, size: int, settings: Settings) -> None:
    """Refuse an upload of this size, as far as it is known, before its body is read.

    Raises:
        TooLarge: when it is larger than an attachment may be.
        TooManyRequests: when its unused uploads and this one are more than it may have.

    """
    _check_size(size, settings.attachment_bytes)
    with database.read() as tx:
        _check_room(tx, owner, size, settings)


async def receive_upload(body: AsyncIterator[bytes], spool: Spool, sha256: str, settings: Settings) -> None:
    """Read a body into a spool and hold it against the digest of its address.

    Raises:
        MalformedRequest: when it stops coming.
        TooLarge: when it is larger than an attachment may be. Reading stops there.
        DigestMismatch: when these are other bytes.

    """
    limit = settings.attachment_bytes
    async for piece in coming(body, settings.body_idle_seconds):
        _check_size(spool.size + len(piece), limit)
        spool.add(piece)
    if spool.sha256 != sha256:
        place = Place("path:sha256", f"{spool.sha256} received", f"{sha256} as declared")
        raise DigestMismatch(place)


def keep_upload(objects: Objects, owner: AgencyCode, spool: Spool, settings: Settings) -> Upload:
    """Store what was received as an upload of an agency; durable when this returns.

    Raises:
        TooManyRequests: as `check_room`; nothing is kept then.

    """
    upload, now = put_object(objects, spool), real_now()
    values = {"owner": owner, "sha256": spool.sha256, "size": spool.size, "upload": upload}

    def record(tx: Write) -> bool:
        _check_room(tx, owner, spool.size, settings)
        row = insert(tx, uploads).values(**values, stored_at=now, used_at=now)
        return bool(tx.execute(row.on_conflict_do_nothing()).rowcount)

    try:
        is_first = objects.database.write(record)
    except TooManyRequests:
        drop_objects(objects, [upload])
        raise
    if not is_first:  # the same came twice at once, and one is enough
        drop_objects(objects, [upload])
    return Upload(spool.sha256, spool.size, now, repeated=not is_first)


async def add_uploads(
    objects: Objects, owner: AgencyCode | None, manifest: Manifest, received: Received
) -> None:
    """Add to what was received the attachments that its caller has sent ahead."""
    received.name_as_declared({declared.name for declared in manifest.attachments})
    absent = [each for each in manifest.attachments if each.name not in received.attachments]
    if not absent or owner is None:
        return
    digests = {declared.sha256 for declared in absent}
    found = await run_in_threadpool(_use, objects, owner, digests)
    for declared in absent:
        if declared.sha256 in found:
            content = found[declared.sha256]
            received.attachments[declared.name] = ReceivedAttachment(declared.name, declared.sha256, content)


def sweep_uploads(objects: Objects, now: Microseconds, hours: int, others: Sequence[Column[Any]] = ()) -> int:
    """Remove uploads whose time has run out, and objects that nothing claims; as `sweep_objects`.

    `others`: columns of other rooms that claim objects.
    """
    over = delete(uploads).where(uploads.c.stored_at < now - hours * HOUR, uploads.c.used_at < now - IN_USE)
    objects.database.write(lambda tx: tx.execute(over) and None)
    return sweep_objects(objects, now, (*CLAIMS, *others))


def _use(objects: Objects, owner: AgencyCode, digests: Collection[str]) -> Mapping[str, StoredObject]:
    """Return the agency's uploads with these digests, none of which is swept within the next hour."""
    wanted = {"of": owner, "digests": sorted(digests)}
    with objects.database.read() as tx:
        if tx.execute(_ANY_NAMED, wanted).first() is None:
            return {}
    rows = objects.database.write(lambda tx: tx.execute(_USE, {**wanted, "now": real_now()}).all())
    return {row.sha256: StoredObject(objects, row.upload, row.size, row.sha256) for row in rows}


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise TooLarge(Place("body", f"more than {limit} bytes", f"at most {limit} bytes"), limit=limit)


def _check_room(tx: Read, owner: AgencyCode, size: int, settings: Settings) -> None:
    unused = tx.execute(_UNUSED_BYTES, {"of": owner}).scalar_one()
    limit = settings.uploads_bytes
    if unused + size > limit:
        place = Place(
            "body",
            f"{unused} bytes of uploads that no document uses, and {size} more",
            f"at most {limit} bytes",
        )
        raise TooManyRequests(place, retry_after_seconds=FULL_RETRY_SECONDS)
