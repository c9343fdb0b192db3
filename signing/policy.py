"""Policies: which algorithms and keys are admitted in signatures, under a name that verdicts have.

A policy also has the limits of `signing.limits`. ETSI TS 119 312 (cryptographic suites).
"""

from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from signing.algorithms import KeyFacts, SignatureMethod
from signing.limits import SignatureLimits

__all__ = ["ADMITS_DSA", "DEFAULT", "POLICIES", "Policy"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Policy(SignatureLimits):
    """What is admitted; the defaults are the hub's standing policy.

    Equal only to itself, for quick lookups.
    """

    name: str
    digests: frozenset[str] = frozenset({"sha256", "sha384", "sha512"})
    """SHA-1 and MD5 collide for money; SHA-224 has no use that SHA-256 has not."""
    curves: frozenset[str] = frozenset({"p256", "p384", "p521"})
    min_rsa_bits: int = 2048
    max_rsa_bits: int = 4096
    """A verification of 4096 bits takes some 100 µs; beyond that no agency's key is found, only cost."""
    min_exponent: int = 65_537
    """FIPS 186-5 §5.4: with 1 anybody signs, and 3 has been broken wherever padding was read loosely."""
    max_exponent_bits: int = 64
    """RSA verification costs as much as its exponent is long; everyone's has 17 bits."""
    clock_skew: timedelta = field(default=timedelta(minutes=5))
    """How far two honest clocks may differ.

    A claimed signing time that lies further past the trusted time is remarked upon, and so far before its
    first moment a certificate is taken as valid already: an authority's clock may be ahead of ours.
    """
    dsa_digests: frozenset[str] = frozenset()
    """Digests admitted beside DSA keys, and these only then; none: DSA is not admitted."""
    min_dsa_bits: int = 1024

    @property
    def admits_dsa(self) -> bool:
        """Whether DSA is admitted at all."""
        return bool(self.dsa_digests)

    def admits_digest(self, name: str | None, method: SignatureMethod | None = None) -> bool:
        """Whether content or attributes may be digested so, beside a signature by this method."""
        if method is not None and method.scheme == "dsa" and name in self.dsa_digests:
            return True
        return name in self.digests

    def admits_method(self, method: SignatureMethod) -> bool:
        """Whether a signature may be made so, whatever the key."""
        if method.scheme == "dsa":
            return method.digest in self.dsa_digests
        if method.mask_digest is not None and method.mask_digest not in self.digests:
            return False
        return method.scheme == "ed25519" or method.digest in self.digests

    def admits_key(self, facts: KeyFacts) -> bool:
        """Whether the key is of an admitted kind and size."""
        if facts.family == "rsa":
            exponent = facts.exponent or 0
            is_sound = exponent >= self.min_exponent and exponent % 2 == 1
            is_sized = self.min_rsa_bits <= facts.bits <= self.max_rsa_bits
            return is_sized and is_sound and self.is_affordable(facts)
        if facts.family == "dsa":
            return self.admits_dsa and facts.bits >= self.min_dsa_bits
        if facts.family == "ec":
            return facts.curve in self.curves
        return facts.family == "ed25519"

    def is_affordable(self, facts: KeyFacts) -> bool:
        """Whether computing with the key has a bounded cost; if not, its signature is not even tried."""
        if facts.family != "rsa":
            return True
        exponent_bits = facts.exponent.bit_length() if facts.exponent is not None else 0
        return facts.bits <= self.max_rsa_bits and exponent_bits <= self.max_exponent_bits


DEFAULT = Policy(name="axis-2019")
"""The standing policy: what a hub judges by unless an auditor asks otherwise."""

ADMITS_DSA: Final = Policy(
    name="admits-dsa", dsa_digests=frozenset({"sha1", "sha224", "sha256", "sha384", "sha512"})
)
"""The standing policy, and DSA besides, with the SHA-1 it was made for: to read old archives, and the
conformance suites that were made in its days. No hub stands by it."""

POLICIES: Final = MappingProxyType({policy.name: policy for policy in (DEFAULT, ADMITS_DSA)})
"""By name, for who asks for one."""
