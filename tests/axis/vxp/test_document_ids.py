"""The `DocumentId` of the old protocol is taken apart in its usual form, and made in it."""

import datetime as dt

import pytest

from axis.vxp.document_ids import made_document_id, parts_of


@pytest.mark.parametrize("written", ["H24,2019/06/03,12/QĐ", " 000.00.00.H24, 2019-6-3 , 12/QĐ "])
def test_the_usual_form_is_taken_apart(written: str) -> None:
    parts = parts_of(written)
    assert parts is not None
    assert (parts.organ, parts.day, parts.number) == ("000.00.00.H24", dt.date(2019, 6, 3), "12/QĐ")


@pytest.mark.parametrize("written", ["", "abc", "H24,2019/02/30,1", "H24,2019/06/03, ", "?,2019/06/03,1"])
def test_any_other_form_is_opaque(written: str) -> None:
    assert parts_of(written) is None


def test_what_is_made_can_be_taken_apart() -> None:
    made = made_document_id("000.00.00.H24", "2019-06-03", "1,2/QĐ")
    parts = parts_of(made)
    assert made == "000.00.00.H24,2019/06/03,1,2/QĐ"
    assert parts is not None
    assert parts.number == "1,2/QĐ"
