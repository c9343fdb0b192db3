"""Large attachments, stored ahead of their document in chunks of one mebibyte and swept if it never comes.

Small contents do not pass here: they lie in the attachment's own row.
"""

import uuid
from collections.abc import Sequence
from functools import partial
from itertools import count
from typing import IO, Any

from sqlalchemy import delete, exists

from axis.clock import Microseconds, real_now
from axis.database import Database, Write
from axis.documents.tables import attachment_chunks, attachments, envelopes

CHUNK_BYTES = 1024 * 1024
"""Large enough to keep rows few, small enough that a reader holds no more than this."""
CHUNKS_PER_TRANSACTION = 4
"""Other writers wait for no more than this much at a time."""
ABANDONED_AFTER = 60 * 60 * 1_000_000
"""Microseconds after which chunks that no document claims belong to an intake that died."""


def store_upload(database: Database, spool: IO[bytes]) -> str:
    """Store the bytes of an open file, from its start, durably; return the upload's id."""
    upload = str(uuid.uuid4())
    spool.seek(0)
    ordinals = count()
    while batch := [chunk for _ in range(CHUNKS_PER_TRANSACTION) if (chunk := spool.read(CHUNK_BYTES))]:
        rows = [
            {"upload": upload, "ordinal": next(ordinals), "content": chunk, "stored_at": real_now()}
            for chunk in batch
        ]
        database.write(partial(_store_chunks, rows=rows))
    return upload


def _store_chunks(tx: Write, rows: Sequence[dict[str, Any]]) -> None:
    tx.execute(attachment_chunks.insert(), rows)


def drop_uploads(database: Database, uploads: list[str]) -> None:
    """Remove uploads whose document was not accepted."""
    if uploads:
        statement = delete(attachment_chunks).where(attachment_chunks.c.upload.in_(uploads))
        database.write(lambda tx: tx.execute(statement) and None)


def sweep_uploads(tx: Write, now: Microseconds) -> int:
    """Remove chunks that no document claimed within an hour of real time; return how many there were."""
    claimed = exists().where(attachments.c.upload == attachment_chunks.c.upload)
    enclosing = exists().where(envelopes.c.upload == attachment_chunks.c.upload)
    abandoned = delete(attachment_chunks).where(
        attachment_chunks.c.stored_at < now - ABANDONED_AFTER, ~claimed, ~enclosing
    )
    return int(tx.execute(abandoned).rowcount)
