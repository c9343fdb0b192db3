"""What a relay says of two hubs that it cannot stand between."""

import httpx
import pytest

from axis.agencies.directory_changes import AgencyEntry
from axis.protocol.agency_codes import AgencyCode
from nodes.client import Client
from nodes.http_connections import Wire
from nodes.relay.checks import RelayRefused, check_pair, opened_hub
from nodes.relay.store import RelayStore, StoreInUse

from .conftest import COMMUNE, OFFICE, PROVINCE


def found(pair, name="relay.db", **places):
    hubs = {place: pair.opened(places.get(place, place)) for place in ("province", "national")}
    with RelayStore(pair.folder / name) as store:
        return check_pair(hubs, store)


def test_a_good_pair_is_fine(pair):
    findings = found(pair)
    assert (findings.faults, findings.warnings) == ([], [])


def test_one_hub_on_both_sides_is_seen(pair):
    (fault,) = found(pair, national="province").faults
    assert "are one hub" in fault


def test_agencies_that_each_hub_leaves_to_the_other_are_named(pair):
    pair.province.put(AgencyEntry(AgencyCode(COMMUNE), "Xã", None, via="national"))
    (fault,) = found(pair).faults
    assert COMMUNE in fault
    assert "no hub serves them" in fault


def test_agencies_that_both_hubs_serve_or_one_does_not_know_are_named(pair):
    pair.province.put(
        AgencyEntry(AgencyCode(OFFICE), "Văn phòng", None, via=None),
        AgencyEntry(AgencyCode("000.00.00.G99"), "Bộ", None, via="national"),
    )
    findings = found(pair)
    assert findings.faults == []
    unknown, twice = sorted(findings.warnings, key=lambda text: OFFICE in text)
    assert "does not know 000.00.00.G99" in unknown
    assert f"both hubs serve {OFFICE}" in twice


def test_a_relay_that_no_agency_is_marked_with_is_told_the_command(pair):
    pair.national.put(*(AgencyEntry(AgencyCode(code), "x", None, via=None) for code in (PROVINCE, COMMUNE)))
    pair.national.put(AgencyEntry(AgencyCode("000.00.14.H26"), "x", None, via=None))
    assert any("axis agency add CODE --name NAME --via h26" in fault for fault in found(pair).faults)


def test_another_hub_at_the_old_address_is_seen_by_its_ledger(pair):
    hubs = {place: pair.opened(place) for place in ("province", "national")}
    with RelayStore(pair.folder / "relay.db") as store:
        store.note_ledger("national", "another")
        (fault,) = check_pair(hubs, store).faults
    assert "expected another, as before" in fault


def test_a_token_that_is_none_or_another_role_s_is_said(pair):
    for token, told in (("axis_x", "does not know the relay's token"), (None, "--relay NAME")):
        client = pair.client("national")
        client.use_token(
            token or pair.national.client("auditor").headers["Authorization"].removeprefix("Bearer ")
        )
        with pytest.raises(RelayRefused, match=told):
            opened_hub("national", "http://national.test", client)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"name": "something"}, "found no hub of axis-exchange"),
        ({"name": "axis-exchange", "version": "9.9.0"}, "found a hub of version 9.9.0"),
    ],
)
def test_another_program_and_another_version_are_said_before_anything_is_sent(answer, told):
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=answer))
    client = Client("http://hub.test", "axis_x", wire=Wire("http://hub.test", transport=transport))
    with pytest.raises(RelayRefused, match=told):
        opened_hub("national", "http://hub.test", client)


def test_two_relays_do_not_share_a_store(tmp_path):
    with RelayStore(tmp_path / "relay.db"), pytest.raises(StoreInUse, match="another relay is at work"):
        RelayStore(tmp_path / "relay.db")
