"""BER made DER: what other tools write, and what nobody may send."""

import hashlib
from functools import cache, lru_cache
from random import Random

import pytest
from asn1crypto import core
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ber as other
from support import pki, raw_cms, tsa
from support.effort import times

from signing import cms
from signing.certificates import read_certificate
from signing.cms.ber import MAX_DEPTH, der_length, to_der
from signing.errors import SignatureBeyondLimits, UnreadableSignature
from signing.paths.validation import validate_path
from signing.timestamps import with_signature_timestamp
from signing.timestamps.attach import signature_value


@pytest.mark.parametrize(
    ("ber", "der"),
    [
        ("3080020101 0000", "3003020101"),
        ("3081 03 020101", "3003020101"),
        ("308200 03 020101", "3003020101"),
        ("2480 0402 6162 0401 63 0000", "0403616263"),
        ("2407 0402 6162 0401 63", "0403616263"),
        ("2480 2480 0401 61 0000 0401 62 0000", "04026162"),
        ("3080 a080 020101 0000 0000", "3005a003020101"),
        ("3003020101", "3003020101"),
        ("0400", "0400"),
        ("2480 0000", "0400"),
        ("2c80 0c0161 040162 0000", "0c026162"),
        ("2380 03020061 03020460 0000", "0303046160"),
        ("2307 2305 03030461 60", "0303046160"),
        ("3006 010101 010100", "30060101ff010100"),
        ("3080 bf8102 03 020105 0000", "3007bf810203020105"),
    ],
)
def test_indefinite_and_long_lengths_and_pieces_become_der(ber, der):
    assert to_der(bytes.fromhex(ber)).hex() == der


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "30",
        "3001",
        "3080",
        "30800201",
        "308002010100",
        "0480",
        "3f818181818181818101",
        "3f",
        "3f81",
        "3000ff",
        "23080302046003020061",
        "23020300",
        "2c03020101",
    ],
)
def test_what_is_no_single_value_is_refused(bad):
    with pytest.raises(UnreadableSignature):
        to_der(bytes.fromhex(bad))


def test_nesting_is_bounded():
    def nested(depth):
        return b"\x30\x80" * depth + b"\x00\x00" * depth

    assert to_der(nested(MAX_DEPTH))
    with pytest.raises(SignatureBeyondLimits):
        to_der(nested(MAX_DEPTH + 2))


values = st.recursive(
    st.binary(max_size=20).map(lambda content: core.OctetString(content).dump()),
    lambda inner: st.lists(inner, max_size=4).map(
        lambda parts: b"\x30" + der_length(sum(map(len, parts))) + b"".join(parts)
    ),
    max_leaves=20,
)


@given(values)
def test_der_stays_as_it_is(value):
    assert to_der(value) == value


def indefinite(der):
    """The same value with indefinite lengths wherever it is made of parts."""
    if der[0] != 0x30:
        return der
    parts, rest = [], core.Sequence.load(der).contents
    while rest:
        part = core.Any.load(rest).dump()
        parts.append(indefinite(part))
        rest = rest[len(part) :]
    return b"\x30\x80" + b"".join(parts) + b"\x00\x00"


@given(values)
def test_indefinite_lengths_come_back_to_the_same_der(value):
    assert to_der(indefinite(value)) == value


@given(st.binary(max_size=300))
def test_any_bytes_give_der_or_a_refusal(data):
    try:
        der = to_der(data)
    except UnreadableSignature:
        return
    assert to_der(der) == der


@given(st.integers(0, 2**40))
def test_lengths_are_as_short_as_can_be(length):
    encoded = der_length(length)
    if length < 128:
        assert encoded == bytes((length,))
    else:
        assert encoded[0] == 0x80 | (len(encoded) - 1)
        assert int.from_bytes(encoded[1:], "big") == length
        assert encoded[1] != 0


GOOD = (raw_cms.content_type(), raw_cms.message_digest())
COUNTERSIGNATURE = bytes.fromhex("06092a864886f70d010906")
CAPABILITIES = raw_cms.attribute(
    bytes.fromhex("06092a864886f70d01090f"),
    raw_cms.seq(raw_cms.seq(bytes.fromhex("0609608648016503040102")), raw_cms.tlv(12, "Đã ký".encode())),
)
PSS = raw_cms.seq(
    bytes.fromhex("06092a864886f70d01010a"),
    raw_cms.seq(
        raw_cms.tlv(0xA0, raw_cms.SHA256),
        raw_cms.tlv(0xA1, raw_cms.seq(bytes.fromhex("06092a864886f70d010108"), raw_cms.SHA256)),
        raw_cms.tlv(0xA2, raw_cms.tlv(2, b"\x20")),
    ),
)


KINDS = 10


@cache
def good():
    """Good signatures of all kinds, in DER."""
    signer, second, rsa = pki.organisation(), pki.person(), pki.organisation("rsa-2048")
    cades = cms.sign(pki.CONTENT, signer.certificate, signer.key, chain=signer.chain, signing_time=pki.AT)
    attributes = raw_cms.tlv(0x31, *GOOD)
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    by_pss = raw_cms.signature(rsa, GOOD, method=PSS, value=rsa.key.sign(attributes, pss, hashes.SHA256()))
    value = raw_cms.sign_bytes(signer, attributes)
    digest = raw_cms.attribute(raw_cms.MESSAGE_DIGEST, raw_cms.tlv(4, hashlib.sha256(value).digest()))
    counter = raw_cms.attribute(COUNTERSIGNATURE, raw_cms.signer_info(second, [digest]))
    named = raw_cms.tlv(0x80, read_certificate(signer.der).key_identifier)
    return {
        "cades": cades,
        "time-stamped": with_signature_timestamp(cades, tsa.token(data=signature_value(cades))),
        "pss": by_pss,
        "capabilities": raw_cms.signature(signer, [*GOOD, CAPABILITIES]),
        "another order": raw_cms.signature(signer, [CAPABILITIES, *GOOD]),
        "no attributes": raw_cms.signature(signer, None),
        "content inside": raw_cms.signed_data(
            raw_cms.signer_info(signer, GOOD), certificates=[signer.der], inside=pki.CONTENT
        ),
        "countersigned": raw_cms.signed_data(
            raw_cms.signer_info(signer, GOOD, unsigned=raw_cms.tlv(0xA1, counter)),
            certificates=[signer.der, second.der],
        ),
        "two signers": raw_cms.signed_data(
            raw_cms.signer_info(signer, GOOD),
            raw_cms.signer_info(second, [*GOOD, CAPABILITIES]),
            certificates=[signer.der, second.der],
        ),
        "by key": raw_cms.signature(signer, GOOD, named=named),
    }


@lru_cache(maxsize=1000)
def path(certificate, enclosed, moment):
    return validate_path(certificate, enclosed, pki.trust(), moment)


def outcome(signature, content=pki.CONTENT):
    """All that a reader is told, but for a time-stamp's bytes and their digest."""
    return [
        verdict._replace(material=None, tokens=())
        for verdict in pki.judge_all(signature, content, paths=path)
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, KINDS - 1),
    st.integers(0, 2**32),
    st.sampled_from([0.01, 0.1, 0.5, 1]),
    st.sampled_from([pki.CONTENT, b"other"]),
)
def test_writing_a_signature_in_ber_never_changes_its_verdict(kind, seed, share, content):
    assert len(good()) == KINDS
    der = list(good().values())[kind]
    expected = outcome(der, content)
    assert content != pki.CONTENT or all(each.indication == "TOTAL-PASSED" for each in expected)
    assert outcome(other.rewrapped(der, Random(seed), share), content) == expected


def test_a_key_identifier_in_pieces_names_its_certificate():
    signer = pki.organisation()
    identifier = read_certificate(signer.der).key_identifier
    pieces = raw_cms.tlv(0xA0, raw_cms.tlv(4, identifier[:7]), raw_cms.tlv(4, identifier[7:]))
    signature = raw_cms.signature(signer, GOOD, named=pieces)
    assert pki.judge(signature).indication == "TOTAL-PASSED"
    wrong = raw_cms.signature(signer, GOOD, named=raw_cms.tlv(0xA0, raw_cms.tlv(4, identifier[1:])))
    assert pki.judge(wrong).sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"


def test_time_stamps_inside_time_stamps_are_within_the_limits():
    """As archives stamp again and again: each token is stamped in its own unsigned attributes."""
    inner = tsa.token(data=b"last")
    for _ in range(4):
        inner = with_signature_timestamp(tsa.token(data=b"earlier"), inner)
    signature = cms.sign(pki.CONTENT, pki.organisation().certificate, pki.organisation().key)
    stamped = with_signature_timestamp(signature, inner)
    ber = other.rewrapped(stamped, Random(1), 1)
    assert outcome(ber) == outcome(stamped)
    assert outcome(ber)[0].indication == "TOTAL-PASSED"


def test_certificates_in_ber_among_der_are_read():
    signer = pki.organisation()
    certificate = other.rewrapped(signer.der, Random(1), 1)
    assert certificate[1] == 0x80
    info = raw_cms.signer_info(signer, GOOD)
    (verdict,) = outcome(raw_cms.signed_data(info, certificates=[certificate]))
    assert verdict.indication == "TOTAL-PASSED"


@settings(max_examples=times(40))
@given(st.integers(0, 2**32), st.sampled_from([0.1, 0.5, 1]))
def test_attributes_in_ber_may_be_signed_in_der_or_as_they_stand(seed, share):
    signer = pki.organisation()
    written = [other.rewrapped(each, Random(seed), share) for each in (*GOOD, CAPABILITIES)]
    as_they_stand = raw_cms.sign_bytes(signer, raw_cms.tlv(0x31, *written))
    in_der = raw_cms.sign_bytes(signer, raw_cms.tlv(0x31, *sorted((*GOOD, CAPABILITIES))))
    otherwise = raw_cms.sign_bytes(signer, raw_cms.tlv(0x31, *GOOD))
    for value, expected in ((as_they_stand, None), (in_der, None), (otherwise, "SIG_CRYPTO_FAILURE")):
        signature = raw_cms.signature(signer, written, value=value)
        assert outcome(signature)[0].sub_indication == expected
        assert outcome(signature, b"other")[0].sub_indication == "HASH_FAILURE"
