"""Who sends a message and to whom: by its header, by itself, and where the two have nobody in common."""

import pytest
from sqlalchemy import select
from support.old_protocol_exchange import (
    LETTER,
    REST,
    UNDER_S,
    A,
    B,
    S,
    letter,
    to,
)

from axis.documents.tables import refusals
from axis.protocol import edxml


def test_header_to_overrides_the_message_and_takes_both_forms(axis):
    found = axis.document(axis.sent(LETTER, to=["H96", "H94", "000.00.00.H94"]))
    assert found["to"] == [REST, A]


def test_header_to_of_an_earlier_call_is_refused_and_both_are_said(axis):
    message = letter(recipients=to(A, B))
    code, description = axis.refusal(message, to=["H96"])
    assert code == "22"
    assert all(each in description for each in ("header:to", REST, A, B))
    assert axis.refusals()[0]["code"] == "manifest-invalid"


@pytest.mark.parametrize(
    ("named", "header"),
    [(UNDER_S, S), (S, UNDER_S), (f"000.01.14.{S[-3:]}", UNDER_S)],
    ids=["above", "below", "below, and in no directory"],
)
def test_header_to_above_or_below_the_messages_is_in_common(axis, named, header):
    assert axis.document(axis.sent(letter(recipients=to(A, named)), to=[header]))["to"] == [header]


def test_header_to_that_is_no_array_is_refused_with_that_reason(axis):
    axis.clients[S].documents["to"] = "H94;H95"
    code, description = axis.refusal(LETTER)
    assert code == "22"
    assert "H94;H95, expected a JSON array of agency codes" in description


def test_every_unknown_recipient_is_named(axis):
    code, description = axis.refusal(LETTER, to=["H94", "H77", "a b", "000.00.01.H78"])
    assert code == "18"
    assert all(each in description for each in ("000.00.00.H77", "a b", "000.00.01.H78"))
    (refusal,) = axis.refusals()
    assert refusal["code"] == "unknown-recipient"
    assert [place["found"] for place in refusal["problem"]["errors"]] == [
        "a b",
        "000.00.00.H77",
        "000.00.01.H78",
    ]


def test_every_locked_recipient_is_named(axis):
    axis.lock(A)
    code, description = axis.refusal(LETTER)
    assert code == "23"
    assert A in description
    assert B not in description


@pytest.mark.parametrize("sender", ["000.00.00.H77", "000.00.00.H94", "a b", "000.00.14.H94"])
def test_sender_outside_of_the_subtree_is_refused_whether_it_is_there_or_not(axis, sender):
    assert axis.refusal(LETTER, sender, system=S)[0] == "19"
    (refusal,) = axis.refusals()  # of the system's own agency: it cannot be laid to another
    assert (refusal["from"], refusal["code"]) == (S, "not-your-agency")
    assert refusal["problem"]["errors"][0]["pointer"] == "header:from"


def test_locked_unit_may_not_send(axis):
    axis.lock(UNDER_S)
    assert axis.refusal(letter(sender=edxml.Party(UNDER_S)), UNDER_S, system=S)[0] == "19"
    with axis.hub.database.read() as tx:
        codes = tx.execute(select(refusals.c.code).where(refusals.c.sender == UNDER_S)).scalars().all()
    assert codes == ["not-permitted"]


def test_sender_in_the_message_goes_before_the_header_where_the_system_speaks_for_it(axis):
    reply = axis.send(letter(sender=edxml.Party(UNDER_S)))
    assert "sent as 000.00.14.G94" in reply["ErrorDesc"]
    assert axis.rest[A].get("/v1/inbox").json()["items"][0]["from"] == UNDER_S


def test_sender_in_the_message_that_is_not_the_systems_yields_to_the_header(axis):
    found = axis.document(axis.sent(letter(sender=edxml.Party(B))))
    assert found["from"] == S
