import pytest

from axis.protocol.errors import FOUND_CHARACTERS, QueryInvalid
from axis.protocol.request_members import MembersReader


def refused(reader):
    with pytest.raises(QueryInvalid) as caught:
        reader.finish()
    return [(place.pointer, place.found, place.expected) for place in caught.value.places]


def test_known_members_are_returned_and_no_fault_refuses_nothing():
    reader = MembersReader()
    assert reader.members({"year": 2020}, "", ("year", "rate")) == {"year": 2020}
    assert reader.code("H62", "/agency") == "000.00.00.H62"
    assert reader.flag(True, "/locked") is True
    reader.finish()


def test_every_fault_is_named_with_its_place():
    reader = MembersReader()
    reader.members({"b": 1, "a": 1, "year": 2}, "/item", ("year", "rate"))
    assert reader.code("no code!", "/agency") == ""
    assert reader.flag(1, "/locked") is False
    reader.wrong("/rate", None, "a share")
    reader.wrong("/name", {"tên": [True]}, "a text")
    assert refused(reader) == [
        ("/item/a", "an unknown member", "rate, year"),
        ("/item/b", "an unknown member", "rate, year"),
        ("/agency", '"no code!"', "an agency code"),
        ("/locked", "1", "true or false"),
        ("/rate", "nothing", "a share"),
        ("/name", '{"tên": [true]}', "a text"),
    ]


def test_a_body_that_is_no_object_is_refused_at_once_with_what_was_found_before():
    reader = MembersReader()
    reader.fault("path:code", "x", "an agency code")
    with pytest.raises(QueryInvalid) as caught:
        reader.members([1], "", ("year",))
    assert [place.pointer for place in caught.value.places] == ["path:code", ""]
    assert caught.value.places[1].found == "list"


def test_a_part_that_is_no_object_has_no_members():
    reader = MembersReader()
    assert reader.members("text", "/person", ("name",)) == {}
    assert refused(reader) == [("/person", "str", "a JSON object")]


def test_what_is_shown_is_short():
    reader = MembersReader()
    reader.wrong("/name", "x" * 10_000, "a text")
    ((_, found, _),) = refused(reader)
    assert len(found) == FOUND_CHARACTERS
