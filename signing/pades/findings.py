"""The results of reading a PDF's signatures: small values that can be pickled.

They say what each signature covers and how the file changed after it. `signing.pades.judge` makes verdicts of
them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from signing.verdict_vocabulary import STOPPED, Params

__all__ = ["ABANDONED", "Changes", "PdfSignature", "PdfSignatures"]

Changes = Literal["none", "archive", "form", "forbidden", "undecided"]
"""What happened to the file after signing, at worst.

`none`: not a byte. `archive`: nothing that can be seen: data for checking later, time-stamps, signatures
without a mark. `form`: marks, form values, notes, titles, which a later signature of the same sender has to
cover. `forbidden`: anything else, or more than the signer allowed. `undecided`: it could not be compared.
"""


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """One signature in the file."""

    field: str
    """Full name of its form field."""
    sub_filter: str | None
    """How it is encoded, `ETSI.CAdES.detached`."""
    revision: int
    """Which revision of the file it belongs to, from 1; 0 when unknown."""
    revisions: int
    """How many revisions the file has."""
    is_whole: bool = False
    """Whether every byte of the file but its own value is covered."""
    cms: bytes = b""
    """The signature itself, without the zeros that fill up its place."""
    digests: tuple[tuple[str, bytes], ...] = ()
    """Of the covered bytes, by each algorithm that the signature names."""
    changes: Changes = "undecided"
    because: str | None = None
    """Which rule forbids the change, or keeps it from being compared."""
    is_permitted: bool = False
    """Whether the signer allowed what was added, whoever adds it (DocMDP)."""
    claimed_time: datetime | None = None
    """`/M`, when the file says it was signed; with a zone."""
    problem: Params = ()
    """The reason why the signature is unsound, with its parameters."""

    @property
    def coverage(self) -> str:
        """What is covered: the whole file, or which revision of how many."""
        return "whole file" if self.is_whole else f"revision {self.revision} of {self.revisions}"

    @property
    def is_timestamp(self) -> bool:
        """Whether it is an authority's time-stamp over the document rather than anybody's signature."""
        return self.sub_filter == "ETSI.RFC3161"


@dataclass(frozen=True, slots=True)
class PdfSignatures:
    """All signatures of a file in the order they were made, or why the file cannot be read."""

    signatures: tuple[PdfSignature, ...] = ()
    problem: Params = ()
    """Why the file's signatures could not be read at all; empty when they could."""
    is_undecided: bool = False
    """Whether the problem leaves the matter open rather than making the file unsound."""


ABANDONED: Final = PdfSignatures(problem=STOPPED, is_undecided=True)
"""The result when reading was stopped to protect the computer."""
