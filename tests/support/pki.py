"""A small public-key infrastructure with fixed keys and times, and openssl beside it.

Made once and the same in every run; what a test wants different it issues itself.
"""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from signing import authority, keys
from signing.authority import Authority, CertificateTerms, Revocation
from signing.certificate_subjects import authority_subject, organisation_subject, person_subject
from signing.certificates import to_der, to_pem
from signing.keys import PrivateKey
from signing.paths.validation import TrustMaterial, validate_path
from signing.verdict import SignatureVerdict
from signing.verify import JudgingContext, TrustedTime, verify_signatures

BEGIN = datetime(2019, 1, 1, tzinfo=UTC)
END = datetime(2024, 1, 1, tzinfo=UTC)
AT = datetime(2019, 6, 3, 2, 11, 9, 123456, tzinfo=UTC)
SENDER = "000.00.00.H24"
NAME = "Ủy ban nhân dân tỉnh Hải Dương"
CONTENT = '{"from":"000.00.00.H24","subject":"V/v kiểm tra"}\n'.encode()


@dataclass(frozen=True)
class Signer:
    """A certificate, its key and its issuers."""

    certificate: x509.Certificate
    key: PrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        return to_der(self.certificate)

    def write(self, folder: Path) -> None:
        """Write `cert.pem`, `key.pem` and `chain.pem` for openssl."""
        (folder / "cert.pem").write_bytes(to_pem(self.certificate))
        (folder / "key.pem").write_bytes(keys.to_pem(self.key))
        (folder / "chain.pem").write_bytes(to_pem(*self.chain))


@cache
def key(name: str) -> PrivateKey:
    """The fixed key of this name; names that begin with `rsa-` give a fresh one of that kind, once a run."""
    if name.startswith("rsa-"):
        return keys.generate("rsa-3072" if "3072" in name else "rsa-2048")
    return keys.derive_p256(name.encode())


def terms(
    serial: int, begin: datetime | None = None, end: datetime | None = None, **addresses: Any
) -> CertificateTerms:
    """What a certificate holds beside subject and key; `addresses` are the members of that name."""
    return CertificateTerms(begin or BEGIN, end or END, serial, **addresses)


@cache
def root() -> Authority:
    return authority.create_root(key("root"), authority_subject("Root", "Ban Cơ yếu"), terms(1))


@cache
def issuing(under: CertificateTerms | None = None) -> Authority:
    subject = authority_subject("Issuing", "Ban Cơ yếu")
    return authority.create_issuing(root(), key("issuing"), subject, under or terms(2))


def organisation(
    name: str = "organisation",
    *,
    issuer: Authority | None = None,
    agency: str = SENDER,
    begin: datetime = BEGIN,
    end: datetime = END - timedelta(days=1),
    serial: int = 10,
) -> Signer:
    by = issuer or issuing()
    subject = organisation_subject(NAME, agency)
    certificate = authority.issue(by, key(name).public_key(), subject, terms(serial, begin, end))
    return Signer(certificate, key(name), (by.certificate,))


def person(name: str = "person", *, agency: str = SENDER, serial: int = 20) -> Signer:
    subject = person_subject(NAME, agency, "Nguyễn", "Văn An", "Chủ tịch")
    certificate = authority.issue(issuing(), key(name).public_key(), subject, terms(serial))
    return Signer(certificate, key(name), (issuing().certificate,))


def crl(
    by: Authority | None = None,
    revoked: Sequence[Revocation] = (),
    this_update: datetime = AT - timedelta(days=1),
    next_update: datetime = AT + timedelta(days=29),
    **more: Any,
) -> bytes:
    return authority.issue_crl(by or issuing(), 1, this_update, next_update, revoked, **more)


def trust(*crls: bytes, intermediates: Sequence[bytes] | None = None) -> TrustMaterial:
    """Root and issuing authority with these lists; without any, a current empty one."""
    known = (to_der(issuing().certificate),) if intermediates is None else tuple(intermediates)
    return TrustMaterial((to_der(root().certificate),), known, crls or (crl(),))


def context(material: TrustMaterial | None = None, at: datetime = AT, **changes: Any) -> JudgingContext:
    """Return what to judge by as the hub would, every path worked out anew; `changes` are its members."""
    used = material or trust()
    members: dict[str, Any] = {
        "sender": SENDER,
        "time": TrustedTime(at),
        "paths": lambda certificate, enclosed, moment: validate_path(certificate, enclosed, used, moment),
        "binder": lambda _certificate: None,
        **changes,
    }
    return JudgingContext(**members)


def judge_all(
    signature: bytes, content: bytes = CONTENT, *, covers: str = "manifest", **more: Any
) -> tuple[SignatureVerdict, ...]:
    """Judge as the hub would; `more` goes to `context`."""
    return verify_signatures(signature, content, covers, context(**more))


def judge(signature: bytes, content: bytes = CONTENT, **more: Any) -> SignatureVerdict:
    """Judge a signature by one signer."""
    (verdict,) = judge_all(signature, content, **more)
    return verdict


def check(verdict: SignatureVerdict, name: str) -> Any:
    """The check of this name."""
    return next(each for each in verdict.checks if each.name == name)


def openssl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run openssl in `folder`; what it says on failure is in the error."""
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done


def with_key(private, subject=None):
    """A certificate of our issuing authority for a key of any kind."""
    by = issuing()
    builder = x509.CertificateBuilder().issuer_name(by.certificate.subject).serial_number(88)
    builder = builder.subject_name(subject or organisation_subject(NAME, SENDER))
    builder = builder.not_valid_before(BEGIN).not_valid_after(END).public_key(private.public_key())
    return Signer(builder.sign(by.key, hashes.SHA256()), private)
