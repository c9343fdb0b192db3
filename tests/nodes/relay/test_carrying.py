"""A relay between two hubs of this process: what it carries, once, whatever breaks on the way."""

import itertools
import json

import httpx
import pytest
from support.relayed_hub import manifest_of

from nodes.errors import TransportError

from .conftest import COMMUNE, DEPARTMENT, MINISTRY, OFFICE, PROVINCE


def arrived(hub, code):
    return hub.client(code).get("/v1/inbox").json()["items"]


def answer(hub, code, delivery, *codes, note=None):
    for each in codes:
        body = {"code": each, "note": note}
        given = hub.client(code).post(f"/v1/deliveries/{delivery}/statuses", json=body)
        assert given.status_code == 201, given.text


def codes_of(hub, delivery):
    shown = hub.client("auditor").get(f"/v1/deliveries/{delivery}").json()
    return [each["code"] for each in shown["statuses"]]


def exchange(hub, sender, recipient):
    asked = {"sender": sender, "recipient": recipient}
    (row,) = hub.client("auditor").get("/v1/statistics/exchange", params=asked).json()["items"]
    return row


def reference(manifest):
    said = json.loads(manifest)
    return [{name: said[name] for name in ("from", "number", "issued_on")}]


def test_a_document_reaches_the_other_hub_with_the_same_bytes_and_its_statuses_come_back(pair):
    manifest = manifest_of("H26.14.01", DEPARTMENT, OFFICE)  # the sender's code is of the newer age
    sent = pair.province.send(COMMUNE, manifest).json()
    relay = pair.relay()
    assert relay.turn().documents == 1
    (item,) = arrived(pair.national, OFFICE)
    assert (item["from"], item["number"]) == (COMMUNE, json.loads(manifest)["number"])
    taken = pair.national.client(OFFICE).get(f"/v1/documents/{item['document']}/manifest")
    assert taken.content == manifest
    answer(pair.national, OFFICE, item["id"], "01", "03", "06")
    assert relay.turn().statuses == 3
    own, over = (each["id"] for each in sent["deliveries"])
    assert codes_of(pair.province, over) == ["01", "03", "06"]
    assert [each["to"] for each in arrived(pair.province, DEPARTMENT)] == [DEPARTMENT]
    answer(pair.province, DEPARTMENT, own, "03")
    assert relay.turn().statuses == 0, "the other hub has no part in it"
    for hub in (pair.province, pair.national):
        row = exchange(hub, COMMUNE, OFFICE)
        assert (row["addressed"], row["handled"], row["pending"]) == (1, 1, 0)
    assert pair.relay().turn().read == 0, "all was carried"


def test_a_document_for_several_agencies_of_the_province_goes_once_and_is_delivered_to_each(pair):
    manifest = manifest_of(OFFICE, MINISTRY, PROVINCE, COMMUNE)
    assert pair.national.send(OFFICE, manifest).status_code == 201
    assert pair.relay().turn().documents == 1
    assert [len(arrived(pair.province, code)) for code in (PROVINCE, COMMUNE, DEPARTMENT)] == [1, 1, 0]
    row = exchange(pair.province, OFFICE, PROVINCE)
    assert (row["sent"], row["addressed"]) == (1, 1)


def test_a_lost_store_doubles_nothing(pair):
    for _ in range(3):
        assert pair.province.send(COMMUNE, manifest_of(COMMUNE, OFFICE)).status_code == 201
    relay = pair.relay()
    relay.turn()
    for item in arrived(pair.national, OFFICE):
        answer(pair.national, OFFICE, item["id"], "03", "05")
        answer(pair.province, COMMUNE, twin_of(relay, item["id"]), "13", note="gửi nhầm")
        answer(pair.national, OFFICE, item["id"], "05", note="đang làm")
    relay.turn()
    before = [codes_of(pair.province, twin_of(relay, item["id"])) for item in arrived(pair.national, OFFICE)]
    again = pair.relay("new.db")
    carried = again.turn()
    assert (carried.documents, carried.statuses, carried.set_aside) == (3, 0, 0)
    after = [codes_of(pair.province, twin_of(again, item["id"])) for item in arrived(pair.national, OFFICE)]
    assert after == before == [["13", "03", "05", "05"]] * 3
    assert len(arrived(pair.national, OFFICE)) == 3


def twin_of(relay, delivery):
    return relay.store.origin("national", delivery)


@pytest.mark.parametrize(("place", "moment"), [("province", "before"), ("national", "after")])
def test_a_hub_that_is_lost_at_any_request_loses_and_doubles_nothing(pair, place, moment):
    sent = pair.province.send(COMMUNE, manifest_of(COMMUNE, OFFICE)).json()
    pair.national.send(OFFICE, manifest_of(OFFICE, PROVINCE))
    lost = 0
    for last in range(1, 100):
        calls = itertools.count(1)
        setattr(pair.wires[place], moment, lambda _request, last=last, calls=calls: lose_from(last, calls))
        try:
            pair.relay().turn()
        except TransportError:
            lost += 1
        else:
            break
        finally:
            setattr(pair.wires[place], moment, lambda _request: None)
        for item in arrived(pair.national, OFFICE):
            if item["status"] is None:
                answer(pair.national, OFFICE, item["id"], "03")
    pair.relay().turn()
    assert lost > 5
    assert len(arrived(pair.national, OFFICE)) == len(arrived(pair.province, PROVINCE)) == 1
    assert codes_of(pair.province, sent["deliveries"][0]["id"]) == ["03"]


def lose_from(last, calls):
    """Lose the request of this number, and all after it."""
    if next(calls) >= last:
        raise_lost()


def raise_lost():
    raise httpx.ReadError("lost")


def test_a_refusal_of_the_other_hub_comes_back_as_02_with_its_words(pair):
    pair.national.put_locked(OFFICE)
    sent = pair.province.send(COMMUNE, manifest_of(COMMUNE, OFFICE)).json()
    relay = pair.relay()
    assert relay.turn().refused == 1
    shown = pair.province.client(COMMUNE).get(f"/v1/deliveries/{sent['deliveries'][0]['id']}").json()
    assert (shown["status"], shown["by"]) == ("02", OFFICE)
    assert "recipient-locked" in shown["note"]
    assert OFFICE in shown["note"]
    assert relay.told
    assert pair.relay().turn().refused == 0


def test_a_recall_goes_through_and_is_asked_once(pair):
    manifest = manifest_of(COMMUNE, OFFICE, MINISTRY)
    sent = pair.province.send(COMMUNE, manifest).json()
    relay = pair.relay()
    relay.turn()
    recall = manifest_of(
        COMMUNE, OFFICE, action="recall", refers_to=reference(manifest), subject="thu hồi", attachments=[]
    )
    assert pair.province.send_bare(COMMUNE, recall).status_code == 201
    relay.turn()
    first = arrived(pair.national, OFFICE)[0]["id"]
    second = arrived(pair.national, MINISTRY)[0]["id"]
    assert codes_of(pair.national, first) == codes_of(pair.national, second) == ["13"]
    answer(pair.national, OFFICE, first, "15")
    answer(pair.national, MINISTRY, second, "16", note="đã xử lý")
    relay.turn()
    assert [codes_of(pair.province, each["id"])[-1] for each in sent["deliveries"]] == ["15", "16"]
    for hub in (pair.province, pair.national):
        assert exchange(hub, COMMUNE, OFFICE)["withdrawn"] == 1


def test_a_request_whose_document_is_not_for_the_other_hub_is_brought_as_it_is(pair):
    manifest = manifest_of(COMMUNE, OFFICE, DEPARTMENT)
    assert pair.province.send(COMMUNE, manifest).status_code == 201
    relay = pair.relay()
    relay.turn()
    update = manifest_of(COMMUNE, DEPARTMENT, action="update", refers_to=reference(manifest))
    assert pair.province.send(COMMUNE, update).status_code == 201
    assert relay.turn().statuses == 1
    (item,) = arrived(pair.national, OFFICE)
    shown = pair.national.client(OFFICE).get(f"/v1/deliveries/{item['id']}").json()
    assert (shown["request"], shown["request_action"]) == ("open", "update")


def test_a_request_whose_document_the_other_hub_refuses_is_declined_in_its_name(pair):
    manifest = manifest_of(COMMUNE, OFFICE)
    sent = pair.province.send(COMMUNE, manifest).json()
    relay = pair.relay()
    relay.turn()
    pair.national.put_locked(OFFICE)
    update = manifest_of(COMMUNE, OFFICE, action="update", refers_to=reference(manifest))
    assert pair.province.send(COMMUNE, update).status_code == 201
    relay.turn()
    assert codes_of(pair.province, sent["deliveries"][0]["id"]) == ["13", "16"]
