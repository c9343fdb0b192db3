"""What an XML signature claims of its signer: certificate and time, by XAdES."""

from datetime import timedelta

from support import pki
from support.xml_signatures import LETTER, judge, sign_xades

from signing.verdict import Indication, SubIndication


def outcome(verdict):
    return verdict.indication, verdict.sub_indication


PASSED = (Indication.TOTAL_PASSED, None)


def test_xades_names_its_certificate_and_claims_a_time():
    signed = sign_xades(LETTER)
    verdict = judge(signed)
    assert outcome(verdict) == PASSED
    assert verdict.covers == "letter.xml"
    assert verdict.claimed_time is not None
    assert pki.check(verdict, "certificate-reference").outcome == "passed"


def test_xades_that_names_another_certificate_stays_open():
    other = pki.organisation(end=pki.END - timedelta(days=2))  # of the same name, number and key
    verdict = judge(sign_xades(LETTER, named=other))
    assert outcome(verdict) == (Indication.INDETERMINATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
