"""Signed content: its bytes, or digests of them.

A large attachment is digested while it streams, and its signature judged by the digests.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from signing.algorithms import compute_digest

__all__ = ["Content"]

_NONE: Final[Mapping[str, bytes]] = MappingProxyType({})


class Content(NamedTuple):
    """Signed content: `Content(data)`, or `Content(None, digests, first)` if the bytes are not at hand."""

    data: bytes | None
    digests: Mapping[str, bytes] = _NONE
    """Digests by their names in `signing.algorithms.DIGESTS`; asked for only without `data`."""
    first: bytes = b""
    """The first byte at least, without `data`: enough to know that it is no SET of attributes."""

    def digest(self, name: str) -> bytes | None:
        """Return the digest by that algorithm; `None` when it was not computed."""
        return self.digests.get(name) if self.data is None else compute_digest(name, self.data)

    def is_same(self, other: bytes) -> bool:
        """Whether this is exactly `other`."""
        if self.data is not None:
            return self.data == other
        return bool(self.digests) and all(
            compute_digest(name, other) == digest for name, digest in self.digests.items()
        )
