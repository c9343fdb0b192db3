"""A status is read with all its fields; one with an unknown code, or about no document, is refused."""

import datetime as dt

import pytest
from support.edxml_messages import (
    STATUS,
    edited,
    fault_of,
    line_of,
    warnings_of,
)

from axis.protocol.edxml import (
    VIET_NAM,
    Party,
    ResponseFor,
    Staff,
    Status,
    read,
)


def test_every_field_of_a_status_is_read():
    assert read(STATUS).message == Status(
        sender=Party(
            "000.00.00.H94",
            "Huyện Mẫu",
            "Huyện Mẫu",
            "8 Đường Cuối",
            "b@example.vn",
            "000",
            "000",
            "example.vn",
        ),
        about=ResponseFor(
            "000.00.00.G94", "217/SGD-VP", "000.00.00.G94,2027/01/15,217/SGD-VP", dt.date(2027, 1, 15)
        ),
        code="03",
        description="Đã tiếp nhận, vào sổ văn bản đến",
        at=dt.datetime(2027, 1, 15, 10, 5, tzinfo=VIET_NAM),
        staff=Staff("Văn thư", "Cán bộ văn thư", "vt@example.vn", "000"),
    )


@pytest.mark.parametrize("code", ["99", "", "aa", "00", "0", "003"])
def test_a_status_code_that_there_is_not_is_refused(code):
    fault = fault_of(edited(STATUS, ("StatusCode>03<", f"StatusCode>{code}<")))
    assert (fault.code, fault.element, fault.line) == (
        "code-unknown",
        "StatusCode",
        line_of(STATUS, "StatusCode"),
    )
    assert "01, 02, 03" in fault.expected


def test_a_status_has_to_name_its_document():
    data = edited(STATUS, ("217/SGD-VP", ""), ("000.00.00.G94,2027/01/15,", ""))
    assert fault_of(data).found == "neither DocumentId nor Code"


def test_a_status_code_of_one_digit_means_two():
    data = edited(STATUS, ("StatusCode>03<", "StatusCode>3<"))
    assert warnings_of(data) == [("status-one-digit", line_of(data, "StatusCode"), "StatusCode", "3")]
    assert read(data).message == read(STATUS).message
