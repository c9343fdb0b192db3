"""Declares the ASN.1 of time-stamping for the `cryptography` package's parser.

RFC 3161 §2.4. A default that is written out is read as well, though DER leaves it out.
"""

from typing import Annotated, Final

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from signing.cms.structure import HashAlgorithm

__all__ = ["TST_INFO", "Accuracy", "MessageImprint", "Request", "Response", "Status", "TstInfo"]

TST_INFO: Final = ObjectIdentifier("1.2.840.113549.1.9.16.1.4")
"""id-ct-TSTInfo, the content type of a token."""


@asn1.sequence
class MessageImprint:
    """What is stamped: a digest, and by which algorithm."""

    algorithm: HashAlgorithm
    value: bytes


@asn1.sequence
class Request:
    """TimeStampReq."""

    version: int
    imprint: MessageImprint
    policy: ObjectIdentifier | None
    nonce: int | None
    wants_certificates: bool | None
    extensions: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]


@asn1.sequence
class Status:
    """PKIStatusInfo."""

    status: int
    texts: list[str] | None
    failure: asn1.BitString | None


@asn1.sequence
class Response:
    """TimeStampResp."""

    status: Status
    token: list[asn1.TLV] | None
    """A ContentInfo, its two parts unread."""


@asn1.sequence
class Accuracy:
    """How far the true time may lie from the time stated, to either side."""

    seconds: int | None
    milliseconds: Annotated[int | None, asn1.Implicit(0)]
    microseconds: Annotated[int | None, asn1.Implicit(1)]


@asn1.sequence
class TstInfo:
    """TSTInfo: what the authority signs."""

    version: int
    policy: ObjectIdentifier
    imprint: MessageImprint
    serial: int
    at: asn1.GeneralizedTime
    accuracy: Accuracy | None
    ordering: bool | None
    nonce: int | None
    authority: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    """One GeneralName under an explicit tag, which is encoded as a list of one is."""
    extensions: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
