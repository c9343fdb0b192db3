"""Declares the ASN.1 of a SignedData for the `cryptography` package's parser.

RFC 5652 §5, RFC 5035 §3, RFC 4055 §3.1.
"""

from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

# SETs under an implicit tag are declared as lists: their encoding is the same, and the order in which they
# were received is kept instead of refused.

__all__ = [
    "Algorithm",
    "Attribute",
    "AttributeBox",
    "BareAlgorithm",
    "ContentInfo",
    "EncapsulatedContent",
    "EssCertificateV1",
    "EssCertificateV2",
    "HashAlgorithm",
    "IssuerAndSerial",
    "IssuerSerial",
    "MaskAlgorithm",
    "PssParameters",
    "SignedData",
    "SigningCertificateV1",
    "SigningCertificateV2",
    "ValueBox",
]


@asn1.sequence
class HashAlgorithm:
    """AlgorithmIdentifier of a digest."""

    identifier: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class MaskAlgorithm:
    """AlgorithmIdentifier of a mask generation function, which takes a digest."""

    identifier: ObjectIdentifier
    digest: HashAlgorithm


@asn1.sequence
class PssParameters:
    """RSASSA-PSS-params; what is left out has the defaults of RFC 4055: SHA-1, MGF1 with SHA-1, 20, 1."""

    digest: Annotated[HashAlgorithm | None, asn1.Explicit(0)]
    mask: Annotated[MaskAlgorithm | None, asn1.Explicit(1)]
    salt_length: Annotated[int | None, asn1.Explicit(2)]
    trailer: Annotated[int | None, asn1.Explicit(3)]


@asn1.sequence
class Algorithm:
    """AlgorithmIdentifier. Its parameters depend on the algorithm."""

    identifier: ObjectIdentifier
    parameters: asn1.TLV


@asn1.sequence
class BareAlgorithm:
    """AlgorithmIdentifier without parameters."""

    identifier: ObjectIdentifier


@asn1.sequence
class Attribute:
    """One attribute. Its set of values depends on its type."""

    identifier: ObjectIdentifier
    values: asn1.TLV


@asn1.sequence
class ValueBox:
    """An attribute's set of values under another tag."""

    values: Annotated[list[asn1.TLV], asn1.Implicit(0)]


@asn1.sequence
class EncapsulatedContent:
    """EncapsulatedContentInfo; without content the signature is detached."""

    identifier: ObjectIdentifier
    content: Annotated[bytes | None, asn1.Explicit(0)]


@asn1.sequence
class IssuerAndSerial:
    """IssuerAndSerialNumber."""

    issuer: asn1.TLV
    serial: int


@asn1.sequence
class SignedData:
    """SignedData. Its list of digests repeats what signers say, and is not read.

    `cms.der` splits the signers: much of a SignerInfo repeats from signature to signature and is cached by
    its bytes, and the bytes of the attributes are what is signed.
    """

    version: int
    digests: asn1.TLV
    content: EncapsulatedContent
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    crls: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signers: asn1.TLV


@asn1.sequence
class ContentInfo:
    """ContentInfo that holds a SignedData."""

    identifier: ObjectIdentifier
    content: Annotated[SignedData, asn1.Explicit(0)]


@asn1.sequence
class AttributeBox:
    """A set of attributes under another tag."""

    attributes: Annotated[list[Attribute], asn1.Implicit(0)]


@asn1.sequence
class IssuerSerial:
    """IssuerSerial: some names of the issuer, and the serial number."""

    issuer: list[asn1.TLV]
    serial: int


@asn1.sequence
class EssCertificateV2:
    """ESSCertIDv2: which certificate the signer meant; SHA-256 where no digest is named."""

    digest: HashAlgorithm | None
    value: bytes
    issuer_serial: IssuerSerial | None


@asn1.sequence
class SigningCertificateV2:
    """The value of signing-certificate-v2."""

    certificates: list[EssCertificateV2]
    policies: list[asn1.TLV] | None


@asn1.sequence
class EssCertificateV1:
    """ESSCertID: the same by SHA-1."""

    value: bytes
    issuer_serial: IssuerSerial | None


@asn1.sequence
class SigningCertificateV1:
    """The value of signing-certificate."""

    certificates: list[EssCertificateV1]
    policies: list[asn1.TLV] | None
