"""Finds and judges the signatures of files for `axis verify`: inside them, beside them, or given by option.

Files are read and paths validated in worker processes that can be killed.
"""

import contextlib
import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from axis.cli.common import RefusedError
from axis.cli.verify_attachments import attached_files, read_manifest
from axis.judging.attachment_signatures import Enclosure, judge_inside
from axis.judging.path_workers import PathWorkers
from axis.judging.workers import StoppedError, Workers
from signing.content import Content
from signing.file_pairs import DETACHED, ENCAPSULATED, signed_name
from signing.paths.validation import Enclosed, PathOutcome, TrustMaterial, abandoned
from signing.policy import Policy
from signing.verdict import SignatureVerdict
from signing.verdict_report import Report
from signing.verify import JudgingContext, TrustedTime, verify_signatures

HELD_BYTES = 64 * 1024 * 1024
"""Longer files are only digested. Signatures inside them are not looked for."""
CHUNK_BYTES = 1024 * 1024
DIGESTS = ("sha1", "sha224", "sha256", "sha384", "sha512")
HEAD_BYTES = 1024
"""How far into a file readers look for the mark of a PDF."""

_CMS_SUFFIXES = {DETACHED, ENCAPSULATED, ".p7b", ".p7c", ".p7", ".cms"}


@dataclass(frozen=True, slots=True)
class Judge:
    """How files are judged: time, policy, material and sender."""

    at: dt.datetime
    policy: Policy
    material: TrustMaterial
    sender: str | None
    workers: Workers

    def report(self, file: Path, signature: Path | None, beside: Sequence[Path] = ()) -> Report:
        """Judge all signatures of a file, and compare the files beside a manifest with it.

        Raises `OSError` and `RefusedError`.
        """
        verdicts: list[SignatureVerdict] = []
        content = file
        if (
            signature is None
            and (name := signed_name(file.name))
            and (signed := file.with_name(name)).is_file()
        ):
            verdicts += self._detached(signed, file)
            content = signed
        else:
            verdicts += self._inside(file)
        for detached in [signature] if signature is not None else _beside(file):
            verdicts += self._detached(file, detached)
        manifest = read_manifest(content) if verdicts else None
        files = () if manifest is None else attached_files(manifest, beside)
        return Report(file.name, tuple(verdicts), files)

    def _held(self, file: Path) -> bytes | None:
        return file.read_bytes() if file.stat().st_size <= HELD_BYTES else None

    def _inside(self, file: Path) -> tuple[SignatureVerdict, ...]:
        enclosure = Enclosure(file.name, file.stat().st_size, lambda: file.open("rb"))
        is_cms = file.suffix.lower() in _CMS_SUFFIXES
        return judge_inside(enclosure, self.workers, file.name, self._context(), is_cms=is_cms)

    def _detached(self, file: Path, signature: Path) -> tuple[SignatureVerdict, ...]:
        held = self._held(file)
        content = Content(held) if held is not None else _digested(file)
        with signature.open("rb") as stream:
            data = stream.read(self.policy.max_signature_bytes + 1)
        return verify_signatures(data, content, file.name, self._context())

    def _context(self) -> JudgingContext:
        time = TrustedTime(self.at)
        return JudgingContext(self.sender, time, self._path, lambda _certificate: None, self.policy)

    def _path(self, certificate: bytes, enclosed: Enclosed, at: dt.datetime) -> PathOutcome:
        try:
            return PathWorkers(self.workers).validate(certificate, enclosed, self.material, at, self.policy)
        except StoppedError:
            return abandoned(at)


def _beside(file: Path) -> Iterator[Path]:
    """Find the signatures beside a file that have its name."""
    for suffix in (DETACHED, ENCAPSULATED):
        beside = file.with_name(file.name + suffix)
        if beside.is_file():
            yield beside


def _digested(file: Path) -> Content:
    hashers = {name: hashlib.new(name, usedforsecurity=False) for name in DIGESTS}
    first = b""
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            first = first or chunk[:HEAD_BYTES]
            for each in hashers.values():
                each.update(chunk)
    return Content(None, {name: each.digest() for name, each in hashers.items()}, first)


@contextlib.contextmanager
def judging(at: dt.datetime, policy: Policy, material: TrustMaterial, sender: str | None) -> Iterator[Judge]:
    """Return a judge with a worker, which ends with the context."""
    workers = Workers(1)
    try:
        yield Judge(at, policy, material, sender, workers)
    finally:
        workers.close()


def check_arguments(files: list[Path], signature: Path | None) -> list[Path]:
    """Refuse arguments that do not fit; return the files beside a manifest. Raises `RefusedError`."""
    missing = [str(path) for path in (*files, *([signature] if signature else [])) if not path.is_file()]
    if missing:
        raise RefusedError(f"no such file: {', '.join(missing)}")
    beside = files[1:] if signature is not None else []
    if beside and read_manifest(files[0]) is None:
        raise RefusedError("--signature goes with one FILE, or with a manifest and its attachments")
    return beside
