"""Over HTTP: documents are found by the words of their subject and number."""

import pytest
from support.stored_documents import (
    AUDITOR,
    Reader,
    shelve,
)

from axis.documents.tables import attachments, deliveries, documents, manifests, verdicts


@pytest.fixture
def reader(database):
    return Reader(database)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("chuyển đổi số", [1, 2]),
        ('"chuyển đổi số"', [1]),
        ("so chuyen", [1, 2]),
        ("12/UBND", [1]),
        ("ubnd 12", [1, 2]),
        ("chuyen doi vang", []),
        ("chuye", []),
    ],
)
def test_words_are_found_anywhere_and_phrases_in_their_order(database, reader, text, found):
    ids = {
        1: shelve(database, 1, number="12/UBND", subject="V/v “chuyển đổi số” năm 2019"),
        2: shelve(database, 2, number="UBND/12", subject="Số hoá và chuyển đổi"),
    }
    assert reader.ids(AUDITOR, text=text) == [ids[position] for position in found]


def test_a_document_taken_out_of_the_store_is_found_no_more(database, reader):
    shelve(database, 1, subject="Đê điều")
    database.write(_emptied)
    again = shelve(database, 1, subject="Chuyển đổi số", id="0" * 36)
    assert reader.ids(AUDITOR, text="de dieu") == []
    assert reader.ids(AUDITOR, text="chuyen doi") == [again]


def _emptied(tx):
    for table in (documents, manifests, deliveries, attachments, verdicts):
        tx.execute(table.delete())
