"""The results of reading a container or message: small values that can be pickled.

They say what each signature covers and what is not covered. `signing.containers.judging` makes verdicts of
them.
"""

from dataclasses import dataclass
from typing import NamedTuple

from signing.content import Content
from signing.verdict_vocabulary import Check, Params, SubIndication
from signing.xmldsig.reading import XmlSignature

__all__ = ["ContainerSignature", "ContainerSignatures", "Observation", "Reading"]


class Observation(NamedTuple):
    """One observation about the container, for the list of checks."""

    check: Check
    word: SubIndication | None = None
    """The sub-indication that it gives; `None`: none."""
    params: Params = ()


class Reading(NamedTuple):
    """One possible content of a signature, and the observations that go with it."""

    content: Content | None
    """The content; `None`: what the signature encloses or refers to."""
    entries: tuple[str, ...]
    """The files that it covers, if these are not all."""
    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class ContainerSignature:
    """One CMS or XML signature, read and not verified yet."""

    readings: tuple[Reading, ...]
    """At least one. The first with a right digest and value counts, else the first."""
    cms: bytes | None = None
    xml: XmlSignature | None = None
    """The XML signature; either this or `cms` is `None`."""


@dataclass(frozen=True, slots=True)
class ContainerSignatures:
    """All signatures of a container, and a reason if some of it cannot be judged.

    Both are empty where nothing is signed.
    """

    format: str = ""
    """The format as verdicts name it: `ASiC-E`."""
    signatures: tuple[ContainerSignature, ...] = ()
    problem: Params = ()
    """The reason why it is not judged, with its parameters."""
