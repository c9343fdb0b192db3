"""Revocation lists and OCSP responses put together by hand, for what no honest tool makes.

They are signed as they should be, and hold whatever they are given.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from support import pki
from support.raw_cms import ECDSA_SHA256, seq, tlv
from support.revocation_lists import AT, DAY

from signing.keys import PrivateKey

REASON = "0603551d15"
INVALIDITY_DATE = "0603551d18"
CERTIFICATE_ISSUER = "0603551d1d"
CRL_NUMBER = "0603551d14"
DELTA = "0603551d1b"
AUTHORITY_KEY = "0603551d23"
ISSUER_NAMES = "0603551d12"
FRESHEST = "0603551d2e"
EXPIRED_ON_LIST = "0603551d3c"
DISTRIBUTION_POINT = "0603551d1c"
ARCHIVE_CUTOFF = "06092b0601050507300106"
UNKNOWN = "06032a0304"
_BASIC = bytes.fromhex("06092b0601050507300101")
_SHA1 = bytes.fromhex("300906052b0e03021a0500")


def usual() -> tuple[bytes, PrivateKey]:
    """The usual issuing authority: its name in DER, and its key."""
    return pki.issuing().certificate.subject.public_bytes(), pki.issuing().key


def integer(number: int) -> bytes:
    return tlv(2, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def utc_time(at: datetime) -> bytes:
    return tlv(0x17, at.strftime("%y%m%d%H%M%SZ").encode())


def general_time(at: datetime) -> bytes:
    return tlv(0x18, at.strftime("%Y%m%d%H%M%SZ").encode())


def extension(identifier: str, value: bytes, is_critical: bool | None = None) -> bytes:
    """An extension; `False` writes what DER leaves out."""
    critical = b"" if is_critical is None else tlv(1, b"\xff" if is_critical else b"\x00")
    return seq(bytes.fromhex(identifier), critical, tlv(4, value))


def entry(serial: int, at: datetime | bytes, *extensions: bytes) -> bytes:
    """An entry of a list; `at` may be any bytes."""
    time = at if isinstance(at, bytes) else utc_time(at)
    return seq(integer(serial), time, seq(*extensions) if extensions else b"")


def raw_list(
    *each: bytes,
    entries: bytes | None = None,
    extensions: Sequence[bytes] = (),
    by: tuple[bytes, PrivateKey] | None = None,
    this_update: datetime = AT - DAY,
) -> bytes:
    """A list by this name and key, with these entries or what stands in their place.

    Without extensions of its own it has a number.
    """
    issuer, key = by or usual()
    signed = seq(
        integer(1),
        ECDSA_SHA256,
        issuer,
        utc_time(this_update),
        utc_time(AT + 29 * DAY),
        entries or (seq(*each) if each else b""),
        tlv(0xA0, seq(*(extensions or (extension(CRL_NUMBER, integer(5)),)))),
    )
    return seq(signed, ECDSA_SHA256, _value(key, signed))


def answer(
    *extensions: bytes,
    status: bytes = b"\x80\x00",
    serial: int = 10,
    by: tuple[bytes, PrivateKey] | None = None,
) -> bytes:
    """What a response says of one certificate; of a good one without more."""
    name, key = by or usual()
    named = seq(_SHA1, tlv(4, hashlib.sha1(name).digest()), tlv(4, key_hash(key)), integer(serial))
    more = tlv(0xA1, seq(*extensions)) if extensions else b""
    return seq(named, status, general_time(AT - timedelta(hours=1)), tlv(0xA0, general_time(AT + DAY)), more)


def revoked(reason: bytes | None = None, at: datetime | bytes = AT - 2 * DAY) -> bytes:
    """The status of a revoked certificate; `reason` is the content of an ENUMERATED."""
    time = at if isinstance(at, bytes) else general_time(at)
    return tlv(0xA1, time, b"" if reason is None else tlv(0xA0, tlv(0x0A, reason)))


def raw_response(
    *answers: bytes,
    extensions: Sequence[bytes] = (),
    certificates: Sequence[bytes] = (),
    responder: bytes | None = None,
    by: tuple[bytes, PrivateKey] | None = None,
) -> bytes:
    """A response by this name and key; `responder` names it otherwise than by its key."""
    _, key = by or usual()
    signed = seq(
        responder or tlv(0xA2, tlv(4, key_hash(key))),
        general_time(AT - timedelta(hours=1)),
        seq(*answers),
        tlv(0xA1, seq(*extensions)) if extensions else b"",
    )
    carried = tlv(0xA0, seq(*certificates)) if certificates else b""
    basic = seq(signed, ECDSA_SHA256, _value(key, signed), carried)
    return seq(b"\x0a\x01\x00", tlv(0xA0, seq(_BASIC, tlv(4, basic))))


def _value(key: PrivateKey, signed: bytes) -> bytes:
    return tlv(3, b"\x00" + key.sign(signed, ec.ECDSA(hashes.SHA256())))


def key_hash(key: PrivateKey) -> bytes:
    """SHA-1 of a public key's bits: how OCSP names it."""
    bits = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return hashlib.sha1(bits).digest()
