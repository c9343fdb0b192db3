"""What a verdict found, without names and times: the value by which documents are counted and broken down.

Profiles are few, since most documents of an agency are signed alike. They are stored by
`axis.counters.verdict_changes`.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from signing.verdict import DocumentVerdict

_CACHED: Final = 4_096


class SignatureFacts(NamedTuple):
    """What a verdict found of one signature; None where nothing says so."""

    kind: str | None
    """Whose certificate: `organisation` or `person`."""
    algorithm: str | None
    """Of signature and digest, as `ecdsa-p256-sha256`."""
    issuer: str | None
    """Of its certificate, RFC 4514."""


class VerdictProfile(NamedTuple):
    """What a verdict found of a document and its signatures; made by `profile_of` and `profile_from`."""

    indication: str | None
    sub_indication: str | None
    signed_by: str
    signatures: tuple[SignatureFacts, ...] = ()
    """Each once and in order, so that documents signed alike have the same profile."""


def profile_of(verdict: DocumentVerdict) -> VerdictProfile:
    """Return the profile of a verdict."""
    indication, reason = verdict.indication, verdict.sub_indication
    return profile_from(
        None if indication is None else indication.value,
        None if reason is None else reason.value,
        verdict.signed_by,
        [
            SignatureFacts(each.kind, each.algorithms, each.certificate.issuer if each.certificate else None)
            for each in verdict.signatures
        ],
    )


def profile_from(
    indication: str | None, sub_indication: str | None, signed_by: str, facts: Iterable[SignatureFacts]
) -> VerdictProfile:
    """Return the profile of a document from what its rows repeat of its newest verdict."""
    found = tuple(facts)
    if len(found) > 1:
        found = tuple(sorted(set(found), key=_in_order))
    return VerdictProfile(indication, sub_indication, signed_by, found)


@lru_cache(maxsize=_CACHED)
def digest_of(profile: VerdictProfile) -> str:
    """Return the SHA-256 of a profile, lower-case hexadecimal: its key, which says what it holds."""
    return hashlib.sha256(json.dumps(profile, separators=(",", ":")).encode()).hexdigest()


def _in_order(facts: SignatureFacts) -> list[tuple[bool, str]]:
    return [(value is not None, value or "") for value in facts]
