"""Checks an evidence archive offline, step by step; each step rests on those before it.

1. structure: it is an archive as an axis writes it
2. bytes: every part has the digest of the signed list
3. parts can be read
4. receipts: signature of the checkpoint, place of the leaf
5. leaves, files and material say what the parts say
6. signatures are judged again, as of the time that the ledger proves
7. the page says what the parts say

The first step that finds something ends the check. docs/evidence.md.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Final

from axis.evidence.archive import NotAnArchive
from axis.evidence.findings import Finding
from axis.evidence.judging_again import check_verdicts, registered_owners
from axis.evidence.opened_archive import (
    OpenedArchive,
    PartUnreadable,
    check_bytes,
    enclosed_keys,
    open_archive,
)
from axis.evidence.parts import KEYS, VERDICTS
from axis.evidence.parts_checks import (
    BAD_FORM,
    Proven,
    Told,
    check_files,
    check_leaves,
    check_page,
    read_receipts,
    read_told,
)
from axis.judging.workers import Workers
from signing.notes import VerifierKey

__all__ = ["Checked", "NotAnArchive", "check_evidence"]

HOLDS: Final = 0
ALTERED: Final = 1
UNSAID: Final = 2


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking one archive."""

    findings: Sequence[Finding]
    told: Told | None = None
    """What the archive says of the document, where it could be read."""
    proven: Proven | None = None
    owners: Sequence[str] = ()
    """Signers whose certificates are their agency's on the hub's word alone."""

    @property
    def status(self) -> int:
        """0: everything holds; 1: something was altered or contradicts; 2: something could not be told."""
        kinds = {each.kind for each in self.findings if each.code != "page-version"}
        return ALTERED if kinds - {"unsaid"} else UNSAID if kinds else HOLDS


def check_evidence(
    file: IO[bytes],
    keys: Sequence[VerifierKey],
    roots: Sequence[bytes],
    workers: Workers,
    *,
    start: int = 0,
    size: int | None = None,
) -> Checked:
    """Check an archive that begins at `start` of a file.

    `keys`: the ledger's keys that are trusted, and `roots`: the trusted roots in DER; with none, the
    enclosed ones are taken. `workers` read attachments and validate paths.

    Raises:
        NotAnArchive: when it is no evidence archive at all.

    """
    archive = open_archive(file, start, size)
    if not isinstance(archive, OpenedArchive):
        return Checked(archive)
    trusted = list(keys) or enclosed_keys(archive)
    if not trusted:
        return Checked([Finding("altered", "keys", KEYS)])
    findings = check_bytes(archive, trusted)
    if findings:
        return Checked(findings)
    try:
        return _check_contents(archive, trusted, roots, workers)
    except PartUnreadable as unreadable:
        return Checked([unreadable.finding])


def _check_contents(
    archive: OpenedArchive, keys: Sequence[VerifierKey], roots: Sequence[bytes], workers: Workers
) -> Checked:
    told = read_told(archive)
    proven = read_receipts(archive, keys)
    if not isinstance(proven, Proven):
        return Checked(proven)
    steps: tuple[Callable[[], Iterable[Finding]], ...] = (
        lambda: check_leaves(archive, told, proven),
        lambda: check_files(archive, told),
        lambda: check_verdicts(archive, told, roots, workers),
        lambda: check_page(archive, told),
    )
    found: list[Finding] = []
    try:
        for step in steps:
            found += step()
            if any(each.kind != "unsaid" for each in found):
                break
        owners = registered_owners(told)
    except BAD_FORM as error:
        reason = f"it has not the form of such a part ({type(error).__name__})"
        return Checked([*found, Finding("contradicts", "form", VERDICTS, reason)])
    return Checked(found, told, proven, owners)
