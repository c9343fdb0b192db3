"""Honest XML signatures pass, altered ones fail, old ones stay open."""

from datetime import timedelta

import pytest
from support import pki
from support.xml_signatures import BOX, LETTER, judge, judge_all, sign

from signing.policy import Policy
from signing.verdict import Indication, SubIndication
from signing.xmldsig.judging import judge_xml
from signing.xmldsig.reading import read_xml


def outcome(verdict):
    return verdict.indication, verdict.sub_indication


PASSED = (Indication.TOTAL_PASSED, None)
IN_PART = (Indication.INDETERMINATE, SubIndication.SIG_CONSTRAINTS_FAILURE)


def test_an_enveloped_signature_over_the_whole_document_passes():
    verdict = judge(sign(LETTER))
    assert outcome(verdict) == PASSED
    assert verdict.format == "XMLDSig"
    assert verdict.covers == "letter.xml"
    assert (verdict.kind, verdict.agency, verdict.of_sender) == ("organisation", pki.SENDER, True)
    assert verdict.algorithms == "ecdsa-p256-sha256"


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [
        ("rsa-sha256", "rsa-2048-sha256"),
        ("rsa-sha512", "rsa-2048-sha512"),
        ("sha256-rsa-MGF1", "rsa-pss-2048-sha256"),
    ],
)
def test_rsa_of_both_paddings_passes(algorithm, name):
    verdict = judge(sign(LETTER, pki.organisation("rsa-2048"), signature_algorithm=algorithm))
    assert outcome(verdict) == PASSED
    assert verdict.algorithms == name


def test_a_document_that_a_person_signed_is_told_as_such():
    assert judge(sign(LETTER, pki.person())).kind == "person"


def test_two_signers_of_one_part_are_judged_each():
    once = sign(BOX, pki.person(), uri="#letter")
    both = judge_all(sign(once, uri="#letter"))
    assert [outcome(each) for each in both] == [IN_PART, IN_PART]
    assert {pki.check(each, "content-digest").outcome for each in both} == {"passed"}


def test_altered_content_is_a_hash_failure():
    verdict = judge(sign(LETTER).replace(b"H26", b"H27"))
    assert outcome(verdict) == (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE)
    assert pki.check(verdict, "signature-value").outcome == "passed"


def test_altered_signed_info_is_a_crypto_failure():
    verdict = judge(sign(LETTER).replace(b"2006/12/xml-c14n11", b"TR/2001/REC-xml-c14n-20010315", 1))
    assert outcome(verdict) == (Indication.TOTAL_FAILED, SubIndication.SIG_CRYPTO_FAILURE)


def test_another_key_than_the_certificates_is_a_crypto_failure():
    thief = pki.Signer(pki.organisation().certificate, pki.key("thief"), pki.organisation().chain)
    verdict = judge(sign(LETTER, thief))
    assert outcome(verdict) == (Indication.TOTAL_FAILED, SubIndication.SIG_CRYPTO_FAILURE)


@pytest.mark.parametrize("at", [pki.AT, pki.END + timedelta(days=400)])
@pytest.mark.parametrize("space", [b"", b"\n "])
def test_rsa_with_sha1_is_unverifiable_and_never_passed_whatever_became_of_it(at, space):
    old = {"signature_algorithm": "rsa-sha1", "digest_algorithm": "sha1"}
    signed = sign(LETTER, pki.organisation("rsa-2048"), **old)
    verdict = judge(signed.replace(b"<to>", space + b"<to>"), at=at)
    assert outcome(verdict) == (Indication.INDETERMINATE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)
    assert "sha1" in verdict.to_json("en")["sentence"]
    assert verdict.certificate is not None


def test_a_sha1_digest_under_a_strong_value_is_unverifiable_too():
    verdict = judge(sign(LETTER, digest_algorithm="sha1"))
    assert outcome(verdict) == (Indication.INDETERMINATE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)


def test_a_certificate_that_leads_nowhere_leaves_it_open():
    verdict = judge(sign(LETTER), material=pki.trust(intermediates=[]).__class__(roots=()))
    assert outcome(verdict) == (Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)


def test_a_certificate_of_another_agency_leaves_it_open():
    verdict = judge(sign(LETTER, pki.organisation(agency="000.00.00.H26")))
    assert outcome(verdict) == (Indication.INDETERMINATE, SubIndication.SIG_CONSTRAINTS_FAILURE)


def test_an_expired_certificate_fails():
    verdict = judge(
        sign(LETTER),
        at=pki.END - timedelta(hours=1),
        material=pki.trust(pki.crl(this_update=pki.END - timedelta(days=2), next_update=pki.END)),
    )
    assert outcome(verdict) == (Indication.TOTAL_FAILED, SubIndication.EXPIRED)


def test_a_document_without_signature_has_no_verdict():
    assert judge_all(LETTER) == ()


def test_what_was_read_under_a_stricter_policy_does_not_pass_under_a_laxer_one():
    strict = Policy(name="strict", digests=frozenset({"sha512"}))
    read = read_xml(sign(LETTER), strict)
    (verdict,) = judge_xml(read, "letter.xml", pki.context())
    assert verdict.indication is Indication.INDETERMINATE
