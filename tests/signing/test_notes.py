"""Notes, checkpoints and receipts: published vectors, an independent checker, and all that must fail."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from support import independent_receipt

from signing.merkle import Frontier, leaf_hash
from signing.notes import (
    Checkpoint,
    NoteNotTrusted,
    NoteSigner,
    UnreadableNote,
    check_receipt,
    open_note,
    read_checkpoint,
    read_receipt,
    read_verifier_key,
    write_receipt,
)

# The example of the Go package golang.org/x/mod/sumdb/note, which the format comes from.
PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PETER_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETER_SIGNATURE = (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)
PETER_NOTE = f"{PETER_TEXT}\n— PeterNeumann {PETER_SIGNATURE}\n"

SIGNER = NoteSigner("axis.example/v1/ledger", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = NoteSigner("axis.example/v1/ledger", Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS = NoteSigner("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))


def make_receipt(leaves: list[bytes], position: int, signer: NoteSigner = SIGNER) -> str:
    growth = Frontier().append([leaf_hash(leaf) for leaf in leaves])
    checkpoint = Checkpoint("axis.example/v1/ledger", len(leaves), growth.frontier.root())
    return write_receipt(
        leaves[position], position, growth.proofs()[position], signer.sign(checkpoint.text())
    )


def test_signing_gives_the_published_note():
    peter = NoteSigner("PeterNeumann", Ed25519PrivateKey.from_private_bytes(PETER_SEED))
    assert str(peter.verifier) == PETER_VKEY
    assert peter.sign(PETER_TEXT) == PETER_NOTE


def test_the_published_note_opens_with_the_published_key():
    assert open_note(PETER_NOTE, read_verifier_key(PETER_VKEY)) == PETER_TEXT


def test_text_with_empty_lines_is_kept_whole():
    text = "một\n\nhai\n"
    assert open_note(SIGNER.sign(text), SIGNER.verifier) == text


def test_signatures_of_strangers_are_left_alone():
    note = SIGNER.sign("text\n")
    cosigned = note + WITNESS.sign("text\n").split("\n\n")[1]
    assert open_note(cosigned, SIGNER.verifier) == "text\n"
    assert open_note(cosigned, WITNESS.verifier) == "text\n"


def test_a_note_of_another_key_is_not_trusted_even_under_the_same_name():
    with pytest.raises(NoteNotTrusted):
        open_note(STRANGER.sign("text\n"), SIGNER.verifier)


def test_one_wrong_signature_of_the_key_spoils_the_note():
    note = SIGNER.sign("text\n") + SIGNER.sign("other\n").split("\n\n")[1]
    with pytest.raises(NoteNotTrusted):
        open_note(note, SIGNER.verifier)


@given(st.integers(0, len(PETER_NOTE) - 1), st.characters(codec="utf-8"))
def test_one_altered_character_never_leaves_a_note_that_opens(place, char):
    altered = PETER_NOTE[:place] + char + PETER_NOTE[place + 1 :]
    if altered != PETER_NOTE:
        with pytest.raises((UnreadableNote, NoteNotTrusted)):
            open_note(altered, read_verifier_key(PETER_VKEY))


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        PETER_NOTE[:-1],
        PETER_NOTE.replace("— ", "- "),
        PETER_NOTE.replace("If", "\tf"),
        PETER_NOTE.replace("x08g", "x08*"),
        PETER_NOTE + "\n",
        "text\n\n" + "— a AAAAAAAA\n" * 65,
        "a" * 65536 + PETER_NOTE,
    ],
)
def test_what_is_no_note_is_unreadable(note):
    with pytest.raises(UnreadableNote):
        open_note(note, read_verifier_key(PETER_VKEY))


@pytest.mark.parametrize("text", ["no newline", "tab\t\n", "null\x00\n", "lone \ud800\n"])
def test_text_that_could_not_be_read_back_is_not_signed(text):
    with pytest.raises(UnreadableNote):
        SIGNER.sign(text)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\u00a0b"])
def test_names_that_signature_lines_cannot_hold_are_refused(name):
    with pytest.raises(UnreadableNote):
        NoteSigner(name, SIGNER.key).sign("text\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        PETER_VKEY.replace("c74f20a3", "c74f20a4"),
        PETER_VKEY.replace("+AR", "+BR"),
        PETER_VKEY[:-4],
        PETER_VKEY.replace("Peter", "Peter "),
    ],
)
def test_what_is_no_verifier_key_is_unreadable(text):
    with pytest.raises(UnreadableNote):
        read_verifier_key(text)


def test_verifier_key_reads_back():
    assert read_verifier_key(str(SIGNER.verifier)) == SIGNER.verifier


def test_checkpoint_reads_back_and_ignores_extension_lines():
    checkpoint = Checkpoint("axis.example/v1/ledger", 20852163, bytes(range(32)))
    assert read_checkpoint(checkpoint.text()) == checkpoint
    assert read_checkpoint(checkpoint.text() + "extension\n") == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n01\nAAAA\n",
        f"a\n01\n{'A' * 43}=\n",
        f"a\n-1\n{'A' * 43}=\n",
        f"a\n\u0661\n{'A' * 43}=\n",
        f"a\n{'9' * 5000}\n{'A' * 43}=\n",
        f"a\n1\n{'A' * 43}=",
        f"a\n1\n{'A' * 43}=\n\n",
        f"a\n1\n{'A' * 42}B=\n",
        f"\n1\n{'A' * 43}=\n",
    ],
)
def test_what_is_no_checkpoint_is_unreadable(text):
    with pytest.raises(UnreadableNote):
        read_checkpoint(text)


@given(st.integers(1, 40).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_a_receipt_is_valid_offline(case):
    position, size = case
    leaves = [f"leaf {number}".encode() for number in range(size)]
    check = check_receipt(make_receipt(leaves, position), SIGNER.verifier)
    assert check.valid
    assert check.reason is None
    assert check.receipt is not None
    assert check.receipt.leaf == leaves[position]
    assert check.receipt.position == position


def test_an_independent_checker_agrees():
    leaves = [f"lá số {number}".encode() for number in range(5)]
    for position in range(5):
        text = make_receipt(leaves, position)
        assert independent_receipt.check(text, str(SIGNER.verifier)) == leaves[position]
        with pytest.raises(independent_receipt.BadReceipt):
            independent_receipt.check(text, str(STRANGER.verifier))
        with pytest.raises(independent_receipt.BadReceipt):
            independent_receipt.check(text.replace("\nindex ", "\nindex 1"), str(SIGNER.verifier))


def test_each_reason_for_a_bad_receipt_is_named():
    leaves = [b"a", b"b", b"c"]
    good = make_receipt(leaves, 1)
    extra = base64.b64encode(b"b").decode()
    other = base64.b64encode(b"x").decode()
    renamed = NoteSigner("else.example", SIGNER.key)
    reasons = {
        "unreadable-note": good.replace("index 1", "index 01"),
        "note-not-trusted": make_receipt(leaves, 1, STRANGER),
        "not-included": good.replace(extra, other),
    }
    for reason, text in reasons.items():
        check = check_receipt(text, SIGNER.verifier)
        assert (check.valid, check.reason) == (False, reason)
    check = check_receipt(make_receipt(leaves, 1, renamed), renamed.verifier)
    assert (check.valid, check.reason) == (False, "wrong-origin")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1\nindex 0\n\nnote",
        "c2sp.org/tlog-proof@v2\nextra AAAA\nindex 0\n\nnote",
        "c2sp.org/tlog-proof@v1\nextra AAA\nindex 0\n\nnote",
        "c2sp.org/tlog-proof@v1\nextra AAAA\nindex x\n\nnote",
        "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n" + "AAAA\n" * 64 + "\nnote",
        "c2sp.org/tlog-proof@v1\nextra " + "A" * 262144 + "\nindex 0\n\nnote",
    ],
)
def test_what_is_no_receipt_is_unreadable(text):
    with pytest.raises(UnreadableNote):
        read_receipt(text)
