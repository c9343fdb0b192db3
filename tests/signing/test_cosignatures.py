"""Cosignatures are those of C2SP tlog-cosignature, and nobody's but the witness's."""

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signing.cosignatures import Cosigner, cosigned_at, read_witness_key
from signing.notes import NoteNotTrusted, NoteSigner, UnreadableNote, open_note

KEY = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
WITNESS = Cosigner("witness.example/w1", KEY)
TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
AT = 1_679_315_147


def test_the_bytes_are_those_of_the_specification():
    line = WITNESS.cosign(TEXT, AT)
    public = KEY.public_key().public_bytes_raw()
    key_id = sha256(b"witness.example/w1\n\x04" + public).digest()[:4]
    signature = KEY.sign(f"cosignature/v1\ntime {AT}\n{TEXT}".encode())
    raw = key_id + AT.to_bytes(8, "big") + signature
    assert line == f"— witness.example/w1 {base64.b64encode(raw).decode()}\n"
    assert cosigned_at(TEXT, line, WITNESS.verifier) == AT


def test_a_key_reads_back_and_no_key_of_notes_is_one():
    assert read_witness_key(str(WITNESS.verifier)) == WITNESS.verifier
    for text in (str(NoteSigner(WITNESS.name, KEY).verifier), "", "a+b", f"{WITNESS.verifier}x"):
        with pytest.raises(UnreadableNote):
            read_witness_key(text)


def test_a_cosignature_is_of_this_text_time_and_witness_alone():
    line = WITNESS.cosign(TEXT, AT)
    other = Cosigner(WITNESS.name, Ed25519PrivateKey.from_private_bytes(bytes([8]) * 32))
    later = base64.b64decode(line.split(" ")[2])
    later = later[:4] + (AT + 1).to_bytes(8, "big") + later[12:]
    for text, given, key in (
        (TEXT.replace("20852163", "20852164"), line, WITNESS.verifier),
        (TEXT, line, other.verifier),
        (TEXT, f"— {WITNESS.name} {base64.b64encode(later).decode()}\n", WITNESS.verifier),
    ):
        with pytest.raises(NoteNotTrusted):
            cosigned_at(text, given, key)
    for given in ("", line[2:], "— witness.example/w1 AAAA\n", "— witness.example/w1 !\n"):
        with pytest.raises(UnreadableNote):
            cosigned_at(TEXT, given, WITNESS.verifier)


def test_times_and_names_that_cannot_be_written_are_not_signed():
    for name, at in ((WITNESS.name, 0), (WITNESS.name, 2**63), ("a b", AT), ("a+b", AT), ("", AT)):
        with pytest.raises(UnreadableNote):
            Cosigner(name, KEY).cosign(TEXT, at)


def test_who_knows_the_log_alone_reads_the_note_as_before():
    log = NoteSigner("example.com/behind-the-sofa", Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32))
    note = log.sign(TEXT) + WITNESS.cosign(TEXT, AT)
    assert open_note(note, log.verifier) == TEXT
