"""JSON is read strictly: what two readers could understand differently is refused with its place."""

import json

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.counted_calls import calls_of

from axis.protocol.errors import MalformedJson, TooLarge
from axis.protocol.strict_json import loads

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text().filter(lambda text: "\0" not in text),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text("ab/~é", max_size=3), inner, max_size=5)
    ),
    max_leaves=30,
)


def refused(data):
    with pytest.raises(MalformedJson) as caught:
        loads(data)
    (place,) = caught.value.places
    return place


@given(PLAIN)
def test_plain_values_come_back_as_they_were(value):
    assert loads(json.dumps(value).encode()) == value
    assert loads(json.dumps(value, ensure_ascii=False, indent=1).encode()) == value


@given(st.binary(max_size=60) | st.text('{}[]:,"\\u0dD8cCaAeE1+-. \n', max_size=60).map(str.encode))
@example(b'"\\ud83d\\ude00"')
@example(b'"\\\\u0000"')
@example(b'"\\\\\\u0000"')
@example(b'"\\ude00\\ud83d"')
def test_nothing_is_read_that_a_second_strict_reader_refuses(data):
    try:
        value = loads(data)
    except MalformedJson:
        return
    assert orjson.loads(data) == value


@given(
    st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_read_or_refused_by_name(data):
    try:
        places = None if loads(data) is None else []
    except MalformedJson as error:
        places = error.places
    assert places != ()


def test_five_thousand_digits_are_refused_without_reading_them_as_a_number():
    place = refused(b'{"n":' + b"7" * 5_000 + b"}")
    assert (place.pointer, place.expected) == ("/n", "a number of at most 64 characters")
    assert len(place.found) == 80


def test_the_greatest_numbers_are_read():
    assert loads(b"[9007199254740992,-9007199254740992,0.5,-0]") == [2**53, -(2**53), 0.5, 0]


def test_depth_of_32_is_read_whatever_brackets_stand_in_texts():
    text = b"[" * 31 + b'"' + b"[{" * 100 + b'"' + b"]" * 31
    assert loads(text)
    assert loads(b"[" * 32 + b"]" * 32)
    assert loads(b"[" + b"[]," * 100 + b"[]]")


def test_size_is_limited_before_anything_is_read():
    with pytest.raises(TooLarge) as caught:
        loads(b"[1,2]", max_bytes=4)
    assert caught.value.params == {"limit": 4}
    assert loads(b"[1,2]", max_bytes=5) == [1, 2]


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":[' + b"0," * 120_000 + b'0],"a":1}',
        b'"\\"' * 60_000,
        b'["' + b"\\\\" * 120_000 + b'\\u0000"]',
        b'["\\",' * 40_000,
        b"[" * 250_000,
        b'{"a":' * 50_000,
        b"[" + b"-" * 250_000,
        b"[" + b"1" * 250_000,
        b"[" + b"[]," * 80_000 + b"NaN]",
    ],
)
def test_hostile_texts_cost_no_more_than_their_length(data):
    assert calls_of(refused, data) <= 10 * len(data)
