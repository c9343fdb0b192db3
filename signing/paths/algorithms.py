"""Applies the policy's algorithms and keys to signatures of certificates, revocation lists and responses.

The policy is in `signing.policy`.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any, Final, cast

from asn1crypto import algos, keys  # type: ignore[import-untyped]  # the library ships no types
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509 import ObjectIdentifier
from pyhanko_certvalidator.policy_decl import AlgorithmUsageConstraint, AlgorithmUsagePolicy

from signing.algorithms import SIGNATURES, KeyFacts, SignatureMethod, key_facts
from signing.paths.asn1 import Certificate
from signing.paths.signatures import inherits_parameters
from signing.policy import Policy

__all__ = ["ChainAlgorithms", "is_affordable", "method_of"]

MAX_DSA_BYTES: Final = 2048
"""A DSA key of 3072 bits with its parameters takes 1.2 KB; nobody has larger ones."""


MAX_KEY_BYTES: Final = 4096
"""An RSA key of 16,384 bits takes 2 KB, and no policy admits one; what is longer is not even read."""


class ChainAlgorithms(AlgorithmUsagePolicy):
    """What a policy admits, in the form in which the validator asks for it."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def digest_algorithm_allowed(
        self, algo: algos.DigestAlgorithm, moment: datetime | None
    ) -> AlgorithmUsageConstraint:
        """Tell whether a digest is admitted; no policy changes with time."""
        _ = moment
        return AlgorithmUsageConstraint(self._policy.admits_digest(algo["algorithm"].native))

    def signature_algorithm_allowed(
        self,
        algo: algos.SignedDigestAlgorithm,
        moment: datetime | None,
        public_key: keys.PublicKeyInfo | None,
    ) -> AlgorithmUsageConstraint:
        """Tell whether a signature by this algorithm and key is admitted."""
        _ = moment
        return AlgorithmUsageConstraint(self.admits(algo, public_key))

    def admits(self, algorithm: algos.SignedDigestAlgorithm, public_key: keys.PublicKeyInfo | None) -> bool:
        """Whether a signature by this algorithm and key is admitted."""
        method = method_of(algorithm)
        if method is None or not self._policy.admits_method(method):
            return False
        if public_key is None or inherits_parameters(public_key):
            return True  # the parameters are the issuer's (RFC 3279 §2.3.2), whose size was asked about
        return self._policy.admits_key(facts_of(public_key.dump()))


def method_of(algorithm: algos.SignedDigestAlgorithm) -> SignatureMethod | None:
    """Tell how a certificate or list was signed; `None` when this package does not know it."""
    try:
        return _method_of(algorithm)
    except Exception:  # noqa: BLE001 hostile parameters make the library raise all there is
        return None


def _method_of(algorithm: algos.SignedDigestAlgorithm) -> SignatureMethod | None:
    scheme, digest = SIGNATURES.get(ObjectIdentifier(algorithm["algorithm"].dotted), (None, None))
    if scheme == "rsa-pss":
        parameters = algorithm["parameters"]
        mask = parameters["mask_gen_algorithm"]
        mask_digest = mask["parameters"]["algorithm"].native if mask["algorithm"].native == "mgf1" else ""
        salt_length = parameters["salt_length"].native
        return SignatureMethod(
            scheme, parameters["hash_algorithm"]["algorithm"].native, mask_digest, salt_length
        )
    if scheme == "ed25519":
        return SignatureMethod(scheme, "sha512")
    return None if scheme is None or digest is None else SignatureMethod(scheme, digest)


def is_affordable(certificate: Certificate, policy: Policy) -> bool:
    """Whether signatures by the certificate's key may be tried: it can be computed with, at bounded cost."""
    public_key = certificate.public_key
    if public_key["algorithm"]["algorithm"].native == "dsa":
        return len(public_key.dump()) <= MAX_DSA_BYTES
    facts = facts_of(public_key.dump())
    return facts.key is not None and policy.is_affordable(facts)


@lru_cache(maxsize=1024)
def facts_of(subject_public_key_info: bytes) -> KeyFacts:
    """Read a key as a certificate's is read; one that cannot be read is of the family `other`."""
    if len(subject_public_key_info) > MAX_KEY_BYTES:
        return KeyFacts(None, "other", 0)
    try:
        return key_facts(cast("x509.Certificate", _BareKey(subject_public_key_info)))
    except Exception:  # noqa: BLE001 hostile keys make the library raise all there is
        return KeyFacts(None, "other", 0)


class _BareKey:
    """As much of a certificate as `key_facts` asks for."""

    def __init__(self, subject_public_key_info: bytes) -> None:
        self._bytes = subject_public_key_info

    def public_key(self) -> Any:
        return load_der_public_key(self._bytes)

    @property
    def public_key_algorithm_oid(self) -> ObjectIdentifier:
        known = keys.PublicKeyInfo.load(self._bytes)
        return ObjectIdentifier(known["algorithm"]["algorithm"].dotted)
