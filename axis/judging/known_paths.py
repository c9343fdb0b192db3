"""Lets other processes judge signatures with paths and owners that this process knows.

What is not known has to be judged by `axis.judging.judge`, and is known afterwards.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cryptography import x509

from axis.agencies.versioned_cache import Missing
from axis.clock import Microseconds
from axis.judging.attachment_signatures import may_be_signed
from axis.judging.judge import Signed, Trust
from axis.judging.path_cache import path_key
from signing.certificates import fingerprint
from signing.conclusion import conclude
from signing.paths.validation import Enclosed, PathOutcome
from signing.policy import Policy
from signing.verdict import DocumentVerdict
from signing.verify import Owner

PATHS_SHARED = 512
"""The most outcomes that are handed out at once. Beyond it they begin anew."""

Path = tuple[bytes, Enclosed]
"""A certificate in DER, and what was enclosed with it."""


class Known(NamedTuple):
    """Outcomes under one state of what the hub trusts; it can be pickled."""

    version: str
    """Names these contents within their process."""
    generation: int
    """`Trust.generation`: judgements are void once it is another."""
    trust: str
    """The digest of the trust material."""
    policy: Policy
    paths: Mapping[bytes, PathOutcome]
    owners: Mapping[str, Owner | None]


class NotKnownError(Exception):
    """More than arithmetic is needed."""


@dataclass(slots=True)
class Asked:
    """The paths that a judgement asked for."""

    paths: list[Path] = field(default_factory=list)


def judge_known(signed: Signed, known: Known, asked: Asked) -> DocumentVerdict:
    """Judge a document as `Trust.judge` would, with what is known.

    Raises:
        NotKnownError: where something is not known, or an attachment may be signed.

    """
    if may_be_signed(signed.enclosures):
        raise NotKnownError

    def path(certificate: bytes, enclosed: Enclosed, moment: dt.datetime) -> PathOutcome:
        asked.paths.append((certificate, enclosed))
        outcome = known.paths.get(path_key(certificate, enclosed, known.trust))
        if outcome is None or not outcome.holds_at(moment):
            raise NotKnownError
        return outcome

    def owner(certificate: x509.Certificate) -> Owner | None:
        sha256 = fingerprint(certificate)
        if sha256 not in known.owners:
            raise NotKnownError
        return known.owners[sha256]

    verdicts = signed.manifest_verdicts(signed.context(path, owner, known.policy))
    return conclude(verdicts, known.policy, known.trust, signed.main)


class KnownPaths:
    """What is handed to other processes. It is learned from documents judged in the ordinary way."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._changes = 0
        self._known = self._begin()

    def current(self) -> Known:
        """Return what is known under what the hub trusts now."""
        if self._known.generation != self._trust.generation:
            self._known = self._begin()
        return self._known

    def learn(self, asked: Iterable[Path], at: Microseconds) -> None:
        """Take over the outcomes of these paths, as far as they are remembered by now."""
        known = self.current()
        paths, owners = dict(known.paths), dict(known.owners)
        for certificate, enclosed in asked:
            sha256 = fingerprint(x509.load_der_x509_certificate(certificate))
            outcome, owner = self._trust.find_path(certificate, enclosed, at), self._trust.find_owner(sha256)
            if outcome is not None and not outcome.is_stopped:
                paths[path_key(certificate, enclosed, known.trust)] = outcome
            if not isinstance(owner, Missing):
                owners[sha256] = owner
        if max(len(paths), len(owners)) > PATHS_SHARED:
            self._known = self._begin()
        elif (paths, owners) != (known.paths, known.owners):
            self._known = known._replace(version=self._next_version(), paths=paths, owners=owners)

    def _begin(self) -> Known:
        generation = self._trust.generation  # before the material: a change in between makes this void
        trust = self._trust.material.digest
        return Known(self._next_version(), generation, trust, self._trust.policy, {}, {})

    def _next_version(self) -> str:
        self._changes += 1
        return str(self._changes)
