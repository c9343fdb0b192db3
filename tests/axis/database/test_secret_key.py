"""The key that encrypts the authority's keys in the store."""

import base64
from pathlib import Path

import pytest

from axis.database.secret_key import SecretKeyError, open_secret_key
from axis.settings import Settings


def beside(folder: Path, **others) -> Settings:
    return Settings(database_url=f"sqlite:///{folder}/axis.db", **others)


def test_it_is_made_once_beside_a_sqlite_store_for_its_owner_alone(tmp_path):
    encrypted = open_secret_key(beside(tmp_path), make=True).encrypt(b"key", "authority root")
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
    assert open_secret_key(beside(tmp_path)).decrypt(encrypted, "authority root") == b"key"


def test_on_postgresql_it_must_be_given():
    with pytest.raises(SecretKeyError, match="AXIS_SECRET_KEY_FILE"):
        open_secret_key(Settings(database_url="postgresql+psycopg://nowhere/axis"))


def test_on_postgresql_a_named_file_must_be_there(tmp_path):
    settings = Settings(
        database_url="postgresql+psycopg://nowhere/axis", secret_key_file=tmp_path / "none.key"
    )
    with pytest.raises(SecretKeyError, match=f"the secret key is missing: {tmp_path / 'none.key'} "):
        open_secret_key(settings, make=True)
    assert not (tmp_path / "none.key").exists()


def test_it_is_not_made_for_a_store_that_holds_secrets(tmp_path):
    with pytest.raises(SecretKeyError, match="is missing"):
        open_secret_key(beside(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"short", b"!" * 44, base64.b64encode(b"x" * 31)])
def test_a_file_without_a_key_is_refused(tmp_path, content):
    path = tmp_path / "given.key"
    path.write_bytes(content)
    with pytest.raises(SecretKeyError):
        open_secret_key(beside(tmp_path, secret_key_file=path))


def test_what_was_encrypted_cannot_be_altered_moved_or_read_with_another_key(tmp_path):
    secret = open_secret_key(beside(tmp_path), make=True)
    encrypted = secret.encrypt(b"key", "authority root")
    (tmp_path / "other").mkdir()
    other = open_secret_key(beside(tmp_path / "other"), make=True)
    for key, value, purpose in (
        (secret, encrypted[:-1] + bytes([encrypted[-1] ^ 1]), "authority root"),
        (secret, encrypted, "authority issuing"),
        (secret, b"", "authority root"),
        (other, encrypted, "authority root"),
    ):
        with pytest.raises(SecretKeyError):
            key.decrypt(value, purpose)
    assert b"key" not in encrypted
