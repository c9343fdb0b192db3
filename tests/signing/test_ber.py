"""BER made DER: what other tools write, and what nobody may send."""

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from signing.cms.ber import MAX_DEPTH, der_length, to_der
from signing.errors import UnreadableSignature


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
    ],
)
def test_indefinite_and_long_lengths_and_pieces_become_der(ber, der):
    assert to_der(bytes.fromhex(ber)).hex() == der


@pytest.mark.parametrize(
    "bad", ["", "30", "3001", "3080", "30800201", "308002010100", "0480", "3f0100", "3000ff"]
)
def test_what_is_no_single_value_is_refused(bad):
    with pytest.raises(UnreadableSignature):
        to_der(bytes.fromhex(bad))


def test_nesting_is_bounded():
    def nested(depth):
        return b"\x30\x80" * depth + b"\x00\x00" * depth

    assert to_der(nested(MAX_DEPTH))
    with pytest.raises(UnreadableSignature):
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
