"""Across modules: mutated signatures always get a verdict, and never pass for what was not signed."""

from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import pki, raw_cms
from support.effort import times

from signing import cms
from signing.certificate_subjects import read_subject
from signing.certificates import load_certificates, read_certificate
from signing.cms.signed_attributes import could_be_attributes
from signing.errors import SigningError, UnreadableCertificate
from signing.paths.validation import Enclosed, validate_path
from signing.verdict_vocabulary import SubIndication

ORGANISATION, RSA = pki.organisation(), pki.organisation("rsa-2048", serial=11)
SEEDS = [
    cms.sign(pki.CONTENT, ORGANISATION.certificate, ORGANISATION.key, chain=ORGANISATION.chain),
    cms.sign(pki.CONTENT, ORGANISATION.certificate, ORGANISATION.key, signed_attributes=False),
    cms.sign(pki.CONTENT, RSA.certificate, RSA.key, signing_time=pki.AT),
    raw_cms.signed_data(
        raw_cms.signer_info(ORGANISATION, [raw_cms.content_type(), raw_cms.message_digest()]),
        raw_cms.signer_info(RSA, None),
        certificates=[ORGANISATION.der, RSA.der],
    ),
]


@st.composite
def mutations(draw, seeds):
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data) - 1))
        match draw(st.sampled_from(["flip", "set", "cut", "insert", "repeat", "swap"])):
            case "flip":
                data[place] ^= 1 << draw(st.integers(0, 7))
            case "set":
                data[place] = draw(st.sampled_from([0, 1, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x84, 0xA0, 0xFF]))
            case "cut":
                del data[place : place + draw(st.integers(1, 40))]
            case "insert":
                data[place:place] = draw(st.binary(min_size=1, max_size=20))
            case "repeat":
                data[place:place] = data[place : place + draw(st.integers(1, 80))]
            case _:
                other = draw(st.integers(0, len(data) - 1))
                data[place], data[other] = data[other], data[place]
        if not data:
            data = bytearray(b"\x30")
    return bytes(data)


SIGNED_PARTS = {each.certificate.tbs_certificate_bytes for each in (ORGANISATION, RSA)}
BOUNDED = settings(max_examples=times(400), suppress_health_check=list(HealthCheck))


@BOUNDED
@given(mutations(SEEDS))
def test_a_mutated_signature_always_gets_a_verdict(data):
    for verdict in pki.judge_all(data):
        if verdict.sub_indication is None:
            assert pki.check(verdict, "signature-value").outcome == "passed"
        else:
            assert verdict.sub_indication in SubIndication
        assert verdict.to_json("vi")["sentence"]


@BOUNDED
@given(mutations(SEEDS))
def test_a_mutated_signature_never_passes_for_other_content(data):
    for verdict in pki.judge_all(data, pki.CONTENT + b" "):
        assert verdict.indication != "TOTAL-PASSED"


@BOUNDED
@given(mutations([ORGANISATION.der, RSA.der]))
def test_a_mutated_certificate_never_leads_to_a_root(der):
    outcome = validate_path(der, Enclosed(), pki.trust(), pki.AT)
    if outcome.sub_indication is None:
        # What may differ is only how the signature beside the signed part is written.
        assert x509.load_der_x509_certificate(der).tbs_certificate_bytes in SIGNED_PARTS


@BOUNDED
@given(mutations([ORGANISATION.der, RSA.der]))
def test_a_mutated_certificate_is_read_or_refused_by_name(der):
    try:
        read_certificate(der)
        for certificate in load_certificates(der):
            read_subject(certificate)
    except SigningError as error:
        assert isinstance(error, UnreadableCertificate)  # noqa: PT017 what else would be raised is the failure


@BOUNDED
@given(st.binary(max_size=60))
def test_any_content_can_be_asked_whether_it_could_be_attributes(content):
    assert could_be_attributes(content) in {True, False}
    assert not could_be_attributes(b"{" + content)
