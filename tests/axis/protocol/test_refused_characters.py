"""Characters that are refused: control characters, and those that make two texts look alike."""

import pytest

from axis.protocol.refused_characters import (
    control_as_space,
    has_control,
    has_control_in_prose,
    has_invisible,
    printable,
)


@pytest.mark.parametrize("character", ["\x00", "\x1f", "\x7f", "\x9f", "\ud800"])
def test_control_characters_and_lone_surrogates_are_refused_everywhere(character: str) -> None:
    assert has_control(f"a{character}b")
    assert has_control_in_prose(f"a{character}b")
    assert control_as_space(f"a{character}b") == "a b"


def test_prose_may_have_lines_and_tabs_where_one_line_may_not() -> None:
    assert not has_control_in_prose("a\tb\r\nc")
    assert has_control("a\tb")
    assert has_control("a\nb")


@pytest.mark.parametrize("character", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad"])
def test_invisible_characters_are_seen(character: str) -> None:
    assert has_invisible(f"12{character}/QĐ")
    assert not has_control(f"12{character}/QĐ")


def test_vietnamese_text_has_none_of_them() -> None:
    text = "Ủy ban nhân dân thành phố Hải Phòng"
    assert not has_control(text)
    assert not has_invisible(text)
    assert printable(text) == text


def test_what_does_not_print_is_escaped() -> None:
    assert printable("a\u202eb\x07") == "a\\u202eb\\u0007"
