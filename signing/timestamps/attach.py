"""Puts a time-stamp over a signature's value into that signature, which makes CAdES-T of it.

Judges neither. ETSI EN 319 122-1 §5.3, RFC 3161 appendix A: the stamp covers the octets of the signature
value, and stands among the attributes that are not signed.
"""

from typing import Final

from asn1crypto import cms  # type: ignore[import-untyped]  # the library ships no types
from cryptography.x509 import ObjectIdentifier

from signing.errors import UnreadableSignature, UnreadableTimestamp

__all__ = ["SIGNATURE_TIMESTAMP", "signature_value", "with_signature_timestamp"]

SIGNATURE_TIMESTAMP: Final = ObjectIdentifier("1.2.840.113549.1.9.16.2.14")
"""id-aa-signatureTimeStampToken."""


def signature_value(signature: bytes, signer: int = 0) -> bytes:
    """Give the octets that a time-stamp over this signature covers.

    `signature`: a SignedData in DER. `signer`: which of its signers, from 0.
    Raises `UnreadableSignature`.
    """
    value: bytes = _signer(_read(signature), signer)["signature"].native
    return value


def with_signature_timestamp(signature: bytes, token: bytes, signer: int = 0) -> bytes:
    """Add a time-stamp over a signer's value to the signature, in DER; what is there already stays.

    Whether the token is one over this value is for whoever verifies.

    Raises `UnreadableSignature` or `UnreadableTimestamp`.
    """
    info = _read(signature)
    signer_info = _signer(info, signer)
    try:
        stamp = cms.ContentInfo.load(token, strict=True)
        _ = stamp["content"]["signer_infos"].native
        attribute = cms.CMSAttribute(
            {"type": cms.CMSAttributeType("signature_time_stamp_token"), "values": [stamp]}
        )
    except Exception as error:
        raise UnreadableTimestamp(reason="malformed") from error
    before = signer_info["unsigned_attrs"]
    there = [] if before.native is None else list(before)
    signer_info["unsigned_attrs"] = cms.CMSAttributes([*there, attribute])
    stamped: bytes = info.dump()
    return stamped


def _read(signature: bytes) -> cms.ContentInfo:
    try:
        info = cms.ContentInfo.load(signature, strict=True)
        is_signed = info["content_type"].native == "signed_data"
    except Exception as error:
        raise UnreadableSignature(reason="malformed") from error
    if not is_signed:
        raise UnreadableSignature(reason="not-signed-data")
    return info


def _signer(info: cms.ContentInfo, number: int) -> cms.SignerInfo:
    try:
        return info["content"]["signer_infos"][number]
    except Exception as error:
        raise UnreadableSignature(reason="no-signer") from error
