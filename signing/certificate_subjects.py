"""Builds and reads the subjects of certificates.

They have the form of docs/contract.md#certificates. X.520 attribute types; organizationIdentifier as ETSI EN
319 412-1 §5.1.4 forms it.
"""

import re
import threading
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]  # the library ships no types
from cryptography import x509
from cryptography.x509.oid import NameOID

from signing.asn1_names import load_name, texts
from signing.errors import InvalidName

__all__ = [
    "NAME_PARTS",
    "NamePart",
    "OwnerKind",
    "SubjectIdentity",
    "authority_subject",
    "encoded_name",
    "identity_of",
    "name_in",
    "organisation_subject",
    "person_subject",
    "quiet",
    "read_subject",
]

OwnerKind = Literal["organisation", "person"]
NamePart = Literal["subject", "issuer"]
NAME_PARTS: Final[tuple[NamePart, ...]] = ("subject", "issuer")

MAX_PART_CHARACTERS: Final = 300
"""RFC 5280 suggests 64 for most attributes; names of agencies are longer, and parsers take more."""

MAX_COMMON_NAME_BYTES: Final = 64
"""The one bound that libraries enforce (RFC 5280, ub-common-name), and they count bytes of UTF-8."""

_IDENTIFIER: Final = re.compile(r"GO:VN-(?P<agency>[^\s\x00-\x1f]{1,64})")


@dataclass(frozen=True, slots=True)
class SubjectIdentity:
    """What a subject says of its holder. Nothing of it is verified."""

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
    """Return the identity in a certificate's subject. Raises `InvalidName` if it cannot be read."""
    return identity_of(name_in(certificate, "subject"))


def name_in(certificate: x509.Certificate, part: NamePart) -> x509.Name:
    """Read the subject's or the issuer's name, texts in Latin-1 or broken UTF-8 among them.

    The library refuses such names; every other tool reads them as `signing.asn1_names` does. Raises
    `InvalidName` for what is no name.
    """
    try:
        return certificate.subject if part == "subject" else certificate.issuer
    except ValueError:
        pass
    try:
        read = texts(load_name(encoded_name(certificate, part)))
        with quiet():
            return x509.Name([_relative(each) for each in read])
    except Exception as error:
        raise InvalidName(part=part) from error


@contextmanager
def quiet() -> Iterator[None]:
    """Suppress the library's warnings inside the context."""
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the library's own are of this kind
        yield


_QUIET: Final = threading.RLock()
"""Warning filters belong to the whole process, so only one thread changes them at a time."""


def encoded_name(certificate: x509.Certificate, part: NamePart) -> bytes:
    """Return the subject's or the issuer's name in DER, as it is in the certificate."""
    body = asn1_x509.TbsCertificate.load(certificate.tbs_certificate_bytes)
    encoded: bytes = body[part].dump()
    return encoded


def _relative(attributes: Sequence[tuple[str, str]]) -> x509.RelativeDistinguishedName:
    return x509.RelativeDistinguishedName(
        [
            x509.NameAttribute(x509.ObjectIdentifier(kind), text or "#", _validate=False)
            for kind, text in attributes
        ]
    )


def identity_of(subject: x509.Name) -> SubjectIdentity:
    """Read the shapes of the contract from a subject.

    A subject with two organizationIdentifiers of agencies names none, since either may be meant.
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
    """Return a name cut to the limit, between characters. Other attributes have the whole name."""
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
