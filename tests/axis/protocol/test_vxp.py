"""Calls of the old client are proved by their headers, and by nothing that was not signed."""

import base64
import datetime as dt
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import project

from axis.protocol.vxp import (
    OPERATIONS,
    PREFIX,
    VIET_NAM,
    VxpRefused,
    codes_of,
    digest_matches,
    file_of,
    prove,
    read_claim,
    sign,
    stamp,
)

RECORDED = json.loads((project.ROOT / "tests/axis/protocol/vxp_requests.json").read_text(encoding="utf-8"))
REQUESTS = {request["operation"]: request for request in RECORDED["requests"]}
SECRET = RECORDED["secret"].encode()
MADE = dt.datetime(2026, 11, 22, 8, 17, 54, tzinfo=dt.UTC)
"""When the recording was made, by the clock of a machine on UTC."""
PARAMETERS = {
    "systemid": "000.00.00.H99",
    "messagetype": "edoc",
    "timestamp": "22112026T081754+0468",
    "Content-Type": "application/json",
}


def raw(headers):
    return [(name.encode(), value.encode()) for name, value in headers]


def call(headers, operation="getReceivedEdocList", secret=SECRET, now=MADE, **more):
    return prove(read_claim(raw(headers)), secret, OPERATIONS[operation], now, **more)


def signed(**changes):
    """The headers of a call with other parameters; None leaves one out."""
    parameters = {**PARAMETERS, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return sign({name: value for name, value in parameters.items() if value is not None}, SECRET)


def fault_of(*arguments, **more):
    with pytest.raises(VxpRefused) as caught:
        call(*arguments, **more)
    assert SECRET.decode() not in str(caught.value)
    return caught.value.fault


def test_there_are_thirteen_operations():
    assert len(OPERATIONS) == 13
    assert set(REQUESTS) <= set(OPERATIONS)
    assert {operation.name for operation in OPERATIONS.values() if operation.once} == {
        "registerAgency",
        "deleteAgency",
    }


@pytest.mark.parametrize("operation", REQUESTS)
def test_each_recorded_call_is_proved(operation):
    proved = call(REQUESTS[operation]["headers"], operation, now=MADE + dt.timedelta(hours=2))
    assert proved.system_id == "000.00.00.H99"
    assert proved.operation.method == REQUESTS[operation]["method"]


@pytest.mark.parametrize("operation", REQUESTS)
def test_we_sign_as_the_real_client_does(operation):
    headers = dict(map(tuple, REQUESTS[operation]["headers"]))
    names = headers[PREFIX + "sign-header-key"].split(";")
    made = dict(sign({name: headers[PREFIX + name] for name in names}, SECRET))
    assert made == {name: headers[name] for name in made}


def test_the_parameters_are_those_that_were_signed():
    stray = (PREFIX + "from", "000.00.00.H01")
    proved = call([stray, *REQUESTS["sendEdoc"]["headers"], stray], "sendEdoc")
    assert proved.parameters["from"] == "000.00.00.H99"
    assert codes_of(proved.parameters["to"]) == ("000.00.00.H98", "000.00.00.H97")
    assert proved.parameters["messagetype"] == "edoc"


def test_names_that_differ_by_case_alone_do_not_collide():
    headers = signed(docId="old", docid="new", status="done")
    assert call(headers, "updateStatus").document == "new"
    assert call(headers, "getEdoc").document == "old"
    assert call(signed(docid="new"), "getEdoc").document == "new"
    assert call(headers, "getAgenciesList").document == ""


def test_headers_may_come_in_any_case():
    assert call([(name.lower(), value) for name, value in signed()]).system_id == "000.00.00.H99"


@pytest.mark.parametrize("name", ["sign-header-key", "sign-header", "hash-header"])
def test_each_part_of_the_signature_is_there_once(name):
    headers = signed()
    assert fault_of([header for header in headers if header[0] != PREFIX + name]) == "header-missing"
    assert (
        fault_of([*headers, *[header for header in headers if header[0] == PREFIX + name]]) == "header-list"
    )


def with_text(text, key="systemid;timestamp"):
    return [(PREFIX + "sign-header-key", key), (PREFIX + "sign-header", text), (PREFIX + "hash-header", "0")]


@pytest.mark.parametrize(
    ("headers", "fault"),
    [
        (with_text("{"), "signed-text"),
        (with_text("[]"), "signed-text"),
        (with_text('{"XroadVnpt-systemid":1,"XroadVnpt-timestamp":"a"}'), "signed-text"),
        (with_text('{"systemid":"a","XroadVnpt-timestamp":"a"}'), "signed-text"),
        (with_text('{"XroadVnpt-systemid":"a","XroadVnpt-systemid":"b"}'), "signed-text"),
        (with_text('{"a":' + '"' + "b" * 70_000 + '"}'), "signed-text"),
        (with_text('{"XroadVnpt-timestamp":"a","XroadVnpt-systemid":"b"}'), "header-list"),
        (with_text('{"XroadVnpt-systemid":"b"}', "systemid"), "header-list"),
        (with_text('{"XroadVnpt-systemid":"","XroadVnpt-timestamp":"a"}'), "header-list"),
        (with_text('{"XroadVnpt-systemid":"a","XroadVnpt-timestamp":"a"}'), "digest"),
    ],
)
def test_what_is_not_as_the_client_signs_it_is_refused(headers, fault):
    assert fault_of(headers) == fault


def test_a_wrong_secret_and_a_changed_text_are_refused():
    assert fault_of(signed(), secret=b"another") == "digest"
    name = PREFIX + "sign-header"
    changed = [(key, value.replace("edoc", "eDoc") if key == name else value) for key, value in signed()]
    assert fault_of(changed) == "digest"
    name = PREFIX + "hash-header"
    changed = [(key, "é" * 64 if key == name else value) for key, value in signed()]
    assert fault_of(changed) == "digest"


@pytest.mark.parametrize(
    ("hours", "taken"),
    [(0, True), (11.9, True), (12.1, False), (-0.05, True), (-0.2, True), (-6.9, True), (-7.2, False)],
)
def test_a_timestamp_may_be_hours_old_by_viet_nam_s_clock_or_by_utc(hours, taken):
    """Seven hours ahead is what the clock of Viet Nam shows where UTC is written."""
    now = MADE + dt.timedelta(hours=hours)
    if taken:
        at = call(signed(), now=now).at
        assert stamp(at.replace(tzinfo=VIET_NAM)) == PARAMETERS["timestamp"]
    else:
        assert fault_of(signed(), now=now) == "timestamp"


def test_the_window_can_be_set():
    assert (
        fault_of(signed(), now=MADE + dt.timedelta(hours=1), window=dt.timedelta(minutes=59)) == "timestamp"
    )


@pytest.mark.parametrize(
    "text",
    [
        "22112026T081754",
        "22112026T081754+1000",
        "32112026T081754+0468",
        "2026-11-22T08:17:54Z",
        "99999999T999999+0",
    ],
)
def test_what_is_no_timestamp_is_refused(text):
    assert fault_of(signed(timestamp=text)) == "timestamp"


def test_a_stamp_has_milliseconds_and_no_zone():
    at = dt.datetime(2026, 11, 2, 20, 5, 6, 7_999, tzinfo=dt.UTC)
    assert stamp(at) == "03112026T030506+0007"
    assert call(signed(timestamp=stamp(at)), now=at).at == at.replace(microsecond=7_000)
    assert call(signed(timestamp=stamp(at)), now=at).at.tzinfo is VIET_NAM


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("sendEdoc", {"hash-file": "0", "from": "a"}),
        ("getEdoc", {"docId": "1"}),
        ("downloadEdoc", {"docid": "1"}),
        ("updateStatus", {"docId": "1", "status": "done"}),
        ("deleteAgency", {"AgencyCode": "a"}),
    ],
)
def test_what_an_operation_cannot_do_without_has_to_be_signed(operation, parameters):
    needed = {"messagetype": "edoc", **parameters}
    assert call(signed(**needed), operation).operation is OPERATIONS[operation]
    for name in parameters or needed:
        stray = (PREFIX + name, needed[name])
        assert fault_of([*signed(**{**needed, name: None}), stray], operation) == "parameter"
        assert fault_of(signed(**{**needed, name: ""}), operation) == "parameter"


def test_a_signed_text_can_be_told_from_another():
    first, again = call(signed(), "registerAgency"), call(signed(), "registerAgency")
    other = call(signed(from_="b"), "registerAgency")
    assert first.signed_digest == again.signed_digest != other.signed_digest


def test_the_recorded_file_is_found_under_its_unpadded_digest():
    body = base64.b64decode(REQUESTS["sendEdoc"]["body_base64"])
    declared = call(REQUESTS["sendEdoc"]["headers"], "sendEdoc").parameters["hash-file"]
    assert len(declared) == 63
    assert file_of(body, declared) == body[:-2]
    assert file_of(body[:-2], declared) == body[:-2]
    assert file_of(body + b"\r\n", declared) is None
    assert file_of(body, hashlib.sha256(body[:-2]).hexdigest()) == body[:-2]
    assert file_of(body, hashlib.sha256(body).hexdigest()) == body


@given(st.binary(min_size=32, max_size=32))
def test_a_digest_matches_padded_and_unpadded(digest):
    unpadded = "".join(f"{byte:x}" for byte in digest)
    assert digest_matches(digest.hex(), digest)
    assert digest_matches(unpadded.upper(), digest)
    assert not digest_matches(unpadded[:-1] + "g", digest)
    assert not digest_matches("", digest)


@given(
    st.lists(st.tuples(st.binary(max_size=30), st.binary(max_size=60)), max_size=4), st.binary(max_size=80)
)
def test_whatever_the_headers_hold_they_are_read_or_refused(headers, text):
    names = [PREFIX.encode() + name for name in (b"sign-header-key", b"sign-header", b"hash-header")]
    for candidate in (headers, [*headers, *((name, text) for name in names)]):
        with pytest.raises(VxpRefused):
            prove(read_claim(candidate), SECRET, OPERATIONS["getEdoc"], MADE)


@pytest.mark.parametrize("to", ["", "000.00.00.H98", '{"a":1}', "[1]", '["a",', '["\ud800"]'])
def test_recipients_are_a_list_of_texts(to):
    with pytest.raises(VxpRefused):
        codes_of(to)
