"""Digests are held against the document as it was when it was signed."""

from support import pki
from support.xml_signatures import LETTER, judge_all, sign

from signing.verdict_vocabulary import Indication, SubIndication

ONCE = sign(LETTER, pki.person())
TWICE = sign(ONCE)


def outcomes(data):
    return [(each.indication, each.sub_indication) for each in judge_all(data)]


PASSED = (Indication.TOTAL_PASSED, None)
OPEN = (Indication.INDETERMINATE, SubIndication.SIG_CONSTRAINTS_FAILURE)
CHANGED = (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE)


def test_a_signature_beside_which_another_was_made_is_open_and_the_last_one_passes():
    assert outcomes(ONCE) == [PASSED]
    assert outcomes(TWICE) == [OPEN, PASSED]
    first, _ = judge_all(TWICE)
    assert dict(first.params)["reason"] == "xml-later-signature"
    assert outcomes(sign(TWICE, pki.person("third"))) == [OPEN, OPEN, PASSED]


def test_content_that_was_changed_is_told_whoever_signed_since():
    assert outcomes(TWICE.replace(b"H26", b"H27")) == [CHANGED, CHANGED]
    assert outcomes(sign(ONCE.replace(b"H26", b"H27"))) == [CHANGED, PASSED]


def test_content_inside_of_an_added_signature_never_passes():
    added = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><to>H99</to></ds:Signature>'
    first, *_ = outcomes(ONCE.replace(b"</letter>", added + b"</letter>"))
    assert first == OPEN
