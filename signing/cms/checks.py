"""CMS's part of judging a signer: which certificate may be the signer's, and the digest of the content.

The steps that formats share are in `signing.judging_steps`. RFC 5652 §5, RFC 5035.
"""

from collections.abc import Iterable
from typing import Final

from signing.certificates import KnownCertificate, is_same_name, read_certificate
from signing.cms.parse import CmsSignature, CmsSigner
from signing.cms.signed_attributes import DATA, could_be_attributes
from signing.content import Content
from signing.errors import UnreadableCertificate
from signing.judging_context import Findings, Question, Signer
from signing.judging_steps import refers_to
from signing.verdict_vocabulary import Check, SubIndication

__all__ = ["certificates_of", "check_digests", "check_format", "note_certificate", "signer_of"]

_STRUCTURE: Final = Check(0, "structure", "passed", "CMS SignedData")
_ATTRIBUTES: Final = Check(0, "signed-attributes", "passed")
_NO_ATTRIBUTES: Final = Check(0, "signed-attributes", "skipped", "none")
_CERTIFICATE: Final = Check(0, "signer-certificate", "passed")
_DIGEST_IN_VALUE: Final = Check(
    2, "content-digest", "skipped", "without signed attributes the value covers it"
)
_DIGEST_UNKNOWN: Final = Check(2, "content-digest", "unknown")
_DETACHED: Final = Check(2, "encapsulated-content", "skipped", "none")
_ENCAPSULATED: Final = Check(2, "encapsulated-content", "passed")
_SET: Final = b"\x31"


def check_format(findings: Findings, question: Question, parsed: CmsSignature, signer: CmsSigner) -> None:
    """Step 0: note that the signature could be read, and whether its attributes are allowed to be missing."""
    findings.checks.append(_STRUCTURE)
    attributes, word = signer.attributes, SubIndication.FORMAT_FAILURE
    if attributes is not None:
        if attributes.content_type == parsed.content_type:
            findings.checks.append(_ATTRIBUTES)
            return
        found, expected = parsed.content_type.dotted_string, attributes.content_type.dotted_string
        findings.fail(
            word,
            Check(0, "signed-attributes", "failed", found, expected),
            ("reason", "content-type"),
            ("found", found),
            ("expected", expected),
        )
    elif parsed.content_type != DATA:
        # RFC 5652 §5.3: only plain data may be signed without attributes.
        found = parsed.content_type.dotted_string
        findings.fail(
            word,
            Check(0, "signed-attributes", "failed", found, DATA.dotted_string),
            ("reason", "content-type-without-attributes"),
            ("found", found),
        )
    elif _could_be_attributes(question.content):
        findings.fail(
            word,
            Check(0, "signed-attributes", "failed", "content could be attributes"),
            ("reason", "content-could-be-attributes"),
        )
    else:
        findings.checks.append(_NO_ATTRIBUTES)


def signer_of(signer: CmsSigner) -> Signer:
    """Return the signer in the form of all formats."""
    plain = Signer(
        signer.digest,
        signer.digest_identifier,
        signer.method,
        signer.method_identifier,
        signer.value,
        None,
        method_otherwise=signer.method_otherwise,
    )
    attributes = signer.attributes
    if attributes is None:
        return plain
    return plain._replace(
        signed=attributes.signed_bytes,
        claimed_time=attributes.signing_time,
        references=attributes.references,
        signed_otherwise=attributes.as_received,
        claimed_time_fault=attributes.signing_time_fault,
    )


def note_certificate(findings: Findings, known: KnownCertificate | None, *, is_any_unreadable: bool) -> None:
    """Step 0: note whether the signer's certificate is there.

    `is_any_unreadable`: an enclosed certificate cannot be read, and may be the signer's.
    """
    if known is not None:
        findings.checks.append(_CERTIFICATE)
        return
    reason = "unreadable-certificate" if is_any_unreadable else "no-certificate"
    check = Check(0, "signer-certificate", "unknown" if is_any_unreadable else "failed", "none")
    findings.fail(SubIndication.NO_CERTIFICATE_CHAIN_FOUND, check, ("reason", reason))


def certificates_of(
    certificates: Iterable[bytes], signer: CmsSigner
) -> tuple[tuple[KnownCertificate | None, ...], bool]:
    """Return the certificates that the signer may mean: at least one, which is `None` if there is none.

    Several may have the same issuer and serial number, or key identifier, since anybody can add one: each has
    to be tried. If the attributes refer to some of them, only these are. Also tells whether any certificate
    could not be read, which may be the right one.
    """
    references = () if signer.attributes is None else signer.attributes.references
    named: list[KnownCertificate] = []
    is_any_unreadable = False
    for der in certificates:
        try:
            known = read_certificate(der)
        except UnreadableCertificate:
            is_any_unreadable = True
            continue
        if _is_named(known, signer) and known not in named:
            named.append(known)
    if len(named) > 1 and references:
        meant = [each for each in named if all(refers_to(reference, each) for reference in references)]
        named = meant or named
    return tuple(named) or (None,), is_any_unreadable


def _is_named(known: KnownCertificate, signer: CmsSigner) -> bool:
    if signer.key_identifier is not None:
        return known.key_identifier == signer.key_identifier
    if known.serial != signer.serial:
        return False
    return known.issuer == signer.issuer or is_same_name(signer.issuer or b"", known.issuer)


def _could_be_attributes(content: Content) -> bool:
    """Tell whether content may be attributes; of content that is not at hand by its first byte."""
    if content.data is None:
        return content.first[:1] in {_SET, b""}
    return could_be_attributes(content.data)


def check_digests(findings: Findings, question: Question, parsed: CmsSignature, signer: CmsSigner) -> None:
    """Step 2: compare the digest of the content, and any content carried inside."""
    attributes = signer.attributes
    if attributes is None:
        findings.checks.append(_DIGEST_IN_VALUE)
    elif signer.digest is None:
        findings.checks.append(_DIGEST_UNKNOWN)
    else:
        computed = question.content.digest(signer.digest)
        if computed is None:
            findings.checks.append(_DIGEST_UNKNOWN)
            findings.note(
                SubIndication.CRYPTO_CONSTRAINTS_FAILURE, (("reason", "digest"), ("found", signer.digest))
            )
        elif computed == attributes.message_digest:
            findings.checks.append(Check(2, "content-digest", "passed", computed.hex()))
        else:
            expected = attributes.message_digest.hex()
            check = Check(2, "content-digest", "failed", computed.hex(), expected)
            findings.fail(SubIndication.HASH_FAILURE, check)
    if parsed.encapsulated is None:
        findings.checks.append(_DETACHED)
    elif question.content.is_same(parsed.encapsulated):
        findings.checks.append(_ENCAPSULATED)
    else:
        check = Check(2, "encapsulated-content", "failed", "other content", "the content sent")
        findings.fail(SubIndication.HASH_FAILURE, check)
