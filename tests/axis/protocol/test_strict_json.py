"""JSON is read strictly: what two readers could understand differently is refused with its place."""

import json

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.work import calls_of

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


@pytest.mark.parametrize(
    ("data", "pointer", "found"),
    [
        (b'{"a":1,"b":{"a":1,"a":2}}', "/b/a", "the same member twice"),
        (b'{"a":1,"\\u0061":2}', "/a", "the same member twice"),
        (b'{"x":{"y/z":[0,{"k~":NaN}]}}', "/x/y~1z/1/k~0", "NaN"),
        (b"[0,-Infinity]", "/1", "-Infinity"),
        (b"[9007199254740993]", "/0", "9007199254740993"),
        (b"[-9007199254740993]", "/0", "-9007199254740993"),
        (b"[1e400]", "/0", "1e400"),
        (b"[1e16]", "/0", "1e16"),
        (b'{"a":"\\ud800"}', "/a", "\\ud800 without its other half"),
        (b'{"a":"\\ud800\\u0041"}', "/a", "\\ud800 without its other half"),
        (b'{"a":["\\udc00\\ud800"]}', "/a/0", "\\udc00 without its other half"),
        (b'{"a\\u0000":1}', "/a\\u0000", "\\u0000"),
        (b'["\\\\\\u0000"]', "/0", "\\u0000"),
        (b"[" * 33 + b"]" * 33, "/0" * 32, "nesting deeper than 32"),
    ],
)
def test_a_broken_rule_is_named_by_pointer(data, pointer, found):
    place = refused(data)
    assert (place.pointer, place.found) == (pointer, found)


@pytest.mark.parametrize(
    ("data", "where", "found"),
    [
        (b"", "line 1, column 1", "the end of the text"),
        (b"\xef\xbb\xbf{}", "line 1, column 1", "a byte order mark"),
        (b'{"a":\n"\xff"}', "line 2, byte 2", "byte 0xFF"),
        (b'"\xed\xa0\x80"', "line 1, byte 2", "byte 0xED"),
        (b"{}\n{}", "line 2, column 1", "{}"),
        (b"[1,]", "line 1, column 4", "]"),
        (b"[01]", "line 1, column 3", "1]"),
        (b'{"a":"\x00"}', "line 1, column 7", '\\u0000"}'),
        (b"\\u0000", "line 1, column 1", "\\u0000"),
        (b"{'a':1}", "line 1, column 2", "'a':1}"),
    ],
)
def test_broken_syntax_is_named_by_line(data, where, found):
    place = refused(data)
    assert (place.pointer, place.found) == (where, found)


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


def test_the_place_holds_line_and_column():
    with pytest.raises(MalformedJson) as caught:
        loads(b'{"a": 1,\n  "a": 2}')
    assert caught.value.params == {"line": 2, "column": 3}


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
