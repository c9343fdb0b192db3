"""Judges files that somebody hands in at `/verify`: evidence, a manifest with its signature, or signed files.

It works in a pool of its own, so that documents do not wait for it. The procedures are those of `axis verify`
(`axis.evidence.checking`, `signing.verify`), with what this hub trusts.
"""

import datetime as dt
import hashlib
import io
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from axis.agencies.admission import Admission
from axis.evidence.archive import NotAnArchive
from axis.evidence.checking import Checked, check_evidence
from axis.judging.attachment_signatures import Enclosure, examine
from axis.judging.judge import Trust
from axis.judging.path_workers import PathWorkers
from axis.judging.workers import StoppedError, Workers
from axis.protocol.errors import AxisError
from axis.protocol.manifest import Manifest, parse_manifest
from axis.protocol.manifest_limits import WIDE_LIMITS
from signing.attached_files import AttachedFile, FileFacts, compare
from signing.content import Content
from signing.file_pairs import DETACHED, pair
from signing.notes import VerifierKey
from signing.paths.validation import Enclosed, PathOutcome, abandoned
from signing.verdict import SignatureVerdict
from signing.verdict_report import overall
from signing.verdict_vocabulary import Indication
from signing.verify import JudgingContext, TrustedTime, verify_signatures

AT_ONCE: Final = 2
"""So many are judged at once, one of one address."""
MOST_BYTES: Final = 20 * 1024 * 1024
_STRANGE_LEDGER: Final = "sums"
"""The finding where the list of digests is signed by none of the keys that were asked for."""


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """What came of files."""

    verdicts: Sequence[SignatureVerdict]
    manifest: Manifest | None = None
    compared: Sequence[AttachedFile] = ()
    """Where there is a signed manifest: the files that it names, and those beside it."""

    @property
    def indication(self) -> Indication | None:
        """What they come to together; an altered file fails with its manifest."""
        if any(each.outcome == "altered" for each in self.compared):
            return Indication.TOTAL_FAILED
        return overall(self.verdicts)


@dataclass(frozen=True, slots=True)
class FoundEvidence:
    """What came of an evidence archive."""

    checked: Checked
    is_of_this_ledger: bool
    """Otherwise the archive's own key vouches for it."""


class FileVerification:
    """The pool, and who may use it. Its processes start when they are needed."""

    def __init__(self) -> None:
        self._workers = Workers(AT_ONCE)
        self._admission = Admission(AT_ONCE, 1)

    def one(self, address: str) -> AbstractContextManager[None]:
        """Hold a place for an address. Raises as `Admission.one`."""
        return self._admission.one(address)

    def close(self) -> None:
        """Kill the workers."""
        self._workers.close()

    def verify(
        self, files: Mapping[str, bytes], trust: Trust, keys: Sequence[VerifierKey], at: dt.datetime
    ) -> FoundEvidence | FoundFiles:
        """Judge files by their names; what no time-stamp says is judged as of `at`."""
        if len(files) == 1:
            try:
                return self._evidence(next(iter(files.values())), trust, keys)
            except NotAnArchive:
                pass
        return self._files(files, trust, at)

    def _evidence(self, content: bytes, trust: Trust, keys: Sequence[VerifierKey]) -> FoundEvidence:
        roots = trust.material.roots
        checked = check_evidence(io.BytesIO(content), keys, roots, self._workers)
        if not any(each.code == _STRANGE_LEDGER for each in checked.findings):
            return FoundEvidence(checked, is_of_this_ledger=True)
        return FoundEvidence(
            check_evidence(io.BytesIO(content), (), roots, self._workers), is_of_this_ledger=False
        )

    def _files(self, files: Mapping[str, bytes], trust: Trust, at: dt.datetime) -> FoundFiles:
        manifest, name = _manifest_among(files)
        sender = None if manifest is None else manifest.sender
        context = JudgingContext(
            sender, TrustedTime(at), self._path_judge(trust), trust.owner_of, trust.policy
        )
        signatures = _over_the_manifest(files, name)
        verdicts = [
            verdict
            for signature in signatures
            for verdict in verify_signatures(
                files[signature][: trust.policy.max_signature_bytes + 1], Content(files[name]), name, context
            )
        ]
        others = {each: content for each, content in files.items() if each not in {name, *signatures}}
        verdicts += examine([_enclosure(*each) for each in others.items()], self._workers, context)
        if manifest is None or not signatures:
            return FoundFiles(verdicts)
        named = [FileFacts(each.name, each.size, each.sha256) for each in manifest.attachments]
        given = [
            FileFacts(each, len(content), hashlib.sha256(content).hexdigest())
            for each, content in others.items()
        ]
        return FoundFiles(verdicts, manifest, compare(named, given))

    def _path_judge(self, trust: Trust) -> "PathJudgeOfPool":
        return PathJudgeOfPool(self._workers, trust)


@dataclass(frozen=True, slots=True)
class PathJudgeOfPool:
    """Validates paths in the pool, by what the hub trusts now."""

    workers: Workers
    trust: Trust

    def __call__(self, certificate: bytes, enclosed: Enclosed, at: dt.datetime) -> PathOutcome:
        """Validate a path; one that had to be stopped is undecided."""
        try:
            return PathWorkers(self.workers).validate(
                certificate, enclosed, self.trust.material, at, self.trust.policy
            )
        except StoppedError:
            return abandoned(at)


def _manifest_among(files: Mapping[str, bytes]) -> tuple[Manifest | None, str]:
    """Return the first file that is a manifest, and its name; None and no name where there is none."""
    for name, content in files.items():
        if len(content) <= WIDE_LIMITS.bytes and content.lstrip()[:1] == b"{":
            try:
                return parse_manifest(content, WIDE_LIMITS), name
            except AxisError:
                continue
    return None, ""


def _over_the_manifest(files: Mapping[str, bytes], name: str) -> list[str]:
    """Return the signatures over the manifest: those beside no other file."""
    if not name:
        return []
    pairs = {signature: file for file, signature in pair(list(files)).pairs}
    return [each for each in files if each.lower().endswith(DETACHED) and pairs.get(each, name) == name]


def _enclosure(name: str, content: bytes) -> Enclosure:
    return Enclosure(name, len(content), lambda: io.BytesIO(content))
