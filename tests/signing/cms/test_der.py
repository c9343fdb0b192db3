"""DER split by its headers: exact bytes, and a refusal of whatever is not DER."""

import pytest
from support.raw_cms import seq, tlv

from signing.cms.der import content_of, members

SHORT, LONG = tlv(4, b"a"), tlv(4, bytes(300))


def test_members_are_given_with_their_exact_bytes():
    assert members(seq(SHORT, LONG, SHORT)) == [SHORT, LONG, SHORT]
    assert members(seq()) == []
    assert members(tlv(0x31, seq(SHORT))) == [seq(SHORT)]


def test_the_content_is_what_stands_behind_the_header():
    assert content_of(LONG) == bytes(300)
    assert content_of(tlv(5)) == b""


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"\x30",
        b"\x30\x05\x04\x01a",  # longer than there is
        b"\x30\x03\x04\x01a\x00",  # followed by a byte
        b"\x30\x02\x04\x01",  # a value that ends behind its end
        b"\x30\x01\x04",  # a header cut short
        b"\x30\x80\x04\x01a\x00\x00",  # an indefinite length
        b"\x30\x81\x03\x04\x01a",  # a length that is longer than needed
        b"\x30\x82\x00\x81" + bytes(129),  # a length with a leading zero
        b"\x30\x04\x1f\x1f\x01a",  # a tag number above 30
    ],
)
def test_what_is_not_der_is_refused(encoded):
    with pytest.raises(ValueError, match=r"^\d+$"):
        members(encoded)
