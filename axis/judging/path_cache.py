"""Caches outcomes of path validation, each with the interval of time in which it holds.

Two documents that need the same path at once share one computation.
"""

import datetime as dt
import hashlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from signing.paths.validation import Enclosed, PathOutcome, TrustMaterial

OUTCOMES_REMEMBERED = 65_536
"""Some 60 MB at most. A hub with more active signers computes some outcomes again."""
INTERVALS_PER_PATH = 4
"""A path has more than one interval only where the clock was moved."""
STOPPED_SECONDS = 60.0
"""How long a stopped validation is not tried again, so that sending it again costs no second worker."""

_NEXT_KIND = b"\xff" * 4
"""A separator between the kinds of enclosed parts in a key. No part has this length."""

Compute = Callable[[bytes, Enclosed, TrustMaterial, dt.datetime], PathOutcome]


class PathCache:
    """Outcomes by certificate, enclosed parts and trust material."""

    def __init__(self, compute: Compute) -> None:
        self._compute = compute
        self._outcomes: dict[bytes, tuple[PathOutcome, ...]] = {}
        self._running: dict[bytes, Future[PathOutcome]] = {}
        self._stopped: dict[bytes, tuple[float, PathOutcome]] = {}
        self._lock = threading.Lock()

    def find(
        self, certificate: bytes, enclosed: Enclosed, trust: TrustMaterial, at: dt.datetime
    ) -> PathOutcome | None:
        """Return the outcome that holds at this time, if it is cached."""
        return self._known(path_key(certificate, enclosed, trust.digest), at)

    def outcome(
        self, certificate: bytes, enclosed: Enclosed, trust: TrustMaterial, at: dt.datetime
    ) -> PathOutcome:
        """Return the outcome at this time. One that is not cached is computed, which may take seconds."""
        key = path_key(certificate, enclosed, trust.digest)
        while True:
            known = self._known(key, at)
            if known is not None:
                return known
            with self._lock:
                running = self._running.get(key)
                if running is None:
                    mine: Future[PathOutcome] = Future()
                    self._running[key] = mine
                    break
            running.exception()  # another thread computes it: wait, then look again
        try:
            outcome = self._compute(certificate, enclosed, trust, at)
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            self._keep(key, outcome)
            mine.set_result(outcome)
            return outcome
        finally:
            with self._lock:
                del self._running[key]

    def _known(self, key: bytes, at: dt.datetime) -> PathOutcome | None:
        for outcome in self._outcomes.get(key, ()):
            if outcome.valid_from <= at < outcome.valid_until:
                return outcome
        until, outcome_then = self._stopped.get(key, (0.0, None))
        return outcome_then if time.monotonic() < until else None

    def _keep(self, key: bytes, outcome: PathOutcome) -> None:
        with self._lock:
            if outcome.is_stopped:
                now = time.monotonic()
                self._stopped = {old: kept for old, kept in self._stopped.items() if now < kept[0]}
                self._stopped[key] = (now + STOPPED_SECONDS, outcome)
                return
            before = self._outcomes.pop(key, ())
            if len(self._outcomes) >= OUTCOMES_REMEMBERED:
                del self._outcomes[next(iter(self._outcomes))]
            self._outcomes[key] = (outcome, *before[: INTERVALS_PER_PATH - 1])


def path_key(certificate: bytes, enclosed: Enclosed, trust: str) -> bytes:
    """Return what a path is remembered by: certificates in DER, what came along, the material's digest."""
    digest = hashlib.sha256(trust.encode())
    for part in (certificate, *enclosed.certificates):
        digest.update(len(part).to_bytes(4, "big"))
        digest.update(part)
    if enclosed.crls or enclosed.ocsps:  # most signatures enclose none
        for parts in (enclosed.crls, enclosed.ocsps):
            digest.update(_NEXT_KIND)
            for part in parts:
                digest.update(len(part).to_bytes(4, "big"))
                digest.update(part)
    return digest.digest()
