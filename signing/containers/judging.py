"""Judges the signatures of containers and messages, from what was read of them.

It adds checks of the container to steps 0 and 2; the others are in `signing.verify` and
`signing.xmldsig.judging`.
"""

from typing import Final

from signing.containers.findings import ContainerSignature, ContainerSignatures, Reading
from signing.content import Content
from signing.judging_context import Findings, JudgingContext, Question
from signing.verdict import SignatureVerdict
from signing.verdict_vocabulary import SubIndication
from signing.verify import judge_cms, unreadable
from signing.xmldsig.judging import judge_xml_signature
from signing.xmldsig.reading import XmlSignature

__all__ = ["judge_container"]

_WRONG: Final = frozenset({SubIndication.HASH_FAILURE, SubIndication.SIG_CRYPTO_FAILURE})
_SHOWN_ENTRIES: Final = 8
"""The most files that a verdict names."""


def judge_container(
    read: ContainerSignatures,
    covers: str,
    context: JudgingContext,
) -> tuple[SignatureVerdict, ...]:
    """Judge the findings about a container: a verdict for each signer; none where nothing is signed.

    `covers`: how to name the container; a signature over a part of it names its files behind it, as
    `name#file`.
    """
    question = context.question(Content(b""), covers)
    verdicts: list[SignatureVerdict] = []
    for signature in read.signatures:
        verdicts += _judge(question, read.format, signature)
    if read.problem:
        reason = dict(read.problem)["reason"]
        verdicts.append(unreadable(question, read.format, reason, read.problem, is_undecided=True))
    return tuple(verdicts)


def _judge(question: Question, name: str, signature: ContainerSignature) -> tuple[SignatureVerdict, ...]:
    """Judge one signature by each of its readings, until one is right."""
    first: tuple[SignatureVerdict, ...] = ()
    for reading in signature.readings:
        verdicts = tuple(map(_in_order, _judge_reading(question, name, signature, reading)))
        if not any(each.sub_indication in _WRONG for each in verdicts):
            return verdicts
        first = first or verdicts
    return first


def _judge_reading(
    question: Question, name: str, signature: ContainerSignature, reading: Reading
) -> tuple[SignatureVerdict, ...]:
    shown = reading.entries[:_SHOWN_ENTRIES]
    if shown:
        more = ",…" if len(reading.entries) > len(shown) else ""
        question = question._replace(covers=f"{question.covers}#{','.join(shown)}{more}")

    def look(findings: Findings) -> None:
        for each in reading.observations:
            findings.checks.append(each.check)
            if each.word is not None:
                findings.note(each.word, each.params)

    def look_xml(findings: Findings, _signature: XmlSignature) -> None:
        look(findings)

    if signature.xml is not None:
        return (judge_xml_signature(question, signature.xml, name, look_xml),)
    is_encapsulated = reading.content is None
    content = reading.content or Content(b"")
    return judge_cms(
        question._replace(content=content),
        signature.cms or b"",
        is_encapsulated=is_encapsulated,
        name=name,
        look=look,
    )


def _in_order(verdict: SignatureVerdict) -> SignatureVerdict:
    return verdict._replace(checks=tuple(sorted(verdict.checks, key=lambda check: check.step)))
