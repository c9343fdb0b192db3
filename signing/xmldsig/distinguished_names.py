"""Compares names as XML signatures write them with the name in a certificate.

Platforms write names in either order, with different short names, quotes and escapes; types and values have
to agree. RFC 4514, and what .NET, Java and OpenSSL make of it.
"""

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from asn1crypto import core  # type: ignore[import-untyped]  # the library ships no types
from cryptography import x509

__all__ = ["names"]

_MAX_TEXT: Final = 4_096
_TYPES: Final = MappingProxyType(
    {
        "cn": "2.5.4.3",
        "sn": "2.5.4.4",
        "surname": "2.5.4.4",
        "serialnumber": "2.5.4.5",
        "c": "2.5.4.6",
        "l": "2.5.4.7",
        "st": "2.5.4.8",
        "s": "2.5.4.8",
        "street": "2.5.4.9",
        "streetaddress": "2.5.4.9",
        "o": "2.5.4.10",
        "ou": "2.5.4.11",
        "t": "2.5.4.12",
        "title": "2.5.4.12",
        "description": "2.5.4.13",
        "postalcode": "2.5.4.17",
        "telephonenumber": "2.5.4.20",
        "phone": "2.5.4.20",
        "name": "2.5.4.41",
        "gn": "2.5.4.42",
        "g": "2.5.4.42",
        "givenname": "2.5.4.42",
        "initials": "2.5.4.43",
        "i": "2.5.4.43",
        "generationqualifier": "2.5.4.44",
        "dnq": "2.5.4.46",
        "dnqualifier": "2.5.4.46",
        "pseudonym": "2.5.4.65",
        "organizationidentifier": "2.5.4.97",
        "uid": "0.9.2342.19200300.100.1.1",
        "userid": "0.9.2342.19200300.100.1.1",
        "mail": "0.9.2342.19200300.100.1.3",
        "dc": "0.9.2342.19200300.100.1.25",
        "e": "1.2.840.113549.1.9.1",
        "emailaddress": "1.2.840.113549.1.9.1",
        "email": "1.2.840.113549.1.9.1",
    }
)
_NUMBER: Final = re.compile(r"(?:oid\.)?(\d+(?:\.\d+)+)")
_ATTRIBUTE: Final = re.compile(
    r"""\s*(?P<type>[A-Za-z][A-Za-z0-9-]*(?:\.\d+)*|\d+(?:\.\d+)+)\s*=\s*
    (?:"(?P<quoted>(?:[^"\\]|\\.|"")*)"|(?P<plain>(?:[^,;+"\\]|\\.)*))\s*(?P<end>[,;+]|$)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)", re.DOTALL)

_Attributes = tuple[tuple[str, str], ...]


def names(text: str, candidates: Sequence[x509.Name]) -> bool:
    """Whether the text is one of these names, and nothing else."""
    written = _read(text)
    return written is not None and any(written in _orders(each) for each in candidates)


def _orders(name: x509.Name) -> tuple[_Attributes, _Attributes]:
    own = tuple((each.oid.dotted_string, _folded(str(each.value))) for each in name)
    return own, own[::-1]


def _read(text: str) -> _Attributes | None:
    """Read a name's text; `None` when any of it is something else."""
    found: list[tuple[str, str]] = []
    place = 0
    text = text.strip()
    if not 0 < len(text) <= _MAX_TEXT:
        return None
    while place < len(text):
        match = _ATTRIBUTE.match(text, place)
        if match is None:
            return None
        kind = match["type"].lower()
        number = _NUMBER.fullmatch(kind)
        known = _TYPES.get(kind) if number is None else number[1]
        value = _quoted(match["quoted"]) if match["quoted"] is not None else _plain(match["plain"])
        if known is None or value is None:
            return None
        found.append((known, _folded(value)))
        place = match.end()
        if match["end"] and place == len(text):
            return None
    return tuple(found)


def _quoted(text: str) -> str:
    return _unescaped(text.replace('""', '"'))


def _plain(text: str) -> str | None:
    if not text.startswith("#"):
        return _unescaped(text)
    try:
        value = core.load(bytes.fromhex(text[1:].strip()), strict=True).native
    except Exception:  # noqa: BLE001 hostile bytes make the library raise all there is
        return None
    return value if isinstance(value, str) else None


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(
        lambda match: (
            match[2]
            if match[1] is None
            else bytes.fromhex(match[1].replace("\\", "")).decode(errors="replace")
        ),
        text,
    )


def _folded(value: str) -> str:
    return " ".join(value.split()).casefold()
