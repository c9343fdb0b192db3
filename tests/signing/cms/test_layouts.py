"""Signatures that are alike are read as each would be read alone."""

import datetime as dt

import pytest
from support import pki, raw_cms

from signing import cms
from signing.cms import layouts, parse
from signing.errors import SignatureBeyondLimits, UnreadableSignature

LIMITS = {"max_bytes": 64 * 1024, "max_certificates": 8, "max_signers": 8}
SECOND = dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def nothing_remembered():
    forget()
    yield
    forget()


def forget():
    layouts._remembered.cache_clear()


def sign(content, *, signer=None, at=pki.AT):
    signer = signer or pki.organisation()
    return cms.sign(content, signer.certificate, signer.key, chain=signer.chain, signing_time=at)


def signed_alike(length, *, at):
    """A signature of this length, since the value's own differs."""
    made = (sign(b"%d" % number, at=at) for number in range(1_000))
    return next(each for each in made if len(each) == length)


def outcome(signature, **limits):
    try:
        return parse(signature, **(LIMITS | limits))
    except UnreadableSignature as error:
        return type(error), error.params


def read_alone(signature):
    forget()
    return outcome(signature)


@pytest.mark.parametrize("at", [pki.AT, None], ids=["with a time", "without"])
def test_a_signature_over_other_content_at_another_time_is_read_as_it_is_alone(at):
    first = sign(pki.CONTENT, at=at)
    second = signed_alike(len(first), at=at and at + SECOND)
    alone = read_alone(second)
    forget()
    parse(first, **LIMITS)
    assert layouts.read_alike(second) == alone == parse(second, **LIMITS)
    (signer,) = alone.signers
    assert signer.attributes.signing_time == (at and at.replace(microsecond=0) + SECOND)


def test_no_byte_that_was_altered_is_taken_for_what_was_there_before():
    first = sign(pki.CONTENT)
    wholes = {}
    for place in range(len(first)):
        altered = bytearray(first)
        altered[place] ^= 1 << place % 8
        wholes[bytes(altered)] = read_alone(bytes(altered))
    forget()
    parse(first, **LIMITS)
    assert layouts.read_alike(first) is not None
    for altered, alone in wholes.items():
        assert outcome(altered) == alone
        assert outcome(first) == parse(first, **LIMITS)


@pytest.mark.parametrize("more", [b"\x00", b"\x30\x00"])
def test_what_is_longer_or_cut_is_not_alike(more):
    first = sign(pki.CONTENT)
    parse(first, **LIMITS)
    for changed in (first + more, first[: -len(more)], first[:40], b""):
        assert layouts.read_alike(changed) is None


def test_a_malformed_time_in_the_place_of_the_good_one_is_remarked_upon():
    first = sign(pki.CONTENT)
    parse(first, **LIMITS)
    time = pki.AT.strftime("%y%m%d%H%M%SZ").encode()
    (signer,) = layouts.read_alike(first.replace(time, b"190229021109Z")).signers
    assert (signer.attributes.signing_time, signer.attributes.signing_time_fault) == (None, "190229021109Z")


def test_limits_hold_for_what_is_alike_too():
    first = sign(pki.CONTENT)
    parse(first, **LIMITS)
    for limit in ({"max_certificates": 0}, {"max_signers": 0}, {"max_bytes": len(first) - 1}):
        assert outcome(first, **limit)[0] is SignatureBeyondLimits


GOOD = (raw_cms.content_type(), raw_cms.message_digest())
TIME = raw_cms.attribute(raw_cms.SIGNING_TIME, raw_cms.tlv(0x17, b"190603021109Z"))
OTHER = raw_cms.attribute(bytes.fromhex("06032a0304"), b"\x05\x00")


def unusual():
    signer = pki.organisation()
    info = raw_cms.signer_info(signer, GOOD)
    kind, digest = GOOD
    return {
        "two signers": raw_cms.signed_data(info, info, certificates=[signer.der]),
        "no attributes": raw_cms.signature(signer, None),
        "another order": raw_cms.signature(signer, [digest, TIME, kind]),
        "two times": raw_cms.signature(signer, [kind, TIME, TIME, digest]),
        "content inside": raw_cms.signed_data(info, certificates=[signer.der], inside=pki.CONTENT),
        "unsigned attributes": raw_cms.signature(signer, GOOD, unsigned=raw_cms.tlv(0xA1, OTHER)),
    }


@pytest.mark.parametrize("name", unusual())
def test_signatures_with_more_that_may_change_are_read_in_full(name):
    signature = unusual()[name]
    first = parse(signature, **LIMITS)
    assert layouts.read_alike(signature) is None
    assert parse(signature, **LIMITS) == first


def test_signatures_that_are_too_long_are_not_remembered():
    signer = pki.organisation()
    certificates = [signer.der] * 8
    signature = raw_cms.signed_data(raw_cms.signer_info(signer, GOOD), certificates=certificates)
    assert len(signature) <= 8 * 1024
    parse(signature, **LIMITS)
    assert layouts.read_alike(signature) is not None
    long = raw_cms.signed_data(raw_cms.signer_info(signer, GOOD), certificates=certificates * 2)
    parse(long, **LIMITS | {"max_certificates": 16})
    assert layouts.read_alike(long) is None
