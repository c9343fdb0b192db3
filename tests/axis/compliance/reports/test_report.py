"""How shares and numbers of a report read in both languages."""

import pytest

from axis.compliance.reports.report import cell_text, number_text, share_text


@pytest.mark.parametrize(
    ("share", "english", "vietnamese"),
    [
        (None, "-", "-"),
        (0.0, "0.0 %", "0,0%"),
        (0.179, "17.9 %", "17,9%"),
        (1.0, "100.0 %", "100,0%"),
        (0.9999, "> 99.9 %", "> 99,9%"),
        (0.0001, "< 0.1 %", "< 0,1%"),
    ],
)
def test_a_share_reads_as_an_office_writes_it_and_never_as_more_than_it_is(
    share, english, vietnamese
) -> None:
    assert (share_text(share, "en"), share_text(share, "vi")) == (english, vietnamese)


def test_thousands_are_set_apart() -> None:
    assert (number_text(1_260_000, "en"), number_text(1_260_000, "vi")) == ("1,260,000", "1.260.000")


def test_a_cell_without_a_value_is_a_dash_and_a_text_stays_as_it_is() -> None:
    assert [cell_text(None, kind, "vi") for kind in ("text", "number", "share")] == ["-"] * 3
    assert cell_text("2019", "text", "vi") == "2019"
