"""What a person may do with a delivery, and how a register is read."""

import pytest
from support.stub_hub import Say, stub_hub

from nodes.client import Client
from nodes.document_writer import Identity, Office
from nodes.face import registers
from nodes.face.registers import (
    SHOWN,
    agency_of,
    may_answer,
    may_recall,
    possible_signers,
    register,
    signed_by,
)
from nodes.invented_texts import Signer

OWN, OTHER = "000.00.00.H62", "000.00.00.H23"


@pytest.mark.parametrize(
    ("to", "codes", "may"),
    [
        (OWN, [], ("01", "02", "03")),
        (OWN, ["01"], ("02", "03")),
        (OWN, ["01", "02"], ()),
        (OWN, ["03", "13"], ("15", "16")),
        (OWN, ["03", "13", "16"], ("04", "05", "06")),
        (OTHER, ["03"], ()),
    ],
)
def test_only_what_the_recipient_may_say_next_is_offered(to, codes, may):
    assert may_answer({"to": to, "statuses": [{"code": code} for code in codes]}, OWN) == may


@pytest.mark.parametrize(
    ("sender", "codes", "may"),
    [
        (OWN, [], True),
        (OWN, ["01", "03"], True),
        (OWN, ["13"], False),
        (OWN, ["13", "15"], False),
        (OWN, ["13", "16"], True),
        (OTHER, [], False),
    ],
)
def test_a_letter_may_be_asked_back_by_its_sender_while_nobody_has_asked_or_agreed(sender, codes, may):
    given = {"from": sender, "statuses": [{"code": code} for code in codes]}
    assert may_recall(given, OWN) is may


def test_the_newest_entries_come_first_and_the_older_are_counted():
    pages = [
        Say(body={"items": [{"id": number} for number in range(SHOWN)], "next": "on"}),
        Say(body={"items": [{"id": SHOWN}], "next": None}),
    ]
    with stub_hub(*pages) as hub, Client(hub.url, "axis_t") as client:
        found = register(client, OWN, "out")
    assert (found.entries[0]["id"], len(found.entries), found.left_out) == (SHOWN, SHOWN, 1)
    assert f"sender={OWN}" in hub.asked[0].path


def test_only_those_sign_who_have_a_key():
    office = Office(agency_of(OWN), Signer("", ""), organisation=Identity(None, None))
    assert possible_signers(office) == ("organisation", "none")
    assert [signed_by(office, {"signed_by": who}) for who in ("organisation", "both", "x")] == [
        "organisation",
        "none",
        "none",
    ]


def test_an_agency_that_is_in_no_list_has_its_code_for_a_name():
    assert agency_of("000.00.99.H62").name == "000.00.99.H62"
    assert registers.agency_of(OWN).name == "UBND tỉnh Vĩnh Phúc"
