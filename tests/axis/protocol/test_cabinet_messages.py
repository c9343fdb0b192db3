"""The messages of an e-cabinet: what fits, and which member is named of what does not."""

import json

import jsonschema_rs
import pytest

from axis.protocol.messages import message_faults, message_schema

DIGEST = "a" * 64
MESSAGES = {
    "phien-hop": {
        "meeting": "PH-1",
        "title": "Phiên họp Chính phủ",
        "held_on": "2019-06-24",
        "place": "Phòng họp Chính phủ",
        "items": ["V/v thông qua nghị quyết"],
        "members": ["TTg", "G01"],
    },
    "du-hop": {"meeting": "PH-1", "member": "G01", "attendance": "remote"},
    "phieu-lay-y-kien": {
        "ballot": "PYK-1",
        "question": "V/v thông qua nghị quyết",
        "meeting": None,
        "closes_on": "2019-06-25",
        "draft": DIGEST,
        "members": ["TTg"],
        "reminder": 0,
    },
    "y-kien-thanh-vien": {
        "ballot": "PYK-1",
        "member": "G01",
        "draft": DIGEST,
        "choice": "other",
        "text": "Đề nghị làm rõ nguồn lực.",
    },
    "ket-qua-lay-y-kien": {
        "ballot": "PYK-1",
        "members": 27,
        "agree": 25,
        "disagree": 0,
        "other": 0,
        "is_adopted": True,
        "decided_by": "majority",
        "counted": [{"member": "G01", "choice": "agree", "message": DIGEST}],
        "seal": DIGEST,
    },
}


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_message_fits_its_schema_and_its_published_form(kind):
    assert message_faults(kind, json.dumps(MESSAGES[kind]).encode()) == []
    jsonschema_rs.validator_for(message_schema(kind), validate_formats=True).validate(MESSAGES[kind])


@pytest.mark.parametrize(
    ("kind", "change", "pointer"),
    [
        ("phien-hop", {"held_on": "24/06/2019"}, "/held_on"),
        ("phien-hop", {"held_on": "1561334400"}, "/held_on"),
        ("phieu-lay-y-kien", {"closes_on": "2019-02-29"}, "/closes_on"),
        ("du-hop", {"attendance": "perhaps"}, "/attendance"),
        ("phieu-lay-y-kien", {"members": []}, "/members"),
        ("phieu-lay-y-kien", {"draft": "A" * 64}, "/draft"),
        ("y-kien-thanh-vien", {"choice": "abstain"}, "/choice"),
        ("y-kien-thanh-vien", {"text": ""}, "/text"),
        ("ket-qua-lay-y-kien", {"agree": -1}, "/agree"),
        ("ket-qua-lay-y-kien", {"counted": [{"member": "G01"}]}, "/counted/0/choice"),
    ],
)
def test_a_broken_member_is_named(kind, change, pointer):
    message = MESSAGES[kind] | change
    assert pointer in [place.pointer for place in message_faults(kind, json.dumps(message).encode())]
    validator = jsonschema_rs.validator_for(message_schema(kind), validate_formats=True)
    assert not validator.is_valid(message)
