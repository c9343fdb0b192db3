"""The values that the steps of judging share: what is asked of a signature, and the findings.

The steps are in `signing.judging_steps`, their order in `signing.verify`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from cryptography import x509

from signing.algorithms import SignatureMethod
from signing.certificate_subjects import OwnerKind
from signing.certificates import CertificateReference
from signing.content import Content
from signing.paths.validation import Enclosed, PathOutcome
from signing.policy import DEFAULT, Policy
from signing.verdict_vocabulary import Check, MaterialDigest, Params, SubIndication

__all__ = [
    "Binder",
    "Enclosed",
    "Findings",
    "JudgingContext",
    "Owner",
    "PathJudge",
    "Question",
    "Signer",
    "TrustedTime",
]


@dataclass(frozen=True, slots=True)
class Owner:
    """The agency to which a certificate is registered."""

    agency: str
    kind: OwnerKind


@dataclass(frozen=True, slots=True)
class TrustedTime:
    """The time as of which a signature is judged, and its source."""

    at: datetime
    """With a zone."""
    source: Literal["acceptance", "rfc3161"] = "acceptance"


PathJudge = Callable[[bytes, Enclosed, datetime], PathOutcome]
"""Judges a certificate's path, from its DER, what the signature encloses, and the time. What it raises passes
through."""
Binder = Callable[[x509.Certificate], Owner | None]
"""Returns the registration of a certificate, if any. It is asked only where the subject names no agency."""


class Question(NamedTuple):
    """What all signers of one signature have in common. `JudgingContext.question` makes it."""

    content: Content
    covers: str
    """How to name the content: `manifest`, or the attachment."""
    sender: str | None
    """Canonical code of the agency whose document it is; `None` where nobody asks whose."""
    time: TrustedTime
    paths: PathJudge
    binder: Binder
    policy: Policy


@dataclass(frozen=True, slots=True)
class JudgingContext:
    """What all signatures of one document are judged by, whatever their formats."""

    sender: str | None
    """Canonical code of the agency whose document it is; `None` where nobody asks whose."""
    time: TrustedTime
    """The time as of which to judge, unless a valid time-stamp gives an earlier one."""
    paths: PathJudge
    binder: Binder
    policy: Policy = DEFAULT

    def question(self, content: Content, covers: str) -> Question:
        """Return the question about a signature over `content`, which verdicts call `covers`."""
        return Question(content, covers, self.sender, self.time, self.paths, self.binder, self.policy)


class Signer(NamedTuple):
    """One signer as any format gives it: read, and not verified yet."""

    digest: str | None
    """Name of the content's digest; `None` when this package does not know it."""
    digest_identifier: str
    """The digest's identifier, for showing."""
    method: SignatureMethod | None
    """`None` when this package does not know the signature algorithm or its parameters."""
    method_identifier: str
    value: bytes
    signed: bytes | None
    """The octets over which the value is computed; `None`: the content itself."""
    claimed_time: datetime | None = None
    references: tuple[CertificateReference, ...] = ()
    """References to the signer's certificate among what is signed; mostly none or one."""
    signed_otherwise: tuple[bytes, ...] = ()
    """Other octets that the value may be over, where the format is made in several ways."""
    claimed_time_fault: str | None = None
    """What is in the place of a single claimed time."""
    method_otherwise: SignatureMethod | None = None
    """Another method of the value, where the format names two digests."""


class Findings:
    """The findings of the steps so far, in their order."""

    __slots__ = ("checks", "material", "params", "tokens", "words")

    def __init__(self) -> None:
        self.checks: list[Check] = []
        self.material: tuple[MaterialDigest, ...] = ()
        self.tokens: tuple[bytes, ...] = ()
        self.words: list[SubIndication] = []
        self.params: dict[SubIndication, Params] = {}

    def fail(self, word: SubIndication, check: Check, *params: tuple[str, str]) -> None:
        """Note a fault with its check. The parameters of the first fault count."""
        self.checks.append(check)
        self.note(word, params)

    def note(self, word: SubIndication, params: Params) -> None:
        """Note a fault whose checks are noted already."""
        if word not in self.params:
            self.words.append(word)
            self.params[word] = params

    def rest_on(self, material: tuple[MaterialDigest, ...], *tokens: bytes) -> None:
        """Note material that the verdict rests on: the certificate's path first, then time-stamps and theirs.

        `tokens`: the time-stamps that `material` names, which no trust material holds.
        """
        self.tokens += tokens
        self.material = tuple(dict.fromkeys(material + self.material)) if self.material else material
