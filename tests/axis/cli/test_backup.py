"""`axis backup`: a backup is whole and read back, and one that is not is refused before anything is kept."""

import contextlib
import json
import sqlite3
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update
from support.exchange import A, B, Exchange

import migrations
from axis.cli import main
from axis.documents.tables import manifests
from axis.exports.tables import exports
from axis.intake.tables import uploads
from axis.objects.spool import Spool
from axis.objects.store import open_place, put_object
from signing.notes import NoteSigner

CONTENT = "Phụ lục".encode()


@pytest.fixture
def folder(used: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ARG001 - it is what is backed up
    """A folder for backups of a store with three documents, and no niceness for the test's own process."""
    monkeypatch.setattr("os.nice", lambda _by: 0)
    path = tmp_path / "backups"
    path.mkdir()
    return path


def part(place: Path, name: str) -> bytes:
    with tarfile.open(place) as archive:
        found = archive.extractfile(name)
        assert found is not None
        return found.read()


def rows(place: Path, query: str) -> list[tuple[object, ...]]:
    """Ask the store in a backup, unpacked as an operator would."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store.db"
        store.write_bytes(part(place, "store.db"))
        with contextlib.closing(sqlite3.connect(store)) as copy:
            return copy.execute(query).fetchall()


def test_a_backup_holds_every_row_of_one_moment_and_is_read_back(
    used: Exchange, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", str(folder / "first"), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    used.send(A, (B,))
    assert (made["revision"], made["size"], made["bytes"]) == (
        migrations.HEAD,
        3,
        (folder / "first").stat().st_size,
    )
    assert main(["backup", str(folder / "first"), "--check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == made
    assert rows(folder / "first", "SELECT count(*) FROM documents") == [(3,)]
    found = "SELECT count(*) FROM document_words WHERE searchable MATCH 'v*'"
    assert rows(folder / "first", found) == [(3,)]
    assert sorted(each.name for each in folder.iterdir()) == ["first"]
    assert (folder / "first").stat().st_mode & 0o777 == 0o600


@pytest.mark.stores("sqlite")
def test_one_that_was_cut_short_or_altered_anywhere_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", str(folder / "first")]) == 0
    whole = (folder / "first").read_bytes()
    broken = folder / "broken"
    for size in (0, 100, 512, 2_000, len(whole) // 2, len(whole) - 1024, len(whole) - 1):
        broken.write_bytes(whole[:size])
        assert main(["backup", str(broken), "--check"]) == 2, size
    for place in (0, 130, 600, len(whole) // 2, len(whole) - 2_040, len(whole) - 1_500, len(whole) - 1):
        broken.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert main(["backup", str(broken), "--check"]) == 2, place
    broken.write_bytes(whole + b"\0" * 512)
    capsys.readouterr()
    assert main(["backup", str(broken), "--check"]) == 2
    assert "something was added to it" in capsys.readouterr().err


@pytest.mark.stores("sqlite")
def test_one_of_another_hub_or_of_another_version_is_refused(
    used: Exchange, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["backup", str(folder / "first")]) == 0
    name = used.recorder.signer.name
    own, other = used.recorder.signer.verifier, NoteSigner(name, Ed25519PrivateKey.generate()).verifier
    assert main(["backup", str(folder / "first"), "--check", "--ledger-key", str(own)]) == 0
    capsys.readouterr()
    assert main(["backup", str(folder / "first"), "--check", "--ledger-key", str(other)]) == 2
    assert "of another hub" in capsys.readouterr().err
    monkeypatch.setattr(migrations, "HEAD", "9999")
    assert main(["backup", str(folder / "first"), "--check", "--ledger-key", str(own)]) == 2
    assert (
        f"revision {json.loads(part(folder / 'first', 'backup.json'))['revision']}" in capsys.readouterr().err
    )


@pytest.mark.stores("sqlite")
def test_nothing_is_kept_of_a_damaged_store_and_nothing_is_replaced(
    used: Exchange, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "taken").write_text("mine")
    assert main(["backup", str(folder / "taken")]) == 2
    assert (folder / "taken").read_text() == "mine"
    used.database.write(lambda tx: tx.execute(update(manifests).values(content=b"{}")) and None)
    capsys.readouterr()
    assert main(["backup", str(folder / "first")]) == 2
    assert "damaged" in capsys.readouterr().err
    assert [each.name for each in folder.iterdir()] == ["taken"]
    assert main(["backup", f"{folder.as_uri()}/object"]) == 2
    assert [each.name for each in folder.iterdir()] == ["taken"]


def put(used: Exchange, url: str) -> str:
    """Put an upload outside the database, and return its id."""
    spool = Spool.of(CONTENT, memory=1024)
    upload = put_object(open_place(used.database, url, "TO"), spool)
    digest = sha256(CONTENT).hexdigest()
    row = {"owner": A, "sha256": digest, "size": len(CONTENT), "upload": upload, "stored_at": 0, "used_at": 0}
    used.database.write(lambda tx: tx.execute(uploads.insert(), row) and None)
    return upload


def test_contents_outside_the_database_are_in_it_and_an_object_store_takes_it(
    used: Exchange, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    large = folder / "large"
    large.mkdir()
    monkeypatch.setenv("AXIS_OBJECTS_URL", large.as_uri())
    upload = put(used, large.as_uri())
    put_without_bytes(used, large.as_uri())
    place = f"{folder.as_uri()}/nightly"
    assert main(["backup", place]) == 0
    assert main(["backup", place, "--check"]) == 0
    assert main(["backup", place]) == 2
    assert "replaces nothing" in capsys.readouterr().err
    assert part(folder / "nightly", f"objects/{upload}") == CONTENT
    assert rows(folder / "nightly", "SELECT id FROM stored_objects") == [(upload,)]
    assert rows(folder / "nightly", "SELECT count(*) FROM exports") == [(0,)]


def put_without_bytes(used: Exchange, url: str) -> None:
    """Put an export whose file was removed since, as the end of its job does."""
    objects = open_place(used.database, url, "TO")
    gone = put_object(objects, Spool.of(b"x", memory=16))
    row = dict.fromkeys((each.name for each in exports.columns), "")
    values = {**row, "upload": gone, "size": 1, "made_at": 0}
    used.database.write(lambda tx: tx.execute(exports.insert(), values) and None)
    for path in Path(url.removeprefix("file://")).rglob(f"*{gone}"):
        path.unlink()


@pytest.mark.stores("sqlite")
def test_the_keys_are_copied_when_asked_for_and_lie_apart(folder: Path, tmp_path: Path) -> None:
    key = (tmp_path / "key.pem").read_bytes()
    assert main(["backup", str(folder / "first"), "--keys", str(folder / "keys")]) == 0
    assert (folder / "keys" / "key.pem").read_bytes() == key
    assert (folder / "keys" / "key.pem").stat().st_mode & 0o777 == 0o600
    assert key not in (folder / "first").read_bytes()
    assert main(["backup", str(folder / "second"), "--keys", str(folder / "keys")]) == 2
    assert not (folder / "second").exists()
    assert main(["backup", str(folder / "first"), "--check", "--keys", str(folder / "other")]) == 2
