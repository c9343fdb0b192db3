"""Whether one certificate's key has signed another certificate, a revocation list or a response."""

from typing import Any, Final

from asn1crypto import keys  # type: ignore[import-untyped]  # the library ships no types
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from signing.path_asn1 import Certificate

__all__ = ["has_signed", "is_signed_by"]

_VALIDATOR: Final = DefaultSignatureValidator()


def has_signed(issuer: Certificate, certificate: Certificate) -> bool:
    """Whether `issuer` bears the name the certificate gives its issuer, and its key made the signature."""
    return bool(certificate.issuer == issuer.subject) and is_signed_by(
        issuer.public_key.dump(),
        certificate["signature_algorithm"],
        certificate["signature_value"].native,
        certificate["tbs_certificate"].dump(),
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
