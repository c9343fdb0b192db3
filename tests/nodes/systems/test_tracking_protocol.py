"""What one-stop systems and pages tell over HTTP is read as clients write it, and refused with its place."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.systems.dossiers import DossierRefused
from nodes.systems.tracking_protocol import STEP_BYTES, read_step, read_visit

TOLD = {
    "CodeProfile": "000.00.00.H26-240105-0001",
    "SiteId": "33",
    "CodeTTHC": "1.003560",
    "NameTTHC": "Cấp lại giấy phép",
    "MaHoSo": "000.00.00.H26-240105-0001",
    "Status": "1",
    "FormsReception": "1",
    "FormsPayments": "2",
    "Level": "4",
    "IsFromDVCQG": "1",
    "IsDVCBC": "1",
    "User": '{"ID_local": "000123456789", "TYPE": "1"}',
}


def read(**changed):
    return read_step(json.dumps(TOLD | changed).encode())


def test_a_step_is_read_as_a_client_writes_it():
    told = read()
    assert (told.site, told.code, told.procedure) == ("33", TOLD["MaHoSo"], "1.003560")
    assert (told.status, told.channel, told.service) == (1, 2, "full")
    assert (told.payment, told.by_post, told.from_portal) == (2, 1, True)


def test_names_may_be_of_either_case_and_values_numbers():
    told = {name[0].lower() + name[1:]: member for name, member in TOLD.items()}
    told |= {"status": 3, "level": 3, "siteId": 33, "user": {"ID_local": "1"}}
    read = read_step(json.dumps(told).encode())
    assert (read.status, read.service, read.site) == (3, "partial", "33")


def test_what_may_be_left_out_counts_as_nothing():
    optional = {"MaHoSo", "NameTTHC", "FormsPayments", "IsFromDVCQG", "IsDVCBC", "User"}
    told = {name: member for name, member in TOLD.items() if name not in optional}
    read = read_step(json.dumps(told).encode())
    assert (read.code, read.payment, read.by_post, read.from_portal) == (TOLD["CodeProfile"], 0, 0, False)


@pytest.mark.parametrize(
    ("content", "rule", "place"),
    [
        (b"{", "step-readable", "body"),
        (b"[" * 60_000, "step-readable", "body"),
        (b"[]", "step-readable", "body"),
        (b'"' + b"x" * STEP_BYTES + b'"', "step-readable", "body"),
        ({"SiteId": ""}, "member-given", "SiteId"),
        ({"SiteId": "x"}, "site-readable", "SiteId"),
        ({"Status": "5"}, "member-known", "Status"),
        ({"Status": "\u0661"}, "member-known", "Status"),
        ({"Level": "2"}, "member-known", "Level"),
        ({"FormsReception": "0"}, "member-known", "FormsReception"),
        ({"FormsPayments": True}, "member-readable", "FormsPayments"),
        ({"CodeTTHC": "3560"}, "member-readable", "CodeTTHC"),
        ({"MaHoSo": ["x"]}, "member-readable", "MaHoSo"),
        ({"NameTTHC": "x" * 1_001}, "member-readable", "NameTTHC"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(content, rule, place):
    body = content if isinstance(content, bytes) else json.dumps(TOLD | content).encode()
    with pytest.raises(DossierRefused) as caught:
        read_step(body)
    assert (caught.value.refused.rule, caught.value.refused.place) == (rule, place)


@given(st.binary(max_size=200) | st.dictionaries(st.sampled_from(list(TOLD)), st.text() | st.integers()))
def test_anything_is_read_or_refused(content):
    body = content if isinstance(content, bytes) else json.dumps(TOLD | content).encode()
    with suppress(DossierRefused):
        assert read_step(body).site.isdigit()


def test_of_a_page_the_path_alone_is_kept():
    assert read_visit({"idsite": "033", "url": "https://dvc.example/tra-cuu?so=000123"}).page == "/tra-cuu"
    assert read_visit({"idsite": "033", "url": "http://dvc.example"}).site == "33"


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ({"idsite": "33"}, "visit-readable"),
        ({"idsite": "33", "url": "javascript:alert(1)"}, "visit-readable"),
        ({"idsite": "33", "url": "http://[a"}, "visit-readable"),
        ({"idsite": "33", "url": "https://" + "x" * 2_000}, "visit-readable"),
        ({"idsite": "-1", "url": "https://dvc.example/"}, "site-readable"),
        ({"url": "https://dvc.example/"}, "site-readable"),
    ],
)
def test_a_visit_of_nothing_is_refused(members, rule):
    with pytest.raises(DossierRefused) as caught:
        read_visit(members)
    assert caught.value.refused.rule == rule
