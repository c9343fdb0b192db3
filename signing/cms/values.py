"""A CMS signature as it was read, as values. RFC 5652 §5."""

from typing import NamedTuple

from cryptography.x509 import ObjectIdentifier

from signing.algorithms import SignatureMethod
from signing.cms.signed_attributes import SignedAttributes
from signing.cms.unsigned_attributes import UnsignedAttributes

__all__ = ["CmsSignature", "CmsSigner"]


class CmsSigner(NamedTuple):
    """One SignerInfo."""

    issuer: bytes | None
    """DER of the issuer's name, when the signer is named by issuer and serial."""
    serial: int | None
    key_identifier: bytes | None
    """subjectKeyIdentifier, when the signer is named by it."""
    digest: str | None
    """Name of the digest; `None` when this package does not know it."""
    digest_identifier: str
    method: SignatureMethod | None
    """`None` when this package does not know the signature algorithm or its parameters."""
    method_identifier: str
    attributes: SignedAttributes | None
    value: bytes
    unsigned: UnsignedAttributes | None
    """`None` when there are none."""
    method_otherwise: SignatureMethod | None = None
    """The method with the content's digest, where the method names another: some signers fill in a
    constant."""


class CmsSignature(NamedTuple):
    """A SignedData."""

    content_type: ObjectIdentifier
    encapsulated: bytes | None
    """Content carried inside; `None` when the signature is detached, as ours are."""
    certificates: tuple[bytes, ...]
    """DER of each, as received."""
    signers: tuple[CmsSigner, ...]
    revocation: tuple[bytes, ...] = ()
    """RevocationInfoChoice each: a list, or something else under a tag of its own."""
