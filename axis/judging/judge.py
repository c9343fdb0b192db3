"""Judges a document's signatures with what the hub trusts now.

It gives `signing.verify` the trust material, the cached paths, and the owners of registered certificates.
Whether a verdict refuses the document is decided in `axis.intake.verdict_policy`.
"""

import asyncio
import datetime as dt
import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from cryptography import x509

from axis.agencies.versioned_cache import Missing, VersionedCache
from axis.clock import Microseconds, to_datetime
from axis.database import Database, Read
from axis.database.store_facts import version
from axis.judging.attachment_signatures import Enclosure, covers, examine, may_be_signed
from axis.judging.path_cache import PathCache
from axis.judging.path_workers import PathWorkers
from axis.judging.rejudging_delays import Retries
from axis.judging.workers import StoppedError, Workers
from axis.protocol.agency_codes import AgencyCode
from axis.settings import Settings
from axis.trust import queries
from axis.trust.kept_material import MaterialSources, TrustIndex
from axis.trust.material import (
    NOTHING,
    Fetched,
    FolderState,
    LeftOut,
    folder_state,
    read_fetched,
    read_folder,
    read_material,
)
from axis.trust.revocation_sources import Wanted
from signing.certificates import fingerprint
from signing.conclusion import MANIFEST, conclude
from signing.paths.validation import Enclosed, PathOutcome, TrustMaterial, abandoned
from signing.policy import DEFAULT, Policy
from signing.verdict import DocumentVerdict, SignatureVerdict
from signing.verify import Binder, JudgingContext, Owner, PathJudge, TrustedTime, verify_signatures

BINDINGS_REMEMBERED = 65_536
THREADS = 8
"""Threads in which documents wait whose paths are not cached, so that they block neither others nor the event
loop."""
_log = logging.getLogger("axis.trust")


@dataclass(frozen=True, slots=True)
class Signed:
    """A document whose signatures are to be judged."""

    manifest: bytes
    signatures: Sequence[bytes]
    """Detached CMS over the manifest."""
    sender: AgencyCode
    accepted_at: Microseconds
    enclosures: Sequence[Enclosure] = ()
    """The attachments, the main one first."""

    @property
    def main(self) -> str | None:
        """How verdicts name the main attachment; None where there is no attachment."""
        return covers(self.enclosures[0].name) if self.enclosures else None

    def context(self, paths: PathJudge, binder: Binder, policy: Policy) -> JudgingContext:
        """Return what its signatures are judged by, as of its acceptance."""
        accepted_at = TrustedTime(to_datetime(self.accepted_at), "acceptance")
        return JudgingContext(self.sender, accepted_at, paths, binder, policy)

    def manifest_verdicts(self, context: JudgingContext) -> list[SignatureVerdict]:
        """Judge the signatures over the manifest."""
        return [
            verdict
            for signature in self.signatures
            for verdict in verify_signatures(signature, self.manifest, MANIFEST, context)
        ]


@dataclass(frozen=True, slots=True)
class Judged:
    """A document's verdict, and a way to get the material it rested on."""

    verdict: DocumentVerdict
    find_material: Callable[[Collection[str]], Mapping[str, bytes]]
    """Returns the bytes with these digests, as far as they are at hand, for whoever records the verdict."""


@dataclass(frozen=True, slots=True)
class Supposition:
    """What is supposed where somebody asks what a verdict would be."""

    policy: Policy
    material: TrustMaterial
    at: Microseconds | None
    """The trusted time; None: when the document was accepted."""
    paths: PathCache
    """Outcomes under this policy alone (`Trust.supposed_paths`)."""


class _NotKnownError(Exception):
    """The answer is not in memory: something has to be computed or read first."""


class Trust:
    """What the hub trusts, and the cached results of validating paths."""

    def __init__(self, database: Database, settings: Settings, *, policy: Policy = DEFAULT) -> None:
        self._database = database
        self._folder = settings.trust_dir
        self._policy = policy
        self.retries = Retries()
        self._workers = Workers(on_stop=self.retries.note)
        self._path_workers = PathWorkers(self._workers)
        self._paths = PathCache(self._validate)
        self._index = TrustIndex()
        self._bindings: VersionedCache[str, Owner | None] = VersionedCache(BINDINGS_REMEMBERED)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="axis-trust")
        self._reloading = threading.Lock()
        self.wanted = Wanted(frozenset(settings.revocation_hosts or ()))
        self._folder_state: FolderState | None = None
        self._fetched = Fetched()
        self._files = NOTHING
        self._material = NOTHING.material
        self._left_out: tuple[LeftOut, ...] = ()
        self.generation = 0
        """How often what is trusted was read anew. What was judged under an earlier one may not hold."""
        with database.read() as tx:
            self.reload(tx)

    @property
    def material(self) -> TrustMaterial:
        """Anchors, issuers and lists as they are now. Verdicts name its digest."""
        return self._material

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The trust material that cannot be used, with reasons."""
        return self._left_out

    @property
    def policy(self) -> Policy:
        """The standing policy."""
        return self._policy

    def warm_up(self) -> None:
        """Start a path worker in the background before the first document comes."""
        self._threads.submit(self._workers.warm)

    def close(self) -> None:
        """Kill the workers. Nothing may be judged afterwards."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._workers.close()

    def reload(self, tx: Read) -> None:
        """Read the trust material again and forget the owners of certificates: the store has changed."""
        with self._reloading:
            state = folder_state(self._folder)  # before the files, so that a later change is seen
            if state != self._folder_state:  # large lists are not read again for each new token
                self._files, self._folder_state = read_folder(self._folder), state
            self._fetched = read_fetched(tx, self._fetched)
            material, left_out = read_material(tx, self._files, self._fetched)
            self._bindings.forget(version(tx))
            if material.digest != self._material.digest:
                self._material = material
                facts = {"digest": material.digest, "roots": len(material.roots), "lists": len(material.crls)}
                _log.info("trust material changed", extra={"facts": facts})
            self._tell(left_out)
            self.generation += 1  # last: whoever sees the new number sees the new material too

    def reload_changed_files(self) -> bool:
        """Read the trust material again if files of the folder have changed; return whether they have."""
        if folder_state(self._folder) == self._folder_state:
            return False
        with self._database.read() as tx:
            self.reload(tx)
        return True

    def _tell(self, left_out: tuple[LeftOut, ...]) -> None:
        """Log what is newly left out, and what is used again, each once."""
        before, self._left_out = self._left_out, left_out
        for each in left_out:
            if each not in before:
                _log.warning("trust material is left out", extra={"facts": each._asdict()})
        for each in before:
            if each not in left_out:
                _log.info("trust material is left out no more", extra={"facts": each._asdict()})

    async def judge(self, signed: Signed) -> Judged:
        """Judge a document's signatures as of its acceptance.

        Where every path is cached and no attachment is signed, only arithmetic is left, which is done at
        once. Otherwise a thread does it, with a worker.
        """
        if not may_be_signed(signed.enclosures):
            try:
                return self._judge(signed, (), self._known_path, self._known_owner)
            except _NotKnownError:
                pass
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.judge_blocking, signed)

    def judge_blocking(self, signed: Signed) -> Judged:
        """Judge as `judge` does, in this thread. It may take seconds."""
        judged = self._judge(signed, signed.enclosures, self._paths.outcome, self.owner_of)
        self._index.parts(self._material)  # slow, so it is done here and not in the writer's thread
        return judged

    def supposed_paths(self, policy: Policy) -> PathCache:
        """Return a cache for the paths under another policy. Nothing is fetched for what is supposed."""

        def validate(
            certificate: bytes, enclosed: Enclosed, trust: TrustMaterial, at: dt.datetime
        ) -> PathOutcome:
            try:
                return self._path_workers.validate(certificate, enclosed, trust, at, policy)
            except StoppedError:
                return abandoned(at)

        return PathCache(validate)

    def judge_supposing(self, signed: Signed, supposed: Supposition) -> DocumentVerdict:
        """Return what a verdict would be. It is for whoever asked, and recorded nowhere among verdicts."""
        moment = signed.accepted_at if supposed.at is None else supposed.at
        then = replace(signed, accepted_at=moment)
        binder, find_path = self.owner_of, supposed.paths.outcome
        return self._judge(
            then, signed.enclosures, find_path, binder, supposed.material, supposed.policy
        ).verdict

    def _judge(
        self,
        signed: Signed,
        enclosures: Sequence[Enclosure],
        find_path: Callable[[bytes, Enclosed, TrustMaterial, dt.datetime], PathOutcome],
        binder: Callable[[x509.Certificate], Owner | None],
        material: TrustMaterial | None = None,
        policy: Policy | None = None,
    ) -> Judged:
        trust = material or self._material  # one for the whole document, even if it is reloaded meanwhile
        policy = policy or self._policy
        sources = MaterialSources(trust, self._index)

        def paths(certificate: bytes, enclosed: Enclosed, moment: dt.datetime) -> PathOutcome:
            sources.add(certificate, enclosed)
            return find_path(certificate, enclosed, trust, moment)

        context = signed.context(paths, binder, policy)
        verdicts = signed.manifest_verdicts(context)
        if enclosures:
            verdicts += examine(enclosures, self._workers, context)
        sources.add_tokens(verdicts)
        return Judged(conclude(verdicts, policy, trust.digest, signed.main), sources.find)

    def _known_path(
        self, certificate: bytes, enclosed: Enclosed, trust: TrustMaterial, at: dt.datetime
    ) -> PathOutcome:
        outcome = self._paths.find(certificate, enclosed, trust, at)
        if outcome is None:
            raise _NotKnownError
        return outcome

    def find_path(self, certificate: bytes, enclosed: Enclosed, at: Microseconds) -> PathOutcome | None:
        """Return the outcome of validating a path, if it is remembered."""
        return self._paths.find(certificate, enclosed, self._material, to_datetime(at))

    def find_owner(self, sha256: str) -> Owner | Missing | None:
        """Return the owner of a registered certificate, None where it is not registered, if that is known."""
        return self._bindings.get(sha256)

    def _validate(
        self, certificate: bytes, enclosed: Enclosed, trust: TrustMaterial, at: dt.datetime
    ) -> PathOutcome:
        try:
            outcome = self._path_workers.validate(certificate, enclosed, trust, at)
        except StoppedError:
            _log.warning("path validation was stopped to protect the hub")
            return abandoned(at)
        self.wanted.note(outcome, certificate, enclosed, trust)
        return outcome

    def _known_owner(self, certificate: x509.Certificate) -> Owner | None:
        owner = self._bindings.get(fingerprint(certificate))
        if isinstance(owner, Missing):
            raise _NotKnownError
        return owner

    def owner_of(self, certificate: x509.Certificate) -> Owner | None:
        """Return the owner of a registered certificate, None where it is not registered."""
        sha256 = fingerprint(certificate)
        known = self._bindings.get(sha256)
        if not isinstance(known, Missing):
            return known
        with self._database.read() as tx:
            at_version = version(tx)
            row = queries.registration(tx, sha256)
        owner = None if row is None else Owner(row.agency, row.kind)
        self._bindings.put(at_version, sha256, owner)
        return owner
