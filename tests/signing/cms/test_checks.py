"""The content that a signature covers: carried inside, given apart, or gone by and known by its digest."""

import hashlib

import pytest
from support import pki, raw_cms

from signing import cms
from signing.verify import Content


def digested(name, content=pki.CONTENT):
    value = hashlib.new(name, content, usedforsecurity=False).digest()
    return [raw_cms.content_type(), raw_cms.attribute(raw_cms.MESSAGE_DIGEST, raw_cms.tlv(4, value))]


def word(verdict):
    return verdict.indication.value, verdict.sub_indication and verdict.sub_indication.value


def test_content_carried_inside_is_judged_where_none_is_given():
    info = raw_cms.signer_info(pki.organisation(), digested("sha256"))
    carrying = raw_cms.signed_data(info, certificates=[pki.organisation().der], inside=pki.CONTENT)
    assert word(pki.judge(carrying, None)) == ("TOTAL-PASSED", None)
    assert word(pki.judge(carrying, pki.CONTENT)) == ("TOTAL-PASSED", None)
    assert word(pki.judge(carrying, b"other")) == ("TOTAL-FAILED", "HASH_FAILURE")
    other = raw_cms.signed_data(info, certificates=[pki.organisation().der], inside=b"other")
    assert word(pki.judge(other, None)) == ("TOTAL-FAILED", "HASH_FAILURE")


def test_a_detached_signature_without_any_content_says_so():
    verdict = pki.judge(raw_cms.signature(pki.organisation(), digested("sha256")), None)
    assert word(verdict) == ("INDETERMINATE", "GENERIC")
    assert "no content" in verdict.to_json()["sentence"]


@pytest.mark.parametrize("signed_attributes", [True, False])
@pytest.mark.parametrize("kind", ["p256", "rsa-2048"])
def test_content_that_went_by_is_judged_by_its_digest(kind, signed_attributes):
    signer = pki.organisation(kind)
    signature = cms.sign(
        pki.CONTENT, signer.certificate, signer.key, signing_time=pki.AT, signed_attributes=signed_attributes
    )
    right = Content(None, {"sha256": hashlib.sha256(pki.CONTENT).digest()}, pki.CONTENT[:1])
    assert word(pki.judge(signature, right)) == ("TOTAL-PASSED", None)
    wrong = right._replace(digests={"sha256": hashlib.sha256(b"other").digest()})
    expected = "HASH_FAILURE" if signed_attributes else "SIG_CRYPTO_FAILURE"
    assert word(pki.judge(signature, wrong)) == ("TOTAL-FAILED", expected)
    not_taken = right._replace(digests={"sha512": hashlib.sha512(pki.CONTENT).digest()})
    assert word(pki.judge(signature, not_taken)) == ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")


def test_content_that_went_by_and_could_be_attributes_is_refused_without_attributes():
    signer = pki.organisation()
    signature = cms.sign(pki.CONTENT, signer.certificate, signer.key, signed_attributes=False)
    digests = {"sha256": hashlib.sha256(pki.CONTENT).digest()}
    for first in (b"\x31", b""):
        verdict = pki.judge(signature, Content(None, digests, first))
        assert word(verdict) == ("TOTAL-FAILED", "FORMAT_FAILURE")
