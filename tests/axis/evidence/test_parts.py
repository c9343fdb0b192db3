"""The parts of an evidence archive: their names, and the signed list of their digests."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from axis.evidence import parts
from signing.notes import NoteSigner, open_note

SIGNER = NoteSigner("axis.test/v1/ledger", Ed25519PrivateKey.from_private_bytes(b"k" * 32))
DIGEST = sha256(b"a").hexdigest()


def test_the_list_is_signed_and_reads_back():
    sums = parts.signed_sums([parts.part("README.txt", b"a"), parts.part("receipts/1.txt", b"b")], SIGNER)
    text = open_note(b"".join(sums.open()).decode(), SIGNER.verifier)
    assert parts.read_sums(text) == {
        "README.txt": DIGEST,
        "receipts/1.txt": sha256(b"b").hexdigest(),
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x\n",
        f"{DIGEST} README.txt\n",
        f"{DIGEST}  a\n{DIGEST}  a\n",
        f"{DIGEST}  a\n\n",
        f"{DIGEST[1:]}  a\n",
    ],
)
def test_what_is_no_list_or_names_a_part_twice_is_none(text):
    assert parts.read_sums(text) is None


def test_every_name_that_is_given_to_a_part_has_a_place_in_their_order():
    names = [
        parts.README,
        parts.PAGE,
        parts.MANIFEST,
        parts.signature_name(0),
        parts.attachment_name(0, "Công văn.pdf"),
        parts.VERDICTS,
        parts.STATUSES,
        parts.receipt_name(12),
        parts.SUMS,
    ]
    assert None not in [parts.place_of(name) for name in names]
    for kind in parts.SUFFIXES:
        assert parts.place_of(parts.material_name(kind, DIGEST)) is not None


@pytest.mark.parametrize(
    "name", ["", "x.txt", "../README.txt", "READMExtxt", "README.txt/", "receipts/x.txt", "material/a.crl"]
)
def test_any_other_name_has_none(name):
    assert parts.place_of(name) is None
