"""Signature values that are nearly right: only the one encoding of the right value verifies."""

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, utils
from support import pki, raw_cms

from signing.algorithms import KeyFacts, SignatureMethod, verify_digest, verify_value

DATA = b"what is signed"
RSA = pki.key("rsa-2048")
NUMBERS = RSA.private_numbers()
N, E, D = NUMBERS.public_numbers.n, NUMBERS.public_numbers.e, NUMBERS.d
FACTS = KeyFacts(RSA.public_key(), "rsa", 2048, exponent=E)
PKCS1 = SignatureMethod("rsa", "sha256")
DIGEST = hashlib.sha256(DATA).digest()
INFO = bytes.fromhex("3031300d060960864801650304020105000420")

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
EC = pki.key("values")
EC_FACTS = KeyFacts(EC.public_key(), "ec", 256, curve="p256")
ECDSA = SignatureMethod("ecdsa", "sha256")
R, S = utils.decode_dss_signature(EC.sign(DATA, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))


def raised(padded):
    return pow(int.from_bytes(padded), D, N).to_bytes(256)


def padded(info, filler=b"\xff", kind=b"\x01", tail=b""):
    return b"\x00" + kind + filler * (253 - len(info) - len(tail)) + b"\x00" + info + tail


def test_the_one_right_padding_verifies():
    value = raised(padded(INFO + DIGEST))
    assert value == RSA.sign(DATA, padding.PKCS1v15(), hashes.SHA256())
    assert verify_value(FACTS, PKCS1, value, DATA) is True
    assert verify_digest(FACTS, PKCS1, value, DIGEST) is True


@pytest.mark.parametrize(
    "value",
    [
        raised(padded(INFO + DIGEST, kind=b"\x02")),
        raised(padded(INFO + DIGEST, kind=b"\x00", filler=b"\x00")),
        raised(padded(INFO + DIGEST, filler=b"\xfe")),
        raised(b"\x00\x01" + b"\xff" * 8 + b"\x00" + INFO + DIGEST + b"\x00" * (256 - 11 - 51)),
        raised(padded(INFO + DIGEST, tail=b"\x00")),
        raised(padded(bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20" + DIGEST)),
        raised(padded(bytes.fromhex("30813130810d060960864801650304020105000420") + DIGEST)),
        raised(padded(bytes.fromhex("3031300d060960864801650304020205000420") + DIGEST)),
        raised(padded(INFO + hashlib.sha256(DATA + b" ").digest())),
        raised(padded(DIGEST)),
        b"\x00" + raised(padded(INFO + DIGEST)),
        raised(padded(INFO + DIGEST))[1:],
        (int.from_bytes(raised(padded(INFO + DIGEST))) + N).to_bytes(257),
        padded(INFO + DIGEST),
        b"",
        b"\x00" * 256,
        (N - 1).to_bytes(256),
        N.to_bytes(256),
        b"\xff" * 256,
    ],
    ids=[
        "type 2", "type 0", "filler", "short padding", "tail", "no parameters", "BER", "other digest",
        "other content", "bare digest", "zero before", "byte less", "plus modulus", "not raised", "empty",
        "zero", "modulus less one", "modulus", "too large",
    ],
)  # fmt: skip
def test_rsa_values_with_anything_wrong_do_not_verify(value):
    assert not verify_value(FACTS, PKCS1, value, DATA)
    assert not verify_digest(FACTS, PKCS1, value, DIGEST)


def integer(value, size=None):
    length = size or value.bit_length() // 8 + 1
    return raw_cms.tlv(2, value.to_bytes(length, signed=value < 0))


def pair(r=R, s=S, **more):
    return raw_cms.seq(integer(r, **more), integer(s, **more))


def test_the_one_right_pair_verifies():
    assert verify_value(EC_FACTS, ECDSA, pair(), DATA) is True
    assert verify_digest(EC_FACTS, ECDSA, pair(), DIGEST) is True


@pytest.mark.parametrize(
    "value",
    [
        b"", b"\x30\x00", pair(0, 0), pair(0, S), pair(R, 0), pair(1, 1), pair(ORDER, S), pair(R, ORDER),
        pair(R + ORDER, S), pair(R, S + ORDER), pair(-R, S), pair(R, -S), pair(R - ORDER, S), pair(S, R),
        pair(size=40), pair() + b"\x00", pair() + b"\x05\x00", raw_cms.seq(integer(R)),
        raw_cms.seq(integer(R), integer(S), integer(S)), raw_cms.seq(integer(R), integer(S), b"\x05\x00"),
        b"\x30\x81" + pair()[1:], b"\x30\x80" + pair()[2:] + b"\x00\x00", b"\x31" + pair()[1:],
        pair(R, 1 << 4096), raw_cms.seq(raw_cms.tlv(4, R.to_bytes(32)), raw_cms.tlv(4, S.to_bytes(32))),
        R.to_bytes(32) + S.to_bytes(32), raw_cms.seq(integer(R), b"\x09\x01\x40"),
    ],
    ids=lambda value: value.hex()[:24],
)  # fmt: skip
def test_ecdsa_values_with_anything_wrong_do_not_verify(value):
    assert not verify_value(EC_FACTS, ECDSA, value, DATA)
    assert not verify_digest(EC_FACTS, ECDSA, value, DIGEST)


def test_ed25519_values_with_anything_wrong_do_not_verify():
    key = ed25519.Ed25519PrivateKey.from_private_bytes(b"v" * 32)
    facts, method = KeyFacts(key.public_key(), "ed25519", 256), SignatureMethod("ed25519", "sha512")
    value = key.sign(DATA)
    assert verify_value(facts, method, value, DATA) is True
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(value[32:], "little")
    for wrong in (
        b"",
        value[:-1],
        value + b"\x00",
        value[:32] + (scalar + order).to_bytes(32, "little"),
        b"\x00" * 64,
        b"\x01" + b"\x00" * 63,
    ):
        assert not verify_value(facts, method, wrong, DATA)
    assert verify_digest(facts, method, value, DIGEST) is None


@pytest.mark.parametrize("method", [PKCS1, SignatureMethod("rsa-pss", "sha256", "sha256", 32), ECDSA])
def test_a_key_of_another_kind_decides_nothing(method):
    facts = EC_FACTS if method.scheme != "ecdsa" else FACTS
    assert verify_value(facts, method, pair(), DATA) is None


def test_a_key_that_its_certificate_gives_for_pss_alone_makes_no_other_signature():
    facts = KeyFacts(RSA.public_key(), "rsa", 2048, exponent=E, is_for_pss_only=True)
    assert verify_value(facts, PKCS1, raised(padded(INFO + DIGEST)), DATA) is None
    value = RSA.sign(DATA, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    assert verify_value(facts, SignatureMethod("rsa-pss", "sha256", "sha256", 32), value, DATA) is True
