"""Agency codes: both forms name one agency, and irregular codes are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.protocol.agency_codes import (
    CodeUnreadable,
    canonical,
    canonical_or_none,
    level,
    parent,
    short_form,
)

REGULAR = st.from_regex(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}", fullmatch=True)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("H24", "000.00.00.H24"),
        ("H20.14", "000.00.14.H20"),
        ("H37.02.02", "000.02.02.H37"),
        ("H37.02.03.004", "004.03.02.H37"),
        ("H24.00", "000.00.00.H24"),
        ("000.00.14.H20", "000.00.14.H20"),
        ("01.02.G22", "01.02.G22"),
        ("vxp.saas.03", "vxp.saas.03"),
        ("h24", "h24"),
        ("H24.1", "H24.1"),
    ],
)
def test_a_code_has_one_canonical_form(written, code):
    assert canonical(written) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "..",
        ".H24",
        "H 24",
        "H24\n",
        "H24/..",
        "H24\0",
        "Đ24",
        "\u0660\u0660",
        "a" * 33,
        "\ud800",
    ],
)
def test_what_can_be_no_code_is_unreadable(text):
    assert canonical_or_none(text) is None
    with pytest.raises(CodeUnreadable):
        canonical(text)


@pytest.mark.parametrize(
    ("code", "short", "depth", "above"),
    [
        ("000.00.00.H24", "H24", 1, None),
        ("000.00.14.H20", "H20.14", 2, "000.00.00.H20"),
        ("000.02.02.H37", "H37.02.02", 3, "000.00.02.H37"),
        ("004.03.02.H37", "H37.02.03.004", 4, "000.03.02.H37"),
        ("000.14.00.H20", "H20.00.14", 3, "000.00.00.H20"),
        ("vxp.saas.03", "vxp.saas.03", 1, None),
    ],
)
def test_short_form_level_and_parent_follow_from_the_parts(code, short, depth, above):
    assert (short_form(code), level(code), parent(code)) == (short, depth, above)


@given(REGULAR)
def test_the_short_form_names_the_same_agency(code):
    assert canonical(short_form(canonical(code))) == code


@given(REGULAR)
def test_parents_lead_to_the_top(code):
    steps = 0
    above = canonical(code)
    while (higher := parent(above)) is not None:
        assert level(higher) < level(above)
        above = higher
        steps += 1
    assert level(above) == 1
    assert steps <= 3


@given(st.text(max_size=40))
def test_mapping_twice_changes_nothing_more(text):
    code = canonical_or_none(text)
    assert code is None or canonical(code) == code
