"""Reads the JSON of the sandbox's requests, and names each fault with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from axis.agencies.directory_changes import DEFAULT, AgencyEntry, name_fault
from axis.authority.certificates import Person
from axis.clock import Microseconds, parse_rfc3339
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.request_members import MembersReader
from signing.errors import SigningError
from signing.keys import KEY_KINDS, KeyKind, PublicKey, public_from_pem

MOST_AGENCIES = 1_000
MOST_PERSONS = 20
TITLE_CHARACTERS = 200
PERSON_CHARACTERS = 200
EARLIEST = parse_rfc3339("1950-01-01T00:00:00Z")
"""The earliest time of a certificate: X.509 has no earlier ones (RFC 5280 §4.1.2.5.1)."""
LATEST = parse_rfc3339("2100-01-01T00:00:00Z")


@dataclass(frozen=True, slots=True)
class KeyWish:
    """A key to be made, or the public half of one the caller keeps."""

    kind: KeyKind | None
    public_key: PublicKey | None


@dataclass(frozen=True, slots=True)
class PersonWish:
    """A person to be given a certificate."""

    person: Person
    key: KeyWish


@dataclass(frozen=True, slots=True)
class AgencyWish:
    """An agency to provision."""

    entry: AgencyEntry
    subtree: bool
    organisation: KeyWish | None
    persons: tuple[PersonWish, ...]
    system: bool = False
    """Whether it gets a system of the old protocol."""


@dataclass(frozen=True, slots=True)
class CertificateWish:
    """One certificate to issue."""

    agency: AgencyCode
    person: Person | None
    key: KeyWish
    not_before: Microseconds | None
    not_after: Microseconds | None


class Reader(MembersReader):
    """Reads what only the sandbox takes: texts of certificates, times, keys, persons."""

    __slots__ = ()

    def text(self, value: object, pointer: str, characters: int) -> str:
        """Return a text that may stand in a certificate."""
        expected = name_fault(value)
        if expected is None and len(str(value)) > characters:
            expected = f"at most {characters} characters"
        if expected is not None:
            self.wrong(pointer, value, expected)
            return ""
        return str(value).strip()

    def time(self, value: object, pointer: str) -> Microseconds | None:
        """Return a time, or None where there is none."""
        if value is None:
            return None
        try:
            moment = parse_rfc3339(value if isinstance(value, str) else "")
        except (ValueError, OverflowError):
            self.wrong(pointer, value, "a time with its zone, as 2019-06-03T02:11:09Z")
            return None
        if not EARLIEST <= moment < LATEST:
            self.wrong(pointer, value, "a time between 1950 and 2100")
            return None
        return moment

    def key(self, members: Mapping[str, Any], pointer: str) -> KeyWish:
        """Return the wanted key: `key` names a kind, `public_key` gives one; P-256 without either."""
        kind, pem = members.get("key"), members.get("public_key")
        if kind is not None and pem is not None:
            self.fault(f"{pointer}/public_key", "key as well", "one of key and public_key")
        if pem is not None:
            try:
                return KeyWish(None, public_from_pem(str(pem).encode()))
            except SigningError as error:
                self.fault(f"{pointer}/public_key", str(error), "a public key of a kind we certify, in PEM")
        if kind is not None and kind not in KEY_KINDS:
            self.wrong(f"{pointer}/key", kind, " or ".join(KEY_KINDS))
        return KeyWish(kind or "p256", None)

    def person(self, members: Mapping[str, Any], pointer: str) -> Person:
        """Return a person's name and title."""
        return Person(
            self.text(members.get("name"), f"{pointer}/name", PERSON_CHARACTERS),
            self.text(members.get("title"), f"{pointer}/title", TITLE_CHARACTERS),
        )


_PROVISIONING = frozenset({"agencies"})
_AGENCY = frozenset({"code", "name", "parent", "subtree", "organisation", "persons", "vxp"})
_KEY = frozenset({"key", "public_key"})
_PERSON = frozenset({"name", "title"})
_CERTIFICATE = frozenset({"agency", "person", "key", "public_key", "not_before", "not_after"})


def read_provisioning(body: object) -> list[AgencyWish]:
    """Read the agencies to provision. Raises `QueryInvalid` naming everything that is wrong."""
    reader = Reader()
    listed = reader.members(body, "", _PROVISIONING).get("agencies")
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_AGENCIES:
        found = f"{len(listed)} agencies" if isinstance(listed, list) else type(listed).__name__
        reader.fault("/agencies", found, f"a list of 1 to {MOST_AGENCIES} agencies")
        listed = []
    wishes = [_agency(reader, value, f"/agencies/{index}") for index, value in enumerate(listed)]
    reader.finish()
    return wishes


def read_certificate(body: object) -> CertificateWish:
    """Read the certificate to issue. Raises `QueryInvalid` naming everything that is wrong."""
    reader = Reader()
    members = reader.members(body, "", _CERTIFICATE)
    named = members.get("person")
    wish = CertificateWish(
        agency=reader.code(members.get("agency"), "/agency"),
        person=(
            None if named is None else reader.person(reader.members(named, "/person", _PERSON), "/person")
        ),
        key=reader.key(members, ""),
        not_before=reader.time(members.get("not_before"), "/not_before"),
        not_after=reader.time(members.get("not_after"), "/not_after"),
    )
    reader.finish()
    return wish


def _agency(reader: Reader, value: object, pointer: str) -> AgencyWish:
    members = reader.members(value, pointer, _AGENCY)
    name = members.get("name")
    if expected := name_fault(name):
        reader.wrong(f"{pointer}/name", name, expected)
    parent = members.get("parent", DEFAULT)
    if parent is not None and parent is not DEFAULT:
        parent = reader.code(parent, f"{pointer}/parent")
    organisation = members.get("organisation")
    return AgencyWish(
        entry=AgencyEntry(reader.code(members.get("code"), f"{pointer}/code"), str(name), parent),
        subtree=reader.flag(members.get("subtree", False), f"{pointer}/subtree"),
        organisation=(
            None
            if organisation is None
            else reader.key(
                reader.members(organisation, f"{pointer}/organisation", _KEY), f"{pointer}/organisation"
            )
        ),
        persons=tuple(_persons(reader, members.get("persons"), f"{pointer}/persons")),
        system=reader.flag(members.get("vxp", False), f"{pointer}/vxp"),
    )


def _persons(reader: Reader, value: object, pointer: str) -> Iterator[PersonWish]:
    if value is None:
        return
    if not isinstance(value, list) or len(value) > MOST_PERSONS:
        reader.fault(pointer, type(value).__name__, f"a list of at most {MOST_PERSONS} persons")
        return
    for index, each in enumerate(value):
        place = f"{pointer}/{index}"
        members = reader.members(each, place, _PERSON | _KEY)
        yield PersonWish(reader.person(members, place), reader.key(members, place))
