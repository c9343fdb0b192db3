"""Reads the AlgorithmIdentifiers of a SignerInfo into names that `signing.algorithms` computes with.

`signing.policy` decides whether they are admitted. RFC 5754, RFC 4056 (PSS), RFC 5753 (ECDSA).
"""

from functools import lru_cache
from typing import Final

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from signing.algorithms import DIGESTS, SIGNATURES, SignatureMethod
from signing.cms.ber import require_der
from signing.cms.structure import Algorithm, BareAlgorithm, PssParameters
from signing.errors import UnreadableSignature

__all__ = ["read_digest", "read_method"]

_PSS: Final = ObjectIdentifier("1.2.840.113549.1.1.10")
_MGF1: Final = ObjectIdentifier("1.2.840.113549.1.1.8")
_NULL: Final = b"\x05"
_KEYS: Final = frozenset({ObjectIdentifier("1.2.840.10045.2.1"), ObjectIdentifier("1.2.840.10040.4.1")})
_MAX_SALT: Final = 512
"""The largest judged RSA modulus has 512 bytes; a salt cannot be longer."""


@lru_cache(maxsize=256)
def read_digest(encoded: bytes) -> tuple[str | None, str]:
    """Read a digest's AlgorithmIdentifier: its name, if it is known, and how to show it.

    Windows and others name the signature's algorithm there, and mean its digest. Raises `ValueError` for what
    is not DER, and `UnreadableSignature`.
    """
    identifier, parameters = _algorithm(encoded)
    if identifier == _PSS:
        method = _pss_method(parameters)
        return (None, identifier.dotted_string) if method is None else (method.digest, method.digest)
    name = DIGESTS.get(identifier) or SIGNATURES.get(identifier, (None, None))[1]
    if name is not None and not _is_empty(parameters):
        raise UnreadableSignature(reason="parameters", found=name)
    return name, name or identifier.dotted_string


@lru_cache(maxsize=256)
def read_method(encoded: bytes, digest: str | None) -> tuple[SignatureMethod | None, str]:
    """Read a signature's AlgorithmIdentifier. `digest` is used if it names none.

    Raises as `read_digest` does.
    """
    identifier, parameters = _algorithm(encoded)
    shown = identifier.dotted_string
    if identifier == _PSS:
        return _pss_method(parameters), shown
    scheme, own_digest = SIGNATURES.get(identifier, (None, None))
    # The identifiers of EC and DSA keys may stand for the algorithm, with the key's parameters beside them.
    if scheme is not None and not (_is_empty(parameters) or identifier in _KEYS):
        raise UnreadableSignature(reason="parameters", found=shown)
    used = own_digest or digest
    return None if scheme is None or used is None else SignatureMethod(scheme, used), shown


def _algorithm(encoded: bytes) -> tuple[ObjectIdentifier, asn1.TLV | None]:
    require_der(encoded)
    try:
        algorithm = asn1.decode_der(Algorithm, encoded)
    except ValueError:
        return asn1.decode_der(BareAlgorithm, encoded).identifier, None
    return algorithm.identifier, algorithm.parameters


def _is_empty(parameters: asn1.TLV | None) -> bool:
    """Whether there are no parameters: NULL and nothing at all are both written (RFC 5754 §2)."""
    return parameters is None or (parameters.tag_bytes == _NULL and not parameters.data)


def _pss_method(encoded: asn1.TLV | None) -> SignatureMethod | None:
    """Read the parameters of RFC 4056 §3; `None` for those that cannot be computed with."""
    try:
        parameters = None if encoded is None else encoded.parse(PssParameters)
    except ValueError:
        return None
    if parameters is None:
        return None
    digest = "sha1" if parameters.digest is None else DIGESTS.get(parameters.digest.identifier)
    mask: str | None = "sha1"
    if parameters.mask is not None:
        if parameters.mask.identifier != _MGF1:
            return None
        mask = DIGESTS.get(parameters.mask.digest.identifier)
    salt_length = 20 if parameters.salt_length is None else parameters.salt_length
    if digest is None or mask is None or not 0 <= salt_length <= _MAX_SALT:
        return None
    return SignatureMethod("rsa-pss", digest, mask, salt_length) if parameters.trailer in {None, 1} else None
