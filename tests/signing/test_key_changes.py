"""A key names its successor, and nobody else can name one in its place."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signing.key_changes import HEADER, check_key_change, sign_key_change
from signing.notes import NoteNotTrusted, NoteSigner, UnreadableNote, read_checkpoint

LOG = "axis.example/v1/ledger"
OLD, NEW, OTHER = (
    NoteSigner(LOG, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in (1, 2, 3)
)


def test_who_believes_the_old_key_comes_to_believe_the_new():
    statement = sign_key_change(OLD, NEW)
    assert check_key_change(statement, OLD.verifier) == NEW.verifier
    with pytest.raises(UnreadableNote):
        read_checkpoint(statement.split("\n\n")[0] + "\n")


def test_a_statement_is_believed_only_by_who_believes_its_key():
    with pytest.raises(NoteNotTrusted):
        check_key_change(sign_key_change(OLD, NEW), OTHER.verifier)
    with pytest.raises((NoteNotTrusted, UnreadableNote)):
        check_key_change(sign_key_change(OLD, NEW), NEW.verifier)


def test_the_new_key_has_to_sign_too():
    whole = sign_key_change(OLD, NEW)
    with pytest.raises(NoteNotTrusted):
        check_key_change("".join(whole.splitlines(keepends=True)[:-1]), OLD.verifier)


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\n{OLD.verifier}\n",
        f"{HEADER}\n{OTHER.verifier}\n{NEW.verifier}\n",
        f"{HEADER}\n{OLD.verifier}\n{OLD.verifier}\n",
        f"{HEADER}\n{OLD.verifier}\n{NEW.verifier}\nmore\n",
        f"{LOG}\n{OLD.verifier}\n{NEW.verifier}\n",
        f"{HEADER}\n{OLD.verifier}\nno key\n",
    ],
)
def test_another_text_is_no_statement_though_both_signed_it(text):
    signed = OLD.sign(text) + NEW.sign(text).removeprefix(f"{text}\n")
    with pytest.raises(UnreadableNote):
        check_key_change(signed, OLD.verifier)


def test_keys_of_two_logs_and_one_key_twice_are_no_change():
    elsewhere = NoteSigner("other.example", NEW.key)
    for new in (elsewhere, OLD):
        with pytest.raises(UnreadableNote):
            sign_key_change(OLD, new)
