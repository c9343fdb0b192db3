"""The limits of a signature: how large it may be, and how many certificates, lists and signers it may have.

They belong to a policy (`signing.policy`). CMS is read within them by `signing.cms.parse`; other formats have
limits of their own in their readers. docs/verification.md.
"""

from dataclasses import dataclass

__all__ = ["SignatureLimits"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SignatureLimits:
    """The sizes and counts that are admitted, each with its reason. A signature beyond them is not judged."""

    max_signature_bytes: int = 256 * 1024
    max_enclosing_bytes: int = 64 * 1024 * 1024
    """Of a signature that carries what it signs: a whole file, of which the real axis takes 50 MB."""
    max_certificates: int = 8
    """Signer and chain are two to four; path building over many grows explosively."""
    max_enclosed_lists: int = 8
    """An authority's, its issuer's and a time-stamping authority's, with their deltas, are six."""
    max_enclosed_responses: int = 8
    """One for each certificate of two paths."""
    max_enclosed_bytes: int = 256 * 1024
    """Of one list or response that came along: 7,000 entries; who enclosed more would buy time with bytes."""
    max_signers: int = 8
    """Person and organisation are two; each costs a verification."""
