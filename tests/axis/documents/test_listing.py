"""Over HTTP: lists of documents and refusals, their filters, and their pages."""

import pytest
from support.stored_documents import (
    AUDITOR,
    BAC_GIANG,
    BAC_NINH,
    HAI_PHONG,
    HAI_PHONG_UNIT,
    Reader,
    agency,
    place_below,
    shelve,
)

from axis.database import paging
from axis.deliveries.filters import DeliveryQuery
from axis.deliveries.listing import list_deliveries
from axis.documents.filters import DocumentQuery
from axis.documents.listing import Back, list_documents


@pytest.fixture
def reader(database):
    return Reader(database)


def test_an_agency_sees_what_it_sent_and_what_it_received_in_order_and_nothing_else(database, reader):
    sent = shelve(database, 1, sender=HAI_PHONG, to=(BAC_NINH,))
    received = shelve(database, 5, sender=BAC_NINH, to=(BAC_GIANG, HAI_PHONG))
    shelve(database, 7, sender=BAC_NINH, to=(BAC_GIANG,))
    to_itself = shelve(database, 9, sender=HAI_PHONG, to=(HAI_PHONG, BAC_NINH))
    assert reader.ids(agency(HAI_PHONG)) == [sent, received, to_itself]


def test_an_auditor_sees_everything(database, reader):
    shelved = [shelve(database, position) for position in (1, 5, 7)]
    assert reader.ids(AUDITOR) == shelved


def test_a_token_for_a_subtree_sees_what_its_units_sent_and_received(database, reader):
    place_below(database, (HAI_PHONG, HAI_PHONG_UNIT))
    sent = shelve(database, 1, sender=HAI_PHONG_UNIT, to=(BAC_NINH,))
    received = shelve(database, 5, sender=BAC_NINH, to=(HAI_PHONG_UNIT, HAI_PHONG))
    assert reader.ids(agency(HAI_PHONG, subtree=True)) == [sent, received]
    assert reader.ids(agency(HAI_PHONG)) == [received]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1000])
def test_pages_hold_every_document_once_and_the_last_one_says_so(database, reader, limit):
    shelved = [
        shelve(
            database, position * 3, sender=HAI_PHONG if position % 2 else BAC_NINH, to=(HAI_PHONG, BAC_NINH)
        )
        for position in range(7)
    ]
    assert reader.ids(AUDITOR, limit=limit) == shelved
    assert reader.ids(agency(HAI_PHONG), limit=limit) == shelved
    assert reader.get(AUDITOR, "/v1/documents?limit=7").json()["next"] is None


def test_the_furthest_cursor_there_can_be_is_past_the_end(reader):
    for caller in (AUDITOR, agency(HAI_PHONG)):
        assert reader.ids(caller, after="9" * 15, recipient=HAI_PHONG, text="de", status="01") == []


def test_an_item_tells_what_a_register_needs(database, reader):
    document = shelve(
        database,
        4,
        to=(BAC_NINH, BAC_GIANG),
        number="12/UBND",
        subject="V/v đê điều",
        indication="TOTAL-PASSED",
        signed_by="both",
    )
    (item,) = reader.get(AUDITOR, "/v1/documents").json()["items"]
    assert item == {
        "id": document,
        "from": HAI_PHONG,
        "to": [BAC_NINH, BAC_GIANG],
        "number": "12/UBND",
        "issued_on": "2019-06-03",
        "type": "cong-van",
        "subject": "V/v đê điều",
        "priority": "normal",
        "action": "new",
        "accepted_at": "2019-06-03T02:11:09.000004Z",
        "indication": "TOTAL-PASSED",
        "sub_indication": None,
        "signed_by": "both",
        "signed_on": None,
        "send_due": None,
        "attachments": 1,
    }


def test_a_page_that_looked_at_enough_ends_early_and_says_where_to_go_on(database, reader, monkeypatch):
    monkeypatch.setattr(paging, "LOOKED_AT", (2, 3))
    wanted = []
    for position in range(40):
        rare = position in {17, 38}
        document = shelve(
            database,
            position,
            signed_by="person" if position % 2 or rare else "none",
            type="bao-cao" if position % 3 == 0 or rare else "cong-van",
        )
        if (position % 2 or rare) and (position % 3 == 0 or rare):
            wanted.append(document)
    first = reader.get(AUDITOR, "/v1/documents?signed_by=person&type=bao-cao").json()
    assert first["next"] is not None
    assert len(first["items"]) < len(wanted)
    assert reader.ids(AUDITOR, signed_by="person", type="bao-cao") == wanted


@pytest.mark.parametrize("looked_at", [(2, 3), (400, 1_600)])
@pytest.mark.parametrize(
    ("caller", "filters"),
    [
        (AUDITOR, {}),
        (AUDITOR, {"signed_by": "person", "type": "bao-cao"}),
        (AUDITOR, {"recipient": BAC_GIANG, "signed_by": "person"}),
        (agency(HAI_PHONG), {}),
        (agency(BAC_NINH), {"type": "bao-cao"}),
    ],
)
def test_a_list_read_from_the_newest_back_is_the_same_list_the_other_way_round(
    database, monkeypatch, looked_at, caller, filters
):
    monkeypatch.setattr(paging, "LOOKED_AT", looked_at)
    for position in range(24):
        shelve(
            database,
            position,
            sender=HAI_PHONG if position % 2 else BAC_NINH,
            to=(BAC_GIANG, HAI_PHONG) if position % 5 == 0 else (BAC_NINH,),
            signed_by="person" if position % 2 else "none",
            type="bao-cao" if position % 3 == 0 else "cong-van",
        )
    for read, model in ((list_documents, DocumentQuery), (list_deliveries, DeliveryQuery)):
        query = model(limit=3, **filters)
        with database.read() as tx:
            forward = ids_of(
                lambda cursor, read=read, query=query: read(
                    tx, query.model_copy(update={"after": cursor}), caller
                )
            )
            back = ids_of(
                lambda cursor, read=read, query=query: read(
                    tx, query, caller, back=Back(cursor and int(cursor))
                )
            )
        assert forward
        assert back == forward[::-1]


def ids_of(read_page):
    """Every item's id of a list whose pages are read one after the other."""
    found, cursor = [], None
    while True:
        items, cursor = read_page(cursor)
        found += [item["id"] for item in items]
        if cursor is None:
            return found
