"""Keys are made, derived, written, read, and refused by name."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from support import pki

from signing import keys
from signing.errors import (
    UnreadableKey,
    UnsupportedKey,
)


@pytest.mark.parametrize("kind", keys.KEY_KINDS)
def test_a_key_is_of_the_kind_asked_for_and_survives_pem(kind):
    key = keys.generate(kind)
    assert keys.kind_of(key) == kind
    assert keys.kind_of(keys.from_pem(keys.to_pem(key))) == kind
    assert keys.public_from_pem(keys.public_to_pem(key.public_key())) == key.public_key()


def test_another_kind_is_refused():
    with pytest.raises(UnsupportedKey):
        keys.generate("rsa-1024")  # type: ignore[arg-type]


def test_a_derived_key_is_the_same_everywhere_and_another_for_another_seed():
    number = keys.derive_p256(b"seed").private_numbers().private_value
    assert number == keys.derive_p256(b"seed").private_numbers().private_value
    assert number != keys.derive_p256(b"Seed").private_numbers().private_value
    assert f"{number:064x}" == KNOWN_SCALAR


KNOWN_SCALAR = "931dd787ce58ca02e45e730dd6226be6cc11eb3bab2429c9c63fb91776f5ac68"


@pytest.mark.parametrize(
    "data", [b"", b"junk", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", b"x" * 20_000]
)
def test_what_is_no_key_is_refused_by_name(data):
    with pytest.raises(UnreadableKey):
        keys.from_pem(data)
    with pytest.raises(UnreadableKey):
        keys.public_from_pem(data)


def test_a_key_with_a_password_is_refused_by_name():
    pem = pki.key("x").private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"x"),
    )
    with pytest.raises(UnreadableKey):
        keys.from_pem(pem)


@pytest.mark.parametrize(
    "key",
    [
        ed25519.Ed25519PrivateKey.generate(),
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=1024),
        dsa.generate_private_key(1024),
    ],
    ids=["ed25519", "p384", "rsa-1024", "dsa"],
)
def test_only_the_kinds_we_issue_for_are_taken_as_public_keys(key):
    with pytest.raises(UnsupportedKey):
        keys.public_from_pem(keys.public_to_pem(key.public_key()))
