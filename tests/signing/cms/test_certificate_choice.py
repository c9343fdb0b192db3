"""Across modules: which certificate a signer means, where others have its issuer and serial number."""

import hashlib
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from support import pki, raw_cms, tsa

from signing import cms
from signing.authority import Revocation
from signing.certificates import read_certificate
from signing.cms.parse import parse
from signing.timestamps import with_signature_timestamp
from signing.timestamps.attach import signature_value

GOOD = (raw_cms.content_type(), raw_cms.message_digest())
SIGNER = pki.organisation()
COUNTERSIGNATURE = bytes.fromhex("06092a864886f70d010906")


def word(verdict):
    return verdict.indication.value, verdict.sub_indication and verdict.sub_indication.value


def forged(of=SIGNER, key=None):
    """A certificate of the same issuer, serial number and key identifier, which that issuer never made."""
    certificate = of.certificate
    own = key or pki.key("forger")
    builder = (
        x509.CertificateBuilder()
        .issuer_name(certificate.issuer)
        .subject_name(certificate.subject)
        .serial_number(certificate.serial_number)
        .not_valid_before(pki.BEGIN)
        .not_valid_after(pki.END)
        .public_key(own.public_key())
    )
    for extension in certificate.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return pki.Signer(builder.sign(pki.key("forger"), hashes.SHA256()), own)


BY_SERIAL = None
BY_KEY = raw_cms.tlv(0x80, read_certificate(SIGNER.der).key_identifier)


def signed(*carried, named=None, by=SIGNER):
    info = raw_cms.signer_info(by, GOOD, named=named)
    return raw_cms.signed_data(info, certificates=[each.der for each in carried])


@pytest.mark.parametrize("named", [BY_SERIAL, BY_KEY], ids=["serial", "key identifier"])
@pytest.mark.parametrize("key", [None, SIGNER.key], ids=["another key", "the same key"])
def test_the_true_one_is_found_wherever_the_forged_one_stands(named, key):
    false = forged(key=key)
    for carried in ((false, SIGNER), (SIGNER, false), (false, false, SIGNER)):
        verdict = pki.judge(signed(*carried, named=named))
        assert word(verdict) == ("TOTAL-PASSED", None)
        assert verdict.certificate.sha256 == read_certificate(SIGNER.der).summary.sha256
        assert word(pki.judge(signed(*carried, named=named), b"other")) == ("TOTAL-FAILED", "HASH_FAILURE")


def test_the_forged_one_alone_does_not_pass():
    assert word(pki.judge(signed(forged()))) == ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE")
    false = forged(key=SIGNER.key)
    assert word(pki.judge(signed(false)))[0] == "INDETERMINATE"
    assert pki.judge(signed(forged(), by=forged())).indication != "TOTAL-PASSED"
    both = raw_cms.signed_data(raw_cms.signer_info(forged(), GOOD), certificates=[forged().der, SIGNER.der])
    assert pki.judge(both).indication != "TOTAL-PASSED"


def test_a_forged_one_does_not_hide_that_the_true_one_was_revoked():
    lists = pki.crl(revoked=[Revocation(10, pki.AT - timedelta(days=1))])
    for carried in ((forged(key=SIGNER.key), SIGNER), (SIGNER, forged(key=SIGNER.key))):
        verdict = pki.judge(signed(*carried), material=pki.trust(lists))
        assert word(verdict) == ("TOTAL-FAILED", "REVOKED")


def test_a_time_stamps_authority_is_found_beside_a_forged_one():
    by = tsa.stamper()
    false = forged(by)
    plain = cms.sign(pki.CONTENT, SIGNER.certificate, SIGNER.key, chain=SIGNER.chain)
    for certificates in ([false.certificate], [false.certificate, *by.chain]):
        token = tsa.token(by, data=signature_value(plain), certificates=certificates)
        carried = parse(token, max_bytes=2**18, max_certificates=8, max_signers=1).certificates
        assert {false.der, by.der} <= set(carried)
        turned = token
        if carried.index(by.der) < carried.index(false.der) and len(by.der) == len(false.der):
            turned = token.replace(by.der, b"?" * len(by.der)).replace(false.der, by.der)
            turned = turned.replace(b"?" * len(by.der), false.der)
        for each in (token, turned):
            verdict = pki.judge(with_signature_timestamp(plain, each))
            assert (word(verdict), verdict.time_source) == (("TOTAL-PASSED", None), "rfc3161")


def test_a_countersigner_is_found_beside_a_forged_one():
    person = pki.person()
    value = raw_cms.sign_bytes(SIGNER, raw_cms.tlv(0x31, *GOOD))
    digest = raw_cms.attribute(raw_cms.MESSAGE_DIGEST, raw_cms.tlv(4, hashlib.sha256(value).digest()))
    counter = raw_cms.attribute(COUNTERSIGNATURE, raw_cms.signer_info(person, [digest]))
    info = raw_cms.signer_info(SIGNER, GOOD, unsigned=raw_cms.tlv(0xA1, counter))
    carried = [SIGNER.der, forged(person).der, person.der]
    verdict = pki.judge(raw_cms.signed_data(info, certificates=carried))
    assert pki.check(verdict, "countersignature").outcome == "passed"
    without = pki.judge(raw_cms.signed_data(info, certificates=carried[:2]))
    assert pki.check(without, "countersignature").outcome == "failed"
