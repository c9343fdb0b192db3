"""The context in which one path is judged, and its form for the path validator."""

import logging
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.ltv.poe import POEManager
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    NonRevokedStatusAssertion,
    RevocationCheckingPolicy,
)
from pyhanko_certvalidator.registry import CertificateRegistry
from pyhanko_certvalidator.revinfo.archival import CRLContainer
from pyhanko_certvalidator.revinfo.manager import RevinfoManager

from signing.paths.algorithms import ChainAlgorithms
from signing.paths.asn1 import Certificate
from signing.paths.material import Material
from signing.paths.signatures import Links
from signing.policy import Policy

__all__ = ["Surroundings", "make_context", "run"]

T = TypeVar("T")

# The library logs a warning with a traceback for whatever hostile certificate it cannot follow; what became
# of it is in the verdict. Whoever wants to read them gives this logger a handler.
_QUIET: Final = logging.getLogger("pyhanko_certvalidator")
_QUIET.propagate = False
_QUIET.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The material by which a path is judged."""

    known: tuple[Certificate, ...]
    """Certificates that came along and were admitted."""
    material: Material
    """Trust material and what came along."""
    at_hand: Material
    """Trust material alone; the same value where no list and no response came along."""
    links: Links
    policy: Policy
    algorithms: ChainAlgorithms

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """All there are."""
        return (*self.material.roots, *self.material.intermediates, *self.known)


def make_context(
    around: Surroundings,
    at: datetime,
    rules: RevocationCheckingPolicy,
    certificates: Iterable[Certificate] = (),
    lists: Iterable[CRLContainer] = (),
    tolerance: timedelta = timedelta(0),
    unrevoked: Iterable[NonRevokedStatusAssertion] = (),
) -> ValidationContext:
    """Build the validator's context.

    `certificates`: those that may have signed lists. The validator keeps one for each issuer and serial
    number, so none that is not to be believed may be among them.
    """
    registry = CertificateRegistry.build(certificates)
    manager = RevinfoManager(
        certificate_registry=registry,
        poe_manager=POEManager(current_dt_override=at),
        crls=list(lists),
        ocsps=(),
        assertions=unrevoked,
    )
    return ValidationContext(
        trust_roots=list(around.material.roots),
        moment=at,
        revinfo_policy=CertRevTrustPolicy(rules, retroactive_revinfo=True),
        time_tolerance=tolerance,
        certificate_registry=registry,
        revinfo_manager=manager,
        algorithm_usage_policy=around.algorithms,
    )


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as finished:
        result: T = finished.value
        return result
    coroutine.close()
    raise RuntimeError("path validation wanted to wait, though it may fetch nothing")
