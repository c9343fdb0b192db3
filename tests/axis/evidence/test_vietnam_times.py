"""Times are shown in Viet Nam's time with their zone, and what is no time as it is."""

import pytest

from axis.evidence.vietnam_times import shown_day, shown_time
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
