"""What was read of a file that holds signatures beside what they sign: values, small and picklable.

They say what each signature covers and what is left uncovered, and nothing of trust. What they hold came from
a file that may be hostile; `signing.containers.judging` makes verdicts of them.
"""

from dataclasses import dataclass
from typing import NamedTuple

from signing.content import Content
from signing.vocabulary import Check, Params, SubIndication
from signing.xmldsig.reading import XmlSignature

__all__ = ["ContainerSignature", "ContainerSignatures", "Observation", "Reading"]


class Observation(NamedTuple):
    """One thing that was looked at in the container, for the list of checks."""

    check: Check
    word: SubIndication | None = None
    """What it comes to; `None`: all is well."""
    params: Params = ()


class Reading(NamedTuple):
    """A way to read what a signature is over, and what is then to say of it."""

    content: Content | None
    """`None`: what the signature itself carries, or refers to."""
    entries: tuple[str, ...]
    """What it covers, where that is not all there is."""
    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class ContainerSignature:
    """One signature: a CMS or an XML signature, read and not yet believed."""

    readings: tuple[Reading, ...]
    """At least one; the first under which nothing is wrong with digest and value counts, else the first."""
    cms: bytes | None = None
    xml: XmlSignature | None = None
    """Of the two, the other is `None`."""


@dataclass(frozen=True, slots=True)
class ContainerSignatures:
    """All signatures of a container, and why some of it cannot be judged; neither where nothing is signed."""

    format: str = ""
    """As verdicts name it: `ASiC-E`."""
    signatures: tuple[ContainerSignature, ...] = ()
    problem: Params = ()
    """Why it is not judged, as a reason with what it is filled in with."""
