"""Validates a certificate's path to a trusted root, with revocation, as of a given time.

It joins the steps of this package into one outcome, with the interval in which that holds, and may run in a
process that can be killed. docs/decisions/signing-crl-time.md.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from signing.paths.algorithms import ChainAlgorithms
from signing.paths.asn1 import Certificate, load_certificate
from signing.paths.context import Surroundings
from signing.paths.evaluation import Evaluation, evaluate, is_consistent
from signing.paths.material import Material, admitted, change_points, read_material, with_enclosed
from signing.paths.search import build_paths
from signing.paths.signatures import Links, OverBudget
from signing.policy import DEFAULT, Policy
from signing.verdict_vocabulary import (
    STOPPED,
    Check,
    Indication,
    MaterialDigest,
    Params,
    SubIndication,
    decisive,
    indication_of,
)

__all__ = ["Enclosed", "PathOutcome", "TrustMaterial", "abandoned", "validate_path"]

BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
END: Final = datetime.max.replace(tzinfo=UTC)

_BEST_FIRST: Final = (
    None,
    SubIndication.REVOKED,
    SubIndication.EXPIRED,
    SubIndication.NOT_YET_VALID,
    SubIndication.TRY_LATER,
)
"""The order of preference among several paths that fail."""


@dataclass(frozen=True, slots=True)
class TrustMaterial:
    """Trusted roots, known issuers and revocation data, all in DER."""

    roots: tuple[bytes, ...]
    """Trusted by decision, whatever their dates and signatures say."""
    intermediates: tuple[bytes, ...] = ()
    """Known issuers, which are trusted only with a path to a root."""
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    """OCSP responses."""
    names: Mapping[bytes, str] = field(default_factory=dict, compare=False)
    """Where parts came from, as an operator calls it: a file, an address. For people; it decides nothing."""
    digest: str = field(init=False)
    """SHA-256 over the sorted parts, lower-case hexadecimal: what a verdict names as its trust."""

    def __post_init__(self) -> None:
        """Work out the digest once: every verdict names it."""
        total = hashlib.sha256()
        labelled = ((b"r", self.roots), (b"i", self.intermediates), (b"c", self.crls), (b"o", self.ocsps))
        for label, parts in labelled:
            for part in sorted(set(parts)):
                total.update(label + hashlib.sha256(part).digest())
        object.__setattr__(self, "digest", total.hexdigest())


class Enclosed(NamedTuple):
    """What a signature encloses, in DER. It counts only as far as it is signed itself."""

    certificates: tuple[bytes, ...] = ()
    """Those beside the signer's own."""
    crls: tuple[bytes, ...] = ()
    """Revocation lists, complete and delta."""
    ocsps: tuple[bytes, ...] = ()
    """OCSP responses, each an `OCSPResponse` (RFC 6960 §4.2.1)."""

    def beside(self, certificate: bytes) -> "Enclosed":
        """Leave out this certificate (DER), which is the one asked about."""
        others = tuple([der for der in self.certificates if der != certificate])
        return Enclosed(others, self.crls, self.ocsps)

    def and_also(self, other: "Enclosed") -> "Enclosed":
        """Add the lists and responses that came along elsewhere; what is there already stays first."""
        if not other.crls and not other.ocsps:
            return self
        crls, ocsps = (*self.crls, *other.crls), (*self.ocsps, *other.ocsps)
        return Enclosed(self.certificates, tuple(dict.fromkeys(crls)), tuple(dict.fromkeys(ocsps)))


@dataclass(frozen=True, slots=True)
class PathOutcome:
    """The answer, and the interval in which it holds."""

    indication: Indication
    sub_indication: SubIndication | None
    checks: tuple[Check, ...]
    """Those of steps 4 and 5."""
    params: Params
    chain: tuple[str, ...]
    """SHA-256 of each certificate, the signer's first, the root's last; empty without a path."""
    valid_from: datetime
    """Inclusive."""
    valid_until: datetime
    """Exclusive."""
    material: tuple[MaterialDigest, ...] = ()
    """All that the answer rested on: the chain, then lists, responses and the certificates they needed."""

    @property
    def is_stopped(self) -> bool:
        """Whether nothing was found out, since validation was stopped."""
        return self.params == STOPPED

    @property
    def rested_on(self) -> tuple[str, ...]:
        """SHA-256 of what the answer rested on besides the chain: lists, responses, certificates of issuers.

        Each is the digest of a whole item of the trust material or of what came along.
        """
        return tuple(sha256 for _, sha256 in self.material if sha256 not in self.chain)

    def holds_at(self, at: datetime) -> bool:
        """Whether this is the answer for `at` too, given the same material."""
        return self.valid_from <= at < self.valid_until


def abandoned(at: datetime) -> PathOutcome:
    """Make the outcome of a validation that was stopped to protect the computer: nothing is known."""
    word = SubIndication.GENERIC
    checks = (
        Check(4, "certificate-path", "unknown", "stopped"),
        Check(4, "certificate-usage", "unknown"),
        Check(5, "revocation", "unknown"),
    )
    return PathOutcome(indication_of(word), word, checks, STOPPED, (), *_only(at))


def validate_path(
    certificate_der: bytes,
    enclosed: Enclosed,
    trust: TrustMaterial,
    at: datetime,
    policy: Policy = DEFAULT,
) -> PathOutcome:
    """Validate the path from a certificate to a root of `trust`, as of the time `at` (with a zone).

    `enclosed`: what came with the signature; nothing is believed of it that no signature proves, and more
    than the policy admits is left out. Raises nothing, whatever the certificates are.
    """
    try:
        return _validated(certificate_der, enclosed, trust, at, policy)
    except MemoryError:
        raise  # the worker's budget: its keeper answers for it
    except Exception:  # noqa: BLE001 hostile certificates make the libraries raise all there is
        return _failed(
            SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, "malformed-certificate", None, _only(at)
        )


def _validated(
    certificate_der: bytes, enclosed: Enclosed, trust: TrustMaterial, at: datetime, policy: Policy
) -> PathOutcome:
    extra = enclosed.certificates[: policy.max_certificates]
    at_hand = read_material(trust.roots, trust.intermediates, trust.crls, trust.ocsps)
    material = with_enclosed(at_hand, enclosed.crls, enclosed.ocsps, policy)
    leaf = load_certificate(certificate_der)
    links = Links()
    try:
        known = admitted(extra, material, policy, links)
        around = Surroundings(known, material, at_hand, links, policy, ChainAlgorithms(policy))
        paths = build_paths(leaf, around)
    except OverBudget:
        general = SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
        return _failed(general, "over-budget", None, (BEGINNING, END), leaf)
    interval = _interval(change_points((leaf, *known), material), at)
    evaluations = [evaluate(path, around, at) for path in paths]
    if evaluations:
        best = min(evaluations, key=_rank)
        word = decisive(best.sub_indications)
        rested = tuple(dict.fromkeys([*(("certificate", sha256) for sha256 in best.chain), *best.rested_on]))
        params = _with_source(best.params, trust)
        return PathOutcome(indication_of(word), word, best.checks, params, best.chain, *interval, rested)
    return _without_path(leaf, extra, material, interval)


def _with_source(params: Params, trust: TrustMaterial) -> Params:
    """Say where a list that the parameters name by its digest came from, if they name one."""
    sha256 = dict(params).get("list")
    if sha256 is None:
        return params
    names = (
        trust.names[der]
        for der in trust.crls
        if der in trust.names and hashlib.sha256(der).hexdigest() == sha256
    )
    return *params, ("source", next(names, f"SHA-256 {sha256[:16]}…"))


def _without_path(
    leaf: Certificate, extra: Sequence[bytes], material: Material, interval: tuple[datetime, datetime]
) -> PathOutcome:
    """Tell what is missing: the issuer that nobody knows, or a signature that is not the known issuer's."""
    came_along = {}
    for der in extra:
        try:
            certificate = load_certificate(der)
        except Exception:  # noqa: BLE001, S112 hostile bytes make the library raise all there is
            continue
        came_along[certificate.subject.hashable] = certificate
    top = leaf
    for _ in range(len(came_along)):
        top = came_along.get(top.issuer.hashable, top)
    known_names = {each.subject.hashable for each in (*material.roots, *material.intermediates)}
    if top.issuer.hashable in known_names:
        reason = "broken-link" if is_consistent(leaf) else "malformed-certificate"
        return _failed(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, reason, None, interval, leaf)
    issuer = _shown(top.issuer)
    return _failed(SubIndication.NO_CERTIFICATE_CHAIN_FOUND, "unknown-issuer", issuer, interval, leaf)


def _shown(name: Any) -> str:
    try:
        return str(name.human_friendly)
    except Exception:  # noqa: BLE001 hostile bytes make the library raise all there is
        return "?"


def _failed(
    word: SubIndication,
    reason: str,
    issuer: str | None,
    interval: tuple[datetime, datetime],
    leaf: Certificate | None = None,
) -> PathOutcome:
    checks = (
        Check(4, "certificate-path", "failed", issuer or reason),
        Check(4, "certificate-usage", "skipped"),
        Check(5, "revocation", "skipped"),
    )
    params = (("reason", reason),) if issuer is None else (("reason", reason), ("issuer", issuer))
    rested: tuple[MaterialDigest, ...] = () if leaf is None else (("certificate", leaf.sha256.hex()),)
    return PathOutcome(indication_of(word), word, checks, params, (), *interval, rested)


def _rank(evaluation: Evaluation) -> int:
    word = decisive(evaluation.sub_indications)
    return _BEST_FIRST.index(word) if word in _BEST_FIRST else len(_BEST_FIRST)


def _interval(points: set[datetime], at: datetime) -> tuple[datetime, datetime]:
    """Between two moments at which anything changes, nothing does."""
    begin = max((point for point in points if point <= at), default=BEGINNING)
    end = min((point for point in points if point > at), default=END)
    return begin, end


def _only(at: datetime) -> tuple[datetime, datetime]:
    return at, at + timedelta(microseconds=1)
