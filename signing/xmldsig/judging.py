"""Judges the signatures of an XML document.

It does steps 0 and 2 for XML; the others are in `signing.verify`.
"""

from collections.abc import Callable
from typing import Final

from signing.algorithms import SignatureMethod
from signing.certificates import KnownCertificate, read_certificate
from signing.content import Content
from signing.errors import UnreadableCertificate
from signing.judging_context import Enclosed, Findings, JudgingContext, Question, Signer
from signing.judging_steps import algorithms_of, check_algorithms, check_times
from signing.verdict import SignatureVerdict
from signing.verdict_vocabulary import Check, SubIndication, indication_of
from signing.verify import judge_signer, unreadable, with_timestamps
from signing.xmldsig.reading import XmlSignature, XmlSignatures, read_xml

# A signature by an algorithm that is not admitted proves nothing, not even that the content was changed: old
# messages have RSA with SHA-1 over white space that was lost.

__all__ = ["XMLDSIG", "Look", "judge_xml", "verify_xml"]

XMLDSIG: Final = "XMLDSig"
_SHOWN_WRONG: Final = frozenset({"xml-malformed", "xml-signature-malformed"})
"""Reasons why a signature certainly is none; all others say that it is not one that can be evaluated here."""
_SHOWN_REFERENCES: Final = 8
"""Of a package with hundreds of files a check names the first."""
_STRUCTURE: Final = Check(0, "structure", "passed", "XML Signature")

Look = Callable[[Findings, XmlSignature], None]
"""Adds what a package has to say about a signature in it."""


def verify_xml(
    data: bytes,
    covers: str,
    context: JudgingContext,
) -> tuple[SignatureVerdict, ...]:
    """Read and judge at once. Read hostile XML by `read_xml` in a process that may be killed."""
    return judge_xml(read_xml(data, context.policy), covers, context)


def judge_xml(
    read: XmlSignatures,
    covers: str,
    context: JudgingContext,
) -> tuple[SignatureVerdict, ...]:
    """Judge what `read_xml` read under the same policy: a verdict for each signature.

    `covers`: how to name the document; a signature over parts names them behind it, as `name#id`. What the
    context's `paths` or `binder` raise passes through.
    """
    question = context.question(Content(b""), covers)
    return tuple(judge_xml_signature(question, each) for each in read.signatures)


def judge_xml_signature(
    question: Question, read: XmlSignature, name: str = XMLDSIG, look: Look | None = None
) -> SignatureVerdict:
    """Judge one signature, for a format that holds XML signatures.

    `name` of the format; `look` adds what its entries leave uncovered.
    """
    if read.fault:
        return _unread(question, read, name)
    if read.parts and read.entries is None:
        question = question._replace(covers=f"{question.covers}#{','.join(read.parts)}")
    findings = Findings()
    # 0 format
    findings.checks.append(_STRUCTURE)
    known = _certificate(findings, read)
    # 1 trusted time
    enclosed = Enclosed(read.certificates, read.validation_data.crls, read.validation_data.ocsps)
    question = with_timestamps(findings, question, read.validation_data.timestamps, known, enclosed)
    check_times(findings, question, read.claimed_time)
    # 2 digests
    digest = next((each for each in read.references if not question.policy.admits_digest(each.digest)), None)
    shown = digest or read.references[0]
    signer = Signer(
        shown.digest,
        shown.digest or shown.digest_identifier,
        read.method,
        _shown(read),
        read.value,
        read.signed,
        read.claimed_time,
        read.named,
    )
    if digest is not None or read.method is None or not question.policy.admits_method(read.method):
        return _unverifiable(question, read, signer, known, name)
    _check_references(findings, read)
    if read.entries is None:
        _check_coverage(findings, read)
    if look is not None:
        look(findings, read)
    return judge_signer(question, signer, known, enclosed, findings, name)


def _unread(question: Question, read: XmlSignature, name: str) -> SignatureVerdict:
    """Give the verdict on what could not be read: wrong, or only beyond the limits and so undecided."""
    reason = dict(read.fault).get("reason", "xml-signature-malformed")
    verdict = unreadable(question, name, reason, read.fault)
    if reason in _SHOWN_WRONG:
        return verdict
    word, first = SubIndication.GENERIC, verdict.checks[0]._replace(outcome="unknown")
    checks = (first, *verdict.checks[1:])
    return verdict._replace(indication=indication_of(word), sub_indication=word, checks=checks)


def _certificate(findings: Findings, read: XmlSignature) -> KnownCertificate | None:
    word, check = SubIndication.NO_CERTIFICATE_CHAIN_FOUND, Check(0, "signer-certificate", "failed", "none")
    if not read.certificates:
        findings.fail(word, check, ("reason", "no-certificate"))
        return None
    try:
        known = read_certificate(read.certificates[0])
    except UnreadableCertificate:
        findings.fail(SubIndication.FORMAT_FAILURE, check, ("reason", "unreadable-certificate"))
        return None
    findings.checks.append(Check(0, "signer-certificate", "passed"))
    return known


def _check_references(findings: Findings, read: XmlSignature) -> None:
    """Step 2: take over whether the references' digests are right; only `True` lets the signature pass."""
    shown = ", ".join(each.uri or "whole document" for each in read.references[:_SHOWN_REFERENCES])
    if len(read.references) > _SHOWN_REFERENCES:
        shown += f", … ({len(read.references)})"
    if read.digests_right:
        findings.checks.append(Check(2, "content-digest", "passed", shown))
    elif read.digests_right is False:
        findings.fail(SubIndication.HASH_FAILURE, Check(2, "content-digest", "failed", shown))
    else:  # read under another policy, which did not admit them
        findings.checks.append(Check(2, "content-digest", "unknown", shown))
        found = read.references[0].digest_identifier
        findings.note(SubIndication.CRYPTO_CONSTRAINTS_FAILURE, (("reason", "digest"), ("found", found)))


def _check_coverage(findings: Findings, read: XmlSignature) -> None:
    """Step 2: see that nothing can be read beside what is signed."""
    found = "whole document" if not read.parts else "#" + ", #".join(read.parts)
    if read.unsigned_rest:
        check = Check(2, "coverage", "failed", found, "whole document")
        findings.fail(SubIndication.SIG_CONSTRAINTS_FAILURE, check, *read.unsigned_rest)
    else:
        findings.checks.append(Check(2, "coverage", "passed", found))


def _unverifiable(
    question: Question, read: XmlSignature, signer: Signer, known: KnownCertificate | None, name: str
) -> SignatureVerdict:
    """Leave everything open but the algorithm: nothing that such a signature says can be relied upon.

    The path is not asked for either: that the certificate has expired says nothing about what it did not
    prove.
    """
    word, findings = SubIndication.CRYPTO_CONSTRAINTS_FAILURE, Findings()
    findings.checks.append(_STRUCTURE)
    check_times(findings, question, read.claimed_time)
    findings.checks += [Check(2, "content-digest", "unknown"), Check(3, "signature-value", "unknown")]
    findings.checks += [Check(4, "certificate-path", "skipped"), Check(5, "revocation", "skipped")]
    check_algorithms(findings, question.policy, signer, known)
    return unreadable(question, name, "method")._replace(
        indication=indication_of(word),
        sub_indication=word,
        signer=None if known is None else known.identity.name,
        certificate=None if known is None else known.summary,
        claimed_time=read.claimed_time,
        algorithms=algorithms_of(signer, known),
        checks=tuple(findings.checks),
        params=findings.params[word],
    )


def _shown(read: XmlSignature) -> str:
    method: SignatureMethod | None = read.method
    return read.method_identifier if method is None else f"{method.scheme}-{method.digest}"
