"""Messages are checked against the schema of their kind, which says the same as its published JSON Schema."""

import json

import jsonschema_rs
import pytest

from axis.protocol.messages import KINDS, message_faults, message_schema

DOSSIER = {
    "code": "000.00.00.H50-240115-0001",
    "procedure": "1.000001",
    "channel": 2,
    "service": "full",
    "status": 9,
    "at": "2024-01-15T08:00:00+07:00",
    "due": None,
}
BODY = {"unit": "000.00.00.H50", "dossiers": [DOSSIER]}
KIND = "trang-thai-ho-so"


def pointers(body):
    return [place.pointer for place in message_faults(KIND, json.dumps(body).encode())]


def test_a_message_that_fits_has_no_faults():
    assert pointers(BODY) == []
    assert message_faults("of-others", b"anything") == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"status": 11}, "/dossiers/0/status"),
        ({"status": "9"}, "/dossiers/0/status"),
        ({"channel": 4}, "/dossiers/0/channel"),
        ({"at": "2024-01-15T08:00:00"}, "/dossiers/0/at"),
        ({"at": "1705300000"}, "/dossiers/0/at"),
        ({"at": "2024-01-15t08:00:00z"}, "/dossiers/0/at"),
        ({"at": "0001-01-01T00:00:00+07:00"}, "/dossiers/0/at"),
        ({"at": 1705300000}, "/dossiers/0/at"),
        ({"code": "0001"}, "/dossiers/0/code"),
        ({"owner": "Lê Văn An"}, "/dossiers/0/owner"),
    ],
)
def test_a_broken_member_is_named_and_its_value_is_not_shown(change, pointer):
    body = BODY | {"dossiers": [DOSSIER | change]}
    faults = message_faults(KIND, json.dumps(body).encode())
    assert [place.pointer for place in faults] == [pointer]
    assert "Lê Văn An" not in str(faults)


def test_steps_name_the_part_of_the_unit_and_what_was_done():
    done = {"department": "Phòng Một cửa", "text": "Thẩm định hồ sơ", "begun": None, "due": None}
    step = {name: DOSSIER[name] for name in ("code", "status", "at")} | done
    body = {"unit": BODY["unit"], "steps": [step]}
    assert message_faults("tien-do-ho-so", json.dumps(body).encode()) == []
    body["steps"] = [step | {"department": ""}, step | {"text": "x" * 1001}]
    faults = message_faults("tien-do-ho-so", json.dumps(body).encode())
    assert [place.pointer for place in faults] == ["/steps/0/department", "/steps/1/text"]


def test_the_published_schema_takes_and_refuses_the_same():
    validator = jsonschema_rs.validator_for(message_schema(KIND), validate_formats=True)
    validator.validate(BODY)
    assert not validator.is_valid(BODY | {"dossiers": []})
    assert not validator.is_valid(BODY | {"dossiers": [DOSSIER | {"status": 11}]})
    assert {KIND, "tien-do-ho-so"} <= KINDS.keys()
    assert pointers({"unit": "000.00.00.H50"}) == ["/dossiers"]
    assert message_faults(KIND, b"{")[0].pointer == ""
