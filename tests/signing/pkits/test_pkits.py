"""Across modules: NIST's PKITS; nothing invalid passes, and everything valid does.

docs/pkits.md names the few exceptions to the second.
"""

import pytest
from support import pkits

from signing.paths.validation import TrustMaterial
from signing.policy import DEFAULT, POLICIES
from signing.verdict_vocabulary import Indication, SubIndication

MESSAGES = pkits.messages()
DSA = ("ValidDSASignaturesTest4", "ValidDSAParameterInheritanceTest5")


def test_the_whole_suite_is_there():
    names = [each.name for each in MESSAGES]
    assert sum(name.startswith("Invalid") for name in names) == 114
    assert sum(name.startswith("Valid") for name in names) == 88
    assert {name for name in names if not name.startswith(("Valid", "Invalid"))} == set(pkits.POLICY_CASES)
    assert len(pkits.trust().crls) == 173


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_a_message_is_accepted_exactly_when_the_suite_says_so(message):
    verdict = pkits.judge(message, DEFAULT)
    if message.name in DSA:
        assert verdict.sub_indication in {
            SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
            SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
        }
    else:
        assert (verdict.indication is Indication.TOTAL_PASSED) == message.is_valid


def test_a_policy_that_admits_dsa_passes_what_was_signed_with_it_and_nothing_invalid():
    policy = POLICIES["admits-dsa"]
    verdicts = {each.name: pkits.judge(each, policy) for each in MESSAGES if "DSA" in each.name}
    passed = {name for name, each in verdicts.items() if each.indication is Indication.TOTAL_PASSED}
    assert passed == {"ValidDSASignaturesTest4"}
    assert "InvalidDSASignatureTest6" in verdicts


def test_with_the_lists_that_messages_carry_alone_nothing_invalid_is_accepted():
    bare = TrustMaterial(pkits.trust().roots)
    for each in MESSAGES[::10]:
        passed = pkits.judge_with(bare, each, DEFAULT).indication is Indication.TOTAL_PASSED
        assert not passed or each.is_valid, each.name


def test_the_page_tells_what_is_found():
    assert pkits.PAGE.read_text(encoding="utf-8") == pkits.page()
