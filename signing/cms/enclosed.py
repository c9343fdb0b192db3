"""Finds the certificates, lists and OCSP responses that a CMS signature encloses.

What cannot be read counts as missing. RFC 5652 §10.2.1 and RFC 5940 (revocation information), ETSI EN 319
122-1 §5.4 (certificate and revocation values), ISO 32000-1 §12.8.3.3.2 (the PDF's revocation archive).
"""

from collections.abc import Callable
from typing import Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier, ocsp

from signing.cms.ber import der_length, to_der
from signing.cms.der import members
from signing.cms.parse import CmsSignature, CmsSigner
from signing.errors import UnreadableSignature
from signing.judging_context import Enclosed

__all__ = ["enclosed_with"]

MAX_VALUES: Final = 16
"""The most certificates read of a CertificateValues: two of the longest paths have so many."""

_SEQUENCE, _OTHER = b"\x30", b"\xa1"
_LISTS, _RESPONSES = b"\xa0", b"\xa1"
_OCSP_RESPONSE: Final = asn1.encode_der(ObjectIdentifier("1.3.6.1.5.5.7.16.2"))
_BASIC_RESPONSE: Final = asn1.encode_der(ObjectIdentifier("1.3.6.1.5.5.7.48.1.1"))
_RESPONSE_STATUS: Final = b"\x0a"
_SUCCESSFUL: Final = b"\x0a\x01\x00"


def enclosed_with(parsed: CmsSignature, signer: CmsSigner) -> Enclosed:
    """Return all that is enclosed for this signer. Nothing of it is verified."""
    attributes, unsigned = signer.attributes, signer.unsigned
    archive = None if attributes is None else attributes.revocation_archive
    if not parsed.revocation and archive is None and unsigned is None:
        return Enclosed(parsed.certificates)
    certificates, crls, ocsps = list(parsed.certificates), [], []
    for choice in parsed.revocation:
        if choice[:1] == _SEQUENCE:
            crls.append(choice)
        else:
            ocsps += _other(choice)
    values = () if unsigned is None else unsigned.revocation_values
    for value in (*values, *(() if archive is None else _parts(archive))):
        for part in _parts(value):
            found = [each for whole in _parts(part) for each in _parts(whole)]
            if part[:1] == _LISTS:
                crls += found
            elif part[:1] == _RESPONSES:
                ocsps += [form for each in found for form in _responses(each)]
    for value in () if unsigned is None else unsigned.certificate_values:
        certificates += [each for each in _parts(value)[:MAX_VALUES] if each not in certificates]
    lists = [form for each in crls for form in _lists(each)]
    return Enclosed(tuple(certificates), tuple(lists), tuple(ocsps))


def _lists(encoded: bytes) -> list[bytes]:
    """Return a list in the forms in which its authority may have signed it."""
    return _forms(encoded, x509.load_der_x509_crl)


def _responses(encoded: bytes) -> list[bytes]:
    """Return a whole response, in the forms in which its responder may have signed it."""
    return [_whole_response(each) for each in _forms(encoded, _load_response)]


def _load_response(encoded: bytes) -> object:
    return ocsp.load_der_ocsp_response(_whole_response(encoded))


def _forms(encoded: bytes, load: Callable[[bytes], object]) -> list[bytes]:
    """Return a value as received, if it can be read so, and in DER, if that is another value.

    What was signed in DER may have been put into BER on its way, deep inside too, where reading does not
    look: then only its form in DER is what was signed. Which of two forms counts is told by its signature.
    """
    made = _made_der(encoded)
    try:
        load(encoded)
    except ValueError:
        return [made]
    return [encoded] if made == encoded else [encoded, made]


def _made_der(encoded: bytes) -> bytes:
    try:
        return to_der(encoded)
    except UnreadableSignature:
        return encoded


def _other(choice: bytes) -> list[bytes]:
    """Return the OCSP response of an OtherRevocationInfoFormat, if it is one."""
    parts = _parts(choice)
    if choice[:1] != _OTHER or len(parts) != 2 or parts[0] not in {_OCSP_RESPONSE, _BASIC_RESPONSE}:  # noqa: PLR2004 - format and value
        return []
    return _responses(parts[1])


def _whole_response(encoded: bytes) -> bytes:
    """Put a BasicOCSPResponse, as CAdES has them, into an OCSPResponse (RFC 6960 §4.2.1)."""
    parts = _parts(encoded)
    if not parts or parts[0][:1] == _RESPONSE_STATUS:
        return encoded
    basic = _tagged(_SEQUENCE, _BASIC_RESPONSE + _tagged(b"\x04", encoded))
    return _tagged(_SEQUENCE, _SUCCESSFUL + _tagged(b"\xa0", basic))


def _parts(encoded: bytes) -> list[bytes]:
    try:
        return members(encoded)
    except ValueError:
        pass
    try:
        return members(to_der(encoded))
    except (ValueError, UnreadableSignature):
        return []


def _tagged(tag: bytes, content: bytes) -> bytes:
    return tag + der_length(len(content)) + content
