"""CMS signatures put together by hand, for what no honest tool makes; nothing is checked."""

import hashlib
from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from support import pki

from signing.certificates import read_certificate
from signing.cms.ber import der_length

DATA = bytes.fromhex("06092a864886f70d010701")
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
SIGNING_TIME = bytes.fromhex("06092a864886f70d010905")
SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
SHA256 = bytes.fromhex("300b0609608648016503040201")
RSA = bytes.fromhex("300d06092a864886f70d0101010500")
ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")


def tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes((tag,)) + der_length(len(content)) + content


def seq(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def attribute(identifier: bytes, *values: bytes) -> bytes:
    return seq(identifier, tlv(0x31, *values))


def content_type(identifier: bytes = DATA) -> bytes:
    return attribute(CONTENT_TYPE, identifier)


def message_digest(content: bytes = pki.CONTENT) -> bytes:
    return attribute(MESSAGE_DIGEST, tlv(4, hashlib.sha256(content).digest()))


def sign_bytes(signer: pki.Signer, data: bytes) -> bytes:
    if isinstance(signer.key, rsa.RSAPrivateKey):
        return signer.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return signer.key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def signer_info(
    signer: pki.Signer,
    attributes: Sequence[bytes] | None = (),
    *,
    digest: bytes = SHA256,
    method: bytes | None = None,
    value: bytes | None = None,
    unsigned: bytes = b"",
    named: bytes | None = None,
) -> bytes:
    """A SignerInfo; with `attributes` None it signs the content itself, and no order is imposed on them."""
    known = read_certificate(signer.der)
    serial = known.serial.to_bytes(known.serial.bit_length() // 8 + 1, "big")
    set_of = b"".join(attributes or ())
    signed = pki.CONTENT if attributes is None else tlv(0x31, set_of)
    own = RSA if isinstance(signer.key, rsa.RSAPrivateKey) else ECDSA_SHA256
    return seq(
        tlv(2, b"\x01"),
        named or seq(known.issuer, tlv(2, serial)),
        digest,
        b"" if attributes is None else tlv(0xA0, set_of),
        method or own,
        tlv(4, sign_bytes(signer, signed) if value is None else value),
        unsigned,
    )


def signed_data(
    *signers: bytes, certificates: Sequence[bytes] = (), inside: bytes | None = None, kind: bytes = DATA
) -> bytes:
    """A ContentInfo with these SignerInfos."""
    content = seq(kind) if inside is None else seq(kind, tlv(0xA0, tlv(4, inside)))
    carried = tlv(0xA0, *certificates) if certificates else b""
    body = seq(tlv(2, b"\x01"), tlv(0x31, SHA256), content, carried, tlv(0x31, *signers))
    return seq(SIGNED_DATA, tlv(0xA0, body))


def signature(signer: pki.Signer, attributes: Sequence[bytes] | None, **more) -> bytes:
    """One signer, its certificate inside."""
    return signed_data(signer_info(signer, attributes, **more), certificates=[signer.der])
