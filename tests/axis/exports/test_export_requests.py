"""What is exported is read from a request whole, or everything that is wrong with it is named."""

import pytest

from axis.exports.export_requests import read_body, read_request
from axis.protocol.errors import ExportInvalid


@pytest.mark.parametrize(
    ("what", "form", "chosen", "pointers"),
    [
        ("letters", "csv", {}, ["/what"]),
        ("documents", "zip", {}, ["/format"]),
        ("evidence", "csv", {}, ["/format"]),
        ("letters", "doc", {"limit": "5"}, ["/what", "/format", "/filter/limit"]),
        ("documents", "csv", {"sender": "no code", "colour": "red"}, ["/filter/sender", "/filter/colour"]),
        ("documents", "csv", {"from": "2019-06-05", "to": "2019-06-03"}, ["/filter/to"]),
        ("entries", "csv", {"sender": "H24"}, ["/filter/sender"]),
        ("refusals", "csv", {"code": None}, ["/filter/code"]),
    ],
)
def test_everything_that_is_wrong_is_named(what, form, chosen, pointers):
    with pytest.raises(ExportInvalid) as refused:
        read_request(what, form, chosen)
    assert [place.pointer for place in refused.value.places] == pointers


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], [""]),
        ({}, ["/what", "/format"]),
        ({"what": "documents", "format": "csv", "limit": 5}, ["/limit"]),
        ({"what": "documents", "format": "csv", "filter": "all"}, ["/filter"]),
        ({"what": 5, "format": "csv"}, ["/what"]),
    ],
)
def test_a_body_of_another_shape_is_refused(body, pointers):
    with pytest.raises(ExportInvalid) as refused:
        read_body(body)
    assert [place.pointer for place in refused.value.places] == pointers


def test_a_filter_is_optional_and_kept_as_given():
    assert read_body({"what": "entries", "format": "csv"})[3] == {}
    what, form, query, members = read_body(
        {"what": "documents", "format": "parquet", "filter": {"sender": "H24", "from": "2019-06-03"}}
    )
    assert (what, form, members) == ("documents", "parquet", {"sender": "H24", "from": "2019-06-03"})
    assert (query.sender, query.from_) == ("000.00.00.H24", "2019-06-03")
