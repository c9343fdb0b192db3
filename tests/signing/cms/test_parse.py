"""Step 0: what is no CMS signature, or one that says two things at once."""

import base64
import random

import pytest
from support import pki, raw_cms

from signing import cms
from signing.certificates import to_der
from signing.policy import DEFAULT

GOOD = [raw_cms.content_type(), raw_cms.message_digest()]

UNKNOWN_ATTRIBUTE = bytes.fromhex("06032a0304")


def good_signature():
    signer = pki.organisation()
    return cms.sign(pki.CONTENT, signer.certificate, signer.key, chain=signer.chain, signing_time=pki.AT)


def reason(verdict):
    assert (verdict.indication, verdict.sub_indication) == ("TOTAL-FAILED", "FORMAT_FAILURE"), verdict
    return dict(verdict.params)["reason"]


def test_a_crafted_signature_passes_while_nothing_is_wrong_with_it():
    assert pki.judge(raw_cms.signature(pki.organisation(), GOOD)).indication == "TOTAL-PASSED"
    assert pki.judge(raw_cms.signature(pki.organisation(), None)).indication == "TOTAL-PASSED"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "neither-der-nor-pem"),
        (b"\x30", "truncated"),
        (b"\x30\x80\x00\x00", "malformed"),
        (b"garbage", "neither-der-nor-pem"),
        (b"-----BEGIN CMS-----\n!!!\n-----END CMS-----", "broken-base64"),
        (b"-----BEGIN CMS-----", "neither-der-nor-pem"),
        (b"-----BEGIN CMS----------END CMS-----", "truncated"),
        (b"\x30\x84\xff\xff\xff\xff", "truncated"),
        (b"\x30\x03\x1f\x81\x00", "truncated"),
        (b"\x30\x0a\x1f\x81\x81\x81\x81\x81\x81\x81\x01\x00", "high-tag"),
        (b"\x30\x04\x04\x80\x00\x00", "indefinite-primitive"),
        (b"\x30\x80\x24\x80\x02\x01\x01\x00\x00\x00\x00", "octet-string-pieces"),
    ],
)
def test_bytes_that_are_no_signature_get_a_verdict_that_says_why(data, expected):
    assert reason(pki.judge(data)) == expected


def test_more_bytes_after_the_end_are_refused():
    assert reason(pki.judge(good_signature() + b"\x00")) == "trailing-bytes"


def test_pem_is_read_with_either_label_and_line_end():
    body = base64.encodebytes(good_signature())
    for label in (b"CMS", b"PKCS7"):
        text = b"-----BEGIN %s-----\n%s-----END %s-----\n" % (label, body, label)
        assert pki.judge(text).indication == "TOTAL-PASSED"
        assert pki.judge(b"\r\n" + text.replace(b"\n", b"\r\n")).indication == "TOTAL-PASSED"


def test_text_around_pem_is_refused():
    body = base64.encodebytes(good_signature())
    text = b"see: -----BEGIN CMS-----\n" + body + b"-----END CMS-----\n"
    assert reason(pki.judge(text)) == "neither-der-nor-pem"


def test_another_kind_of_cms_message_is_refused():
    other = good_signature().replace(raw_cms.SIGNED_DATA, bytes.fromhex("06092a864886f70d010703"), 1)
    assert reason(pki.judge(other)) == "not-signed-data"


def test_a_signature_by_nobody_is_refused():
    assert reason(pki.judge(raw_cms.signed_data(certificates=[pki.organisation().der]))) == "no-signer"


def test_a_signature_as_large_as_allowed_is_still_read():
    filler = raw_cms.tlv(0xA1, raw_cms.attribute(UNKNOWN_ATTRIBUTE, raw_cms.tlv(4, b"x" * 255_000)))
    signature = raw_cms.signature(pki.organisation(), GOOD, unsigned=filler)
    assert len(signature) <= DEFAULT.max_signature_bytes
    assert pki.judge(signature).indication == "TOTAL-PASSED"


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ([raw_cms.content_type()], "attribute-missing"),
        ([raw_cms.message_digest()], "attribute-missing"),
        ([], "attribute-missing"),
        ([*GOOD, raw_cms.content_type()], "attribute-not-once"),
        ([*GOOD, raw_cms.message_digest()], "attribute-not-once"),
        ([*GOOD, raw_cms.message_digest(b"other")], "attribute-not-once"),
        ([raw_cms.content_type(), raw_cms.attribute(raw_cms.MESSAGE_DIGEST)], "attribute-not-once"),
        (
            [raw_cms.content_type(), raw_cms.attribute(raw_cms.MESSAGE_DIGEST, b"\x04\x00", b"\x04\x01a")],
            "attribute-not-once",
        ),
        (
            [raw_cms.content_type(), raw_cms.attribute(raw_cms.MESSAGE_DIGEST, b"\x05\x00")],
            "attribute-malformed",
        ),
        ([*GOOD, raw_cms.attribute(raw_cms.SIGNING_CERTIFICATE_V2, b"\x30\x00")], "attribute-malformed"),
        ([raw_cms.content_type(raw_cms.SIGNED_DATA), raw_cms.message_digest()], "content-type"),
    ],
)
def test_attributes_that_are_not_there_exactly_once_are_refused(attributes, expected):
    assert reason(pki.judge(raw_cms.signature(pki.organisation(), attributes))) == expected


def test_attributes_in_any_order_are_verified_over_the_bytes_received():
    # A set in DER has an order; signers that do not know it are verified as openssl does.
    assert pki.judge(raw_cms.signature(pki.organisation(), GOOD[::-1])).indication == "TOTAL-PASSED"


def test_a_signature_stripped_of_its_attributes_does_not_pass_for_their_encoding():
    signer = pki.organisation()
    attributes = raw_cms.tlv(0x31, *GOOD)
    info = raw_cms.signer_info(signer, None, value=raw_cms.sign_bytes(signer, attributes))
    stripped = raw_cms.signed_data(info, certificates=[signer.der])
    verdict = pki.judge(stripped, attributes)
    assert pki.check(verdict, "signature-value").outcome == "passed"
    assert reason(verdict) == "content-could-be-attributes"


def test_without_attributes_only_plain_data_is_signed():
    signer = pki.organisation()
    info = raw_cms.signer_info(signer, None)
    signature = raw_cms.signed_data(info, certificates=[signer.der], kind=raw_cms.SIGNED_DATA)
    assert reason(pki.judge(signature)) == "content-type-without-attributes"


def test_a_signer_certificate_that_cannot_be_read_leaves_it_open():
    signer = pki.organisation()
    broken = signer.der.replace(b"\x17\x0d19", b"\x17\x0dxx", 1)
    signature = raw_cms.signed_data(raw_cms.signer_info(signer, GOOD), certificates=[broken])
    verdict = pki.judge(signature)
    assert (verdict.indication, verdict.sub_indication) == ("INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND")
    assert dict(verdict.params)["reason"] == "unreadable-certificate"


def test_unsorted_signers_and_certificates_are_read():
    signers = [pki.organisation(), pki.person()]
    infos = sorted((raw_cms.signer_info(each, GOOD) for each in signers), reverse=True)
    carried = sorted((to_der(each.certificate) for each in signers), reverse=True)
    verdicts = pki.judge_all(raw_cms.signed_data(*infos, certificates=carried))
    assert {verdict.indication for verdict in verdicts} == {"TOTAL-PASSED"}
    assert {verdict.kind for verdict in verdicts} == {"organisation", "person"}


def test_random_bytes_always_get_a_verdict():
    source = random.Random(1)
    for length in range(200):
        assert pki.judge(b"\x30" + source.randbytes(length)).sub_indication == "FORMAT_FAILURE"
