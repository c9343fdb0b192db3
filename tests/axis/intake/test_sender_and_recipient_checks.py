"""A sender, recipients and references are refused by what the directory and the store know of them."""

from dataclasses import replace

import pytest
from support.manifests import check, manifest, reference

from axis.agencies.directory import Agency
from axis.documents.identities import Numbered
from axis.intake import sender_and_recipient_checks as checks
from axis.intake.lookups import Standing
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import (
    NotPermitted,
    NotYourAgency,
    RecipientLocked,
    ReferenceUnknown,
    TooLarge,
    UnknownRecipient,
)

SENDER, FIRST, SECOND = (AgencyCode(f"000.00.00.{last}") for last in ("H24", "G22", "H26"))
NEW = check(manifest())
RECALL = check(manifest(action="recall", refers_to=[reference()]))


def agency(code, *, locked=False):
    return Agency(code=code, name="Tên", parent=None, level=1, locked=locked)


KNOWN = Standing(
    may_speak=True,
    sender=agency(SENDER),
    earlier=None,
    recipients={FIRST: agency(FIRST), SECOND: agency(SECOND)},
    to=NEW.to,
)


def places(error):
    return [place.pointer for place in error.value.places]


def test_a_caller_who_may_not_speak_learns_no_more_than_from_a_code_that_is_not_there():
    told = []
    for standing in (replace(KNOWN, may_speak=False), replace(KNOWN, sender=None)):
        with pytest.raises(NotYourAgency) as refused:
            checks.check_speaker(standing, SENDER)
        told.append((places(refused), refused.value.places[0].found))
    assert told[0] == told[1] == (["/from"], SENDER)


def test_a_locked_sender_is_refused_and_an_open_one_is_not():
    checks.check_speaker(KNOWN, SENDER)
    checks.check_sender_open(KNOWN, SENDER)
    with pytest.raises(NotPermitted):
        checks.check_sender_open(replace(KNOWN, sender=agency(SENDER, locked=True)), SENDER)


def test_unknown_and_locked_recipients_are_named_together():
    checks.check_exchange(KNOWN, NEW)
    with pytest.raises(UnknownRecipient) as refused:
        checks.check_exchange(replace(KNOWN, recipients={FIRST: agency(FIRST, locked=True)}), NEW)
    assert places(refused) == ["/to/0", "/to/1"]
    with pytest.raises(RecipientLocked):
        locked = {**KNOWN.recipients, SECOND: agency(SECOND, locked=True)}
        checks.check_exchange(replace(KNOWN, recipients=locked), NEW)


def test_a_reference_means_the_document_of_its_number_and_day():
    key = RECALL.refers_to[0]
    number = (key.sender, key.number_key, key.year)
    there = replace(KNOWN, numbered={number: Numbered(7, "id", key.issued_on)})
    checks.check_exchange(there, RECALL)
    other_day = replace(KNOWN, numbered={number: Numbered(7, "id", "2019-05-03")})
    for standing in (KNOWN, other_day):
        with pytest.raises(ReferenceUnknown) as refused:
            checks.check_exchange(standing, RECALL)
        assert places(refused) == ["/refers_to/0"]


def test_a_document_too_large_for_the_old_protocol_names_whom_it_cannot_reach():
    with pytest.raises(TooLarge) as refused:
        checks.check_exchange(replace(KNOWN, unreachable={SECOND}, reach_bytes=10), NEW)
    assert places(refused) == ["/to/1"]
    assert "at most 10 bytes" in refused.value.places[0].expected


def test_a_taken_number_says_which_document_has_it():
    refused = checks.number_taken(NEW, "the-id")
    assert refused.params["document"] == "the-id"
    assert [place.pointer for place in refused.places] == ["/number"]
