"""Addresses to return to are this hub's, whatever was asked for."""

import pytest

from axis.web.return_addresses import return_address


@pytest.mark.parametrize("asked", ["/", "/documents", "/documents?from=2019-06-01&a=b%20c#d", "/a//b"])
def test_an_address_of_this_hub_stays(asked):
    assert return_address(asked) == asked


@pytest.mark.parametrize(
    "asked",
    [
        None,
        "",
        "documents",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/a\nSet-Cookie: b=c",
        "/\t/evil.example",
        "/" + "a" * 3_000,
        "/\u202e",
    ],
)
def test_any_other_leads_to_the_front_page(asked):
    assert return_address(asked) == "/"


def test_letters_are_written_as_a_header_can_carry_them():
    assert return_address("/documents?text=báo cáo") == "/documents?text=b%C3%A1o%20c%C3%A1o"
