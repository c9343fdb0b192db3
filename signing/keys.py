"""Makes, derives, reads and writes private keys.

PKCS #8 (RFC 5958); derivation by HKDF (RFC 5869).
"""

from typing import Final, Literal, get_args

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from signing.errors import UnreadableKey, UnsupportedKey

__all__ = [
    "KEY_KINDS",
    "KeyKind",
    "PrivateKey",
    "PublicKey",
    "derive_p256",
    "from_pem",
    "generate",
    "kind_of",
    "public_from_pem",
    "public_to_pem",
    "to_pem",
]

KeyKind = Literal["rsa-2048", "rsa-3072", "p256"]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

KEY_KINDS: Final[tuple[KeyKind, ...]] = get_args(KeyKind)

MAX_PEM_BYTES: Final = 16 * 1024
"""An RSA-4096 private key takes some 3.3 KB; anything far beyond is not a key."""

_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_DERIVATION_LABEL: Final = b"axis p256 key, version 1"


def generate(kind: KeyKind) -> PrivateKey:
    """Make a fresh random key of `kind`. Raises `UnsupportedKey` for another word."""
    match kind:
        case "rsa-2048":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case "rsa-3072":
            return rsa.generate_private_key(public_exponent=65537, key_size=3072)
        case "p256":
            return ec.generate_private_key(ec.SECP256R1())
        case _:
            raise UnsupportedKey(kind=kind)


def derive_p256(seed: bytes) -> ec.EllipticCurvePrivateKey:
    """Derive the P-256 key of `seed`, for replays and tests. It is the same on every machine.

    As secret as the seed is. 48 bytes of HKDF-SHA256 are reduced modulo the order minus one, so the bias
    stays below 2^-128 (FIPS 186-5, A.2.1).
    """
    material = HKDF(hashes.SHA256(), length=48, salt=None, info=_DERIVATION_LABEL).derive(seed)
    scalar = int.from_bytes(material, "big") % (_P256_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def kind_of(key: PrivateKey | PublicKey) -> KeyKind:
    """Which of the kinds we make `key` is of. Raises `UnsupportedKey` for all others."""
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey):
        if key.key_size == 2048:  # noqa: PLR2004 the size is the kind's name
            return "rsa-2048"
        if key.key_size == 3072:  # noqa: PLR2004 the size is the kind's name
            return "rsa-3072"
        raise UnsupportedKey(kind=f"rsa-{key.key_size}")
    if isinstance(key.curve, ec.SECP256R1):
        return "p256"
    raise UnsupportedKey(kind=key.curve.name)


def to_pem(key: PrivateKey) -> bytes:
    """Return PKCS #8, unencrypted. Whoever stores it sets the file's mode."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def from_pem(data: bytes) -> PrivateKey:
    """Read an unencrypted private key, PKCS #8 or traditional.

    Raises `UnreadableKey`, or `UnsupportedKey` for a key that is neither RSA nor of an elliptic curve.
    """
    if len(data) > MAX_PEM_BYTES:
        raise UnreadableKey(size=len(data), limit=MAX_PEM_BYTES)
    try:
        key = serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnreadableKey from error
    if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        return key
    raise UnsupportedKey(kind=type(key).__name__)


def public_to_pem(key: PublicKey) -> bytes:
    """SubjectPublicKeyInfo in PEM, as `openssl pkey -pubout` writes it."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def public_from_pem(data: bytes) -> PublicKey:
    """Read a public key an authority may certify: RSA-2048, RSA-3072 or P-256.

    Raises `UnreadableKey` or `UnsupportedKey`.
    """
    if len(data) > MAX_PEM_BYTES:
        raise UnreadableKey(size=len(data), limit=MAX_PEM_BYTES)
    try:
        key = serialization.load_pem_public_key(data)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnreadableKey from error
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise UnsupportedKey(kind=type(key).__name__)
    kind_of(key)
    return key
