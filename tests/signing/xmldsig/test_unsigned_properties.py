"""Time-stamps, lists and answers inside of an XML signature are used to judge it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support import pki, tsa
from support.xml_by_hand import DS, EXCLUSIVE, INCLUSIVE, XADES, base64_of, enveloped, x509_data
from support.xml_signatures import judge

from signing.verdict_vocabulary import Indication, SubIndication

BEFORE, AFTER = '<a xmlns="urn:a"><b>1</b>', "</a>"
LATER = pki.END - timedelta(hours=1)


def with_unsigned(properties):
    held = f"<x:UnsignedSignatureProperties>{properties}</x:UnsignedSignatureProperties>"
    return (
        f'<Object><x:QualifyingProperties xmlns:x="{XADES}"><x:UnsignedProperties>{held}'
        "</x:UnsignedProperties></x:QualifyingProperties></Object>"
    )


def stamped(form=EXCLUSIVE, data=None, **more):
    """Sign, stamp the signature's value, and put the stamp in."""
    plain = enveloped(BEFORE, AFTER).decode()
    value = plain.partition("<SignatureValue>")[2].partition("</SignatureValue>")[0]
    canonical = f'<SignatureValue xmlns="{DS}">{value}</SignatureValue>'
    token = tsa.token(data=data or canonical.encode(), **more)
    method = f'<CanonicalizationMethod Algorithm="{form}"/>' if form else ""
    stamp = (
        f"<x:SignatureTimeStamp>{method}<x:EncapsulatedTimeStamp>{base64_of(token)}</x:EncapsulatedTimeStamp>"
        "</x:SignatureTimeStamp>"
    )
    return plain.replace("</Signature>", with_unsigned(stamp) + "</Signature>").encode()


@pytest.mark.parametrize("form", [EXCLUSIVE, INCLUSIVE, ""])
def test_a_time_stamp_settles_the_trusted_time(form):
    # The default namespace is the signature's own, so an inclusive form inherits nothing else.
    verdict = judge(stamped(form), at=pki.AT + timedelta(hours=1))
    assert verdict.indication is Indication.TOTAL_PASSED
    assert (verdict.trusted_time, verdict.time_source) == (pki.AT, "rfc3161")


def test_a_time_stamp_over_something_else_is_told_and_does_not_count():
    verdict = judge(stamped(data=b"something else"))
    assert verdict.time_source == "acceptance"
    assert pki.check(verdict, "timestamp-imprint").outcome == "failed"


def test_what_was_stamped_in_time_is_not_called_expired():
    fresh = pki.trust(pki.crl(), pki.crl(this_update=pki.END - timedelta(days=2), next_update=pki.END))
    assert judge(enveloped(BEFORE, AFTER), at=LATER, material=fresh).sub_indication is SubIndication.EXPIRED
    verdict = judge(stamped(), at=LATER, material=fresh)
    assert (verdict.indication, verdict.sub_indication) == (Indication.TOTAL_PASSED, None)


@pytest.mark.parametrize("place", ["KeyInfo", "RevocationValues"])
def test_a_list_that_came_along_is_used(place):
    nothing = replace(pki.trust(), crls=())
    known = base64_of(pki.crl())
    data = x509_data(f"<X509CRL>{known}</X509CRL>") if place == "KeyInfo" else None
    values = f"<x:CRLValues><x:EncapsulatedCRLValue>{known}</x:EncapsulatedCRLValue></x:CRLValues>"
    held = "" if data else with_unsigned(f"<x:RevocationValues>{values}</x:RevocationValues>")
    assert judge(enveloped(BEFORE, AFTER), material=nothing).sub_indication is SubIndication.TRY_LATER
    signed = enveloped(BEFORE, AFTER, key_info=data, objects=held)
    assert judge(signed, material=nothing).indication is Indication.TOTAL_PASSED
