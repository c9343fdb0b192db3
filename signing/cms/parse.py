"""Reads a CMS SignedData into values, within limits.

Most is read by the `cryptography` package's declared ASN.1 (`signing.cms.structure`); BER is converted to DER
before (`signing.cms.ber`). The limits are those of `signing.limits`. RFC 5652, RFC 5035.
"""

import base64
import binascii
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from signing.certificates import read_certificate
from signing.cms.algorithm_identifiers import read_digest, read_method
from signing.cms.ber import join_pieces, require_der, to_der
from signing.cms.der import content_of, members
from signing.cms.layouts import read_alike, remember
from signing.cms.received_attributes import received_attributes
from signing.cms.signed_attributes import DATA, read_attributes
from signing.cms.structure import ContentInfo, IssuerAndSerial, SignedData
from signing.cms.unsigned_attributes import read_unsigned
from signing.cms.values import CmsSignature, CmsSigner
from signing.errors import SignatureBeyondLimits, UnreadableCertificate, UnreadableSignature

__all__ = ["CmsSignature", "CmsSigner", "parse", "read_countersignature"]

SIGNED_DATA: Final = ObjectIdentifier("1.2.840.113549.1.7.2")

_SEQUENCE: Final = b"\x30"
_SET: Final = b"\x31"
_KEY_IDENTIFIER: Final = b"\x80"
_KEY_IDENTIFIER_IN_PIECES: Final = b"\xa0"
_OCTET_STRING: Final = b"\x04"
_SIGNED, _UNSIGNED = b"\xa0", b"\xa1"
_USUAL_VERSIONS: Final = frozenset({b"\x02\x01\x01", b"\x02\x01\x03"})
_MAX_VERSION: Final = 5
"""RFC 5652 §5.1: 1, 3, 4 or 5 depending on the content, with no further meaning."""
_PLAIN: Final = frozenset({"rsa", "ecdsa", "dsa"})
"""Schemes with no parameter but the digest."""
_PEM_LABELS: Final = (b"CMS", b"PKCS7", b"PKCS #7 SIGNED DATA")


class _Fields(NamedTuple):
    """The parts of a SignerInfo, each in DER and not read yet."""

    version: bytes
    named: bytes
    digest: bytes
    encoded_attributes: bytes | None
    attributes: list[bytes] | None
    method: bytes
    value: bytes
    """The octets themselves."""
    unsigned: list[bytes] | None


def parse(data: bytes, *, max_bytes: int, max_certificates: int, max_signers: int) -> CmsSignature:
    """Read a signature in DER, BER or PEM.

    Raises `UnreadableSignature` and nothing else, whatever the bytes are; its subclass
    `SignatureBeyondLimits` for what may be a signature beyond a limit.
    """
    if len(data) > max_bytes:
        raise SignatureBeyondLimits(reason="too-large", found=len(data), limit=max_bytes)
    if data[:1] != _SEQUENCE:
        data = _unarmoured(data)
    alike = read_alike(data)
    if alike is not None and len(alike.certificates) <= max_certificates and max_signers >= 1:
        return alike
    try:
        return _signature(data, max_certificates, max_signers)
    except (ValueError, UnreadableSignature) as error:
        der = _made_der(data, error)
    try:
        return _with_received(_signature(der, max_certificates, max_signers), data)
    except ValueError as error:
        raise UnreadableSignature(reason="malformed") from error


def _with_received(signature: CmsSignature, data: bytes) -> CmsSignature:
    """Add the attributes as they were before they were converted to DER, which signers may have signed."""
    received = received_attributes(data)
    if len(received) != len(signature.signers):
        return signature
    pairs = zip(signature.signers, received, strict=True)
    return signature._replace(signers=tuple([_with_otherwise(signer, each) for signer, each in pairs]))


def _with_otherwise(signer: CmsSigner, received: bytes | None) -> CmsSigner:
    attributes = signer.attributes
    if attributes is None or received is None or received == attributes.signed_bytes:
        return signer
    otherwise = (*attributes.as_received, received)
    return signer._replace(attributes=attributes._replace(as_received=otherwise))


def _made_der(data: bytes, error: ValueError | UnreadableSignature) -> bytes:
    """Convert BER to DER. What is not BER, or is DER already, is unreadable, as `error` says."""
    if isinstance(error, SignatureBeyondLimits):
        raise error
    refusal = error if isinstance(error, UnreadableSignature) else None
    try:
        der = to_der(data)
    except SignatureBeyondLimits:
        raise
    except UnreadableSignature as found:
        raise refusal or found from error
    if der == data:
        raise refusal or UnreadableSignature(reason="malformed") from error
    return der


def _signature(data: bytes, max_certificates: int, max_signers: int) -> CmsSignature:
    """Read a signature in DER. Raises `ValueError` or `UnreadableSignature`."""
    signed, signers = _decode(data)
    if signed.digests.tag_bytes != _SET:
        raise UnreadableSignature(reason="malformed")
    if not 1 <= signed.version <= _MAX_VERSION:
        raise UnreadableSignature(reason="version", found=signed.version)
    certificates = signed.certificates or ()
    if len(certificates) > max_certificates:
        raise SignatureBeyondLimits(
            reason="too-many-certificates", found=len(certificates), limit=max_certificates
        )
    if len(signers) > max_signers:
        raise SignatureBeyondLimits(reason="too-many-signers", found=len(signers), limit=max_signers)
    if not signers:
        raise UnreadableSignature(reason="no-signer")
    read = _remembered_certificates if len(data) <= _REMEMBERED_BYTES else _certificates
    # Lists are made first: a generator costs a microsecond more.
    signature = CmsSignature(
        signed.content.identifier,
        signed.content.content,
        read(tuple([asn1.encode_der(each) for each in certificates if each.tag_bytes == _SEQUENCE])),
        tuple([_signer(each) for each in signers]),
        () if signed.crls is None else tuple([asn1.encode_der(each) for each in signed.crls]),
    )
    if len(signers) == 1 and signers[0].attributes is not None:
        remember(data, signature, signers[0].attributes, signers[0].method)
    return signature


def _certificates(encoded: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return the certificates. Equal ones are the same object, which is then found quickly in caches."""
    return tuple([_certificate(each) for each in encoded])


_REMEMBERED_BYTES: Final = 16 * 1024
"""Only signatures up to this size have their certificates cached, since large ones could fill the memory."""
_remembered_certificates: Final = lru_cache(maxsize=1024)(_certificates)


def _certificate(encoded: bytes) -> bytes:
    """Return a certificate as received, or converted to DER if it cannot be read otherwise."""
    try:
        read_certificate(encoded)
    except UnreadableCertificate:
        try:
            return to_der(encoded)
        except UnreadableSignature:
            pass
    return encoded


def _decode(data: bytes) -> tuple[SignedData, list[_Fields]]:
    """Read DER; the order of sets does not matter. Raises `ValueError` for anything else."""
    info = asn1.decode_der(ContentInfo, data)
    if info.identifier != SIGNED_DATA:
        raise UnreadableSignature(reason="not-signed-data", found=info.identifier.dotted_string)
    signers = asn1.encode_der(info.content.signers)
    if signers[:1] != _SET:
        raise UnreadableSignature(reason="malformed")
    return info.content, [_fields(each) for each in members(signers)]


def _fields(signer: bytes) -> _Fields:
    """Split a SignerInfo into its parts. Raises `ValueError`."""
    version, named, digest, *rest = members(signer)
    attributes = rest.pop(0) if rest and rest[0][:1] == _SIGNED else None
    unsigned = rest.pop() if rest and rest[-1][:1] == _UNSIGNED else None
    method, value = rest
    if signer[:1] != _SEQUENCE or value[:1] != _OCTET_STRING:
        raise ValueError(value)
    return _Fields(
        version,
        named,
        digest,
        attributes,
        None if attributes is None else members(attributes),
        method,
        content_of(value),
        None if unsigned is None else members(unsigned),
    )


def _unarmoured(data: bytes) -> bytes:
    """Return the bytes of the one PEM block (RFC 7468), or of base64 alone, as mail programs save it.

    Text around it is refused, since it would not be signed.
    """
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    for label in _PEM_LABELS:
        begin, end = b"-----BEGIN " + label + b"-----", b"-----END " + label + b"-----"
        if text.startswith(begin) and text.endswith(end) and len(text) >= len(begin) + len(end):
            body = b"".join(text[len(begin) : -len(end)].split())
            try:
                return base64.b64decode(body, validate=True)
            except (binascii.Error, ValueError) as error:
                raise UnreadableSignature(reason="broken-base64") from error
    try:
        bare = base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        bare = b""
    if bare[:1] != _SEQUENCE:
        raise UnreadableSignature(reason="neither-der-nor-pem")
    return bare


def read_countersignature(data: bytes) -> CmsSigner:
    """Read a SignerInfo that signs another's value (RFC 5652 §11.4). Raises `UnreadableSignature`."""
    try:
        return _signer(_fields(data), content_type=DATA)
    except (ValueError, UnreadableSignature) as error:
        der = _made_der(data, error)
    try:
        return _signer(_fields(der), content_type=DATA)
    except ValueError as error:
        raise UnreadableSignature(reason="malformed") from error


def _signer(fields: _Fields, content_type: ObjectIdentifier | None = None) -> CmsSigner:
    if fields.version not in _USUAL_VERSIONS:
        version = asn1.decode_der(int, fields.version)
        if not 1 <= version <= _MAX_VERSION:
            raise UnreadableSignature(reason="version", found=version)
    issuer = serial = key_identifier = attributes = unsigned = None
    named = fields.named
    if named[:1] == _SEQUENCE:
        issuer, serial = _issuer_and_serial(named)
    elif named[:1] == _KEY_IDENTIFIER:
        key_identifier = content_of(named)
    elif named[:1] == _KEY_IDENTIFIER_IN_PIECES:
        key_identifier = join_pieces(named)
    else:
        raise UnreadableSignature(reason="malformed")
    digest, digest_identifier = read_digest(fields.digest)
    method, method_identifier = read_method(fields.method, digest)
    other = None
    if method is not None and method.digest != digest and digest is not None and method.scheme in _PLAIN:
        other = method._replace(digest=digest)
    if fields.attributes is not None and fields.encoded_attributes is not None:
        attributes = read_attributes(fields.encoded_attributes, fields.attributes, content_type)
    if fields.unsigned is not None:
        unsigned = read_unsigned(fields.unsigned)
    return CmsSigner(
        issuer,
        serial,
        key_identifier,
        digest,
        digest_identifier,
        method,
        method_identifier,
        attributes,
        fields.value,
        unsigned,
        other,
    )


@lru_cache(maxsize=1024)
def _issuer_and_serial(encoded: bytes) -> tuple[bytes, int]:
    """Read an IssuerAndSerialNumber. It is cached, since all signatures by one certificate have the same."""
    require_der(encoded)
    pair = asn1.decode_der(IssuerAndSerial, encoded)
    return asn1.encode_der(pair.issuer), pair.serial
