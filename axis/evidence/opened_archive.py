"""Opens an evidence archive and checks its bytes against the signed list of digests.

Parts are read where they stand and not unpacked. What they say is checked by `axis.evidence.parts_checks`.
"""

import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

from axis.evidence.archive import ArchiveAltered, Found, pieces_of, read_archive
from axis.evidence.findings import Finding
from axis.evidence.parts import ALWAYS, KEYS, MAX_SUMS_BYTES, README, SUMS, place_of, read_sums
from signing.errors import SigningError
from signing.notes import VerifierKey, open_note, read_verifier_key

MAX_HELD_BYTES: Final = 64 * 1024 * 1024
"""The largest part that is held in memory; attachments are read in pieces."""
MAX_KEYS_BYTES: Final = 64 * 1024


class PartUnreadable(Exception):
    """A part is too large to be held, or not there; it carries the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class OpenedArchive:
    """An evidence archive whose structure is as an axis writes it."""

    file: IO[bytes]
    parts: Mapping[str, Found]

    def content(self, name: str, most: int = MAX_HELD_BYTES) -> bytes:
        """Return a part's bytes. Raises `PartUnreadable`."""
        found = self.parts.get(name)
        if found is None:
            raise PartUnreadable(Finding("altered", "missing", name))
        if found.entry.size > most:
            raise PartUnreadable(Finding("altered", "too-large", name, str(found.entry.size), str(most)))
        return b"".join(pieces_of(self.file, found))

    def text(self, name: str, most: int = MAX_HELD_BYTES) -> str:
        """Return a part's text. Raises `PartUnreadable`."""
        try:
            return self.content(name, most).decode()
        except UnicodeDecodeError:
            raise PartUnreadable(Finding("altered", "form", name, "it is no UTF-8")) from None

    def names(self, folder: str) -> list[str]:
        """Return the names of the parts of a folder, in the archive's order."""
        return [name for name in self.parts if name.startswith(f"{folder}/")]

    def stream(self, name: str) -> IO[bytes]:
        """Open a part to be read in pieces; one at a time, as all share the file."""
        return io.BufferedReader(_Window(self.file, self.parts[name]))

    def sha256(self, name: str) -> str:
        """Compute a part's digest."""
        digest = hashlib.sha256()
        for piece in pieces_of(self.file, self.parts[name]):
            digest.update(piece)
        return digest.hexdigest()


def open_archive(
    file: IO[bytes], start: int = 0, size: int | None = None
) -> OpenedArchive | Sequence[Finding]:
    """Open an archive, or say how its structure or its list of parts was altered.

    Raises:
        NotAnArchive: when it is no evidence archive at all.

    """
    try:
        found = read_archive(file, README, start, size)
    except ArchiveAltered as altered:
        return [Finding("altered", "structure", "", str(altered))]
    names = [each.entry.name for each in found]
    findings = list(_misplaced(names))
    findings += [Finding("altered", "missing", name) for name in ALWAYS if name not in names]
    return findings or OpenedArchive(file, {each.entry.name: each for each in found})


def check_bytes(archive: OpenedArchive, keys: Sequence[VerifierKey]) -> list[Finding]:
    """Compare every part with the signed list of digests; name each that was altered."""
    try:
        note = archive.text(SUMS, MAX_SUMS_BYTES)
    except PartUnreadable as unreadable:
        return [unreadable.finding]
    text = next((opened for key in keys if (opened := _opened(note, key)) is not None), None)
    digests = read_sums(note.partition("\n\n")[0] if text is None else text)
    findings = [] if text is not None else [Finding("altered", "sums", SUMS, "", ", ".join(map(str, keys)))]
    if digests is None:
        return findings or [Finding("altered", "form", SUMS, "it is no list of digests")]
    for name, found in archive.parts.items():
        if name == SUMS:
            continue
        if name not in digests:
            findings.append(Finding("altered", "unlisted", name))
        elif (damage := _damage(archive, found, digests[name])) is not None:
            findings.append(Finding("altered", damage, name))
    findings += [Finding("altered", "missing", name) for name in digests if name not in archive.parts]
    return findings


def enclosed_keys(archive: OpenedArchive) -> list[VerifierKey]:
    """Return the ledger's keys that the archive encloses; none where it has none that can be read."""
    try:
        lines = archive.text(KEYS, MAX_KEYS_BYTES).splitlines()
        return [read_verifier_key(line) for line in lines if line]
    except (PartUnreadable, SigningError):
        return []


def _misplaced(names: Iterable[str]) -> Iterator[Finding]:
    reached, seen = -1, set()
    for name in names:
        place = place_of(name)
        if place is None:
            yield Finding("altered", "stranger", name)
        elif place < reached or name in seen:
            yield Finding("altered", "order", name)
        seen.add(name)
        reached = max(reached, -1 if place is None else place)


def _opened(note: str, key: VerifierKey) -> str | None:
    try:
        return open_note(note, key, max_bytes=MAX_SUMS_BYTES)
    except SigningError:
        return None


def _damage(archive: OpenedArchive, found: Found, sha256: str) -> str | None:
    """Return the code of what is wrong with a part's bytes, or with what its header says of them."""
    digest, crc32 = hashlib.sha256(), 0
    for piece in pieces_of(archive.file, found):
        digest.update(piece)
        crc32 = zlib.crc32(piece, crc32)
    if digest.hexdigest() != sha256:
        return "digest"
    return None if crc32 == found.entry.crc32 else "checksum"


class _Window(io.RawIOBase):
    """A part as a file to read."""

    def __init__(self, file: IO[bytes], found: Found) -> None:
        self._file = file
        self._at, self._end = found.start, found.start + found.entry.size

    def readable(self) -> bool:
        """Return True: it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer; return how many bytes, 0 at the end."""
        self._file.seek(self._at)
        piece = self._file.read(min(len(buffer), self._end - self._at))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)
