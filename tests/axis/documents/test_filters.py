"""Over HTTP: each filter of the lists finds what it names, alone and with others."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.effort import times
from support.stored_documents import (
    AUDITOR,
    BAC_GIANG,
    BAC_NINH,
    DAY,
    HAI_PHONG,
    JUNE,
    Reader,
    agency,
    shelve,
)

from axis.database import paging
from axis.documents.tables import attachments, deliveries, documents, manifests, verdicts


@pytest.fixture
def reader(database):
    return Reader(database)


FACTS = {"algorithm": "ecdsa-p256-sha256", "issuer": "CN=CA", "certificate": "a" * 64}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"sender": "H02"}, {"sender": BAC_GIANG}),
        ({"sender": BAC_GIANG}, {"sender": BAC_GIANG}),
        ({"recipient": "H02"}, {"to": (BAC_NINH, BAC_GIANG)}),
        ({"type": "quyet-dinh"}, {"type": "quyet-dinh"}),
        ({"action": "recall"}, {"action": "recall"}),
        ({"number": "77/QĐ-UBND"}, {"number": "77/QĐ-UBND"}),
        ({"number": "//"}, {"number": "//"}),
        ({"indication": "TOTAL-PASSED"}, {"indication": "TOTAL-PASSED"}),
        ({"sub_indication": "REVOKED"}, {"sub_indication": "REVOKED"}),
        ({"signed_by": "person"}, {"signed_by": "person"}),
        ({"algorithm": "ecdsa-p256-sha256"}, {"facts": [FACTS]}),
        ({"issuer": "CN=CA"}, {"facts": [FACTS]}),
        ({"certificate": "A" * 64}, {"facts": [FACTS]}),
        ({"status": "03"}, {"statuses": {BAC_NINH: "03"}}),
        ({"from": "2019-06-04"}, {"at": JUNE + DAY}),
        ({"to": "2019-06-02"}, {"at": JUNE - DAY}),
        ({"from": "2019-06-02", "to": "2019-06-02"}, {"at": JUNE - DAY}),
        ({"text": "de dieu"}, {"subject": "Về đê, điều"}),
        ({"text": "ĐÊ"}, {"subject": "Về đê, điều"}),
    ],
)
def test_each_filter_finds_what_it_names_and_nothing_else(database, reader, query, told):
    shelve(database, 1)
    wanted = shelve(database, 2, **told)
    shelve(database, 3)
    assert reader.ids(AUDITOR, **query) == [wanted]
    assert reader.ids(AUDITOR, **{"sender": told.get("sender", HAI_PHONG)} | query) == [wanted]
    assert reader.ids(AUDITOR, **query | {"sender": BAC_NINH}) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"indication": "none"}, [1]),
        ({"indication": "TOTAL-PASSED"}, [2]),
        ({"action": "new"}, [1, 2]),
        ({"status": "none"}, [1]),
        ({"from": "2019-06-03", "to": "2019-06-03"}, [1, 2]),
        ({"from": "2030-01-01"}, []),
        ({"to": "2010-01-01"}, []),
        ({"text": '"—"'}, []),
    ],
)
def test_absent_values_and_whole_days_can_be_asked_for(database, reader, query, found):
    ids = {
        1: shelve(database, 1),
        2: shelve(database, 2, indication="TOTAL-PASSED", statuses={BAC_NINH: "01"}),
    }
    assert reader.ids(AUDITOR, **query) == [ids[position] for position in found]


def test_what_is_asked_of_a_signature_must_hold_of_one_signature(database, reader):
    other = {"algorithm": "rsa-2048-sha256", "issuer": "CN=Khác", "certificate": "b" * 64}
    document = shelve(database, 1, facts=[FACTS, other])
    assert reader.ids(AUDITOR, algorithm="rsa-2048-sha256", issuer="CN=Khác") == [document]
    assert reader.ids(AUDITOR, algorithm="rsa-2048-sha256", issuer="CN=CA") == []


def test_recipient_and_status_must_hold_of_one_delivery(database, reader):
    document = shelve(database, 1, to=(BAC_NINH, BAC_GIANG), statuses={BAC_NINH: "03", BAC_GIANG: "02"})
    assert reader.ids(AUDITOR, recipient="H02", status="02") == [document]
    assert reader.ids(AUDITOR, recipient="H02", status="03") == []


def test_a_recipient_cannot_learn_another_ones_status_by_asking_for_it(database, reader):
    document = shelve(database, 1, to=(BAC_NINH, BAC_GIANG), statuses={BAC_NINH: "03", BAC_GIANG: "02"})
    assert reader.ids(agency(BAC_GIANG), status="02") == [document]
    assert reader.ids(agency(BAC_GIANG), status="03") == []
    assert reader.ids(agency(BAC_GIANG), status="03", recipient=BAC_NINH) == []
    assert reader.ids(agency(HAI_PHONG), status="03", recipient=BAC_NINH) == [document]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "limit=x",
        "after=-1",
        "after=1000000000000000000",
        "unknown=1",
        "sender=%00",
        "sender=a%20b",
        "from=2019-02-30",
        "from=20190203",
        "from=2019-06-04&to=2019-06-03",
        "type=letter",
        "action=send",
        "number=%00",
        "indication=passed",
        "sub_indication=revoked",
        "signed_by=me",
        "algorithm=%00",
        "issuer=%00",
        "certificate=12",
        "status=99",
        "text=",
        "text=" + "a+" * 101,
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_name(reader, query):
    answer = reader.get(AUDITOR, f"/v1/documents?{query}")
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["code"] == "query-invalid"
    assert problem["errors"]


_documents = st.lists(
    st.fixed_dictionaries(
        {
            "sender": st.sampled_from([HAI_PHONG, BAC_NINH]),
            "to": st.sampled_from([(HAI_PHONG,), (BAC_GIANG,), (BAC_GIANG, BAC_NINH)]),
            "type": st.sampled_from(["cong-van", "bao-cao"]),
            "signed_by": st.sampled_from(["none", "both"]),
            "at": st.sampled_from([JUNE - DAY, JUNE, JUNE + DAY]),
            "subject": st.sampled_from(["đê điều", "số hoá đê", "điều lệ"]),
        }
    ),
    max_size=12,
)
_queries = st.fixed_dictionaries(
    {"limit": st.integers(1, 5)},
    optional={
        "sender": st.sampled_from([HAI_PHONG, BAC_NINH]),
        "recipient": st.sampled_from([HAI_PHONG, BAC_GIANG]),
        "type": st.sampled_from(["cong-van", "bao-cao"]),
        "signed_by": st.sampled_from(["none", "both"]),
        "from": st.sampled_from(["2019-06-02", "2019-06-03", "2019-06-04"]),
        "text": st.sampled_from(["de", "dieu", "de dieu"]),
    },
)


@settings(max_examples=times(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shelf=_documents, query=_queries, looked_at=st.sampled_from([(1,), (2, 3), (3, 6), (500,)]))
def test_any_filters_together_find_what_passes_each(database, reader, monkeypatch, shelf, query, looked_at):
    monkeypatch.setattr(paging, "LOOKED_AT", looked_at)
    database.write(_emptied)
    wanted = {AUDITOR: [], agency(HAI_PHONG): []}
    for position, told in enumerate(shelf):
        document = shelve(database, position, **told)
        if not _passes(told, query):
            continue
        wanted[AUDITOR].append(document)
        if HAI_PHONG in (told["sender"], *told["to"]):
            wanted[agency(HAI_PHONG)].append(document)
    for caller, ids in wanted.items():
        assert reader.ids(caller, **query) == ids


def _passes(told, query):
    words = {"đê điều": {"de", "dieu"}, "số hoá đê": {"so", "hoa", "de"}, "điều lệ": {"dieu", "le"}}
    day = {JUNE - DAY: "2019-06-02", JUNE: "2019-06-03", JUNE + DAY: "2019-06-04"}[told["at"]]
    return (
        query.get("sender", told["sender"]) == told["sender"]
        and query.get("recipient", told["to"][0]) in told["to"]
        and query.get("type", told["type"]) == told["type"]
        and query.get("signed_by", told["signed_by"]) == told["signed_by"]
        and query.get("from", day) <= day
        and set(query.get("text", "").split()) <= words[told["subject"]]
    )


def _emptied(tx):
    for table in (documents, manifests, deliveries, attachments, verdicts):
        tx.execute(table.delete())
