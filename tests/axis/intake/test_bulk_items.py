"""A line is read as strictly as any other JSON, and its bytes as strictly as base64 allows, only faster."""

import base64
import binascii
import hashlib
import json

from hypothesis import example, given
from hypothesis import strategies as st

from axis.intake import bulk_items
from axis.intake.bulk_items import read_parts
from axis.protocol.errors import MalformedJson
from axis.protocol.strict_json import loads
from axis.settings import Settings

SETTINGS = Settings()
TEXTS = st.text(alphabet='AZaz09+/=-_ \n"\\', max_size=9)
LINES = st.recursive(
    st.none() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
)


def strictly(line: bytes) -> object:
    try:
        return loads(line)
    except MalformedJson as error:
        return error.places


def quickly(line: bytes) -> object:
    try:
        return bulk_items._value(line)
    except MalformedJson as error:
        return error.places


@given(LINES.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=20))
@example(b'{"manifest": "e30=", "manifest": "e30="}')
@example(b'{"attachments": {"a": "", "a": ""}}')
@example(b'{"manifest": "\\u0000"}')
@example(b'{"manifest": "\\ud800"}')
@example(b'{"manifest": "a", "signatures": ["b"], "attachments": {"c": "d"}}')
@example(b"\xef\xbb\xbf{}")
@example(b'{"manifest": NaN}')
def test_a_line_is_read_as_any_json_is(line):
    assert quickly(line) == strictly(line)


@given(TEXTS | st.binary(max_size=12).map(lambda content: base64.b64encode(content).decode()))
@example("YQ==")
@example("YR==")  # bits that stand for nothing
@example("YQ")
@example("YQ=")
@example("_-8=")
@example("/+8=")
@example('""""')
def test_bytes_are_those_of_the_standard_library_s_strict_decoder(text):
    try:
        expected = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        expected = None
    assert bulk_items._decoded(text) == expected


def parts_of(manifest: object, *contents: bytes):
    digests = {hashlib.sha256(content).hexdigest(): content for content in contents}
    line = {
        "manifest": base64.b64encode(json.dumps(manifest).encode()).decode(),
        "attachments": {name: base64.b64encode(content).decode() for name, content in digests.items()},
    }
    return read_parts(json.dumps(line).encode(), SETTINGS)


def test_contents_get_the_names_that_the_manifest_declares_for_their_digests():
    one, two = (hashlib.sha256(content).hexdigest() for content in (b"1", b"2"))
    declared = [
        {"name": "a.pdf", "sha256": one},
        {"name": "b.pdf", "sha256": one},
        {"name": "b.pdf", "sha256": two},
        {"name": 3, "sha256": two},
        "c.pdf",
    ]
    assert parts_of({"attachments": declared}, b"1", b"2").attachments == (
        ("a.pdf", b"1"),
        ("b.pdf", b"1"),
    )
    assert parts_of({"attachments": {}}, b"2").attachments == ((two, b"2"),)
    assert parts_of([], b"2").attachments == ((two, b"2"),)
