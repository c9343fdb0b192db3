"""Judges the signatures in PDF files, from the findings of `signing.pades.read`.

It adds checks of the file's structure to steps 0 and 2; the other steps are those of `signing.verify`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from signing.content import Content
from signing.judging_context import Findings, JudgingContext, Question, TrustedTime
from signing.pades.findings import PdfSignature, PdfSignatures
from signing.pades.later_signatures import Cover, Judged, find_cover
from signing.pades.read import read_pdf
from signing.timestamps.verify import TimestampVerdict, verify_token
from signing.verdict import SignatureVerdict
from signing.verdict_vocabulary import (
    Check,
    CheckOutcome,
    Indication,
    MaterialDigest,
    Params,
    SubIndication,
    indication_of,
)
from signing.verify import judge_cms, unreadable

__all__ = ["PADES", "judge_pdf", "verify_pdf"]

PADES: Final = "PAdES"
SUB_FILTERS: Final = frozenset({"ETSI.CAdES.detached", "adbe.pkcs7.detached"})
"""The two encodings that sign the file's bytes themselves. The older ones, `adbe.pkcs7.sha1` and
`adbe.x509.rsa_sha1`, sign its SHA-1, and are named as what no policy admits."""

_FIRST: Final = b"%PDF"
"""The beginning of the covered bytes, which shows that they are no attributes."""
_STRUCTURE: Final = Check(0, "pdf-structure", "passed")
_ALLOWED: Final = "nothing that can be seen, but what a later signature of the same sender covers that passes"
_COVERED: Final = Cover("passed")
_UNSEEN: Final = frozenset({"none", "archive"})


def verify_pdf(
    data: bytes,
    covers: str,
    context: JudgingContext,
) -> tuple[SignatureVerdict, ...]:
    """Read and judge all signatures of a PDF at once; none gives none.

    Arguments as for `signing.verify.verify_signatures`. For strangers' files run `read_pdf` in a process that
    can be killed, and `judge_pdf` here.
    """
    return judge_pdf(read_pdf(data), covers, context)


def judge_pdf(
    read: PdfSignatures,
    covers: str,
    context: JudgingContext,
) -> tuple[SignatureVerdict, ...]:
    """Judge what `read_pdf` read: a verdict for each signature, in the order of signing.

    A time-stamp over the document is no signature and gets no verdict. A valid one settles the trusted time
    of the signatures under it. It raises nothing itself; what `paths` or `binder` raise passes through.
    """
    question = context.question(Content(None), covers)
    if read.problem:
        return (_unread(question, read.problem, is_undecided=read.is_undecided),)
    stamps = [_Stamp(each, _believe(question, each)) for each in read.signatures if each.is_timestamp]
    judged: list[Judged] = []
    # The last one first: what came after a signature is allowed if a later one passes that covers it.
    for signature in reversed(read.signatures):
        if not signature.is_timestamp:
            over = [stamp for stamp in stamps if stamp.signature.revision > signature.revision]
            judged.insert(0, Judged(signature, _judge(question, signature, over, judged)))
    return tuple([each.verdict for each in judged])


class _Stamp(NamedTuple):
    """A time-stamp over a revision of the document, with its verdict."""

    signature: PdfSignature
    verdict: TimestampVerdict | None
    """`None` when it covers no sound part of the file."""

    @property
    def at(self) -> datetime | None:
        """The time it proves; `None` when it proves none."""
        return self.verdict.at if self.verdict is not None and self.verdict.is_believed else None


def _believe(question: Question, stamp: PdfSignature) -> TimestampVerdict | None:
    if stamp.problem or stamp.changes == "forbidden":
        return None
    digests = dict(stamp.digests)
    return verify_token(
        stamp.cms, digests.get, paths=question.paths, policy=question.policy, seen_at=question.time.at
    )


def _judge(
    question: Question, signature: PdfSignature, stamps: Sequence[_Stamp], later: Sequence[Judged]
) -> SignatureVerdict:
    """Judge one signature; `later`: those made after it, judged."""
    if signature.problem and not signature.cms:
        is_undecided = dict(signature.problem)["reason"] == "pdf-over-budget"
        return _unread(question, signature.problem, is_undecided=is_undecided)
    proven = [stamp.at for stamp in stamps if stamp.at is not None]
    if proven:
        question = question._replace(time=TrustedTime(min(*proven, question.time.at), "rfc3161"))
    question = question._replace(content=Content(None, dict(signature.digests), _FIRST))
    # Whose the signature is tells who may answer for what was added, so that it is asked first.
    verdict = _judge_as(question, signature, stamps, _COVERED)
    if signature.changes in _UNSEEN:
        return verdict
    cover = find_cover(Judged(signature, verdict), later, question.sender)
    if cover.outcome != "passed":
        return _judge_as(question, signature, stamps, cover)
    added = Check(2, "later-signers", "passed", ", ".join(cover.by))
    checks = sorted([*verdict.checks, added], key=lambda check: check.step)
    verdict = verdict._replace(checks=tuple(checks), material=_with_material(verdict, cover))
    if verdict.indication is not Indication.TOTAL_PASSED:
        return verdict
    return verdict._replace(params=(*verdict.params, ("reason", "pdf-added"), ("by", ", ".join(cover.by))))


def _with_material(verdict: SignatureVerdict, cover: Cover) -> tuple[MaterialDigest, ...]:
    """Add what the later signatures that cover the additions rest on."""
    return tuple(dict.fromkeys([*(verdict.material or ()), *cover.material]))


def _judge_as(
    question: Question, signature: PdfSignature, stamps: Sequence[_Stamp], cover: Cover
) -> SignatureVerdict:
    """Judge one signature, with the result for its later changes."""

    def look(findings: Findings) -> None:
        _look(findings, signature, cover)
        for stamp in stamps:
            outcome: CheckOutcome = "unknown" if stamp.at is None else "passed"
            findings.checks.append(
                Check(1, "document-timestamp", outcome, stamp.at, stamp.signature.coverage)
            )
            if stamp.verdict is not None:
                findings.rest_on(stamp.verdict.material, stamp.signature.cms)

    verdicts = judge_cms(question, signature.cms, name=PADES, look=look)
    if len(verdicts) > 1:
        # ETSI EN 319 142-1 §5.3: exactly one signer; more could not be told apart by their marks.
        return _unread(question, (("reason", "pdf-signers"),))
    return _finished(question, verdicts[0], signature)


def _look(findings: Findings, signature: PdfSignature, cover: Cover) -> None:
    """Add the checks of the file itself: steps 0 and 2."""
    if signature.problem:
        word, params = SubIndication.FORMAT_FAILURE, signature.problem
        findings.fail(word, Check(0, "pdf-structure", "failed", dict(params)["reason"]), *params)
    elif signature.sub_filter not in SUB_FILTERS:
        found = signature.sub_filter or "none"
        word = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
        check = Check(0, "pdf-structure", "failed", found, ", ".join(sorted(SUB_FILTERS)))
        findings.fail(word, check, ("reason", "pdf-subfilter"), ("found", found))
    else:
        findings.checks.append(_STRUCTURE)
    findings.checks.append(Check(0, "pdf-coverage", "passed", signature.coverage))
    if cover.outcome == "passed":
        findings.checks.append(Check(2, "later-changes", "passed", signature.changes))
    else:
        found = signature.because or signature.changes
        check = Check(2, "later-changes", cover.outcome, found, _ALLOWED)
        findings.fail(cover.word, check, ("reason", cover.reason))


def _finished(question: Question, verdict: SignatureVerdict, signature: PdfSignature) -> SignatureVerdict:
    """Put the checks in order, and take the claimed time from the file's `/M`, where PAdES has it."""
    checks = sorted(verdict.checks, key=lambda check: check.step)
    claimed = verdict.claimed_time or signature.claimed_time
    if claimed is not None:
        is_plausible = claimed <= verdict.trusted_time + question.policy.clock_skew
        check = Check(1, "claimed-time", "passed" if is_plausible else "unknown", claimed)
        checks = [check if each.name == check.name else each for each in checks]
    return verdict._replace(claimed_time=claimed, checks=tuple(checks))


def _unread(question: Question, problem: Params, *, is_undecided: bool = False) -> SignatureVerdict:
    """Give the verdict on what could not be read at all."""
    verdict = unreadable(question, PADES, dict(problem)["reason"], problem)
    if not is_undecided:
        return verdict
    first = verdict.checks[0]._replace(outcome="unknown")
    return verdict._replace(
        indication=indication_of(SubIndication.GENERIC),
        sub_indication=SubIndication.GENERIC,
        checks=(first, *verdict.checks[1:]),
    )
