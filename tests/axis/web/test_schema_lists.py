"""A schema is shown as nested lists of its members, with types, descriptions and what may be left out."""

import pytest

from axis.web.schema_lists import DEEPEST, describe_schema, resolved, type_of

LETTER = {
    "properties": {
        "name": {"type": "string", "description": "Whose <b>letter</b>."},
        "reply": {"anyOf": [{"$ref": "#/components/schemas/Letter"}, {"type": "null"}]},
    },
    "required": ["name"],
}
DESCRIBED = {"components": {"schemas": {"Letter": LETTER}}}
REFERENCE = {"$ref": "#/components/schemas/Letter"}


def test_members_are_shown_with_types_and_descriptions_as_text():
    flat = {
        "properties": {"name": LETTER["properties"]["name"], "at": {"type": "string"}},
        "required": ["at"],
    }
    shown = describe_schema({}, flat)
    assert "<code>name</code> <i>string</i> (may be left out) Whose &lt;b&gt;letter&lt;/b&gt;." in shown
    assert "<code>at</code> <i>string</i> <" in shown


def test_a_schema_that_holds_itself_ends():
    assert describe_schema(DESCRIBED, REFERENCE).count("reply") == DEEPEST + 1


def test_a_list_is_shown_by_its_items_and_what_has_no_members_by_nothing():
    one = {"properties": {"n": {"type": "integer"}}}
    assert describe_schema({}, {"type": "array", "items": one}) == describe_schema({}, one)
    assert describe_schema({}, {"type": "string"}) == ""


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        ({"type": "array", "items": {"enum": ["a", None]}}, "list of a | null"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"type": "string", "format": "date"}, "string (date)"),
        ({}, "any"),
    ],
)
def test_a_type_is_told_in_a_few_words(schema, shown):
    assert type_of({}, schema) == shown


def test_a_reference_is_followed_and_the_alternative_of_null_left_out():
    assert resolved(DESCRIBED, LETTER["properties"]["reply"]) is LETTER
