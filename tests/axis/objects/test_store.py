"""Objects are put, read, dropped, and swept where nobody claims them."""

import pytest
from sqlalchemy import func, select
from support.objects import store_content

from axis.documents.tables import OBJECT_CLAIMS, attachments
from axis.objects.store import (
    ABANDONED_AFTER,
    CHUNK_BYTES,
    CHUNKS_PER_TRANSACTION,
    Objects,
    drop_objects,
    open_object,
    read_pieces,
    stored_chunks,
    sweep_objects,
)
from axis.objects.tables import chunks

SIZE = CHUNK_BYTES * (CHUNKS_PER_TRANSACTION + 1) + 7
CONTENT = bytes(range(256)) * (SIZE // 256) + bytes(range(SIZE % 256))


@pytest.fixture
def stored(database):
    return store_content(database, CONTENT)


def count(database):
    with database.read() as tx:
        return tx.execute(select(func.count()).select_from(chunks)).scalar_one()


def test_an_object_comes_back_whole_in_chunks(database, stored):
    with open_object(Objects(database), stored, SIZE) as file:
        assert file.read() == CONTENT
    with database.read() as tx:
        assert [len(chunk) for chunk in stored_chunks(tx, stored)] == [CHUNK_BYTES] * 5 + [7]


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 0), (0, 1), (CHUNK_BYTES - 1, CHUNK_BYTES + 1), (CHUNK_BYTES, 2 * CHUNK_BYTES), (SIZE - 1, SIZE)],
)
def test_a_range_is_read_to_the_byte(database, stored, start, end):
    assert b"".join(read_pieces(Objects(database), stored, start, end)) == CONTENT[start:end]


def test_a_dropped_object_is_gone_and_the_others_stay(database, stored):
    other = store_content(database, b"other")
    drop_objects(Objects(database), [stored])
    with database.read() as tx:
        assert not list(stored_chunks(tx, stored))
        assert list(stored_chunks(tx, other)) == [b"other"]


@pytest.mark.usefixtures("stored")
def test_only_what_nobody_claimed_for_an_hour_is_swept(database):
    claimed = store_content(database, b"claimed")
    row = {
        "document": 1,
        "ordinal": 0,
        "name": "a",
        "media_type": "text/plain",
        "size": 7,
        "sha256": "0" * 64,
    }
    database.write(lambda tx: tx.execute(attachments.insert().values(**row, upload=claimed)) and None)
    with database.read() as tx:
        put_at = tx.execute(select(func.max(chunks.c.stored_at))).scalar_one()

    def sweep(at):
        return sweep_objects(Objects(database), at, OBJECT_CLAIMS)

    assert sweep(put_at) == 0
    assert sweep(put_at + ABANDONED_AFTER + 1) == 6
    with database.read() as tx:
        assert list(stored_chunks(tx, claimed)) == [b"claimed"]
    assert count(database) == 1
