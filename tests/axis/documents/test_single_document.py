"""Over HTTP: a document and its verdicts, as each party may read them."""

import pytest
from support.stored_documents import (
    AUDITOR,
    BAC_GIANG,
    BAC_NINH,
    HAI_PHONG,
    HAI_PHONG_UNIT,
    UNSIGNED,
    Reader,
    agency,
    place_below,
    refuse,
    shelve,
)

from axis.protocol.errors import ManifestInvalid, Place, SignatureRejected


@pytest.fixture
def reader(database):
    return Reader(database)


@pytest.fixture
def address(database):
    document = shelve(
        database,
        3,
        to=(BAC_NINH, BAC_GIANG),
        manifest=b'{"from": "H24", "to": ["H05", "H02"]}',
        statuses={BAC_NINH: "03", BAC_GIANG: "02"},
        signatures=(b"one", b"two"),
        verdicts=(UNSIGNED, UNSIGNED),
    )
    return f"/v1/documents/{document}"


def test_a_document_tells_what_it_is_where_it_stands_and_where_its_contents_are(reader, address):
    body = reader.get(agency(HAI_PHONG), address).json()
    assert body["from"] == HAI_PHONG
    assert body["to"] == [BAC_NINH, BAC_GIANG]
    assert body["manifest"] == {"from": "H24", "to": ["H05", "H02"]}
    assert body["verdict"]["indication"] is None
    assert body["verdict"]["signed_by"] == "none"
    assert body["verdict"]["sequence"] == 1
    assert [delivery["id"] for delivery in body["deliveries"]] == [f"{body['id']}.0", f"{body['id']}.1"]
    assert [delivery["status"] for delivery in body["deliveries"]] == ["03", "02"]
    assert [signature["href"] for signature in body["signatures"]] == [
        f"{address}/signatures/0",
        f"{address}/signatures/1",
    ]
    (attachment,) = body["attachments"]
    assert attachment["name"] == "văn bản.pdf"
    for href in [attachment["href"], body["links"]["manifest"], body["links"]["verdicts"]]:
        assert reader.get(agency(HAI_PHONG), href).status_code == 200


def test_a_recipient_sees_its_own_delivery_alone(reader, address):
    (delivery,) = reader.get(agency(BAC_GIANG), address).json()["deliveries"]
    assert delivery["to"] == BAC_GIANG
    assert delivery["status"] == "02"


def test_an_auditor_sees_every_delivery(reader, address):
    assert len(reader.get(AUDITOR, address).json()["deliveries"]) == 2


def test_a_sender_that_is_its_own_recipient_sees_every_delivery(database, reader):
    document = shelve(database, 1, sender=HAI_PHONG, to=(BAC_NINH, HAI_PHONG))
    assert len(reader.get(agency(HAI_PHONG), f"/v1/documents/{document}").json()["deliveries"]) == 2


def test_a_token_for_a_subtree_reads_what_its_units_may_read(database, reader):
    place_below(database, (HAI_PHONG, HAI_PHONG_UNIT))
    document = shelve(database, 1, sender=BAC_NINH, to=(BAC_GIANG, HAI_PHONG_UNIT))
    assert reader.get(agency(HAI_PHONG), f"/v1/documents/{document}").status_code == 404
    answer = reader.get(agency(HAI_PHONG, subtree=True), f"/v1/documents/{document}")
    assert [delivery["to"] for delivery in answer.json()["deliveries"]] == [HAI_PHONG_UNIT]


def test_verdicts_are_listed_oldest_first(reader, address):
    body = reader.get(agency(BAC_NINH), f"{address}/verdicts").json()
    assert [verdict["sequence"] for verdict in body["items"]] == [0, 1]
    assert body["items"][0]["at"] < body["items"][1]["at"]
    assert body["next"] is None


def test_a_verdict_speaks_the_language_asked_for(reader, address):
    english = reader.get(AUDITOR, address).json()["verdict"]["sentence"]
    vietnamese = reader.get(AUDITOR, address, headers={"Accept-Language": "vi"}).json()["verdict"]["sentence"]
    assert english != vietnamese


@pytest.fixture
def refused(database):
    broken = ManifestInvalid(Place("/to/1", "H99", "an agency of the directory"))
    rejected = SignatureRejected(sub_indication="HASH_FAILURE")
    return {
        1: refuse(database, 1, broken, sender=HAI_PHONG, number="1/UBND"),
        4: refuse(database, 4, rejected, sender=HAI_PHONG, number="2/UBND", verdict=UNSIGNED.to_stored()),
        9: refuse(database, 9, broken, sender=BAC_NINH),
    }


def test_a_refusal_tells_its_sender_what_was_answered(reader, refused):
    body = reader.get(agency(HAI_PHONG), "/v1/refusals").json()
    assert [item["id"] for item in body["items"]] == [refused[1], refused[4]]
    first, second = body["items"]
    assert first["from"] == HAI_PHONG
    assert first["number"] == "1/UBND"
    assert first["code"] == first["problem"]["code"] == "manifest-invalid"
    assert first["problem"]["errors"] == [
        {"pointer": "/to/1", "found": "H99", "expected": "an agency of the directory"}
    ]
    assert first["verdict"] is None
    assert second["verdict"]["signed_by"] == "none"


def test_a_refusal_speaks_the_language_asked_for(reader, refused):
    vietnamese = reader.get(agency(HAI_PHONG), "/v1/refusals", headers={"Accept-Language": "vi"}).json()
    assert vietnamese["items"][0]["id"] == refused[1]
    assert vietnamese["items"][0]["problem"]["title"] != "The manifest breaks rules"
    assert not vietnamese["items"][0]["problem"]["title"].isascii()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [1, 4, 9]),
        ({"limit": 1}, [1, 4, 9]),
        ({"sender": "H24"}, [1, 4]),
        ({"code": "manifest-invalid"}, [1, 9]),
        ({"code": "manifest-invalid", "sender": "H05"}, [9]),
        ({"number": "2/UBND"}, [4]),
        ({"from": "2019-06-03", "to": "2019-06-03"}, [1, 4, 9]),
        ({"from": "2019-06-04"}, []),
        ({"to": "2019-06-02"}, []),
    ],
)
def test_refusals_are_filtered(reader, refused, query, found):
    assert reader.ids(AUDITOR, "/v1/refusals", **query) == [refused[position] for position in found]


def test_an_agency_sees_no_refusal_but_its_own(reader, refused):
    assert reader.ids(agency(BAC_NINH), "/v1/refusals") == [refused[9]]
    assert reader.ids(agency(BAC_NINH), "/v1/refusals", sender="H24") == []
    assert reader.ids(agency(BAC_GIANG), "/v1/refusals") == []


@pytest.mark.parametrize("query", ["code=x", "type=cong-van", "from=x", "number=%00"])
def test_what_refusals_cannot_be_asked_is_refused(reader, query):
    assert reader.get(AUDITOR, f"/v1/refusals?{query}").json()["code"] == "query-invalid"


def test_the_manifests_schema_is_served(reader):
    answer = reader.get(AUDITOR, "/v1/schemas/manifest.json")
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
