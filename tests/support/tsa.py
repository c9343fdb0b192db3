"""A time-stamping authority of the small infrastructure, and what a test wants to change about its tokens."""

import hashlib
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from support import pki

from signing import authority
from signing.certificate_subjects import authority_subject
from signing.certificates import to_der
from signing.paths.validation import TrustMaterial, validate_path
from signing.timestamps import (
    TimestampVerdict,
    granted,
    issue_token,
    obtain_token,
    read_request,
    verify_token,
)

STAMPED = b"the octets of a signature value"
POLICY = "1.3.6.1.4.1.99999.1"
SERIAL = 30


def stamper(name: str = "stamper", *, serial: int = SERIAL, end=pki.END - timedelta(days=1)) -> pki.Signer:
    """A time-stamping authority; names that begin with `rsa-` have a key of that kind."""
    subject = authority_subject("Time-stamping", "Ban Cơ yếu")
    certificate = authority.issue_timestamp_authority(
        pki.issuing(), pki.key(name).public_key(), subject, pki.terms(serial, end=end)
    )
    return pki.Signer(certificate, pki.key(name), (pki.issuing().certificate,))


def with_purposes(purposes: list[x509.ObjectIdentifier], *, critical: bool) -> pki.Signer:
    """An authority whose certificate is for these purposes instead."""
    key, by = pki.key("stamper"), pki.issuing()
    own = by.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        x509.CertificateBuilder()
        .issuer_name(by.certificate.subject)
        .subject_name(authority_subject("Time-stamping", "Ban Cơ yếu"))
        .public_key(key.public_key())
        .serial_number(31)
        .not_valid_before(pki.BEGIN)
        .not_valid_after(pki.END - timedelta(days=1))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=critical)
    return pki.Signer(builder.sign(by.key, hashes.SHA256()), key, (by.certificate,))


def token(by: pki.Signer | None = None, data: bytes = STAMPED, digest: str = "sha256", **more: Any) -> bytes:
    """A time-stamp over `data`."""
    who = by or stamper()
    arguments = {"serial": 1, "policy": POLICY, "digest": digest, "certificates": who.chain, **more}
    at = arguments.pop("at", pki.AT)
    return issue_token(who.certificate, who.key, hashlib.new(digest, data).digest(), at, **arguments)


def judge(
    stamp: bytes, data: bytes = STAMPED, material: TrustMaterial | None = None, **more: Any
) -> TimestampVerdict:
    """Judge a time-stamp, every path worked out anew."""
    used = material or pki.trust()
    return verify_token(
        stamp,
        data,
        paths=lambda certificate, enclosed, moment: validate_path(certificate, enclosed, used, moment),
        **more,
    )


def write_issuers(folder) -> None:
    """Write `root.pem` and `issuers.pem` for openssl."""
    (folder / "root.pem").write_bytes(pki.to_pem(pki.root().certificate))
    (folder / "issuers.pem").write_bytes(pki.to_pem(pki.issuing().certificate))


def der(who: pki.Signer) -> bytes:
    """The certificate's bytes."""
    return to_der(who.certificate)


def answered(request: bytes, *, by: pki.Signer | None = None, **more: Any) -> bytes:
    """What an authority answers to a request; `more` makes it answer something else than was asked."""
    who, asked = by or stamper(), read_request(request)
    arguments: dict[str, Any] = {
        "serial": 1,
        "policy": POLICY,
        "digest": asked.digest,
        "nonce": asked.nonce,
        "certificates": who.chain if asked.wants_certificates else None,
        **more,
    }
    imprint = arguments.pop("imprint", asked.imprint)
    at = arguments.pop("at", pki.AT)
    return granted(issue_token(who.certificate, who.key, imprint, at, **arguments))


def stamp(octets: bytes) -> bytes:
    """Stamp `octets` as an authority at hand does, for whoever signs with a time-stamp."""
    return obtain_token(octets, answered, nonce=0xF00D)
