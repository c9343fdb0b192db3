"""A certificate authority as values and functions: root, issuing authority, certificates, CRLs.

The same arguments, times and serial numbers among them, give the same bytes (deterministic ECDSA, RFC 6979).
RFC 5280; docs/contract.md#certificates has the subjects.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, ObjectIdentifier

from signing.errors import InvalidTimes
from signing.keys import PrivateKey, PublicKey

__all__ = [
    "EXPIRED_CERTIFICATES_ON_CRL",
    "Authority",
    "CertificateTerms",
    "Revocation",
    "RevocationReason",
    "create_issuing",
    "create_root",
    "issue",
    "issue_crl",
    "issue_timestamp_authority",
]

RevocationReason = Literal[
    "unspecified",
    "keyCompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "privilegeWithdrawn",
]

EXPIRED_CERTIFICATES_ON_CRL: Final = ObjectIdentifier("2.5.29.60")
"""X.509 §9.5.2.8: the list keeps revoked certificates after they expire, from the time it names."""

DOCUMENT_SIGNING: Final = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""RFC 9336."""

_SIGNER_USAGES: Final = (ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING)
"""Document signing is the purpose. openssl also wants e-mail protection where the extension is present."""


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority: its certificate, its key, and its name in addresses."""

    certificate: x509.Certificate
    key: PrivateKey
    name: str


@dataclass(frozen=True, slots=True)
class Revocation:
    """One line of a CRL."""

    serial: int
    at: datetime
    reason: RevocationReason = "unspecified"


@dataclass(frozen=True, slots=True)
class CertificateTerms:
    """What an issuer puts into a certificate beside the subject and its key."""

    not_before: datetime
    """With a time zone, as `not_after`; fractions of a second are cut."""
    not_after: datetime
    serial: int
    """The issuer's own number of the certificate, never given twice."""
    crl_urls: Sequence[str] = ()
    """Where the issuer's list is. A verifier then needs it; without, it checks one only if it has it."""
    issuer_urls: Sequence[str] = ()
    """Where the issuer's certificate is."""
    ocsp_urls: Sequence[str] = ()


def create_root(
    key: PrivateKey, subject: x509.Name, terms: CertificateTerms, name: str = "root"
) -> Authority:
    """Make a root: self-signed, at most one authority below it. Raises `InvalidTimes`."""
    builder = _builder(subject, subject, key.public_key(), terms)
    builder = _with_authority_extensions(builder, key.public_key(), path_length=1)
    return Authority(_sign(_with_addresses(builder, terms), key), key, name)


def create_issuing(
    root: Authority, key: PrivateKey, subject: x509.Name, terms: CertificateTerms, name: str = "issuing"
) -> Authority:
    """Make an issuing authority below `root`, with no authority below itself. Raises `InvalidTimes`."""
    builder = _builder(root.certificate.subject, subject, key.public_key(), terms)
    builder = _with_authority_extensions(builder, key.public_key(), path_length=0)
    builder = builder.add_extension(_authority_key_identifier(root), critical=False)
    return Authority(_sign(_with_addresses(builder, terms), root.key), key, name)


def issue(
    authority: Authority, public_key: PublicKey, subject: x509.Name, terms: CertificateTerms
) -> x509.Certificate:
    """Issue a certificate to sign documents with, for any subject. Raises `InvalidTimes`.

    `signing.certificate_subjects` has the subjects of an agency (its red seal) and of a person (the blue
    signature).
    """
    purposes = x509.ExtendedKeyUsage(_SIGNER_USAGES)
    return _issue(authority, public_key, subject, terms, purposes, critical=False)


def issue_timestamp_authority(
    authority: Authority, public_key: PublicKey, subject: x509.Name, terms: CertificateTerms
) -> x509.Certificate:
    """Issue a certificate to stamp times with, and for nothing else (RFC 3161). Raises `InvalidTimes`."""
    stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    return _issue(authority, public_key, subject, terms, stamping, critical=True)


def issue_crl(
    authority: Authority,
    number: int,
    this_update: datetime,
    next_update: datetime,
    revoked: Sequence[Revocation] = (),
    keeps_expired_since: datetime | None = None,
) -> bytes:
    """Issue a complete CRL in DER, listing `revoked` (one entry a serial).

    `keeps_expired_since`: the caller never drops revoked certificates that expired after this time (default:
    the authority's own beginning, that is, never drops any). Only with this may a later list speak about an
    earlier time, see `signing.paths.validation`.
    """
    _check_times(this_update, next_update)
    kept_since = _whole_seconds(keeps_expired_since or authority.certificate.not_valid_before_utc)
    stamp = kept_since.strftime("%Y%m%d%H%M%SZ").encode("ascii")
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(_whole_seconds(this_update))
        .next_update(_whole_seconds(next_update))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_authority_key_identifier(authority), critical=False)
        .add_extension(
            x509.UnrecognizedExtension(EXPIRED_CERTIFICATES_ON_CRL, b"\x18" + bytes([len(stamp)]) + stamp),
            critical=False,
        )
    )
    for entry in revoked:
        line = (
            x509.RevokedCertificateBuilder()
            .serial_number(entry.serial)
            .revocation_date(_whole_seconds(entry.at))
        )
        if entry.reason != "unspecified":
            # RFC 5280 §5.3.1: "unspecified" is said by leaving the extension out.
            line = line.add_extension(x509.CRLReason(x509.ReasonFlags(entry.reason)), critical=False)
        builder = builder.add_revoked_certificate(line.build())
    signed = builder.sign(authority.key, hashes.SHA256(), ecdsa_deterministic=_determinism(authority.key))
    return signed.public_bytes(serialization.Encoding.DER)


def _issue(
    authority: Authority,
    public_key: PublicKey,
    subject: x509.Name,
    terms: CertificateTerms,
    purposes: x509.ExtendedKeyUsage,
    *,
    critical: bool,
) -> x509.Certificate:
    """Issue a certificate of an end entity; `critical`: whoever does not know `purposes` may not use it."""
    builder = (
        _builder(authority.certificate.subject, subject, public_key, terms)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_documents=True), critical=True)
        .add_extension(purposes, critical=critical)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(_authority_key_identifier(authority), critical=False)
    )
    return _sign(_with_addresses(builder, terms), authority.key)


def _builder(
    issuer: x509.Name, subject: x509.Name, public_key: PublicKey, terms: CertificateTerms
) -> x509.CertificateBuilder:
    _check_times(terms.not_before, terms.not_after)
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(public_key)
        .serial_number(terms.serial)
        .not_valid_before(_whole_seconds(terms.not_before))
        .not_valid_after(_whole_seconds(terms.not_after))
    )


def _with_authority_extensions(
    builder: x509.CertificateBuilder, public_key: PublicKey, path_length: int
) -> x509.CertificateBuilder:
    return (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_key_usage(signs_documents=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _with_addresses(builder: x509.CertificateBuilder, terms: CertificateTerms) -> x509.CertificateBuilder:
    if terms.crl_urls:
        points = [_distribution_point(url) for url in terms.crl_urls]
        builder = builder.add_extension(x509.CRLDistributionPoints(points), critical=False)
    kinds = (
        (AuthorityInformationAccessOID.OCSP, terms.ocsp_urls),
        (AuthorityInformationAccessOID.CA_ISSUERS, terms.issuer_urls),
    )
    accesses = [
        x509.AccessDescription(kind, x509.UniformResourceIdentifier(url))
        for kind, urls in kinds
        for url in urls
    ]
    if accesses:
        builder = builder.add_extension(x509.AuthorityInformationAccess(accesses), critical=False)
    return builder


def _distribution_point(url: str) -> x509.DistributionPoint:
    return x509.DistributionPoint(
        full_name=[x509.UniformResourceIdentifier(url)], relative_name=None, reasons=None, crl_issuer=None
    )


def _authority_key_identifier(issuer: Authority) -> x509.AuthorityKeyIdentifier:
    own = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own.value)


def _key_usage(*, signs_documents: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs_documents,
        content_commitment=signs_documents,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs_documents,
        crl_sign=not signs_documents,
        encipher_only=False,
        decipher_only=False,
    )


def _sign(builder: x509.CertificateBuilder, key: PrivateKey) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256(), ecdsa_deterministic=_determinism(key))


def _determinism(key: PrivateKey) -> bool | None:
    """Return the flag for deterministic signatures.

    RSA PKCS #1 v1.5 is deterministic, and the library refuses it there.
    """
    return True if isinstance(key, ec.EllipticCurvePrivateKey) else None


def _check_times(begin: datetime, end: datetime) -> None:
    if begin.tzinfo is None or end.tzinfo is None or end <= begin:
        raise InvalidTimes(begin=begin.isoformat(), end=end.isoformat())


def _whole_seconds(moment: datetime) -> datetime:
    """X.509 times have no fractions (RFC 5280 §4.1.2.5.2)."""
    return moment.astimezone(UTC).replace(microsecond=0)
