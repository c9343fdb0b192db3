"""Offices with certificates of their own making, for tests without a hub."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from nodes.document_writer import Identity, Office
from nodes.invented_texts import Signer
from nodes.known_agencies import agency
from signing.keys import derive_p256


@cache
def identity(name: str) -> Identity:
    """A key that follows from `name` and a certificate for it, signed by itself."""
    key = derive_p256(name.encode())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = datetime(2019, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(
        subject, subject, key.public_key(), 1, begin, begin + timedelta(days=365)
    )
    return Identity(builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True), key)


def office_of(code: str) -> Office:
    return Office(
        agency(code),
        Signer("Nguyễn Văn An", "Chủ tịch"),
        identity(f"{code} organisation"),
        identity(f"{code} person"),
    )
