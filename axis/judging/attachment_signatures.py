"""Finds and judges the signatures in a document's attachments.

Signatures may be inside a file (`signing.file_kinds`), in `name.p7s` beside it, or in `name.p7m` around it.
Files with signatures inside are read in workers that can be killed. The steps of judging are in
`signing.verify`.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Any, Final

from axis.judging.workers import StoppedError, Workers
from signing.content import Content
from signing.file_formats import FileFormat, format_of, judge_cms_file
from signing.file_kinds import HEAD_BYTES, LONGEST_MARK, FileKind, holds_marks, kinds_of
from signing.file_pairs import DETACHED, ENCAPSULATED, Pairing, is_encapsulated, pair
from signing.policy import DEFAULT, Policy
from signing.verdict import SignatureVerdict
from signing.verify import JudgingContext, verify_signatures

EXAMINED_BYTES: Final = 50 * 1024 * 1024
"""The largest file whose signatures are read, which is the largest that the real axis takes. A worker holds
the file and what it makes of it. Larger files are reported as not examined."""
PIECE_BYTES: Final = 1024 * 1024
DIGESTS: Final = ("sha256", "sha384", "sha512")
"""The digests that are computed of a file with a detached signature. No policy admits others."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An attachment whose signatures are looked for: its name, its size, and a way to read its bytes."""

    name: str
    size: int
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    """Opens the bytes from their start, for one reader at a time."""


def covers(name: str) -> str:
    """Return how verdicts name an attachment in `covers`: never `manifest`."""
    return f"attachment:{name}"


def may_be_signed(enclosures: Sequence[Enclosure]) -> bool:
    """Tell quickly whether any attachment may have a signature. It may say so of one that has none."""
    names = [enclosure.name for enclosure in enclosures]
    if any(name.lower().endswith((DETACHED, ENCAPSULATED)) for name in names):
        pairing = pair(names)
        if pairing.pairs or pairing.encapsulated:
            return True
    for enclosure in enclosures:
        for kind in _kinds_of(enclosure):
            if enclosure.size > PIECE_BYTES or _holds_marks(enclosure, kind):
                return True
    return False


def examine(
    enclosures: Sequence[Enclosure], workers: Workers, context: JudgingContext
) -> list[SignatureVerdict]:
    """Judge every signature in the attachments, in their order."""
    by_name = {enclosure.name: enclosure for enclosure in enclosures}
    pairing = pair(list(by_name))
    detached = {signature for _, signature in pairing.pairs}
    verdicts: list[SignatureVerdict] = []
    for enclosure in enclosures:
        is_cms = enclosure.name not in detached and is_encapsulated(enclosure.name)
        verdicts += judge_inside(
            enclosure,
            workers,
            covers(enclosure.name),
            context,
            is_cms=is_cms,
            is_detached=enclosure.name in detached,
        )
        verdicts += _beside(enclosure, by_name, pairing, context)
    return verdicts


def judge_inside(
    enclosure: Enclosure,
    workers: Workers,
    covered: str,
    context: JudgingContext,
    *,
    is_cms: bool,
    is_detached: bool = False,
) -> tuple[SignatureVerdict, ...]:
    """Judge the signatures inside a file.

    `covered`: how verdicts name the file. `is_cms`: whether to read it as CMS if it is nothing else, because
    of its name. `is_detached`: whether a CMS is the signature of another file, over which it is judged.
    """
    kinds = _kinds_of(enclosure)
    if FileKind.CMS in kinds or (not kinds and is_cms):
        if is_detached:
            return ()
        return judge_cms_file(_all(enclosure, EXAMINED_BYTES), covered, context, max_bytes=EXAMINED_BYTES)
    for kind in kinds:
        if _holds_marks(enclosure, kind):
            form = format_of(kind)
            verdicts = form.judge(_read(enclosure, workers, form, context.policy), covered, context)
            if verdicts:
                return verdicts
    return ()


def _beside(
    enclosure: Enclosure, by_name: Mapping[str, Enclosure], pairing: Pairing, context: JudgingContext
) -> Iterator[SignatureVerdict]:
    """Judge the detached signatures beside a file, or the file if it is a signature with its content."""
    most = context.policy.max_signature_bytes
    for signed, signature in pairing.pairs:
        if signed == enclosure.name:
            content = _digests(enclosure)
            yield from verify_signatures(_all(by_name[signature], most), content, covers(signed), context)


def _read(enclosure: Enclosure, workers: Workers, form: FileFormat, policy: Policy) -> Any:
    if enclosure.size > EXAMINED_BYTES:
        return form.too_large((("found", str(enclosure.size)), ("limit", str(EXAMINED_BYTES))))
    other = (policy,) if form.takes_policy and policy is not DEFAULT else ()
    try:
        return workers.run(form.read, _all(enclosure, EXAMINED_BYTES), *other)
    except StoppedError:
        return form.abandoned


def _kinds_of(enclosure: Enclosure) -> tuple[FileKind, ...]:
    with enclosure.open() as stream:
        return kinds_of(stream.read(HEAD_BYTES))


def _holds_marks(enclosure: Enclosure, kind: FileKind) -> bool:
    """Search a file for the marks of a signature, in pieces that overlap, so that no mark is cut in two."""
    kept = b""
    with enclosure.open() as stream:
        while piece := stream.read(PIECE_BYTES):
            window = kept + piece
            if holds_marks(kind, window):
                return True
            kept = window[-LONGEST_MARK:]
    return False


def _all(enclosure: Enclosure, most: int) -> bytes:
    """Return the bytes, at most `most` and one, which shows that there are too many."""
    with enclosure.open() as stream:
        return stream.read(most + 1)


def _digests(enclosure: Enclosure) -> Content:
    """Compute the digests that a detached signature over the file may name."""
    hashes = {name: hashlib.new(name) for name in DIGESTS}
    first = b""
    with enclosure.open() as stream:
        while piece := stream.read(PIECE_BYTES):
            first = first or piece[:1]
            for each in hashes.values():
                each.update(piece)
    return Content(None, {name: each.digest() for name, each in hashes.items()}, first)
