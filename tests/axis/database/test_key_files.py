"""What becomes of a store whose keys are missing, wrong or older than it is: by the commands that open it."""

import base64
import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from support.environment import inherited

from axis.app import build
from axis.cli import main
from axis.database import open_database
from axis.database.key_files import KeyFileMissingError, StoreEmptiedError
from axis.database.migrate import StoreOutdatedError
from axis.database.secret_key import SecretKeyError
from axis.database.store_facts import OLDEST_HUB, set_fact
from axis.ledger.key import make_key
from axis.settings import Settings

Refused = Callable[..., str]
COMMANDS = (("fsck",), ("reconcile",), ("token", "list"), ("agency", "list"))


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A SQLite store that made its own keys: an authority, and a ledger that was begun."""
    folder = tmp_path / "data"
    monkeypatch.setenv("AXIS_DATABASE_URL", f"sqlite:///{folder}/axis.db")
    assert main(["ca", "init"]) == 0
    settings = Settings(database_url=f"sqlite:///{folder}/axis.db")
    build(settings).close()
    return settings


@pytest.fixture
def named(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A store of each kind whose keys were there before it, and are named."""
    make_key(tmp_path / "ledger.pem")
    (tmp_path / "secret").write_bytes(base64.b64encode(os.urandom(32)))
    monkeypatch.setenv("AXIS_DATABASE_URL", database_url)
    monkeypatch.setenv("AXIS_LEDGER_KEY_FILE", str(tmp_path / "ledger.pem"))
    monkeypatch.setenv("AXIS_SECRET_KEY_FILE", str(tmp_path / "secret"))
    assert main(["migrate"]) == 0
    assert main(["ca", "init"]) == 0
    settings = Settings(
        database_url=database_url,
        ledger_key_file=tmp_path / "ledger.pem",
        secret_key_file=tmp_path / "secret",
    )
    build(settings).close()
    return settings


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """Run a command that is refused; return the one line it says."""

    def run(*arguments: str) -> str:
        capsys.readouterr()
        assert main(arguments) == 2, arguments
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1, said.err
        return said.err

    return run


def content(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in folder.iterdir()}


def empty(settings: Settings) -> None:
    """Leave nothing in the database itself, as a new volume would."""
    store = open_database(settings.database_url)
    if store.dialect == "sqlite":
        store.close()
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        path.write_bytes(b"")
        for side in ("-wal", "-shm"):
            path.with_name(path.name + side).unlink(missing_ok=True)
        return
    store.write(lambda tx: tx.execute(text("DROP SCHEMA public CASCADE")) and None)
    store.write(lambda tx: tx.execute(text("CREATE SCHEMA public")) and None)
    store.close()


@pytest.mark.usefixtures("beside")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_ledger_key_is_named_and_none_is_made(
    command: tuple[str, ...], tmp_path: Path, refused: Refused
) -> None:
    key = tmp_path / "data" / "ledger-key.pem"
    key.unlink()
    assert f"the ledger's key is missing: {key} is not there" in refused(*command)
    assert not key.exists()


def test_a_hub_says_in_one_line_which_key_is_missing(beside: Settings, tmp_path: Path) -> None:
    key = tmp_path / "data" / "ledger-key.pem"
    key.unlink()
    ended = subprocess.run(
        [sys.executable, "-m", "axis", "serve", "--port", "0"],
        env={**inherited(), "AXIS_DATABASE_URL": beside.database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert ended.stderr.startswith(f"axis: the ledger's key is missing: {key} is not there")
    assert not key.exists()


def test_a_named_ledger_key_that_is_missing_is_named_too(named: Settings, refused: Refused) -> None:
    assert named.ledger_key_file is not None
    named.ledger_key_file.unlink()
    for command in (("fsck",), ("token", "list"), ("migrate",)):
        assert f"the ledger's key is missing: {named.ledger_key_file}" in refused(*command)
    with pytest.raises(KeyFileMissingError, match="is missing"):
        build(named)
    assert not named.ledger_key_file.exists()


def test_fsck_says_of_another_ledger_key_that_it_is_another(named: Settings, refused: Refused) -> None:
    assert named.ledger_key_file is not None
    named.ledger_key_file.unlink()
    make_key(named.ledger_key_file)
    assert "was signed with another key than" in refused("fsck")


def test_fsck_of_a_store_without_ledger_makes_no_key(
    tmp_path: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXIS_DATABASE_URL", f"sqlite:///{tmp_path}/axis.db")
    assert "no ledger yet" in refused("fsck")
    assert not (tmp_path / "ledger-key.pem").exists()


@pytest.mark.parametrize("broken", [b"", b"AAAA", base64.b64encode(bytes(32)), None])
def test_a_secret_key_that_is_wrong_broken_or_missing_stops_a_hub_at_its_start(
    broken: bytes | None, named: Settings
) -> None:
    assert named.secret_key_file is not None
    if broken is None:
        named.secret_key_file.unlink()
    else:
        named.secret_key_file.write_bytes(broken)
    with pytest.raises(SecretKeyError):
        build(named)
    assert named.secret_key_file.exists() is (broken is not None)


def test_a_broken_secret_key_stops_a_hub_that_has_no_secrets_yet(
    tmp_path: Path,
) -> None:
    given = tmp_path / "given.key"
    settings = Settings(database_url=f"sqlite:///{tmp_path}/axis.db", secret_key_file=given)
    with pytest.raises(SecretKeyError, match="is missing"):
        build(settings)
    given.write_bytes(b"short")
    with pytest.raises(SecretKeyError, match="cannot be read"):
        build(settings)


def test_a_missing_secret_key_is_not_made_anew_for_an_authority_that_was_encrypted_with_another(
    beside: Settings, tmp_path: Path, refused: Refused
) -> None:
    key = tmp_path / "data" / "secret.key"
    key.unlink()
    assert main(["agency", "add", "H24", "--name", "Hải Phòng"]) == 0
    for command in (
        ("ca", "issue", "--agency", "H24", "--out", str(tmp_path / "out")),
        ("vxp", "system", "add", "H24"),
        ("ca", "init"),
    ):
        assert f"the secret key is missing: {key} is not there" in refused(*command)
    with pytest.raises(SecretKeyError, match="is missing"):
        build(beside)
    assert not key.exists()


def test_a_secret_is_not_encrypted_with_a_second_key(named: Settings, refused: Refused) -> None:
    assert main(["agency", "add", "H24", "--name", "Hải Phòng"]) == 0
    assert named.secret_key_file is not None
    named.secret_key_file.write_bytes(base64.b64encode(bytes(32)))
    assert "not the key this store was encrypted with" in refused("vxp", "system", "add", "H24")


@pytest.mark.parametrize("size", [0, 4096])
def test_a_store_file_without_tables_is_not_begun_anew_beside_its_keys(
    size: int, beside: Settings, tmp_path: Path, refused: Refused
) -> None:
    folder = tmp_path / "data"
    empty(beside)
    if size:
        with contextlib.closing(sqlite3.connect(folder / "axis.db")) as unused:
            unused.execute("PRAGMA user_version = 1")
    assert (folder / "axis.db").stat().st_size == size
    with pytest.raises(StoreEmptiedError):
        build(beside)
    for command in (*COMMANDS, ("migrate",)):
        said = refused(*command)
        assert "is empty" in said
        assert "ledger-key.pem" in said
    assert (folder / "axis.db").stat().st_size == size


def test_nor_where_the_file_is_gone_and_nothing_is_put_in_its_place(
    beside: Settings, tmp_path: Path, refused: Refused
) -> None:
    folder = tmp_path / "data"
    (folder / "axis.db").unlink()
    before = content(folder)
    with pytest.raises(StoreEmptiedError):
        build(beside)
    assert "is empty" in refused("fsck")
    assert content(folder) == before
    for name in ("ledger-key.pem", "secret.key"):
        (folder / name).rename(tmp_path / name)
    assert main(["agency", "list"]) == 0


def test_a_store_is_not_begun_anew_with_a_named_key_that_signed_another(
    named: Settings, refused: Refused
) -> None:
    empty(named)
    assert "is empty" in refused("migrate")
    assert str(named.ledger_key_file) in refused("agency", "list")
    with pytest.raises(StoreEmptiedError):
        build(named)


def test_another_key_under_the_same_name_begins_another_store(named: Settings) -> None:
    empty(named)
    assert named.ledger_key_file is not None
    named.ledger_key_file.unlink()
    make_key(named.ledger_key_file)
    assert main(["migrate"]) == 0
    build(named).close()


def test_a_store_of_a_newer_release_says_so(named: Settings, refused: Refused) -> None:
    store = open_database(named.database_url)
    store.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '9999'")) and None)
    store.write(lambda tx: set_fact(tx, OLDEST_HUB, "9999"))
    store.close()
    for command in (("migrate",), ("token", "list")):
        assert "the store is of a newer release (revision 9999)" in refused(*command)
    with pytest.raises(StoreOutdatedError, match="newer release"):
        build(named)
