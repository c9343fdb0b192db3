"""The key file: made once, private, never replaced."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from axis.database.key_files import LEDGER_KEY_FILE
from axis.ledger.errors import LedgerKeyError
from axis.ledger.key import load_key, make_key, open_key


def raw(key):
    return key.private_bytes_raw()


def test_a_key_is_made_beside_a_sqlite_store_and_kept(tmp_path):
    store = tmp_path / "data" / "axis.db"
    first = open_key(None, store, make=True)
    path = store.parent / LEDGER_KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert raw(open_key(None, store)) == raw(first)
    assert [entry.name for entry in path.parent.iterdir()] == [LEDGER_KEY_FILE], "no draft stays behind"


def test_the_setting_says_where_the_key_is(tmp_path):
    path = tmp_path / "elsewhere.pem"
    made = open_key(path, tmp_path / "axis.db", make=True)
    assert raw(open_key(path, None)) == raw(made)
    assert not (tmp_path / LEDGER_KEY_FILE).exists()


def test_without_a_sqlite_store_a_key_is_required_and_never_made(tmp_path):
    with pytest.raises(LedgerKeyError, match="AXIS_LEDGER_KEY_FILE"):
        open_key(None, None)
    path = tmp_path / "absent.pem"
    with pytest.raises(LedgerKeyError, match=f"the ledger's key is missing: {path} is not there"):
        open_key(path, None, make=True)
    assert not path.exists()


def test_a_key_is_not_made_for_a_store_that_has_a_ledger(tmp_path):
    with pytest.raises(LedgerKeyError, match=f"the ledger's key is missing: {tmp_path / LEDGER_KEY_FILE} "):
        open_key(None, tmp_path / "axis.db")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_holds_no_ed25519_key_is_refused(tmp_path):
    path = tmp_path / "key.pem"
    path.write_bytes(b"no key")
    with pytest.raises(LedgerKeyError, match="cannot be read"):
        load_key(path)
    other = generate_private_key(SECP256R1())
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(LedgerKeyError, match="no Ed25519"):
        load_key(path)


def test_a_key_that_is_there_is_never_replaced(tmp_path):
    path = tmp_path / "key.pem"
    make_key(path)
    before = path.read_bytes()
    make_key(path)
    assert path.read_bytes() == before


def test_all_who_make_the_key_at_once_get_the_same(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: raw(open_key(None, tmp_path / "axis.db", make=True)), range(8)))
    assert len(keys) == 1
