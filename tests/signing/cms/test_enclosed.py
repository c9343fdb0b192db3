"""Lists and OCSP responses that a signature brings along, where signers put them."""

from datetime import timedelta
from random import Random

import pytest
from asn1crypto import ocsp as asn1_ocsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import pki, raw_cms, tsa
from support.ber import rewrapped
from support.effort import times

from signing.authority import Revocation
from signing.cms.der import content_of
from signing.paths.validation import TrustMaterial
from signing.timestamps import with_signature_timestamp

GOOD = (raw_cms.content_type(), raw_cms.message_digest())
SIGNER = pki.organisation()
OCSP = bytes.fromhex("06082b06010505071002")
BASIC = bytes.fromhex("06092b0601050507300101")
REVOCATION_VALUES = bytes.fromhex("060b2a864886f70d0109100218")
CERTIFICATE_VALUES = bytes.fromhex("060b2a864886f70d0109100217")
ARCHIVE = bytes.fromhex("06092a864886f72f010108")
REVOKED = (Revocation(10, pki.AT - timedelta(days=1)),)
NOTHING = TrustMaterial(pki.trust().roots, pki.trust().intermediates, ())


def word(verdict):
    return verdict.indication.value, verdict.sub_indication and verdict.sub_indication.value


def response(is_revoked=False):
    """What the issuing authority answers about the signer's certificate."""
    by, at = pki.issuing(), pki.AT - timedelta(hours=1)
    status = ocsp.OCSPCertStatus.REVOKED if is_revoked else ocsp.OCSPCertStatus.GOOD
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=SIGNER.certificate,
        issuer=by.certificate,
        algorithm=hashes.SHA256(),
        cert_status=status,
        this_update=at,
        next_update=at + timedelta(days=1),
        revocation_time=at if is_revoked else None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, by.certificate)
    return builder.sign(by.key, hashes.SHA256()).public_bytes(Encoding.DER)


def basic(whole):
    return asn1_ocsp.OCSPResponse.load(whole)["response_bytes"]["response"].parsed.dump()


def in_signed_data(*choices):
    info = raw_cms.signer_info(SIGNER, GOOD)
    body = raw_cms.seq(
        raw_cms.tlv(2, b"\x05"),
        raw_cms.tlv(0x31, raw_cms.SHA256),
        raw_cms.seq(raw_cms.DATA),
        raw_cms.tlv(0xA0, SIGNER.der),
        raw_cms.tlv(0xA1, *choices),
        raw_cms.tlv(0x31, info),
    )
    return raw_cms.seq(raw_cms.SIGNED_DATA, raw_cms.tlv(0xA0, body))


def values(crls=(), ocsps=()):
    lists = raw_cms.tlv(0xA0, raw_cms.seq(*crls)) if crls else b""
    return raw_cms.seq(lists, raw_cms.tlv(0xA1, raw_cms.seq(*ocsps)) if ocsps else b"")


def unsigned(identifier, value):
    more = raw_cms.tlv(0xA1, raw_cms.attribute(identifier, value))
    return raw_cms.signed_data(raw_cms.signer_info(SIGNER, GOOD, unsigned=more), certificates=[SIGNER.der])


def archived(value):
    return raw_cms.signature(SIGNER, [*GOOD, raw_cms.attribute(ARCHIVE, value)])


PLACES = {
    "list": lambda is_revoked: in_signed_data(pki.crl(revoked=REVOKED if is_revoked else ())),
    "response": lambda is_revoked: in_signed_data(raw_cms.tlv(0xA1, OCSP, response(is_revoked))),
    "basic": lambda is_revoked: in_signed_data(raw_cms.tlv(0xA1, BASIC, basic(response(is_revoked)))),
    "values: list": lambda is_revoked: unsigned(
        REVOCATION_VALUES, values(crls=[pki.crl(revoked=REVOKED if is_revoked else ())])
    ),
    "values: response": lambda is_revoked: unsigned(
        REVOCATION_VALUES, values(ocsps=[basic(response(is_revoked))])
    ),
    "archive: list": lambda is_revoked: archived(
        values(crls=[pki.crl(revoked=REVOKED if is_revoked else ())])
    ),
    "archive: response": lambda is_revoked: archived(values(ocsps=[response(is_revoked)])),
}


@pytest.mark.parametrize("place", PLACES)
def test_what_a_signature_brings_along_is_used(place):
    without = pki.judge(raw_cms.signature(SIGNER, GOOD), material=NOTHING)
    assert word(without) == ("INDETERMINATE", "TRY_LATER")
    assert word(pki.judge(PLACES[place](False), material=NOTHING)) == ("TOTAL-PASSED", None)
    assert word(pki.judge(PLACES[place](True), material=NOTHING)) == ("TOTAL-FAILED", "REVOKED")


@settings(max_examples=times(30))
@given(st.sampled_from(list(PLACES)), st.booleans(), st.integers(0, 2**32), st.sampled_from([0.05, 0.2, 0.9]))
@example("list", False, 288, 0.05)  # in BER deep inside alone
def test_lists_and_responses_in_ber_count_as_those_in_der(place, is_revoked, seed, share):
    signature = rewrapped(PLACES[place](is_revoked), Random(seed), share)
    expected = ("TOTAL-FAILED", "REVOKED") if is_revoked else ("TOTAL-PASSED", None)
    assert word(pki.judge(signature, material=NOTHING)) == expected


@pytest.mark.parametrize("place", ["list", "basic", "response"])
def test_a_revocation_in_ber_beside_der_is_not_lost(place):
    der = PLACES[place](True)
    told = {"list": pki.crl(revoked=REVOKED), "basic": basic(response(True)), "response": response(True)}[
        place
    ]
    signature = in_signed_data(
        indefinite(told) if place == "list" else raw_cms.tlv(0xA1, der_kind(place), indefinite(told))
    )
    assert signature != der
    assert word(pki.judge(signature)) == ("TOTAL-FAILED", "REVOKED")


def der_kind(place):
    return BASIC if place == "basic" else OCSP


def indefinite(der):
    """The same value with an indefinite length of its own, all inside of it left as it is."""
    return der[:1] + b"\x80" + content_of(der) + b"\x00\x00"


@pytest.mark.parametrize("place", PLACES)
def test_what_it_brings_along_hides_nothing_that_is_known(place):
    known = pki.trust(pki.crl(revoked=REVOKED))
    assert word(pki.judge(PLACES[place](False), material=known)) == ("TOTAL-FAILED", "REVOKED")


@pytest.mark.parametrize(
    "signature",
    [
        in_signed_data(b"\x30\x00"),
        in_signed_data(raw_cms.tlv(0xA1)),
        in_signed_data(raw_cms.tlv(0xA1, OCSP)),
        in_signed_data(raw_cms.tlv(0xA1, raw_cms.DATA, b"\x30\x00")),
        in_signed_data(raw_cms.tlv(0xA1, OCSP, b"\x30\x05\x30")),
        in_signed_data(raw_cms.tlv(0xA2, b"\x05\x00")),
        unsigned(REVOCATION_VALUES, b"\x05\x00"),
        unsigned(REVOCATION_VALUES, values(crls=[b"\x30\x00"], ocsps=[b"\x30\x00"])),
        unsigned(REVOCATION_VALUES, raw_cms.seq(raw_cms.tlv(0xA0, b"\x30\x05\x30"))),
        unsigned(CERTIFICATE_VALUES, raw_cms.seq(b"\x05\x00")),
        archived(b"\x05\x00"),
        raw_cms.signature(SIGNER, [*GOOD, raw_cms.attribute(ARCHIVE), raw_cms.attribute(ARCHIVE)]),
    ],
)
def test_what_cannot_be_taken_apart_is_as_good_as_missing(signature):
    assert word(pki.judge(signature)) == ("TOTAL-PASSED", None)
    assert word(pki.judge(signature, material=NOTHING)) == ("INDETERMINATE", "TRY_LATER")


def test_a_signer_is_found_among_the_certificate_values():
    more = raw_cms.tlv(0xA1, raw_cms.attribute(CERTIFICATE_VALUES, raw_cms.seq(SIGNER.der)))
    info = raw_cms.signer_info(SIGNER, GOOD, unsigned=more)
    assert word(pki.judge(raw_cms.signed_data(info))) == ("TOTAL-PASSED", None)


def test_lists_for_the_time_stamps_authority_may_stand_in_the_signature():
    value = raw_cms.sign_bytes(SIGNER, raw_cms.tlv(0x31, *GOOD))
    signature = in_signed_data(pki.crl())
    stamped = with_signature_timestamp(signature, tsa.token(data=value))
    verdict = pki.judge(stamped, material=NOTHING)
    assert (word(verdict), verdict.time_source) == (("TOTAL-PASSED", None), "rfc3161")
