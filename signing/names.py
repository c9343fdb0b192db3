"""Subjects of certificates: whose a certificate says it is.

Builds and reads the shapes of the outside contract; it never decides whether the certificate is to be
trusted. X.520 attribute types; organizationIdentifier as ETSI EN 319 412-1 §5.1.4 forms it.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from cryptography import x509
from cryptography.x509.oid import NameOID

from signing.errors import InvalidName

__all__ = [
    "OwnerKind",
    "SubjectIdentity",
    "authority_subject",
    "identity_of",
    "organisation_subject",
    "person_subject",
    "read_subject",
]

OwnerKind = Literal["organisation", "person"]

MAX_PART_CHARACTERS: Final = 300
"""RFC 5280 suggests 64 for most attributes; names of agencies are longer, and parsers take more."""

MAX_COMMON_NAME_BYTES: Final = 64
"""The one bound that libraries enforce (RFC 5280, ub-common-name), and they count bytes of UTF-8."""

_IDENTIFIER: Final = re.compile(r"GO:VN-(?P<agency>[^\s\x00-\x1f]{1,64})")


@dataclass(frozen=True, slots=True)
class SubjectIdentity:
    """What a subject says of its holder; nothing here has been verified."""

    kind: OwnerKind | None
    """`None` when the subject has no readable organizationIdentifier of an agency."""
    agency: str | None
    """The agency's code, as written after `GO:VN-`."""
    name: str
    """How to show the holder: a person's full name, else the organisation's, else the subject."""
    title: str | None = None
    """A person's title within the agency."""


def organisation_subject(name: str, code: str) -> x509.Name:
    """Subject of an agency's own certificate: its `name` and its `code` (`000.00.00.H24`)."""
    organisation = _part("name", name)
    return x509.Name(
        [
            *_agency_attributes(organisation, code),
            _common_name(organisation),
        ]
    )


def person_subject(name: str, code: str, surname: str, given_name: str, title: str) -> x509.Name:
    """Subject of a person who signs for the agency called `name` with `code`."""
    family = _part("surname", surname)
    given = _part("given_name", given_name)
    return x509.Name(
        [
            *_agency_attributes(_part("name", name), code),
            x509.NameAttribute(NameOID.SURNAME, family),
            x509.NameAttribute(NameOID.GIVEN_NAME, given),
            x509.NameAttribute(NameOID.TITLE, _part("title", title)),
            _common_name(f"{family} {given}"),
        ]
    )


def authority_subject(common_name: str, organisation: str) -> x509.Name:
    """Subject of a certificate authority."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _part("organisation", organisation)),
            _common_name(_part("common_name", common_name)),
        ]
    )


def read_subject(certificate: x509.Certificate) -> SubjectIdentity:
    """Whose the certificate says it is. Raises `InvalidName` if its subject cannot be read."""
    try:
        return identity_of(certificate.subject)
    except (ValueError, TypeError) as error:
        raise InvalidName(part="subject") from error


def identity_of(subject: x509.Name) -> SubjectIdentity:
    """Read the shapes of the contract from a subject.

    Two organizationIdentifiers that name agencies make the subject nobody's: which of them was meant is
    not ours to guess.
    """
    agencies = [
        match["agency"]
        for text in _texts(subject, NameOID.ORGANIZATION_IDENTIFIER)
        if (match := _IDENTIFIER.fullmatch(text)) is not None
    ]
    surname = _first(subject, NameOID.SURNAME)
    given_name = _first(subject, NameOID.GIVEN_NAME)
    title = _first(subject, NameOID.TITLE)
    is_person = surname is not None and given_name is not None
    if is_person:
        shown = f"{surname} {given_name}"
    else:
        shown = (
            _first(subject, NameOID.ORGANIZATION_NAME)
            or _first(subject, NameOID.COMMON_NAME)
            or subject.rfc4514_string()
        )
    if len(agencies) != 1:
        return SubjectIdentity(None, None, shown, title)
    return SubjectIdentity("person" if is_person else "organisation", agencies[0], shown, title)


def _agency_attributes(organisation: str, code: str) -> list[x509.NameAttribute[str]]:
    identifier = f"GO:VN-{code}"
    if _IDENTIFIER.fullmatch(identifier) is None:
        raise InvalidName(part="code", found=code)
    return [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, identifier),
    ]


def _common_name(text: str) -> x509.NameAttribute[str]:
    """Cut to the bound, between characters; the whole name stands in its own attributes."""
    cut = text.encode()[:MAX_COMMON_NAME_BYTES].decode(errors="ignore").rstrip()
    return x509.NameAttribute(NameOID.COMMON_NAME, cut)


def _part(part: str, text: str) -> str:
    cleaned = unicodedata.normalize("NFC", text).strip()
    if not cleaned or len(cleaned) > MAX_PART_CHARACTERS or "\x00" in cleaned:
        raise InvalidName(part=part, length=len(cleaned))
    try:
        cleaned.encode()
    except UnicodeEncodeError as error:
        raise InvalidName(part=part) from error
    return cleaned


def _texts(subject: x509.Name, kind: x509.ObjectIdentifier) -> list[str]:
    values = (attribute.value for attribute in subject.get_attributes_for_oid(kind))
    return [value for value in values if isinstance(value, str)]


def _first(subject: x509.Name, kind: x509.ObjectIdentifier) -> str | None:
    return next(iter(_texts(subject, kind)), None)
