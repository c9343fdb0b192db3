"""Who signed a message: persons of a system with their keys, and the keys behind signatures that passed.

Certificates differ from run to run, keys follow from the seed: registers name public keys by their SHA-256.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from nodes.invented_texts import Signer
from signing.certificates import load_certificate
from signing.cms import parse
from signing.judging_context import Enclosed, JudgingContext, TrustedTime
from signing.keys import PrivateKey, PublicKey
from signing.paths.validation import PathOutcome
from signing.policy import DEFAULT
from signing.verdict import SignatureVerdict
from signing.verdict_vocabulary import Indication, SubIndication
from signing.verify import verify_signatures


@dataclass(frozen=True, slots=True)
class SystemPerson:
    """A person of an agency who signs for a system, certified when a run begins."""

    code: str
    """What the system calls this person; no two of an agency have the same."""
    signer: Signer
    key: PrivateKey

    @property
    def public_key(self) -> str:
        """SHA-256 of the public key (SubjectPublicKeyInfo), in hex."""
        return public_key_digest(self.key.public_key())


def public_key_digest(key: PublicKey) -> str:
    """Return the SHA-256 of a public key (SubjectPublicKeyInfo in DER), in hex."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def keys_that_signed(
    content: bytes,
    manifest: bytes,
    signatures: Sequence[bytes],
    verdict: Mapping[str, Any],
    *,
    sender: str,
    at: datetime,
) -> frozenset[str]:
    """Return the public keys that signed a message, as `public_key_digest`; none that is not proven.

    1. The manifest names the message's digest as that of its main attachment.
    2. The hub's `verdict` gives the certificates whose path, revocation and owner passed at `at`.
    3. Digests, value and owner of each signature by such a certificate are verified here once more.
    """
    # 1
    if json.loads(manifest)["attachments"][0]["sha256"] != sha256(content).hexdigest():
        return frozenset()
    # 2
    passed = {
        each["certificate"]["sha256"]
        for each in verdict["signatures"]
        if each["indication"] == Indication.TOTAL_PASSED and each["certificate"] is not None
    }
    # 3
    keys: set[str] = set()
    for signature in signatures:
        judged = verify_signatures(signature, manifest, "manifest", _context(passed, sender, at))
        for each in judged:
            if each.indication is Indication.TOTAL_PASSED and each.of_sender:
                keys.add(_key_of(signature, each))
    return frozenset(keys)


def _context(passed: set[str], sender: str, at: datetime) -> JudgingContext:
    def paths(certificate: bytes, _enclosed: Enclosed, when: datetime) -> PathOutcome:
        # The hub has judged the path of the certificate, and its word stands.
        if sha256(certificate).hexdigest() in passed:
            return PathOutcome(Indication.TOTAL_PASSED, None, (), (), (), when, when)
        word = SubIndication.NO_CERTIFICATE_CHAIN_FOUND
        return PathOutcome(Indication.INDETERMINATE, word, (), (), (), when, when)

    return JudgingContext(sender, TrustedTime(at), paths, lambda _: None)


def _key_of(signature: bytes, verdict: SignatureVerdict) -> str:
    """Return the public key of the certificate that a verdict names."""
    parsed = parse(
        signature,
        max_bytes=DEFAULT.max_signature_bytes,
        max_certificates=DEFAULT.max_certificates,
        max_signers=DEFAULT.max_signers,
    )
    assert verdict.certificate is not None  # it passed
    wanted = verdict.certificate.sha256
    certificate = next(each for each in parsed.certificates if sha256(each).hexdigest() == wanted)
    key = load_certificate(certificate).public_key()
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
