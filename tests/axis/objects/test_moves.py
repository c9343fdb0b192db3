"""Objects are moved from one place to another: whole, once, whatever stops it, and nothing is left behind."""

import dataclasses
from contextlib import contextmanager
from hashlib import sha256

import pytest
from sqlalchemy import func, select
from support.objects import store_content

from axis.database import Database
from axis.documents.tables import attachments
from axis.exports.tables import EXPORT_CLAIMS
from axis.intake.tables import uploads
from axis.intake.uploads import CLAIMS
from axis.objects.bucket import Bucket, ObjectMissingError
from axis.objects.moves import move_objects, places
from axis.objects.store import CHUNK_BYTES, Objects, open_place, read_pieces
from axis.objects.tables import chunks, stored_objects

EVERYWHERE = (*CLAIMS, *EXPORT_CLAIMS)
CONTENTS = [bytes(CHUNK_BYTES + 5), b"x", b"y" * 3]


@pytest.fixture
def claimed(database):
    """Three objects that documents claim; the first is an upload too, and one more is claimed by nobody."""
    found = [store_content(database, content) for content in CONTENTS]
    rows = [
        {
            "document": number,
            "ordinal": 0,
            "name": "a",
            "media_type": "text/plain",
            "size": len(content),
            "sha256": sha256(content).hexdigest(),
            "upload": upload,
        }
        for number, (content, upload) in enumerate(zip(CONTENTS, found, strict=True), 1)
    ]
    first = {name: rows[0][name] for name in ("size", "sha256", "upload")}
    upload = {"owner": "H24", **first, "stored_at": 0, "used_at": 0}
    database.write(lambda tx: tx.execute(attachments.insert(), rows) and None)
    database.write(lambda tx: tx.execute(uploads.insert().values(**upload)) and None)
    store_content(database, b"of an intake that died")
    return found


@pytest.fixture
def elsewhere(database, url):
    return open_place(database, url, "TO")


def contents(objects):
    """What documents and the upload claim, read where it is claimed."""
    columns = [table.c.upload.label("upload") for table in (attachments, uploads)]
    with objects.database.read() as tx:
        first = tx.execute(select(columns[0], attachments.c.size).order_by(attachments.c.document)).all()
        second = tx.execute(select(columns[1], uploads.c.size)).all()
    return [b"".join(read_pieces(objects, row.upload, 0, row.size)) for row in (*first, *second)]


EXPECTED = [*CONTENTS, CONTENTS[0]]


def count(database, table):
    with database.read() as tx:
        return tx.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.mark.usefixtures("claimed")
def test_everything_is_moved_there_and_back_and_nothing_is_left_behind(database, elsewhere):
    rows = Objects(database)
    told = []
    moved = move_objects(rows, elsewhere, EVERYWHERE, lambda so_far: told.append(so_far.objects))
    assert (moved.objects, moved.size, moved.broken) == (3, sum(map(len, CONTENTS)), [])
    assert told == [1, 2, 3]
    assert (count(database, chunks), count(database, stored_objects)) == (0, 3)
    assert contents(elsewhere) == EXPECTED
    with database.read() as tx:
        (there,) = places(tx)
    assert dataclasses.astuple(there) == (elsewhere.bucket.place, 3, moved.size)

    with database.read() as tx:
        names = [f"{row.sha256[:2]}/{row.sha256}-{row.id}" for row in tx.execute(select(stored_objects))]
    assert move_objects(elsewhere, rows, EVERYWHERE).objects == 3
    assert count(database, stored_objects) == 0
    assert contents(rows) == EXPECTED
    for name in names:
        with pytest.raises(ObjectMissingError):
            elsewhere.bucket.read(name, 0, 1)
    with database.read() as tx:
        assert [(each.place, each.objects) for each in places(tx)] == [("", 3)]
    assert move_objects(elsewhere, rows, EVERYWHERE).objects == 0


class Stopped(Exception):
    """Ends a move between two of its steps, as a kill would."""


@contextmanager
def stopping_after(steps, monkeypatch):
    """Let only so many writes and puts happen, and none after them."""
    left = [steps]

    def counted(function):
        def called(*arguments, **named):
            if left[0] <= 0:
                raise Stopped
            left[0] -= 1
            return function(*arguments, **named)

        return called

    with monkeypatch.context() as patched:
        patched.setattr(Database, "write", counted(Database.write))
        for step in ("put", "remove"):
            patched.setattr(Bucket, step, counted(getattr(Bucket, step)))
        yield


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize("back", [False, True], ids=["from rows", "to rows"])
@pytest.mark.usefixtures("claimed")
def test_wherever_it_is_stopped_nothing_is_lost_and_it_goes_on(database, tmp_path, monkeypatch, back):
    (tmp_path / "folder").mkdir()
    folder = open_place(database, (tmp_path / "folder").as_uri(), "TO")
    rows = Objects(database)
    if back:
        move_objects(rows, folder, EVERYWHERE)
    source, target = (folder, rows) if back else (rows, folder)
    for steps in range(100):
        try:
            with stopping_after(steps, monkeypatch):
                move_objects(source, target, EVERYWHERE)
            break
        except Stopped:
            pass
        assert contents(folder) == EXPECTED, f"after {steps} steps"
    assert steps > 3, "it was stopped on the way"
    assert contents(target) == EXPECTED
    left = list((tmp_path / "folder").glob("*/*")) if back else count(database, chunks)
    assert not left


@pytest.mark.stores("sqlite")
def test_a_broken_object_is_named_and_stays_and_the_others_are_moved(database, claimed, tmp_path):
    harmed = claimed[1]
    statement = chunks.update().where(chunks.c.upload == harmed).values(content=b"z")
    database.write(lambda tx: tx.execute(statement) and None)
    (tmp_path / "folder").mkdir()
    folder = open_place(database, (tmp_path / "folder").as_uri(), "TO")
    moved = move_objects(Objects(database), folder, EVERYWHERE)
    assert (moved.objects, moved.broken) == (2, [harmed])
    assert contents(folder) == [CONTENTS[0], b"z", CONTENTS[2], CONTENTS[0]]
    with database.read() as tx:
        assert tx.execute(select(chunks.c.upload)).scalars().all() == [harmed]
