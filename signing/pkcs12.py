"""PKCS #12 files: a key with its certificate and their issuers, protected by AES.

Protection is PBES2 with AES-256 and HMAC-SHA256, which browsers and every current tool read. The older
methods are not made. RFC 7292, RFC 8018.
"""

from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12
from cryptography.x509 import Certificate

from signing.keys import PrivateKey

ITERATIONS: Final = 100_000
"""Of the derivation from a password; one made by chance needs no more."""


def to_pkcs12(key: PrivateKey, certificate: Certificate, *issuers: Certificate, password: str) -> bytes:
    """Return a key with its certificate and their issuers as one file."""
    protection = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(ITERATIONS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(SHA256())
        .build(password.encode())
    )
    return pkcs12.serialize_key_and_certificates(None, key, certificate, issuers, protection)
