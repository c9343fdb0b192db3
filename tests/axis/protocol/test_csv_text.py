import csv
import io

import pytest

from axis.protocol.csv_text import csv_text


def test_a_spreadsheet_reads_it_as_utf_8_with_a_heading():
    text = csv_text(
        ["agency", "name", "sent"], [{"agency": "H24", "name": 'UBND "Hải Phòng", thử', "sent": 2}]
    )
    assert text == '\ufeffagency,name,sent\r\nH24,"UBND ""Hải Phòng"", thử",2\r\n'


@pytest.mark.parametrize("name", ["=1+1", "+84", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_becomes_a_formula(name):
    (_, (found,)) = csv.reader(io.StringIO(csv_text(["name"], [{"name": name}]), newline=""))
    assert found == f"'{name}"


def test_numbers_and_what_is_not_there_stay_what_they_are():
    assert csv_text(["rate", "sent"], [{"rate": -0.5, "sent": None, "more": 1}]).splitlines()[1] == "-0.5,"
