"""Validates paths in worker processes that can be killed.

Each worker keeps the trust material of its last path, since lists have megabytes. `axis.judging.path_cache`
caches the outcomes.
"""

import datetime as dt

from axis.judging.workers import Memory, StoppedError, Workers
from signing.paths.validation import Enclosed, PathOutcome, TrustMaterial, validate_path
from signing.policy import DEFAULT, Policy

_MATERIAL = "material"


class PathWorkers:
    """Validates paths in a few worker processes."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def validate(
        self,
        certificate: bytes,
        enclosed: Enclosed,
        trust: TrustMaterial,
        at: dt.datetime,
        policy: Policy = DEFAULT,
    ) -> PathOutcome:
        """Validate a path in a worker, after waiting for a free one. Arguments as for `validate_path`.

        Raises:
            StoppedError: when the worker had to be killed, or died.

        """
        with self._workers.borrowed() as worker:
            material = None if worker.knows == trust.digest else trust
            outcome = worker.call(_validate, certificate, enclosed, material, at, policy)
            if not isinstance(outcome, PathOutcome):
                raise StoppedError
            worker.knows = trust.digest
            return outcome


def _validate(
    memory: Memory,
    certificate: bytes,
    enclosed: Enclosed,
    material: TrustMaterial | None,
    at: dt.datetime,
    policy: Policy,
) -> PathOutcome:
    trust = memory[_MATERIAL] = material or memory[_MATERIAL]
    return validate_path(certificate, enclosed, trust, at, policy)
