"""Puts a time-stamp over a signature's value into that signature, which makes CAdES-T of it.

The stamp becomes an unsigned attribute; certificates and signed parts remain, byte for byte. ETSI EN 319
122-1 §5.3, RFC 3161 appendix A.
"""

from typing import Final, NamedTuple

from cryptography.hazmat import asn1

from signing.cms.ber import der_length, to_der
from signing.cms.der import content_of, members
from signing.cms.parse import SIGNED_DATA
from signing.cms.unsigned_attributes import SIGNATURE_TIMESTAMP
from signing.errors import UnreadableSignature, UnreadableTimestamp

__all__ = ["SIGNATURE_TIMESTAMP", "signature_value", "with_signature_timestamp"]

_SEQUENCE, _SET, _OCTET_STRING = b"\x30", b"\x31", b"\x04"
_EXPLICIT, _UNSIGNED = b"\xa0", b"\xa1"
_SIGNED_DATA: Final = asn1.encode_der(SIGNED_DATA)


class _Opened(NamedTuple):
    """A SignedData taken apart as far as one signer's unsigned attributes."""

    parts: list[bytes]
    """Of the SignedData, up to its signers."""
    signers: list[bytes]
    signer: list[bytes]
    """Parts of the one signer, up to its value."""
    unsigned: list[bytes]


def signature_value(signature: bytes, signer: int = 0) -> bytes:
    """Give the octets that a time-stamp over this signature covers.

    `signature`: a SignedData in DER or BER. `signer`: which of its signers, from 0.
    Raises `UnreadableSignature`.
    """
    return content_of(_open(signature, signer).signer[-1])


def with_signature_timestamp(signature: bytes, token: bytes, signer: int = 0) -> bytes:
    """Add a time-stamp over a signer's value to the signature, in DER; what is there already stays.

    Whether the token is one over this value is for whoever verifies.

    Raises `UnreadableSignature` or `UnreadableTimestamp`.
    """
    opened = _open(signature, signer)
    try:
        stamp = _der(token)
        _signed_data(stamp)
    except (ValueError, UnreadableSignature) as error:
        raise UnreadableTimestamp(reason="malformed") from error
    attribute = _tagged(_SEQUENCE, asn1.encode_der(SIGNATURE_TIMESTAMP), _tagged(_SET, stamp))
    stamped = _tagged(_SEQUENCE, *opened.signer, _tagged(_UNSIGNED, *opened.unsigned, attribute))
    signers = [*opened.signers[:signer], stamped, *opened.signers[signer + 1 :]]
    signed_data = _tagged(_SEQUENCE, *opened.parts, _tagged(_SET, *signers))
    return _tagged(_SEQUENCE, _SIGNED_DATA, _tagged(_EXPLICIT, signed_data))


def _open(signature: bytes, number: int) -> _Opened:
    try:
        *parts, last = _signed_data(_der(signature))
        signers = members(last)
        if not 0 <= number < len(signers):
            raise UnreadableSignature(reason="no-signer")
        signer = members(signers[number])
        unsigned = members(signer.pop()) if signer[-1:] and signer[-1][:1] == _UNSIGNED else []
        if not signer or signer[-1][:1] != _OCTET_STRING:
            raise UnreadableSignature(reason="malformed")
    except ValueError as error:
        raise UnreadableSignature(reason="malformed") from error
    return _Opened(parts, signers, signer, unsigned)


def _signed_data(info: bytes) -> list[bytes]:
    """Give the parts of the SignedData in a ContentInfo. Raises `ValueError` or `UnreadableSignature`."""
    identifier, content = members(info)
    if identifier != _SIGNED_DATA:
        raise UnreadableSignature(reason="not-signed-data")
    (signed_data,) = members(content)
    return members(signed_data)


def _der(encoded: bytes) -> bytes:
    """Make DER of BER; what is DER in its outer parts stays as it is."""
    try:
        _, content = members(encoded)
        *_, signers = members(*members(content))
        for each in members(signers):
            members(each)
    except (ValueError, TypeError):
        return to_der(encoded)
    return encoded


def _tagged(tag: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return tag + der_length(len(content)) + content
