"""What a signature is judged in view of, and what is found on the way: the values that the steps share.

Nothing is judged here; `signing.steps` looks, `signing.verify` puts it in order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from cryptography import x509

from signing.algorithms import SignatureMethod
from signing.certificates import CertificateReference
from signing.content import Content
from signing.names import OwnerKind
from signing.paths.validation import Enclosed, PathOutcome
from signing.policy import DEFAULT, Policy
from signing.vocabulary import Check, MaterialDigest, Params, SubIndication

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
    """Whom a certificate is registered to."""

    agency: str
    kind: OwnerKind


@dataclass(frozen=True, slots=True)
class TrustedTime:
    """The time a signature is judged by, and who vouches for it."""

    at: datetime
    """With a zone."""
    source: Literal["acceptance", "rfc3161"] = "acceptance"


PathJudge = Callable[[bytes, Enclosed, datetime], PathOutcome]
"""Certificate (DER), what came along with the signature, and the time. What it raises passes through."""
Binder = Callable[[x509.Certificate], Owner | None]
"""To whom a certificate is registered, if to anyone; asked only where its subject names no agency."""


class Question(NamedTuple):
    """What is the same for all signers of one signature; `JudgingContext.question` makes it."""

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
    """The time to judge by where no time-stamp that is believed gives an earlier one."""
    paths: PathJudge
    binder: Binder
    policy: Policy = DEFAULT

    def question(self, content: Content, covers: str) -> Question:
        """Return what is asked of a signature over `content`, which verdicts call `covers`."""
        return Question(content, covers, self.sender, self.time, self.paths, self.binder, self.policy)


class Signer(NamedTuple):
    """What any format says of one signer, read and not yet believed."""

    digest: str | None
    """Name of the content's digest; `None` when this package does not know it."""
    digest_identifier: str
    """How to show it."""
    method: SignatureMethod | None
    """`None` when this package does not know the signature algorithm or its parameters."""
    method_identifier: str
    value: bytes
    signed: bytes | None
    """What the value is computed over; `None`: the content itself."""
    claimed_time: datetime | None = None
    references: tuple[CertificateReference, ...] = ()
    """The signer's certificate as what is signed names it; mostly none or one."""
    signed_otherwise: tuple[bytes, ...] = ()
    """What the value may be over instead, where the format is made in several ways."""
    claimed_time_fault: str | None = None
    """What stands where the signer should have claimed one time."""
    method_otherwise: SignatureMethod | None = None
    """How the value may have been made instead, where the format names two digests."""


class Findings:
    """What the steps found so far, in their order."""

    __slots__ = ("checks", "material", "params", "tokens", "words")

    def __init__(self) -> None:
        self.checks: list[Check] = []
        self.material: tuple[MaterialDigest, ...] = ()
        self.tokens: tuple[bytes, ...] = ()
        self.words: list[SubIndication] = []
        self.params: dict[SubIndication, Params] = {}

    def fail(self, word: SubIndication, check: Check, *params: tuple[str, str]) -> None:
        """Note what is wrong; the parameters of the first time count."""
        self.checks.append(check)
        self.note(word, params)

    def note(self, word: SubIndication, params: Params) -> None:
        """Note what is wrong where its checks are noted already."""
        if word not in self.params:
            self.words.append(word)
            self.params[word] = params

    def rest_on(self, material: tuple[MaterialDigest, ...], *tokens: bytes) -> None:
        """Note what this rests on; the certificate's path comes first, then time-stamps and theirs.

        `tokens`: the time-stamps that `material` names, which no trust material holds.
        """
        self.tokens += tokens
        self.material = tuple(dict.fromkeys(material + self.material)) if self.material else material
