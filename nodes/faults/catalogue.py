"""Every fault: what it does, why the hub answers as it does, and the outcome documented for it.

`nodes.faults.injection` compares what happened with the outcome. docs/faults.md is made from this module.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

# An outcome is a tuple of short texts, one for each step of the fault: a status, then the problem's code or
# the verdict's indication, then its sub-indication (`403 signature-rejected HASH_FAILURE`).

Place = Literal["document", "wire", "hub"]
"""Where a fault happens: in what is sent and by whom, on the way, or in the hub."""

Need = Literal["operator", "own hub"]
"""What a fault needs besides a sandbox: the powers of an operator, or a hub process of our own."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the catalogue."""

    name: str
    place: Place
    does: str
    """What is injected."""
    why: str
    """The rule by which the hub answers."""
    outcome: tuple[str, ...]
    """What each step must get."""
    accepted: int = 0
    """Documents that the hub accepts and counts, once each."""
    refusals: tuple[str, ...] = ()
    """Codes of the refusals that the hub records in the sender's name."""
    needs: Need | None = None


_PASSED = "201 TOTAL-PASSED"
_ONCE = "accepted once"
_REJECTED = ("signature-rejected",)

_ALL = (
    Fault(
        "unsigned",
        "document",
        "A letter goes out without any signature.",
        "AXIS_UNSIGNED is accept: the letter is delivered, and counts as sent and not as signed.",
        ("201 not signed",),
        accepted=1,
    ),
    Fault(
        "altered-manifest",
        "document",
        "The number in a signed manifest is changed after signing.",
        "The digest that was signed is not that of the bytes that came.",
        ("403 signature-rejected HASH_FAILURE",),
        refusals=_REJECTED,
    ),
    Fault(
        "altered-attachment",
        "document",
        "One byte of the attachment is changed after the manifest over it was signed.",
        "Each file must have the digest that the manifest names; that is looked at before signatures.",
        ("422 digest-mismatch",),
        refusals=("digest-mismatch",),
    ),
    Fault(
        "altered-pdf",
        "document",
        "A word of a PDF is changed after the PDF itself was signed; the manifest over it is not signed.",
        "Without a signature over the manifest those in the main attachment decide; this one fails.",
        ("403 signature-rejected HASH_FAILURE",),
        refusals=_REJECTED,
    ),
    Fault(
        "expired-certificate",
        "document",
        "A letter is signed with a certificate that ended the day before.",
        "A certificate must be valid when the hub takes the letter in.",
        ("403 signature-rejected EXPIRED",),
        refusals=_REJECTED,
    ),
    Fault(
        "future-certificate",
        "document",
        "A letter is signed with a certificate that begins the day after.",
        "A certificate must be valid already; five minutes are allowed for clocks that differ.",
        ("403 signature-rejected NOT_YET_VALID",),
        refusals=_REJECTED,
    ),
    Fault(
        "revoked-certificate",
        "document",
        "A letter is signed with a certificate that was revoked before.",
        "The authority's list names the certificate at the time of acceptance.",
        ("403 signature-rejected REVOKED",),
        refusals=_REJECTED,
    ),
    Fault(
        "revoked-later",
        "document",
        "A letter is taken in, then its certificate is revoked, and another letter is signed with it.",
        "A verdict speaks of the time of acceptance and stands; what comes after the revocation is refused.",
        (_PASSED, "403 signature-rejected REVOKED", "the first is still TOTAL-PASSED"),
        accepted=1,
        refusals=_REJECTED,
    ),
    Fault(
        "unknown-issuer",
        "document",
        "A letter is signed with a certificate that the signer issued to itself.",
        "AXIS_INDETERMINATE is accept: it is delivered, flagged, and never counts as signed.",
        ("201 INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND",),
        accepted=1,
    ),
    Fault(
        "foreign-certificate",
        "document",
        "A letter is signed with another agency's good certificate.",
        "A signature counts only by a certificate of the sending agency or of a person of it.",
        ("201 INDETERMINATE SIG_CONSTRAINTS_FAILURE",),
        accepted=1,
    ),
    Fault(
        "weak-algorithm",
        "document",
        "A letter is signed by SHA-1.",
        "SHA-1 collides for money, so no policy admits it; that the signature is wrong was not shown.",
        ("201 INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE",),
        accepted=1,
    ),
    Fault(
        "number-reused",
        "document",
        "A second letter takes the number of one that was accepted.",
        "A number belongs to one document of its sender and year, for ever.",
        (_PASSED, "409 number-taken"),
        accepted=1,
        refusals=("number-taken",),
    ),
    Fault(
        "replayed",
        "document",
        "An accepted letter is sent again, byte for byte.",
        "The same manifest gets the first answer, receipt included, and is counted once.",
        (_PASSED, "200 repeated, the same receipt", _ONCE),
        accepted=1,
    ),
    Fault(
        "malformed",
        "document",
        "The manifest breaks off in the middle.",
        "What cannot be read has no sender, so it is logged and counted, and no refusal is recorded.",
        ("400 malformed-json",),
    ),
    Fault(
        "too-large",
        "document",
        "The manifest has two million characters.",
        "A manifest has a limit (AXIS_MANIFEST_BYTES); reading ends there.",
        ("413 too-large",),
    ),
    Fault(
        "unknown-recipient",
        "document",
        "A letter is addressed to a code that nobody has.",
        "All recipients must stand in the directory, else nobody gets the letter.",
        ("422 unknown-recipient",),
        refusals=("unknown-recipient",),
    ),
    Fault(
        "locked-recipient",
        "document",
        "A letter is addressed to an agency that was locked.",
        "A locked agency receives nothing; the sender is told.",
        ("422 recipient-locked",),
        refusals=("recipient-locked",),
        needs="operator",
    ),
    Fault(
        "skewed-clock",
        "document",
        "The signer's clock is three days ahead: the signature claims a time that has not come.",
        "A claimed time is a claim. The hub judges as of its own time of acceptance.",
        (_PASSED,),
        accepted=1,
    ),
    Fault(
        "stolen-token",
        "document",
        "Somebody sends a letter in an agency's name with another agency's token.",
        "A token speaks for its own agency. No refusal is recorded in the name of one who did not send.",
        ("403 not-your-agency",),
    ),
    Fault(
        "lost-answer",
        "wire",
        "The hub's answer is lost on the way, and the agency sends again.",
        "The second sending gets the first answer again.",
        ("200 TOTAL-PASSED", _ONCE),
        accepted=1,
    ),
    Fault(
        "cut-connection",
        "wire",
        "The connection breaks in the middle of the letter, and the agency sends again.",
        "What did not come whole was never taken in; the second sending is the first.",
        (_PASSED, _ONCE),
        accepted=1,
    ),
    Fault(
        "slow-sender",
        "wire",
        "The letter trickles in, in pieces with pauses between.",
        "A sender may be slow; it takes no place of others meanwhile.",
        (_PASSED, _ONCE),
        accepted=1,
    ),
    Fault(
        "node-crash",
        "wire",
        "The agency's system ends before it has noted the answer, starts again, and sends again.",
        "The same manifest gets the first answer; nothing is doubled.",
        ("200 TOTAL-PASSED", _ONCE),
        accepted=1,
    ),
    Fault(
        "hub-killed",
        "wire",
        "The hub is killed without warning while a letter is on its way, and started again.",
        "What was acknowledged is kept; what was not can be sent again, and counts once.",
        ("TOTAL-PASSED in the end", _ONCE),
        accepted=1,
        needs="own hub",
    ),
    Fault(
        "flood",
        "wire",
        "One agency's system asks for its inbox two hundred times at once, and then sends a letter.",
        "Each request is answered, or told by 429 or 503 with Retry-After when to come again.",
        ("every request answered, or told when to come again", _PASSED),
        accepted=1,
    ),
    Fault(
        "revocation-down",
        "hub",
        "Revocation lists and OCSP answers cannot be had while a letter comes in, and can be later.",
        "An outage never stops the exchange: the letter is delivered, and judged again by itself afterwards.",
        ("201 INDETERMINATE TRY_LATER", "TOTAL-PASSED once the service is back"),
        accepted=1,
    ),
    Fault(
        "timestamp-down",
        "hub",
        "The time-stamping authority answers nothing, so a letter goes out without a time-stamp.",
        "A time-stamp is not required: the letter is judged as of its acceptance.",
        ("no time-stamp", _PASSED),
        accepted=1,
    ),
    Fault(
        "slow-disk",
        "hub",
        "The disk takes half a second to keep what is written, while a letter comes in.",
        "The answer comes once the letter is kept, and no sooner.",
        (_PASSED, "answered after the disk had it", _ONCE),
        accepted=1,
    ),
    Fault(
        "full-store",
        "hub",
        "The store has no room for a while; a letter comes in meanwhile, and again later.",
        "It is told to come again, and nothing of it is kept; the hub is not ready until writes succeed.",
        (
            "503 overloaded with Retry-After",
            "not ready, reads go on",
            "ready again",
            _PASSED,
            _ONCE,
        ),
        accepted=1,
    ),
)

CATALOGUE: Mapping[str, Fault] = MappingProxyType({fault.name: fault for fault in _ALL})
"""Every fault by its name, in the order of docs/faults.md."""
