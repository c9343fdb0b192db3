"""Certificates put together by hand, with names and extensions that no library writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from support import pki, raw_cms
from support.raw_cms import ECDSA_SHA256, seq, tlv
from support.raw_revocation import extension, integer, utc_time

from signing.keys import PrivateKey

COMMON_NAME, ORGANISATION, IDENTIFIER = "0603550403", "060355040a", "0603550461"
BASIC_CONSTRAINTS, KEY_USAGE = "0603551d13", "0603551d0f"
ALTERNATIVE_NAMES, POLICIES = "0603551d11", "0603551d20"
LIST_PLACES, INFORMATION_ACCESS = "0603551d1f", "06082b06010505070101"
AUTHORITY = (
    extension(BASIC_CONSTRAINTS, seq(b"\x01\x01\xff"), is_critical=True),
    extension(KEY_USAGE, b"\x03\x02\x01\x06", is_critical=True),
)
SIGNER = (extension(KEY_USAGE, b"\x03\x02\x06\xc0", is_critical=True),)
TELETEX, UTF8 = 0x14, 0x0C
LATIN_1 = "Phú Xuân".encode("latin-1")


@dataclass(frozen=True)
class Raw:
    """A certificate, its key and its names, in DER."""

    der: bytes
    key: PrivateKey
    subject: bytes
    issuer: bytes
    serial: int

    def sign(self, *, enclosed: Sequence[bytes] = ()) -> bytes:
        """A CMS signature over the usual content."""
        attributes = [raw_cms.content_type(), raw_cms.message_digest()]
        value = self.key.sign(tlv(0x31, *attributes), ec.ECDSA(hashes.SHA256()))
        info = seq(
            tlv(2, b"\x01"),
            seq(self.issuer, integer(self.serial)),
            raw_cms.SHA256,
            tlv(0xA0, *attributes),
            ECDSA_SHA256,
            tlv(4, value),
        )
        return raw_cms.signed_data(info, certificates=[self.der, *enclosed])


def name(*attributes: tuple[str, int, bytes]) -> bytes:
    """A name of these attributes: type, tag of the text, its bytes."""
    return seq(*[tlv(0x31, seq(bytes.fromhex(kind), tlv(tag, text))) for kind, tag, text in attributes])


def certificate(
    subject: bytes,
    key: PrivateKey,
    issuer: tuple[bytes, PrivateKey],
    extensions: Sequence[bytes] = SIGNER,
    serial: int = 10,
) -> Raw:
    """A certificate by `issuer`, its name and key; valid as long as all of them."""
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signed = seq(
        b"\xa0\x03\x02\x01\x02",
        integer(serial),
        ECDSA_SHA256,
        issuer[0],
        seq(utc_time(pki.BEGIN), utc_time(pki.END - timedelta(days=1))),
        subject,
        public,
        tlv(0xA3, seq(*extensions)),
    )
    value = issuer[1].sign(signed, ec.ECDSA(hashes.SHA256()))
    der = seq(signed, ECDSA_SHA256, tlv(3, b"\x00" + value))
    return Raw(der, key, subject, issuer[0], serial)


def root(text: bytes = LATIN_1, tag: int = TELETEX) -> Raw:
    """A root with this text in its name."""
    subject, key = name((ORGANISATION, tag, text), (COMMON_NAME, UTF8, b"ca")), pki.key("raw root")
    return certificate(subject, key, (subject, key), AUTHORITY, 1)


def signer(by: Raw | None = None, *extensions: bytes) -> Raw:
    """A signer of the usual sender by this authority, else by the usual one, with more extensions."""
    whose = (COMMON_NAME, UTF8, b"signer"), (IDENTIFIER, UTF8, f"GO:VN-{pki.SENDER}".encode())
    usual = pki.issuing().certificate.subject.public_bytes(), pki.issuing().key
    issuer = usual if by is None else (by.subject, by.key)
    return certificate(name(*whose), pki.key("organisation"), issuer, (*SIGNER, *extensions))
