"""NIST's Public Key Interoperability Test Suite, of the `cryptography_vectors` package, and its page in docs.

`python -m support.pkits`, called in `tests/`, writes docs/pkits.md anew.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import cryptography_vectors

from signing.paths.validation import TrustMaterial, validate_path
from signing.policy import POLICIES, Policy
from signing.verdict import SignatureVerdict
from signing.verify import JudgingContext, Owner, TrustedTime, verify_signatures

PAGE = Path(__file__).parents[2] / "docs" / "pkits.md"
DATA = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data"
AT = datetime(2019, 6, 3, tzinfo=UTC)
"""The suite's certificates and lists hold from 2010 to 2030."""
SENDER = "000.00.00.H24"

POLICY_CASES = {
    # What the suite's document says of each under default settings: any policy will do, and none need be.
    "AllCertificatesSamePolicyTest1": True,
    "AllCertificatesNoPoliciesTest2": True,
    "DifferentPoliciesTest3": True,
    "DifferentPoliciesTest4": False,
    "DifferentPoliciesTest5": False,
    "OverlappingPoliciesTest6": True,
    "DifferentPoliciesTest7": False,
    "DifferentPoliciesTest8": False,
    "DifferentPoliciesTest9": False,
    "AllCertificatesSamePoliciesTest10": True,
    "AllCertificatesAnyPolicyTest11": True,
    "DifferentPoliciesTest12": False,
    "AllCertificatesSamePoliciesTest13": True,
    "AnyPolicyTest14": True,
    "UserNoticeQualifierTest15": True,
    "UserNoticeQualifierTest16": True,
    "UserNoticeQualifierTest17": True,
    "UserNoticeQualifierTest18": True,
    "UserNoticeQualifierTest19": True,
    "CPSPointerQualifierTest20": True,
    "inhibitAnyPolicyTest3": True,
    "MissingCRLTest1": False,
}
"""Those whose name does not say it."""

PASSED = "passed"
REASONS = {
    "ValidDSASignaturesTest4": "signed with DSA and SHA-1, which only the policy `admits-dsa` admits",
    "ValidDSAParameterInheritanceTest5": "a DSA key whose parameters are its issuer's (RFC 3279 §2.3.2): the "
    "`cryptography` package does not read such a certificate, and nobody uses them",
}
"""Why a valid message does not pass."""


@dataclass(frozen=True)
class Message:
    """One S/MIME message: what was signed, and the signature."""

    name: str
    content: bytes
    signature: bytes

    @property
    def is_valid(self) -> bool:
        """Whether the suite wants it accepted."""
        return POLICY_CASES.get(self.name, self.name.startswith("Valid"))


@cache
def messages() -> tuple[Message, ...]:
    """All 224, by name."""
    return tuple(_read(path) for path in sorted((DATA / "smime").glob("*.eml")))


@cache
def trust() -> TrustMaterial:
    """The one trust anchor, no intermediates but those the messages carry, and every revocation list."""
    root = (DATA / "certs" / "TrustAnchorRootCertificate.crt").read_bytes()
    return TrustMaterial((root,), crls=tuple(path.read_bytes() for path in sorted((DATA / "crls").iterdir())))


@cache
def judge(message: Message, policy: Policy) -> SignatureVerdict:
    """Judge with all the suite's material; once a run, since several tests ask."""
    return judge_with(trust(), message, policy)


def judge_with(material: TrustMaterial, message: Message, policy: Policy) -> SignatureVerdict:
    """Judge as the hub would, of a certificate registered to the sender."""
    (verdict,) = verify_signatures(
        message.signature,
        message.content,
        "manifest",
        JudgingContext(
            sender=SENDER,
            time=TrustedTime(AT),
            paths=lambda certificate, enclosed, at: validate_path(
                certificate, enclosed, material, at, policy
            ),
            binder=lambda _certificate: Owner(SENDER, "organisation"),
            policy=policy,
        ),
    )
    return verdict


def page() -> str:
    """The page about the suite, from judging all of it."""
    default, dsa = POLICIES["axis-2019"], POLICIES["admits-dsa"]
    verdicts = {each.name: judge(each, default) for each in messages()}
    return "\n".join(_page(verdicts, {name: judge(_message(name), dsa) for name in REASONS})) + "\n"


def _page(verdicts: dict[str, SignatureVerdict], with_dsa: dict[str, SignatureVerdict]) -> Iterator[str]:
    valid = [name for name in verdicts if name.startswith("Valid")]
    invalid = [name for name in verdicts if name.startswith("Invalid")]
    passed = [name for name in valid if _word(verdicts[name]) == PASSED]
    more = [name for name in with_dsa if _word(with_dsa[name]) == PASSED]
    accepted = [name for name in invalid if _word(verdicts[name]) == PASSED]
    yield "# NIST PKITS\n"
    yield "Every S/MIME message of NIST's Public Key Interoperability Test Suite (the edition in the package"
    yield "`cryptography_vectors`), judged by `signing.verify` with the suite's trust anchor and all its"
    yield f"revocation lists, as of {AT:%Y-%m-%d}. `tests/signing/pkits` compares this page with what it"
    yield "finds; `python -m support.pkits`, called in `tests/`, writes it anew.\n"
    yield "| messages | | passed under `axis-2019` | besides under `admits-dsa` |"
    yield "|---|---|---|---|"
    yield f"| valid | {len(valid)} | {len(passed)} | {len(more)} |"
    yield f"| invalid | {len(invalid)} | {len(accepted)} | |"
    as_said = sum((_word(verdicts[name]) == PASSED) is said for name, said in POLICY_CASES.items())
    yield f"| named by what they are about | {len(POLICY_CASES)} | {as_said} as the suite says | |\n"
    yield "## Valid, and not passed\n"
    yield "| message | `axis-2019` | `admits-dsa` | reason |"
    yield "|---|---|---|---|"
    for name in valid:
        if name not in passed:
            yield f"| {name} | {_word(verdicts[name])} | {_word(with_dsa[name])} | {REASONS[name]} |"
    yield "\n## Named by what they are about\n"
    yield "Under default settings: any policy will do, none is asked for. Settings of the suite that ask for"
    yield "a policy of the caller's have no counterpart here, since no policy of ours asks for one.\n"
    yield "| message | to be accepted | found |"
    yield "|---|---|---|"
    for name, said in POLICY_CASES.items():
        yield f"| {name} | {'yes' if said else 'no'} | {_word(verdicts[name])} |"
    yield "\n## Invalid\n"
    yield "| found | messages |"
    yield "|---|---|"
    for word in sorted({_word(verdicts[name]) for name in invalid}):
        names = [name.removeprefix("Invalid") for name in invalid if _word(verdicts[name]) == word]
        yield f"| {word} ({len(names)}) | {', '.join(names)} |"


def _word(verdict: SignatureVerdict) -> str:
    return PASSED if verdict.sub_indication is None else verdict.sub_indication.value


def _message(name: str) -> Message:
    return next(each for each in messages() if each.name == name)


def _read(path: Path) -> Message:
    raw = path.read_bytes().replace(b"\r\n", b"\n")
    found = re.search(rb'boundary="([^"]+)"', raw)
    assert found is not None
    _, content, signature, _ = raw.split(b"--" + found[1])
    _, body = signature.split(b"\n\n", 1)
    # What was signed is the part between the borders with the line ends of mail (RFC 8551 §3.1.1).
    signed = content[1:-1].replace(b"\n", b"\r\n")
    return Message(path.stem.removeprefix("Signed"), signed, base64.b64decode(body))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
