"""Verdicts that found different things of documents and their signatures, made by hand."""

from datetime import UTC, datetime

from signing.certificates import CertificateSummary
from signing.verdict import DocumentVerdict, Indication, SignatureVerdict, SubIndication

ISSUER, OTHER_ISSUER = "CN=CA cơ quan,O=Ban Cơ yếu,C=VN", "CN=CA lạ"
RSA, P256 = "rsa-2048-sha256", "ecdsa-p256-sha256"
_WHEN = datetime(2019, 6, 3, tzinfo=UTC)
PASSED, FAILED, INDETERMINATE = (
    Indication.TOTAL_PASSED,
    Indication.TOTAL_FAILED,
    Indication.INDETERMINATE,
)


def signature(
    indication: Indication = PASSED,
    reason: SubIndication | None = None,
    kind: str | None = "organisation",
    algorithm: str | None = P256,
    issuer: str | None = ISSUER,
) -> SignatureVerdict:
    certificate = None
    if issuer is not None:
        certificate = CertificateSummary("CN=người ký", issuer, "1", "ab" * 32, _WHEN, _WHEN)
    return SignatureVerdict(
        indication=indication,
        sub_indication=reason,
        format="CMS",
        covers="manifest",
        kind=kind,
        agency=None,
        of_sender=True,
        signer=None,
        certificate=certificate,
        chain=(),
        claimed_time=None,
        trusted_time=_WHEN,
        time_source="acceptance",
        algorithms=algorithm,
        checks=(),
        policy="test-policy",
    )


def document(*signatures: SignatureVerdict, signed_by: str = "none") -> DocumentVerdict:
    decisive = signatures[0] if signatures else None
    return DocumentVerdict(
        None if decisive is None else decisive.indication,
        None if decisive is None else decisive.sub_indication,
        signed_by,
        signatures,
        "test-policy",
        "00" * 32,
    )


FOUND = {
    "passed": document(signature(), signed_by="organisation"),
    "two signatures": document(signature(), signature(kind="person", algorithm=RSA), signed_by="both"),
    "signed twice alike": document(signature(), signature(), signed_by="organisation"),
    "revoked": document(signature(FAILED, SubIndication.REVOKED, algorithm=RSA)),
    "stale list": document(signature(INDETERMINATE, SubIndication.TRY_LATER)),
    "stranger": document(
        signature(INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, None, issuer=OTHER_ISSUER)
    ),
    "unread": document(signature(FAILED, SubIndication.FORMAT_FAILURE, None, None, None)),
    "unsigned": document(),
}
