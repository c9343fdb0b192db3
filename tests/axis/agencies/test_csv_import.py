"""CSV of agencies: what spreadsheets write is taken, what cannot be is named by its line."""

import csv
import io
from pathlib import Path

import pytest

from axis.agencies.csv_import import CsvRefusedError, read_agencies
from axis.agencies.directory_changes import DEFAULT


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(CsvRefusedError) as refused:
        read_agencies(text.encode())
    return [(fault.line, fault.column) for fault in refused.value.faults]


@pytest.mark.parametrize(
    "text",
    [
        "code,name\nH24,Hải Phòng\n",
        "\ufeffMã định danh;Tên\r\nH24;Hải Phòng\r\n",
        "\tname\tCODE\n\tHải Phòng\t000.00.00.H24\n\n",
        'name,code\n"Hải Phòng",H24',
    ],
)
def test_headings_are_found_in_any_order_language_and_dialect(text):
    (entry,) = read_agencies(text.encode())
    assert (entry.code, entry.name, entry.parent) == ("000.00.00.H24", "Hải Phòng", DEFAULT)


def test_parents_are_canonical_and_may_be_empty():
    first, second = read_agencies(b"code,name,parent\nH24,A,\nvxp.saas.03,B,H24\n")
    assert (first.parent, second.parent) == (DEFAULT, "000.00.00.H24")


def test_the_relay_that_reaches_an_agency_is_read_and_stays_where_it_is_left_out():
    first, second = read_agencies(b"code,name,via\nH24,A,national\nH25,B,\n")
    assert (first.via, second.via) == ("national", DEFAULT)
    assert faults(f"code,name,via\nH24,A,two words\nH25,B,{'x' * 61}\n") == [(2, "via"), (3, "via")]


def test_contacts_are_read_where_there_are_any():
    text = "code,name,Email,Di động,fax\nH24,A,a@b.example,0912 345 678,\nH25,B,,,1\n"
    first, second = read_agencies(text.encode())
    assert (first.mail, first.mobile, first.fax) == ("a@b.example", "0912 345 678", DEFAULT)
    assert (second.mail, second.mobile, second.fax) == (DEFAULT, DEFAULT, "1")


def test_contacts_by_which_nobody_is_reached_are_named_with_their_line():
    text = f"code,name,mail,mobile,fax\nH24,A,a@b.example,1,1\nH25,B,nobody,{'1' * 33},1\n"
    assert faults(text) == [(3, "mail"), (3, "mobile")]


def test_every_fault_is_named_with_its_line():
    text = "code,name,parent\nH24,Hải Phòng,\n,Không mã,\nH25,,\nH24,Lại,\nH26,Đủ,bad code!\n"
    assert faults(text) == [(3, "code"), (4, "name"), (5, "code"), (6, "parent")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "code"), (1, "name")]),
        ("code,tên gọi\n", [(1, "name"), (1, "heading")]),
        ("code,name,mail,e-mail\n", [(1, "heading")]),
        ('code,name\nH24,"open', [(2, "line")]),
    ],
)
def test_a_file_without_its_columns_or_quotes_is_refused(text, expected):
    assert faults(text) == expected


def test_bytes_that_are_no_utf_8_are_refused_with_their_line():
    with pytest.raises(CsvRefusedError) as refused:
        read_agencies(b"code,name\nH24,H\xe0 Nam\n")
    assert refused.value.faults[0].line == 2


def test_a_column_that_is_not_known_is_refused_by_its_name():
    with pytest.raises(CsvRefusedError, match="line 1, heading: found 'parrent', expected one of code, name"):
        read_agencies(b"code,name,parrent\nH24,A,H20\n")


def test_the_published_list_of_the_project_is_taken_whole():
    with Path("nodes/data/agencies.csv").open(encoding="utf-8", newline="") as stream:
        published = [(row["code"], row["name"]) for row in csv.DictReader(stream)]
    written = io.StringIO()
    csv.writer(written).writerows([("code", "name"), *published])
    assert len(read_agencies(written.getvalue().encode())) == len(published) > 90
