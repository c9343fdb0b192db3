"""The words verdicts are made of: indications, sub-indications, checks.

ETSI EN 319 102-1 §5.1.3 and §5.1.4; docs/flow.md#judging-a-signature says which sub-indication means failed
and which undecided.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal, NamedTuple

__all__ = [
    "STOPPED",
    "Check",
    "CheckOutcome",
    "Indication",
    "MaterialDigest",
    "MaterialKind",
    "Params",
    "SignedBy",
    "SubIndication",
    "decisive",
    "indication_of",
]

CheckOutcome = Literal["passed", "failed", "skipped", "unknown"]
SignedBy = Literal["both", "organisation", "person", "none"]
Params = tuple[tuple[str, str], ...]
"""Names and values that a sentence is filled in with."""
STOPPED: Final[Params] = (("reason", "stopped"),)
"""Judging was stopped to protect the computer that did it; a limit on work says so in words of its own."""
MaterialKind = Literal["certificate", "crl", "ocsp", "timestamp"]
MaterialDigest = tuple[MaterialKind, str]
"""A piece of what a verdict rested on: its kind and the SHA-256 of its DER, lower-case hexadecimal."""


class Indication(StrEnum):
    """What became of a signature."""

    TOTAL_PASSED = "TOTAL-PASSED"
    TOTAL_FAILED = "TOTAL-FAILED"
    INDETERMINATE = "INDETERMINATE"


class SubIndication(StrEnum):
    """Why a signature did not pass."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    TRY_LATER = "TRY_LATER"
    GENERIC = "GENERIC"
    """Nothing is known to be wrong, but it could not be judged: locked away, or too costly to read."""


_FAILED: Final = frozenset(
    {
        SubIndication.FORMAT_FAILURE,
        SubIndication.HASH_FAILURE,
        SubIndication.SIG_CRYPTO_FAILURE,
        SubIndication.REVOKED,
        SubIndication.EXPIRED,
        SubIndication.NOT_YET_VALID,
    }
)


def indication_of(sub_indication: SubIndication | None) -> Indication:
    """Tell which indication a sub-indication belongs to; none at all means that everything passed."""
    if sub_indication is None:
        return Indication.TOTAL_PASSED
    return Indication.TOTAL_FAILED if sub_indication in _FAILED else Indication.INDETERMINATE


def decisive(found: Sequence[SubIndication]) -> SubIndication | None:
    """Choose, of all that was found in the procedure's order, what names the verdict.

    What fails for certain comes before what leaves undecided, and the promise to try later comes last: where
    something else is wrong as well, trying later would not help.
    """
    if not found:
        return None
    return min(found, key=lambda word: (word not in _FAILED, word is SubIndication.TRY_LATER))


class Check(NamedTuple):
    """One thing that was looked at, and what was found."""

    step: int
    """0 to 7, the place in the procedure."""
    name: str
    """A fixed word, such as `signature-value`."""
    outcome: CheckOutcome
    """`skipped`: did not apply. `unknown`: could not be decided."""
    found: str | datetime | None = None
    """A time is kept as one and put into text when it is shown."""
    expected: str | None = None
