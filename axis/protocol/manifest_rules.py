"""The rules of the manifest's members, one function each.

Each reads one member, appends broken rules to `faults`, and returns the value, or an empty one.
docs/contract.md#the-manifest.
"""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from typing import cast

from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.document_types import DOCUMENT_TYPES, KIND_CHARACTERS, is_message_media_type
from axis.protocol.errors import FOUND_CHARACTERS, Place, shorten
from axis.protocol.file_name_rules import name_fault
from axis.protocol.manifest_limits import MEDIA_TYPE_CHARACTERS
from axis.protocol.refused_characters import has_control, has_invisible, printable
from axis.protocol.strict_json_faults import escape_pointer
from axis.protocol.text_normalisation import nfc

Members = dict[str, object]

MEMBERS = frozenset(
    {"from", "to", "number", "issued_on", "type", "subject", "priority", "action", "refers_to"}
    | {"signer", "due_on", "attachments"}
)
REFERENCE_MEMBERS = frozenset({"from", "number", "issued_on"})
SIGNER_MEMBERS = frozenset({"name", "position"})
ATTACHMENT_MEMBERS = frozenset({"name", "media_type", "size", "sha256"})
PRIORITIES = ("normal", "urgent", "very_urgent", "express", "express_timed")
ACTIONS = ("new", "recall", "update", "replace")

_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
MEDIA_TYPE_PATTERN = rf'^{_NAME}/{_NAME}( *; *{_NAME}=({_NAME}|"[ !#-\[\]-~]*"))*$'
"""A media type with parameters (RFC 9110, section 8.3.1), ASCII alone, since it is sent as a header."""

DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
DIGEST_PATTERN = r"^[0-9a-f]{64}$"
DIGEST = re.compile(DIGEST_PATTERN)
_MEDIA_TYPE = re.compile(MEDIA_TYPE_PATTERN[1:-1])
_DAY = re.compile(DAY_PATTERN[1:-1])
_DIGEST = re.compile(DIGEST_PATTERN[1:-1])
_SUGGESTIBLE_CHARACTERS = 40
NOTHING = object()
"""Stands for a missing member, since null is a value."""


def object_of(
    value: object, pointer: str, faults: list[Place], known: frozenset[str] | None = None
) -> Members | None:
    """Return the members of a JSON object, None for another value.

    With `known`, every other member is a fault.
    """
    if not isinstance(value, dict):
        faults.append(Place(pointer, shown(value), "an object"))
        return None
    members = cast("Members", value)
    if known is not None and not members.keys() <= known:
        for name in members:
            if name not in known:
                place = f"{pointer}/{escape_pointer(shorten(name))}"
                faults.append(Place(place, shown(members[name]), _no_such_member(name, known)))
    return members


def array(
    members: Members,
    name: str,
    least: int,
    most: int,
    faults: list[Place],
    *,
    absent: list[object] | None = None,
) -> Sequence[object]:
    """Return the items of an array of `least` to `most` items; none if their number is a fault.

    A missing member is a fault, unless `absent` is given.
    """
    value = members.get(name, NOTHING if absent is None else absent)
    if isinstance(value, list) and least <= len(value) <= most:
        return value
    faults.append(Place(f"/{name}", shown(value), f"an array of {least} to {most} items"))
    return ()


def text(members: Members, name: str, pointer: str, most: int, faults: list[Place]) -> str:
    """Return a one-line text of 1 to `most` characters in NFC, not blank and without control characters."""
    value = members.get(name, NOTHING)
    expected = f"a text of 1 to {most} characters"
    if not isinstance(value, str):
        faults.append(Place(f"{pointer}/{name}", shown(value), expected))
        return ""
    line = nfc(value)
    if has_control(line):
        faults.append(Place(f"{pointer}/{name}", _said(line), "a text without control characters"))
        return ""
    if len(line) > most:
        faults.append(Place(f"{pointer}/{name}", f"{len(line)} characters: {_said(line)}", expected))
        return ""
    if not line.strip():
        faults.append(Place(f"{pointer}/{name}", shown(line), f"{expected}, not blank"))
        return ""
    return line


def number(members: Members, pointer: str, most: int, faults: list[Place]) -> str:
    """Return a document's number: a text without invisible characters, so that no two numbers look alike."""
    line = text(members, "number", pointer, most, faults)
    if has_invisible(line):
        faults.append(Place(f"{pointer}/number", _said(line), "a text without invisible characters"))
        return ""
    return line


def code(members: Members, name: str, pointer: str, faults: list[Place]) -> AgencyCode:
    """Return an agency's code in canonical form."""
    return _code(members.get(name, NOTHING), f"{pointer}/{name}", faults)


def recipients(members: Members, most: int, faults: list[Place]) -> tuple[AgencyCode, ...]:
    """Return the recipients' canonical codes, each once."""
    places: dict[AgencyCode, int] = {}
    for place, item in enumerate(array(members, "to", 1, most, faults)):
        recipient = _code(item, f"/to/{place}", faults)
        first = places.setdefault(recipient, place)
        if recipient and first != place:
            faults.append(
                Place(f"/to/{place}", _said(str(item)), f"each agency once; /to/{first} is the same")
            )
    return tuple(places)


def _code(value: object, pointer: str, faults: list[Place]) -> AgencyCode:
    if not isinstance(value, str):
        faults.append(Place(pointer, shown(value), "an agency code, such as 000.00.00.H24"))
        return AgencyCode("")
    canonical = canonical_or_none(value)
    if canonical is None:
        faults.append(Place(pointer, _said(value), "an agency code, such as 000.00.00.H24"))
        return AgencyCode("")
    return canonical


def day(members: Members, name: str, pointer: str, faults: list[Place]) -> str:
    """Return a calendar day, `YYYY-MM-DD`."""
    value = members.get(name, NOTHING)
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            faults.append(Place(f"{pointer}/{name}", value, "a day that the calendar has"))
            return ""
    found = _said(value) if isinstance(value, str) else shown(value)
    faults.append(Place(f"{pointer}/{name}", found, "a day as YYYY-MM-DD"))
    return ""


def optional_day(members: Members, name: str, faults: list[Place]) -> str | None:
    """Return a calendar day, or None where there is none."""
    return None if members.get(name) is None else day(members, name, "", faults)


def word(members: Members, name: str, words: Sequence[str], default: str, faults: list[Place]) -> str:
    """Return one of `words`; `default` for a missing member."""
    value = members.get(name, default)
    if isinstance(value, str) and value in words:
        return value
    found = _said(value) if isinstance(value, str) else shown(value)
    faults.append(Place(f"/{name}", found, f"one of {', '.join(words)}"))
    return default


def document_type(members: Members, faults: list[Place]) -> str:
    """Return the slug of one of the decree's kinds of document."""
    value = members.get("type", NOTHING)
    if isinstance(value, str) and value in DOCUMENT_TYPES:
        return value
    expected = f"one of the {len(DOCUMENT_TYPES)} kinds of document, by its slug, such as cong-van"
    if not isinstance(value, str):
        faults.append(Place("/type", shown(value), expected))
        return ""
    close = _closest(value.replace("_", "-").replace(" ", "-"), DOCUMENT_TYPES)
    faults.append(Place("/type", _said(value), f"{expected}; perhaps {close}" if close else expected))
    return ""


def main_of_message(media_type: str, faults: list[Place]) -> None:
    """Check that the main attachment of a document of type `thong-diep` says what its message is about."""
    if media_type and not is_message_media_type(media_type):
        expected = f"application/vnd.axis.KIND.v1+json, its KIND in lower case, of {KIND_CHARACTERS} at most"
        faults.append(Place("/attachments/0/media_type", _said(media_type), expected))


def file_name(members: Members, pointer: str, most_bytes: int, faults: list[Place]) -> str:
    """Return an attachment's file name in NFC."""
    value = members.get("name", NOTHING)
    if not isinstance(value, str):
        faults.append(Place(f"{pointer}/name", shown(value), "a file name"))
        return ""
    name = nfc(value)
    expected = name_fault(name, most_bytes)
    if expected is None:
        return name
    faults.append(Place(f"{pointer}/name", _said(name), expected))
    return ""


def media_type(members: Members, pointer: str, faults: list[Place]) -> str:
    """Return a media type as written."""
    value = members.get("media_type", NOTHING)
    if isinstance(value, str) and len(value) <= MEDIA_TYPE_CHARACTERS and _MEDIA_TYPE.fullmatch(value):
        return value
    found = _said(value) if isinstance(value, str) else shown(value)
    expected = f"a media type of at most {MEDIA_TYPE_CHARACTERS} characters, such as application/pdf"
    faults.append(Place(f"{pointer}/media_type", found, expected))
    return ""


def size(members: Members, pointer: str, most: int, faults: list[Place]) -> int:
    """Return a size in bytes."""
    value = members.get("size", NOTHING)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
        return value
    faults.append(Place(f"{pointer}/size", shown(value), f"a whole number of bytes, 0 to {most}"))
    return 0


def digest(members: Members, pointer: str, faults: list[Place]) -> str:
    """Return a SHA-256 in hex."""
    value = members.get("sha256", NOTHING)
    if isinstance(value, str) and _DIGEST.fullmatch(value):
        return value
    found = _said(value) if isinstance(value, str) else shown(value)
    faults.append(Place(f"{pointer}/sha256", found, "a SHA-256 as 64 lower-case hexadecimal digits"))
    return ""


def _no_such_member(name: str, known: frozenset[str]) -> str:
    close = _closest(name, known)
    return f"no such member; perhaps {close}" if close else f"only {', '.join(sorted(known))}"


def _closest(word: str, words: Iterable[str]) -> str | None:
    if len(word) > _SUGGESTIBLE_CHARACTERS:
        return None
    return next(iter(get_close_matches(word.lower(), words, n=1)), None)


def shown(value: object) -> str:
    """Return a value of the wrong type for a refusal: its JSON, short and printable."""
    if value is NOTHING:
        return "nothing"
    if isinstance(value, list):
        return f"an array of {len(value)} items"
    if isinstance(value, dict):
        return f"an object of {len(value)} members"
    if isinstance(value, str):
        return shorten(printable(f'"{value[:FOUND_CHARACTERS]}"'))
    return shorten(json.dumps(value))


def _said(value: str) -> str:
    """Return a text with the wrong content for a refusal: short and printable."""
    return shorten(printable(value[: FOUND_CHARACTERS + 1]))
