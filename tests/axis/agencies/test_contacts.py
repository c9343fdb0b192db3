"""Contacts: what is no mail address or number is told as an expectation."""

import pytest

from axis.agencies.contacts import CONTACTS, MAIL_CHARACTERS, NUMBER_CHARACTERS, mail_fault, number_fault


@pytest.mark.parametrize("mail", ["vanthu@haiphong.gov.vn", "văn.thư@ví-dụ.vn"])
def test_mail_addresses_of_any_script_are_valid(mail: str) -> None:
    assert mail_fault(mail) is None


@pytest.mark.parametrize("mail", [None, 7, "", "vanthu", "a@b@c", "a b@c.vn", "a@c.vn\u200b", "a@c\x00.vn"])
def test_what_is_no_mail_address_is_told(mail: object) -> None:
    assert mail_fault(mail) == "a mail address, as vanthu@example.vn"


def test_numbers_are_valid_as_letterheads_print_them() -> None:
    assert number_fault("(0225) 3.842.315 - máy lẻ 12") is None
    assert number_fault("") is not None
    assert number_fault("1\n2") is not None


def test_lengths_hold_to_the_character() -> None:
    address = "a@" + "b" * (MAIL_CHARACTERS - 2)
    assert (mail_fault(address), number_fault("1" * NUMBER_CHARACTERS)) == (None, None)
    assert mail_fault(address + "b") == f"at most {MAIL_CHARACTERS} characters"
    assert number_fault("1" * (NUMBER_CHARACTERS + 1)) == f"at most {NUMBER_CHARACTERS} characters"
    assert set(CONTACTS) == {"mail", "mobile", "fax"}
