"""Across modules: lists with something malformed in them. An entry that revokes a certificate counts."""

import pytest
from support import pki
from support import raw_revocation as raw
from support.raw_cms import seq, tlv
from support.revocation_lists import AT, DAY, answer, respond

from signing.certificates import to_der
from signing.paths.revocation_lists import read_list
from signing.paths.validation import Enclosed, TrustMaterial, validate_path

OK, REVOKED, LATER = None, "REVOKED", "TRY_LATER"
BEFORE = AT - 2 * DAY
OURS, OTHERS = raw.entry(10, BEFORE), raw.entry(11, BEFORE)
JUNK = tlv(0x17, b"junk")


def found(*lists, ocsps=()):
    roots, known = (to_der(pki.root().certificate),), (to_der(pki.issuing().certificate),)
    trust = TrustMaterial(roots, known, lists, tuple(ocsps))
    return validate_path(pki.organisation().der, Enclosed(), trust, AT).sub_indication


@pytest.mark.parametrize(
    "extras",
    [
        [raw.extension(raw.REASON, b"\x0a\x01\x01", is_critical=False)],
        [raw.extension(raw.REASON, b"\x0a\x02\x00\x06")],
        [raw.extension(raw.REASON, b"\x0a\x02\x00\x08")],
        [raw.extension(raw.REASON, b"\x0a\x01\x06\x00")],
        [raw.extension(raw.REASON, b"\x02\x01\x06")],
        [raw.extension(raw.REASON, b"\x0a\x01\xff")],
        [raw.extension(raw.REASON, b"\x0a\x01\x06"), raw.extension(raw.REASON, b"\x0a\x01\x01")],
        [raw.extension(raw.REASON, b"\x0a\x01\x01"), raw.extension(raw.REASON, b"\x0a\x01\x08")],
        [raw.extension(raw.INVALIDITY_DATE, b"\x18\x0fjunk")],
        [seq(bytes.fromhex(raw.UNKNOWN), b"\x01\x01\x00", tlv(4, b"junk"))],
    ],
)
def test_a_certificate_on_the_list_is_revoked_whatever_else_its_entry_says(extras):
    assert found(raw.raw_list(raw.entry(10, BEFORE, *extras))) == REVOKED
    assert found(raw.raw_list(raw.entry(11, BEFORE, *extras))) == OK
    assert found(raw.raw_list(raw.entry(10, AT + DAY, *extras))) == OK


@pytest.mark.parametrize(
    "beside",
    [
        raw.entry(11, JUNK),
        raw.entry(11, tlv(0x17, b"190229000000Z")),
        raw.entry(11, tlv(0x18, b"20190101000000.5Z")),
        seq(raw.integer(11), raw.utc_time(BEFORE), tlv(5)),
        raw.entry(11, BEFORE, seq(bytes.fromhex(raw.REASON))),
        raw.entry(-5, BEFORE),
        raw.entry(1 << 1040, BEFORE),
    ],
)
def test_a_malformed_entry_spoils_no_other(beside):
    for entries, expected in (([beside], OK), ([beside, OURS], REVOKED), ([OURS, beside], REVOKED)):
        assert found(raw.raw_list(*entries)) == expected


@pytest.mark.parametrize("time", [JUNK, tlv(0x17, b"190229000000Z"), tlv(0x17)])
def test_when_a_certificate_was_revoked_has_to_be_readable(time):
    told = raw.raw_list(raw.entry(10, time))
    assert found(told) == LATER
    assert found(told, ocsps=[respond(answer("good"))]) == LATER
    assert found(raw.raw_list(raw.entry(10, time), OURS)) == REVOKED


@pytest.mark.parametrize("number", [b"\x02\x02\x00\x0a", b"\x02\x81\x01\x0a", b"\x0a\x01\x0a", b"\x02\x00"])
def test_a_list_in_which_an_entry_may_not_be_found_is_not_asked(number):
    told = raw.raw_list(seq(number, raw.utc_time(BEFORE)))
    assert read_list(told) is None
    assert found(told) == LATER


@pytest.mark.parametrize(
    "more",
    [
        raw.extension(raw.CRL_NUMBER, b"junk"),
        raw.extension(raw.CRL_NUMBER, b"junk", is_critical=False),
        raw.extension(raw.CRL_NUMBER, raw.integer(-2)),
        raw.extension(raw.AUTHORITY_KEY, b"junk"),
        raw.extension(raw.ISSUER_NAMES, seq(tlv(0xA4, seq(tlv(0x31, seq(tlv(5))))))),
        raw.extension(raw.FRESHEST, b"\x30\x03\x02"),
        raw.extension(raw.EXPIRED_ON_LIST, b"junk"),
        raw.extension(raw.UNKNOWN, b"junk"),
    ],
)
def test_what_is_malformed_and_not_critical_about_a_list_is_ignored(more):
    assert found(raw.raw_list(extensions=[more])) == OK
    assert found(raw.raw_list(OURS, extensions=[more])) == REVOKED


@pytest.mark.parametrize(
    "more",
    [
        raw.extension(raw.CRL_NUMBER, b"junk", is_critical=True),
        raw.extension(raw.EXPIRED_ON_LIST, b"junk", is_critical=True),
        raw.extension(raw.DISTRIBUTION_POINT, b"junk"),
        raw.extension(raw.DELTA, b"junk"),
    ],
)
def test_a_list_that_may_be_about_less_than_it_seems_is_not_asked(more):
    assert found(raw.raw_list(extensions=[more])) == LATER


def test_a_list_that_was_signed_in_ber_is_not_asked():
    indefinite = OURS[:1] + b"\x80" + OURS[2:] + b"\0\0"
    for entries in (b"\x30\x80" + OURS + b"\0\0", seq(indefinite)):
        told = raw.raw_list(entries=entries)
        assert read_list(told) is None
        assert found(told) == LATER
    assert found(raw.raw_list(entries=seq(OURS))) == REVOKED


def test_a_list_that_says_one_thing_twice_is_not_asked():
    number = raw.extension(raw.CRL_NUMBER, raw.integer(5))
    assert found(raw.raw_list(extensions=[number, number])) == LATER


def test_something_critical_that_nobody_knows_about_a_list_takes_back_no_revocation():
    more = raw.extension(raw.UNKNOWN, b"junk", is_critical=True)
    assert found(raw.raw_list(extensions=[more])) == LATER
    assert found(raw.raw_list(OURS, extensions=[more])) == REVOKED
