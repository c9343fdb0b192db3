"""`axis restore`: everything is there again, in an empty place alone, and a new ledger begins."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from support.exchange import A, B, Exchange
from support.postgres import fresh_database

import migrations
from axis.cli import main
from axis.database import Database, open_database
from axis.documents.tables import documents
from axis.intake.tables import uploads
from axis.ledger.key import make_key
from axis.ledger.queries import count_entries, ended_ledgers
from axis.ledger.receipts import receipt
from axis.ledger.tree_checks import read_leaves
from axis.objects.store import open_place, read_pieces
from axis.objects.tables import stored_objects
from axis.protocol.ledger_positions import begin_of
from signing.notes import NoteSigner, check_receipt

from .test_backup import CONTENT, put

Refused = Callable[..., str]


@pytest.fixture
def backup(used: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup of a store with three documents and a large content in an object store; one came later."""
    monkeypatch.setattr("os.nice", lambda _by: 0)
    large = tmp_path / "large"
    large.mkdir()
    monkeypatch.setenv("AXIS_OBJECTS_URL", large.as_uri())
    put(used, large.as_uri())
    assert main(["backup", str(tmp_path / "first"), "--keys", str(tmp_path / "keys")]) == 0
    used.send(A, (B,))
    return tmp_path / "first"


@pytest.fixture
def empty(
    backup: Path,  # noqa: ARG001 - it is made before the environment names another place
    request: pytest.FixtureRequest,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """An empty place of the same kind, named by the environment."""
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv("AXIS_OBJECTS_URL", other.as_uri())
    if database_url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path}/restored/axis.db"
        monkeypatch.setenv("AXIS_DATABASE_URL", url)
        monkeypatch.delenv("AXIS_LEDGER_KEY_FILE")
        (tmp_path / "keys" / "key.pem").rename(tmp_path / "keys" / "ledger-key.pem")
        yield url
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as url:
        monkeypatch.setenv("AXIS_DATABASE_URL", url)
        yield url


@pytest.fixture
def refused(backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Try to restore, be refused with one sentence, and return it."""

    def run(*arguments: str, place: Path = backup) -> str:
        assert main(["restore", str(place), "--keys", str(tmp_path / "keys"), *arguments]) == 2
        return capsys.readouterr().err.removeprefix("axis: ").rstrip("\n")

    return run


def opened(url: str) -> Database:
    return open_database(url, readers=1)


def test_everything_is_there_again_and_a_new_ledger_begins(
    used: Exchange, backup: Path, empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with used.database.read() as tx:
        before = receipt(tx, 0)
    assert main(["restore", str(backup), "--keys", str(tmp_path / "keys"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert main(["fsck"]) == 0
    assert main(["reconcile"]) == 0
    store = opened(empty)
    try:
        with store.read() as tx:
            assert count_entries(tx) == said["size"] + 1 == 4
            (ended,) = ended_ledgers(tx)
            assert (ended.number, ended.origin, ended.size) == (1, used.verifier.name, 3)
            *_, (position, leaf) = read_leaves(tx)
            assert (position, leaf["event"], leaf["checkpoint"]) == (
                begin_of(2),
                "restored",
                said["checkpoint"],
            )
            assert receipt(tx, 0) == before
            verifier = NoteSigner(said["ledger"], used.key).verifier
            assert check_receipt(receipt(tx, position), verifier).valid
            assert len(list(tx.execute(select(documents)))) == 3
            (upload,) = tx.execute(select(uploads.c.upload)).scalars()
            (place,) = tx.execute(select(stored_objects.c.place)).scalars()
            assert place == (tmp_path / "other").as_uri()
        objects = open_place(store, (tmp_path / "other").as_uri(), "HERE")
        assert b"".join(read_pieces(objects, upload, 0, len(CONTENT))) == CONTENT
    finally:
        store.close()
    assert main(["restore", str(backup)]) == 2
    assert "a backup is restored into an empty place" in capsys.readouterr().err
    assert main(["backup", str(tmp_path / "second")]) == 0


def test_a_place_that_is_not_empty_is_refused_and_stays_as_it_is(
    refused: Refused, empty: str, tmp_path: Path
) -> None:
    (tmp_path / "other" / "mine").write_text("mine")
    assert "holds objects already" in refused()
    (tmp_path / "other" / "mine").unlink()
    if empty.startswith("sqlite"):
        path = Path(empty.removeprefix("sqlite:///"))
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
        assert "is there already" in refused()
        assert path.read_bytes() == b""
    else:
        assert main(["migrate"]) == 0
        assert main(["agency", "add", A, "--name", "A"]) == 0
        assert "has rows in agencies" in refused()


@pytest.mark.stores("sqlite")
def test_what_is_not_whole_or_of_another_hub_or_version_is_refused_before_anything_is_touched(
    backup: Path, empty: str, refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, broken, keys = backup.read_bytes(), tmp_path / "broken", tmp_path / "keys"
    for content, said in (
        (b"", "cut short"),
        (b"x" * 2_000, "no backup"),
        (whole[:600], "cut short"),
        (whole[:-1], "cut short"),
        (whole[: len(whole) // 2], "cut short"),
        (whole[:700] + b"\1" + whole[701:], "altered"),
        (whole[: len(whole) // 2] + b"\1" + whole[len(whole) // 2 + 1 :], "altered"),
        (whole + bytes(512), "something was added to it"),
    ):
        broken.write_bytes(content)
        assert said in refused(place=broken)
    assert "is not there" in refused(place=tmp_path / "nowhere")
    note = tmp_path / "note"
    note.write_text("no note")
    assert "no checkpoint" in refused("--last-checkpoint", str(note))
    own = (keys / "ledger-key.pem").read_bytes()
    (keys / "ledger-key.pem").unlink()
    assert "the ledger's key is missing" in refused()
    make_key(keys / "ledger-key.pem")
    assert "of another hub" in refused()
    (keys / "ledger-key.pem").write_bytes(own)
    monkeypatch.setattr(migrations, "HEAD", "9999")
    assert "of another version" in refused()
    monkeypatch.undo()
    assert list((tmp_path / "other").iterdir()) == []
    folder = Path(empty.removeprefix("sqlite:///")).parent
    assert [each.name for each in folder.iterdir() if each.suffix != ".hub"] == []


@pytest.mark.stores("sqlite")
def test_contents_go_into_rows_where_there_is_no_object_store_and_a_later_checkpoint_is_named(
    used: Exchange, backup: Path, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXIS_OBJECTS_URL", "rows:")
    later = NoteSigner(used.verifier.name, used.key).sign(f"{used.verifier.name}\n9\n{'A' * 43}=\n")
    (tmp_path / "note").write_text(later)
    arguments = ["--keys", str(tmp_path / "keys"), "--last-checkpoint", str(tmp_path / "note")]
    assert main(["restore", str(backup), *arguments]) == 0
    assert main(["fsck"]) == 0
    with sqlite3.connect(empty.removeprefix("sqlite:///")) as copy:
        assert copy.execute("SELECT content FROM attachment_chunks").fetchall() == [(CONTENT,)]
        assert copy.execute("SELECT count(*) FROM stored_objects").fetchone() == (0,)
        assert copy.execute("SELECT known FROM ledgers").fetchone() == (later,)
    copy.close()
