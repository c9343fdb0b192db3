"""Revocation lists and OCSP responses of every kind, put together as tests want them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from support import pki

from signing import ocsp
from signing.authority import Authority
from signing.certificate_subjects import authority_subject

DAY = timedelta(days=1)
AT = pki.AT.replace(microsecond=0)
URL = "http://example.test/list"


def with_point(crl_issuer: x509.Name) -> pki.Signer:
    """A signer whose certificate says that another authority keeps the list about it."""
    builder = (
        x509.CertificateBuilder()
        .issuer_name(pki.issuing().certificate.subject)
        .subject_name(pki.organisation().certificate.subject)
        .public_key(pki.key("organisation").public_key())
        .serial_number(10)
        .not_valid_before(pki.BEGIN)
        .not_valid_after(pki.END)
        .add_extension(x509.CRLDistributionPoints([point(crl_issuer=crl_issuer)]), critical=False)
    )
    return pki.Signer(builder.sign(pki.issuing().key, hashes.SHA256()), pki.key("organisation"))


def keeper() -> Authority:
    """An authority below the root that keeps lists for others."""
    name = pki.authority_subject("Lists", "Ban Cơ yếu")
    return pki.authority.create_issuing(pki.root(), pki.key("lists"), name, pki.terms(4))


def point(url: str = URL, crl_issuer: x509.Name | None = None) -> x509.DistributionPoint:
    issuer = None if crl_issuer is None else [x509.DirectoryName(crl_issuer)]
    return x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, issuer)


def entry(
    serial: int, at: datetime, reason: str | None = None, issuer: x509.Name | None = None
) -> x509.RevokedCertificate:
    line = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
    if reason is not None:
        line = line.add_extension(x509.CRLReason(x509.ReasonFlags(reason)), critical=False)
    if issuer is not None:
        line = line.add_extension(x509.CertificateIssuer([x509.DirectoryName(issuer)]), critical=True)
    return line.build()


def make_list(
    *entries: x509.RevokedCertificate,
    by: Authority | None = None,
    number: int | None = 5,
    base: int | None = None,
    freshest: bool = False,
    this_update: datetime = AT - DAY,
    next_update: datetime = AT + 29 * DAY,
    scope: dict[str, Any] | None = None,
    algorithm: hashes.HashAlgorithm | None = None,
) -> bytes:
    """A list; with `base` a delta, with `freshest` one that says where its deltas are."""
    by = by or pki.issuing()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(this_update)
        .next_update(next_update)
    )
    if number is not None:
        builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    if base is not None:
        builder = builder.add_extension(x509.DeltaCRLIndicator(base), critical=True)
    if freshest:
        builder = builder.add_extension(x509.FreshestCRL([point()]), critical=False)
    if scope is not None:
        whole: dict[str, Any] = {
            "full_name": None,
            "relative_name": None,
            "only_contains_user_certs": False,
            "only_contains_ca_certs": False,
            "only_some_reasons": None,
            "indirect_crl": False,
            "only_contains_attribute_certs": False,
            **scope,
        }
        builder = builder.add_extension(x509.IssuingDistributionPoint(**whole), critical=True)
    for each in entries:
        builder = builder.add_revoked_certificate(each)
    signed = builder.sign(by.key, algorithm or hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)


def responder(
    key: str = "responder",
    issuer: Authority | None = None,
    begin: datetime = AT - DAY,
    end: datetime = AT + DAY,
) -> Authority:
    by = issuer or pki.issuing()
    public_key = pki.key(key).public_key()
    name = authority_subject("Responder", "X")
    return Authority(ocsp.issue_responder(by, public_key, name, begin, end, 40), pki.key(key), "responder")


def answer(
    status: Any = "good",
    *,
    serial: int = 10,
    issuer: Authority | None = None,
    this_update: datetime = AT - timedelta(hours=1),
    next_update: datetime | None = AT + DAY,
    digest: str = "sha1",
    **more: Any,
) -> ocsp.Answer:
    by = issuer or pki.issuing()
    named = ocsp.certificate_id(by.certificate, serial, digest)
    return ocsp.Answer(named, status, this_update, next_update, **more)


def respond(
    *answers: ocsp.Answer,
    by: Authority | None = None,
    produced_at: datetime = AT - timedelta(hours=1),
    certificates: Sequence[x509.Certificate] | None = None,
) -> bytes:
    """A response by a delegated responder, or by another."""
    signer = by or responder()
    carried = [signer.certificate] if certificates is None else certificates
    return ocsp.make_response(signer.certificate, signer.key, answers, produced_at, certificates=carried)
