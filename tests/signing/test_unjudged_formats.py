"""Signatures in formats that are not judged are told, and nothing else is taken for one."""

import base64
import json

import pytest

from signing.file_kinds import FileKind, holds_marks
from signing.unjudged_formats import read_json, read_jws, read_ole, read_pgp, read_ssh

HEADER = base64.urlsafe_b64encode(b'{"alg":"ES256"}').rstrip(b"=")
NO_HEADER = base64.urlsafe_b64encode(b'{"a":"b"}').rstrip(b"=")
COMPACT = HEADER + b".e30.c2ln"
FLAT = {"payload": "e30", "protected": HEADER.decode(), "signature": "c2ln"}


def compound(name, *, kind=b"\2", at=512):
    spelled = name.encode("utf-16-le")
    return bytes(at) + spelled.ljust(64, b"\0") + bytes([len(spelled) + 2, 0]) + kind + bytes(61)


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (read_ole, compound("_signatures")),
        (read_ole, compound("_xmlsignatures", kind=b"\1")),
        (read_ole, compound("\x05DigitalSignature")),
        (read_pgp, b""),
        (read_ssh, b""),
        (read_jws, COMPACT),
        (read_jws, HEADER + b"..c2ln\n"),
        (read_json, json.dumps(FLAT).encode()),
        (read_json, json.dumps({"payload": "e30", "signatures": [FLAT]}).encode()),
    ],
)
def test_a_signature_of_the_format_is_told(read, data):
    assert dict(read(data).problem)["reason"] == "unjudged-format"


def test_an_encrypted_office_file_is_said_to_be_so():
    data = compound("EncryptedPackage")
    assert dict(read_ole(data).problem)["reason"] == "unjudged-encrypted"
    assert holds_marks(FileKind.OLE, data)


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (read_ole, compound("_signatures", at=500)),
        (read_ole, compound("_signatures", kind=b"\0")),
        (read_ole, "a text on _signatures".encode("utf-16-le")),
        (read_jws, NO_HEADER + b".e30.c2ln"),
        (read_jws, COMPACT + b".x.y"),
        (read_json, b'{"signature": "none"}'),
        (read_json, b'{"signatures": 1}'),
        (read_json, b"[" * 100_000),
        (read_json, b'{"signatures": [1, {"signature": "x", "protected": "%%%"}]}'),
    ],
)
def test_nothing_else_is_taken_for_one(read, data):
    read_nothing = read(data)
    assert (read_nothing.problem, read_nothing.signatures) == ((), ())
