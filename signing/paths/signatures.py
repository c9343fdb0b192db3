"""Verifies whether a certificate's key signed another certificate, a revocation list or a response."""

from typing import Any, Final

from asn1crypto import keys  # type: ignore[import-untyped]  # the library ships no types
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from signing.paths.asn1 import Certificate, has_whole_octets

__all__ = ["Links", "OverBudget", "has_signed", "is_signed_by"]

MAX_LINKS: Final = 2000
"""Signatures on certificates verified for one path: honest ones take a handful, so many half a second."""

_VALIDATOR: Final = DefaultSignatureValidator()


class OverBudget(Exception):
    """More certificates sign each other than those of any honest authorities."""


class Links:
    """Which certificates signed which, each verified once, and only so many."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, bytes], bool] = {}

    def hold(self, issuer: Certificate, certificate: Certificate) -> bool:
        """Whether `issuer` has signed the certificate. Raises `OverBudget` past `MAX_LINKS`.

        A DSA key whose parameters are its issuer's cannot be asked alone; it passes for one that has.
        """
        pair = issuer.sha256, certificate.sha256
        known = self._known.get(pair)
        if known is None:
            if len(self._known) >= MAX_LINKS:
                raise OverBudget
            known = inherits_parameters(issuer.public_key) or has_signed(issuer, certificate)
            self._known[pair] = known
        return known


def inherits_parameters(public_key: keys.PublicKeyInfo) -> bool:
    """Whether a DSA key leaves its parameters to its issuer's (RFC 3279 §2.3.2)."""
    algorithm = public_key["algorithm"]
    return bool(algorithm["algorithm"].native == "dsa" and algorithm["parameters"].native is None)


def has_signed(issuer: Certificate, certificate: Certificate) -> bool:
    """Whether `issuer` bears the name the certificate gives its issuer, and its key made the signature."""
    return (
        bool(certificate.issuer == issuer.subject)
        and has_whole_octets(certificate["signature_value"])
        and is_signed_by(
            issuer.public_key.dump(),
            certificate["signature_algorithm"],
            certificate["signature_value"].native,
            certificate["tbs_certificate"].dump(),
        )
    )


def is_signed_by(subject_public_key_info: bytes, algorithm: Any, signature: bytes, signed: bytes) -> bool:
    """Whether the signature over `signed` is by this key; what cannot be computed is not."""
    try:
        _VALIDATOR.validate_signature(
            signature=signature,
            signed_data=signed,
            public_key_info=keys.PublicKeyInfo.load(subject_public_key_info),
            signature_algorithm=algorithm,
        )
    except Exception:  # noqa: BLE001 hostile keys and signatures make the library raise all there is
        return False
    return True
