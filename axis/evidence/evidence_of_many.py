"""Archives with the evidence of many documents: what they hold, and how they are checked.

Such an archive has the form of a single document's: stored parts and a signed list of digests. Each
document's archive is a part, `documents/ID.zip`. They are written by `axis.exports.evidence_archives`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Final

from axis.evidence.archive import ArchiveAltered, Found, NotAnArchive, read_archive
from axis.evidence.checking import Checked, check_evidence
from axis.evidence.findings import Finding
from axis.evidence.opened_archive import OpenedArchive, check_bytes, enclosed_keys, open_archive
from axis.evidence.parts import README, SUMS
from axis.judging.workers import Workers
from signing.notes import VerifierKey

COLLECTION_README: Final = """\
HỒ SƠ CHỨNG CỨ CỦA NHIỀU VĂN BẢN / EVIDENCE OF MANY DOCUMENTS

documents/ chứa hồ sơ của từng văn bản, mỗi hồ sơ có README.txt riêng. Một lệnh kiểm tra tất cả:
documents/ holds an archive for each document, each with a README.txt of its own. One command checks them all:

axis verify TÊN-TỆP.zip

Mọi phần còn nguyên / every part is whole:

    sed '/^$/,$d' SHA256SUMS | sha256sum --check --quiet
"""
_DOCUMENT: Final = re.compile(r"documents/([0-9a-f-]{36})\.zip")


@dataclass(frozen=True, slots=True)
class Collection:
    """An archive of archives whose structure is as an axis writes it."""

    archive: OpenedArchive
    documents: Sequence[str]
    """Ids, in the archive's order."""


def document_name(document: str) -> str:
    """Return where the archive of a document stands."""
    return f"documents/{document}.zip"


def open_collection(file: IO[bytes]) -> Collection | None:
    """Return the archive if it is one of many documents; None for any other, altered ones included.

    Raises:
        NotAnArchive: when it is no evidence archive at all.

    """
    try:
        found = read_archive(file, README)
    except ArchiveAltered:
        return None
    names = [each.entry.name for each in found]
    documents = [match[1] for name in names if (match := _DOCUMENT.fullmatch(name))]
    if names != [README, *map(document_name, documents), SUMS] or len(set(names)) != len(names):
        return None
    return Collection(OpenedArchive(file, {each.entry.name: each for each in found}), documents)


def check_collection(
    collection: Collection, keys: Sequence[VerifierKey], roots: Sequence[bytes], workers: Workers
) -> Iterator[tuple[str, Checked]]:
    """Check every archive of a collection; yield each document's id with what came of it.

    What is wrong with the collection itself comes first, with an empty id, and ends the check. Keys and roots
    as for `check_evidence`.
    """
    archive = collection.archive
    parts = [archive.parts[document_name(document)] for document in collection.documents]
    trusted = list(keys) or (_first_keys(archive, parts[0]) if parts else [])
    if parts and not trusted:
        yield "", Checked([Finding("altered", "keys", document_name(collection.documents[0]))])
        return
    altered = check_bytes(archive, trusted) if trusted else [Finding("unsaid", "no-key", SUMS)]
    if altered:
        yield "", Checked(altered)
        return
    for document, part in zip(collection.documents, parts, strict=True):
        yield document, _check(archive, document, part, trusted, roots, workers)


def _first_keys(archive: OpenedArchive, part: Found) -> list[VerifierKey]:
    try:
        opened = open_archive(archive.file, part.start, part.entry.size)
    except NotAnArchive:
        return []
    return enclosed_keys(opened) if isinstance(opened, OpenedArchive) else []


def _check(
    archive: OpenedArchive,
    document: str,
    part: Found,
    keys: Sequence[VerifierKey],
    roots: Sequence[bytes],
    workers: Workers,
) -> Checked:
    name = document_name(document)
    try:
        checked = check_evidence(archive.file, keys, roots, workers, start=part.start, size=part.entry.size)
    except NotAnArchive as reason:
        return Checked([Finding("contradicts", "form", name, str(reason))])
    if checked.told is not None and checked.told.statuses["document"] != document:
        found = f"it is the evidence of {checked.told.statuses['document']}"
        return Checked([*checked.findings, Finding("contradicts", "form", name, found)])
    return checked
