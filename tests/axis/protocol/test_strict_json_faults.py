"""A rule beyond syntax that a JSON text breaks is named with its place."""

import pytest

from axis.protocol.errors import MalformedJson
from axis.protocol.strict_json import loads


def refused(data):
    with pytest.raises(MalformedJson) as caught:
        loads(data)
    (place,) = caught.value.places
    return place


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


def test_the_place_holds_line_and_column():
    with pytest.raises(MalformedJson) as caught:
        loads(b'{"a": 1,\n  "a": 2}')
    assert caught.value.params == {"line": 2, "column": 3}
