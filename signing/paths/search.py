"""Finds paths from a certificate to the roots, by the signatures between certificates.

A certificate is another's issuer if its key made the signature. Work is counted, so that the answer is the
same on any machine. RFC 5280 §6.1, RFC 5937 §3.2.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]  # the library ships no types
from pyhanko_certvalidator.authority import AuthorityWithCert, CertTrustAnchor, TrustAnchor, TrustQualifiers
from pyhanko_certvalidator.name_trees import process_general_subtrees
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import PKIXValidationParams
from pyhanko_certvalidator.registry import SimpleTrustManager

from signing.paths.asn1 import Certificate
from signing.paths.context import Surroundings
from signing.paths.signatures import OverBudget

__all__ = ["build_paths"]

MAX_PATHS: Final = 16
"""Several generations of roots that vouch for each other give a handful."""

MAX_PATH_LENGTH: Final = 8
"""Root, up to three authorities and the signer are what is found."""

MAX_STEPS: Final = 2000
"""Issuers considered: honest certificates have a handful, so many take a tenth of a second; for 32 crafted
ones that vouch for each other nobody lives long enough."""


def build_paths(leaf: Certificate, around: Surroundings) -> list[ValidationPath]:
    """Find up to `MAX_PATHS` paths from `leaf` to a root, the shortest first; none when there is none.

    Raises `OverBudget` when none was found within `MAX_STEPS`, or too many signatures had to be verified.
    """
    roots = SimpleTrustManager.build(trust_roots=list(around.material.roots))
    own = roots.as_trust_anchor(AuthorityWithCert(leaf))
    if own is not None:
        return [ValidationPath(own, [], None)]
    found: list[ValidationPath] = []
    waiting: deque[tuple[Certificate, ...]] = deque([(leaf,)])
    steps = 0
    while waiting and len(found) < MAX_PATHS:
        begun = waiting.popleft()
        for issuer in _issuers(begun[-1], around):
            steps += 1
            if steps > MAX_STEPS and not found:
                raise OverBudget
            if steps > MAX_STEPS:
                return found
            if isinstance(issuer, TrustAnchor):
                found.append(ValidationPath(issuer, list(reversed(begun[1:])), leaf))
            elif len(begun) < MAX_PATH_LENGTH and all(issuer.sha256 != each.sha256 for each in begun):
                waiting.append((*begun, issuer))
    return found[:MAX_PATHS]


def _issuers(certificate: Certificate, around: Surroundings) -> Iterator[TrustAnchor | Certificate]:
    """Give whose key signed the certificate: roots first, as anchors, then authorities."""
    roots = {root.sha256 for root in around.material.roots}
    for root in around.material.roots:
        if _is_named(root, certificate) and _may_have_signed(root, certificate, around):
            yield _anchor(root)
    for issuer in (*around.material.intermediates, *around.known):
        if (
            issuer.sha256 not in roots
            and _is_named(issuer, certificate)
            and _may_have_signed(issuer, certificate, around)
        ):
            yield issuer


def _is_named(issuer: Certificate, certificate: Certificate) -> bool:
    """Whether the certificate names this issuer; of several of one name, the key it says signed it."""
    if issuer.subject.hashable != certificate.issuer.hashable:
        return False
    key, pair = certificate.authority_key_identifier, certificate.authority_issuer_serial
    is_other_key = key and issuer.key_identifier and key != issuer.key_identifier
    return not is_other_key and not (pair and pair != issuer.issuer_serial)


def _may_have_signed(issuer: Certificate, certificate: Certificate, around: Surroundings) -> bool:
    """Whether the issuer's key made the signature; an algorithm that is not admitted is judged later."""
    if not around.algorithms.admits(certificate["signature_algorithm"], issuer.public_key):
        return True
    return around.links.hold(issuer, certificate)


def _anchor(root: Certificate) -> TrustAnchor:
    """Make an anchor of a root: what it says of path lengths and names binds those below it.

    RFC 5280 takes an anchor's name and key alone; RFC 5937 lets the constraints in its certificate count, as
    openssl and browsers do. Its dates, policies and purposes do not: it is trusted by decision.
    """
    params, constraints = None, root.name_constraints_value
    if constraints is not None:
        permitted, excluded = constraints["permitted_subtrees"], constraints["excluded_subtrees"]
        kind = asn1_x509.GeneralSubtrees
        params = PKIXValidationParams(
            initial_permitted_subtrees=process_general_subtrees(permitted)
            if isinstance(permitted, kind)
            else None,
            initial_excluded_subtrees=process_general_subtrees(excluded)
            if isinstance(excluded, kind)
            else None,
        )
    length = root.max_path_length
    return CertTrustAnchor(root, TrustQualifiers(params, length, max_aa_path_length=length))
