"""The algorithm identifiers of CMS and X.509, and the arithmetic behind them.

It knows what an identifier means and computes with it. `signing.policy` decides what is admitted. RFC 5754,
RFC 4056 (PSS), RFC 5753 (ECDSA), RFC 8419 (Ed25519).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa, utils
from cryptography.x509 import ObjectIdentifier

__all__ = [
    "DIGESTS",
    "SIGNATURES",
    "KeyFacts",
    "Scheme",
    "SignatureMethod",
    "compute_digest",
    "fits",
    "key_facts",
    "verify_digest",
    "verify_value",
]

Scheme = Literal["rsa", "rsa-pss", "ecdsa", "ed25519", "dsa"]

DIGESTS: Final[Mapping[ObjectIdentifier, str]] = MappingProxyType(
    {
        ObjectIdentifier("2.16.840.1.101.3.4.2.1"): "sha256",
        ObjectIdentifier("2.16.840.1.101.3.4.2.2"): "sha384",
        ObjectIdentifier("2.16.840.1.101.3.4.2.3"): "sha512",
        ObjectIdentifier("2.16.840.1.101.3.4.2.4"): "sha224",
        ObjectIdentifier("1.3.14.3.2.26"): "sha1",
        ObjectIdentifier("1.2.840.113549.2.5"): "md5",
    }
)

SIGNATURES: Final[Mapping[ObjectIdentifier, tuple[Scheme, str | None]]] = MappingProxyType(
    {
        ObjectIdentifier("1.2.840.113549.1.1.1"): ("rsa", None),
        ObjectIdentifier("1.2.840.113549.1.1.4"): ("rsa", "md5"),
        ObjectIdentifier("1.2.840.113549.1.1.5"): ("rsa", "sha1"),
        ObjectIdentifier("1.2.840.113549.1.1.10"): ("rsa-pss", None),
        ObjectIdentifier("1.2.840.113549.1.1.11"): ("rsa", "sha256"),
        ObjectIdentifier("1.2.840.113549.1.1.12"): ("rsa", "sha384"),
        ObjectIdentifier("1.2.840.113549.1.1.13"): ("rsa", "sha512"),
        ObjectIdentifier("1.2.840.113549.1.1.14"): ("rsa", "sha224"),
        ObjectIdentifier("1.2.840.10045.2.1"): ("ecdsa", None),
        ObjectIdentifier("1.2.840.10045.4.1"): ("ecdsa", "sha1"),
        ObjectIdentifier("1.2.840.10045.4.3.1"): ("ecdsa", "sha224"),
        ObjectIdentifier("1.2.840.10045.4.3.2"): ("ecdsa", "sha256"),
        ObjectIdentifier("1.2.840.10045.4.3.3"): ("ecdsa", "sha384"),
        ObjectIdentifier("1.2.840.10045.4.3.4"): ("ecdsa", "sha512"),
        ObjectIdentifier("1.3.101.112"): ("ed25519", None),
        ObjectIdentifier("1.2.840.10040.4.1"): ("dsa", None),
        ObjectIdentifier("1.2.840.10040.4.3"): ("dsa", "sha1"),
        ObjectIdentifier("2.16.840.1.101.3.4.3.1"): ("dsa", "sha224"),
        ObjectIdentifier("2.16.840.1.101.3.4.3.2"): ("dsa", "sha256"),
    }
)

_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = MappingProxyType(
    {
        "sha224": hashes.SHA224(),
        "sha256": hashes.SHA256(),
        "sha384": hashes.SHA384(),
        "sha512": hashes.SHA512(),
        "sha1": hashes.SHA1(),  # noqa: S303 understood, so that the verdict can say so; no policy admits it
        "md5": hashes.MD5(),  # noqa: S303 the same
    }
)
_HASHERS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "sha224": hashlib.sha224,
        "sha256": hashlib.sha256,
        "sha384": hashlib.sha384,
        "sha512": hashlib.sha512,
        "sha1": hashlib.sha1,
        "md5": hashlib.md5,
    }
)
_ECDSA: Final = MappingProxyType({name: ec.ECDSA(algorithm) for name, algorithm in _HASHES.items()})
_DIGESTED: Final[Mapping[str, Any]] = MappingProxyType(
    {name: utils.Prehashed(algorithm) for name, algorithm in _HASHES.items()}
)
_PKCS1: Final = padding.PKCS1v15()


class SignatureMethod(NamedTuple):
    """How a signature value was made."""

    scheme: Scheme
    digest: str
    """Name of the digest, one of `DIGESTS`; with Ed25519 that of the signed attributes only."""
    mask_digest: str | None = None
    """PSS only: the digest of its mask generation function."""
    salt_length: int | None = None
    """PSS only, in bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class KeyFacts:
    """A certificate's public key, and the facts that policies need.

    It is compared by identity, for quick lookups.
    """

    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | dsa.DSAPublicKey | None
    """`None` when this package cannot compute with its kind or parameters."""
    family: Literal["rsa", "ec", "ed25519", "dsa", "other"]
    bits: int
    curve: str | None = None
    exponent: int | None = None
    is_for_pss_only: bool = False
    """The certificate gives an RSA key for PSS alone (RFC 4055 §1.2)."""

    @property
    def name(self) -> str:
        """Short name for verdicts: `rsa-2048`, `dsa-1024`, `p256`, `ed25519` or `other`.

        An unusual exponent is named, since it may be the reason of a verdict.
        """
        if self.family not in {"rsa", "dsa"}:
            return self.size
        exponent = self.exponent
        if exponent is None or exponent == _USUAL_EXPONENT:
            return f"{self.family}-{self.bits}"
        shown = str(exponent) if exponent < _USUAL_EXPONENT else f"{exponent.bit_length()} bits"
        return f"{self.family}-{self.bits} (e={shown})"

    @property
    def size(self) -> str:
        """The size alone: `2048`, or the curve's name."""
        return str(self.bits) if self.family in {"rsa", "dsa"} else self.curve or self.family


_USUAL_EXPONENT: Final = 65_537

_CURVES: Final[Mapping[str, str]] = MappingProxyType(
    {"secp256r1": "p256", "secp384r1": "p384", "secp521r1": "p521"}
)


_PSS_KEY: Final = ObjectIdentifier("1.2.840.113549.1.1.10")


def key_facts(certificate: x509.Certificate) -> KeyFacts:
    """Read the certificate's key; an unreadable or unknown one is of the family `other`."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return KeyFacts(None, "other", 0)
    if isinstance(key, rsa.RSAPublicKey):
        is_for_pss_only = certificate.public_key_algorithm_oid == _PSS_KEY
        exponent = key.public_numbers().e
        return KeyFacts(key, "rsa", key.key_size, exponent=exponent, is_for_pss_only=is_for_pss_only)
    if isinstance(key, ec.EllipticCurvePublicKey):
        curve = key.curve.name
        return KeyFacts(key, "ec", key.key_size, curve=_CURVES.get(curve, curve))
    if isinstance(key, ed25519.Ed25519PublicKey):
        return KeyFacts(key, "ed25519", 256)
    if isinstance(key, dsa.DSAPublicKey):
        return KeyFacts(key, "dsa", key.key_size)
    return KeyFacts(None, "other", 0)


_FAMILIES: Final[Mapping[Scheme, str]] = MappingProxyType(
    {"rsa": "rsa", "rsa-pss": "rsa", "ecdsa": "ec", "ed25519": "ed25519", "dsa": "dsa"}
)


def fits(facts: KeyFacts, method: SignatureMethod) -> bool:
    """Whether a key of this family could have made a signature by this method at all."""
    if facts.is_for_pss_only and method.scheme != "rsa-pss":
        return False
    return _FAMILIES[method.scheme] == facts.family


def compute_digest(name: str, data: bytes) -> bytes:
    """Digest of `data`; `name` is one of `DIGESTS`."""
    if name == "sha256":
        return hashlib.sha256(data).digest()
    digest: bytes = _HASHERS[name](data, usedforsecurity=False).digest()
    return digest


def verify_value(facts: KeyFacts, method: SignatureMethod, signature: bytes, data: bytes) -> bool | None:
    """Tell whether `signature` is one over `data` by this key.

    `None` when it cannot be computed: a key or scheme this package does not know.
    """
    if facts.key is None or not fits(facts, method):
        return None
    return _verify(facts.key, method, signature, data, _HASHES)


def verify_digest(facts: KeyFacts, method: SignatureMethod, signature: bytes, digest: bytes) -> bool | None:
    """Tell the same of content of which only the digest is at hand, by the method's algorithm.

    `None` also with Ed25519, which signs no digest.
    """
    if facts.key is None or not fits(facts, method) or method.scheme == "ed25519":
        return None
    return _verify(facts.key, method, signature, digest, _DIGESTED)


def _verify(
    key: Any,  # the family is a faster test than isinstance
    method: SignatureMethod,
    signature: bytes,
    data: bytes,
    hashing: Mapping[str, Any],
) -> bool | None:
    try:
        if method.scheme == "ecdsa":
            ecdsa = _ECDSA[method.digest] if hashing is _HASHES else ec.ECDSA(hashing[method.digest])
            key.verify(signature, data, ecdsa)
        elif method.scheme == "rsa":
            key.verify(signature, data, _PKCS1, hashing[method.digest])
        elif method.scheme == "rsa-pss":
            mask = padding.MGF1(_HASHES[method.mask_digest or method.digest])
            key.verify(signature, data, padding.PSS(mask, method.salt_length or 0), hashing[method.digest])
        elif method.scheme == "dsa":
            key.verify(signature, data, hashing[method.digest])
        else:
            key.verify(signature, data)
    except InvalidSignature:
        return False
    except (ValueError, UnsupportedAlgorithm):
        return None
    return True
