"""Figures, days and times read as an office writes them, and what is none stays as it is."""

import pytest

from signing.pages.formats import printable, short_time, shown_day, shown_month, shown_time, size_text
from signing.verdict_sentences import Language


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("vi", "01:30:00 ngày 15/01/2026 (giờ Việt Nam)"),
        ("en", "2026-01-15 01:30:00 (Viet Nam's time, UTC+07:00)"),
    ],
)
def test_a_time_is_viet_nams(language: Language, shown: str) -> None:
    assert shown_time("2026-01-14T18:30:00.123456Z", language) == shown


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_what_is_no_time_stays_as_it_is(text: str) -> None:
    assert shown_time(text, "vi") == text


def test_a_day_is_shown_as_the_language_does() -> None:
    assert (shown_day("2026-01-15", "vi"), shown_day("2026-01-15", "en")) == ("15/01/2026", "2026-01-15")
    assert shown_day("soon", "vi") == "soon"


def test_a_time_of_a_table_is_short() -> None:
    assert short_time("2026-01-14T18:30:00.123456Z", "vi") == "01:30 15/01/2026"
    assert short_time("2026-01-14T18:30:00Z", "en") == "2026-01-15 01:30"
    assert short_time("soon", "en") == "soon"


def test_a_month_is_shown_as_the_language_does() -> None:
    assert (shown_month("2026-01", "vi"), shown_month("2026-01", "en")) == ("01/2026", "2026-01")
    assert shown_month("soon", "vi") == "soon"


@pytest.mark.parametrize(
    ("size", "vi", "en"),
    [
        (0, "0 B", "0 B"),
        (1023, "1023 B", "1023 B"),
        (1536, "1,5 KiB", "1.5 KiB"),
        (2**50, "1024,0 TiB", "1024.0 TiB"),
    ],
)
def test_a_size_is_short(size: int, vi: str, en: str) -> None:
    assert (size_text(size, "vi"), size_text(size, "en")) == (vi, en)


def test_what_does_not_print_is_shown_as_such() -> None:
    assert printable("Hà Nam") == "Hà Nam"
    assert printable("a\u202e\x1b\nb") == "a\\u202e\\u001b\\u000ab"
