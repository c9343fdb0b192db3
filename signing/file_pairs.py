"""Pairs files with their signatures by name: `name.p7s` beside `name`, and `name.p7m` around its content.

Extensions of RFC 8551 §3.2.1, in any case of letters.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

__all__ = ["DETACHED", "ENCAPSULATED", "Pairing", "is_encapsulated", "pair", "signed_name"]

DETACHED: Final = ".p7s"
ENCAPSULATED: Final = ".p7m"


class Pairing(NamedTuple):
    """The names of files by their role, each in the given order."""

    pairs: tuple[tuple[str, str], ...]
    """File, and the detached signature over it. A signature may itself be signed."""
    encapsulated: tuple[str, ...]
    """Files that carry both signature and content."""
    unpaired: tuple[str, ...]
    """Detached signatures whose file is not there."""


def signed_name(name: str) -> str | None:
    """Name of the file that a detached signature of this name signs; `None` if it is no such name."""
    return name[: -len(DETACHED)] or None if name.lower().endswith(DETACHED) else None


def is_encapsulated(name: str) -> bool:
    """Whether a file of this name carries both signature and content."""
    return name.lower().endswith(ENCAPSULATED)


def pair(names: Sequence[str]) -> Pairing:
    """Pair files with their signatures by name; equal means equal, so names come in one normal form."""
    known = set(names)
    signatures = [(signed_name(name), name) for name in names if name.lower().endswith(DETACHED)]
    return Pairing(
        pairs=tuple((file, name) for file, name in signatures if file is not None and file in known),
        encapsulated=tuple(filter(is_encapsulated, names)),
        unpaired=tuple(name for file, name in signatures if file is None or file not in known),
    )
