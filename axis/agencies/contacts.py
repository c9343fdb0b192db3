"""Checks the form of an agency's contacts: mail addresses, mobile and fax numbers.

Members and lengths are those of the old protocol's registration.
"""

import re
from collections.abc import Callable
from typing import Final

from axis.protocol.refused_characters import has_control, has_invisible

MAIL_CHARACTERS: Final = 254
"""The longest address that mail can be sent to (RFC 5321, with the erratum)."""
NUMBER_CHARACTERS: Final = 32

_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")


def mail_fault(mail: object) -> str | None:
    """Return what is wrong with a mail address, as an expectation; None where nothing is."""
    if not isinstance(mail, str) or not _MAIL.fullmatch(mail) or has_control(mail) or has_invisible(mail):
        return "a mail address, as vanthu@example.vn"
    return f"at most {MAIL_CHARACTERS} characters" if len(mail) > MAIL_CHARACTERS else None


def number_fault(number: object) -> str | None:
    """Return what is wrong with a telephone or fax number. Any form that letterheads print is valid."""
    if not isinstance(number, str) or not number or has_control(number) or has_invisible(number):
        return "a number without control or invisible characters"
    return f"at most {NUMBER_CHARACTERS} characters" if len(number) > NUMBER_CHARACTERS else None


CONTACTS: Final[dict[str, Callable[[object], str | None]]] = {
    "mail": mail_fault,
    "mobile": number_fault,
    "fax": number_fault,
}
"""The members, and what finds the fault of each."""
