"""Finds all entries of a revocation list about one certificate.

Libraries return the first entry with a serial number; a list may have several. RFC 5280 §5.1.2.6 and §5.3.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]  # the library ships no types

from signing.asn1_names import made_readable
from signing.cms.ber import der_length

# Malformed parts of an entry other than its date are ignored unless they are critical: the certificate is on
# the list, whatever else the entry says.

__all__ = ["REVERSIBLE", "Entry", "deciding", "find_entries"]

REVERSIBLE: Final = frozenset({"certificateHold", "removeFromCRL"})
"""Reasons that are taken back: such an entry counts only in the newest list."""

_REASONS: Final = {
    1: "keyCompromise",
    2: "cACompromise",
    3: "affiliationChanged",
    4: "superseded",
    5: "cessationOfOperation",
    6: "certificateHold",
    8: "removeFromCRL",
    9: "privilegeWithdrawn",
    10: "aACompromise",
}
_UNSPECIFIED: Final = "unspecified"
"""What is not one of these is a revocation all the same."""

_REASON: Final = "2.5.29.21"
_HOLD_INSTRUCTION: Final = "2.5.29.23"
_INVALIDITY_DATE: Final = "2.5.29.24"
_ISSUER: Final = "2.5.29.29"
_ISSUER_BYTES: Final = bytes.fromhex("0603551d1d")
_KNOWN: Final = frozenset({_REASON, _HOLD_INSTRUCTION, _INVALIDITY_DATE, _ISSUER})
_SEQUENCE: Final = 0x30
_TIMES: Final = (0x17, 0x18)
_ENUMERATED: Final = b"\x0a\x01"
_LONG_FORM: Final = 0x80
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_UNKNOWN: Final = "\x00"
"""The issuer that an entry names in a way nobody can read; no name is normalised to it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list."""

    at: datetime
    reason: str
    """Of RFC 5280 §5.3.1, such as `keyCompromise`; `unspecified` for one that nobody knows."""
    issuer: str | None
    """Of the certificate, normalised; `None`: the list's own issuer."""
    is_understood: bool
    """Whether it says nothing critical that is not understood here."""

    @property
    def is_final(self) -> bool:
        """Whether it is a revocation that cannot be taken back."""
        return self.is_understood and self.reason not in REVERSIBLE

    def is_about(self, issuer: str, list_issuer: str) -> bool:
        """Whether it may be about a certificate by `issuer`; both names are normalised."""
        return (self.issuer or list_issuer) in {issuer, _UNKNOWN}


_UNREADABLE: Final = Entry(_BEGINNING, _UNSPECIFIED, _UNKNOWN, is_understood=False)


def find_entries(signed: bytes, serial: int) -> tuple[Entry, ...]:
    """Find all entries with this serial number in the signed part of a list (a DER `TBSCertList`).

    Where the list, or such an entry, cannot be followed, there is one that is not understood.
    """
    number = _number(serial)
    if number not in signed:  # of a long list, most certificates' numbers are nowhere
        return ()
    found = []
    issuer: str | None = None
    try:
        for content, end in _revoked(signed):
            if signed.find(_ISSUER_BYTES, content, end) >= 0:
                issuer = _issuer_of(signed, content, end) or issuer
            if signed.startswith(number, content):
                found.append(_readable_entry(signed, content + len(number), end, issuer))
    except Exception:  # noqa: BLE001 hostile bytes make the library raise all there is
        found.append(_UNREADABLE)
    return tuple(found)


def is_searchable(signed: bytes) -> bool:
    """Whether each entry of a list begins with a serial number in DER: only so all of them can be found."""
    try:
        return all(_begins_with_number(signed, content, end) for content, end in _revoked(signed))
    except ValueError:
        return False


def deciding(entries: Iterable[Entry], at: datetime) -> Entry | None:
    """Give the entry that decides at `at`: the earliest that cannot be taken back, else the latest hold.

    One that is not understood comes before any hold. Entries of later times say nothing.
    """
    past = [each for each in entries if each.at <= at]
    final = [each for each in past if each.is_final]
    if final:
        return min(final, key=lambda each: each.at)
    return max(
        past,
        key=lambda each: (not each.is_understood, each.at, each.reason == "certificateHold"),
        default=None,
    )


def _number(serial: int) -> bytes:
    size = serial.bit_length() // 8 + 1
    return b"\x02" + der_length(size) + serial.to_bytes(size, "big", signed=True)


def _begins_with_number(signed: bytes, begin: int, end: int) -> bool:
    content, after = _bounds(signed, begin, end)
    serial = int.from_bytes(signed[content:after], "big", signed=True)
    return signed[begin:after] == _number(serial)


def _revoked(signed: bytes) -> Iterator[tuple[int, int]]:
    """Give begin and end of what each entry holds. Raises `ValueError`."""
    begin, end = _bounds(signed, 0, len(signed))
    fields = []
    while begin < end:
        content, after = _bounds(signed, begin, end)
        fields.append((signed[begin], content, after))
        begin = after
    tags = [tag for tag, _, _ in fields]
    place = max(place for place, tag in enumerate(tags) if tag in _TIMES) + 1
    if place >= len(fields) or tags[place] != _SEQUENCE:
        return
    _, begin, end = fields[place]
    while begin < end:
        content, after = _bounds(signed, begin, end)
        yield content, after
        begin = after


def _bounds(data: bytes, begin: int, limit: int) -> tuple[int, int]:
    """Give where the content of the element at `begin` lies. Raises `ValueError`."""
    if begin + 2 > limit:
        raise ValueError("an element without a length")
    length, content = data[begin + 1], begin + 2
    if length == _LONG_FORM:
        raise ValueError("an element of indefinite length")
    if length > _LONG_FORM:
        content += length - _LONG_FORM
        length = int.from_bytes(data[begin + 2 : content], "big")
    if content + length > limit:
        raise ValueError("an element longer than what holds it")
    return content, content + length


def _readable_entry(signed: bytes, begin: int, end: int, issuer: str | None) -> Entry:
    try:
        return _entry(signed, begin, end, issuer)
    except Exception:  # noqa: BLE001 hostile bytes make the library raise all there is
        return _UNREADABLE


def _entry(signed: bytes, begin: int, end: int, issuer: str | None) -> Entry:
    """Read what follows an entry's serial number."""
    at, place = _time(signed, begin, end)
    reasons, is_understood = [], issuer != _UNKNOWN
    for identifier, is_critical, value in _extensions(signed, place, end):
        if identifier == _REASON:
            reasons.append(_reason(value))
        elif is_critical and identifier not in _KNOWN:
            is_understood = False
    # Two reasons contradict each other: the one that cannot be taken back holds.
    reason = min(reasons, key=lambda each: each in REVERSIBLE, default=_UNSPECIFIED)
    return Entry(at, reason, issuer, is_understood)


def _time(signed: bytes, begin: int, end: int) -> tuple[datetime, int]:
    _, after = _bounds(signed, begin, end)
    at: datetime = asn1_x509.Time.load(signed[begin:after], strict=True).native
    return at.astimezone(UTC), after


def _extensions(signed: bytes, begin: int, end: int) -> Iterator[tuple[str, bool, bytes]]:
    """Give identifier, criticality and value of an entry's extensions, as far as they are any."""
    if begin == end:
        return
    begin, end = _bounds(signed, begin, end)
    while begin < end:
        _, after = _bounds(signed, begin, end)
        extension = asn1_x509.Extension.load(signed[begin:after])
        yield (
            extension["extn_id"].dotted,
            bool(extension["critical"].native),
            extension["extn_value"].contents,
        )
        begin = after


def _reason(value: bytes) -> str:
    """Read a reason: an ENUMERATED of one octet, in DER; whatever else stands there says none."""
    is_one = value[:2] == _ENUMERATED and len(value) == len(_ENUMERATED) + 1
    return _REASONS.get(value[-1], _UNSPECIFIED) if is_one else _UNSPECIFIED


def _issuer_of(signed: bytes, begin: int, end: int) -> str | None:
    """Give whose certificates the entries are about from this one on; `None` where it does not say."""
    _, place = _bounds(signed, begin, end)  # the serial number
    _, place = _time(signed, place, end)
    for identifier, _, value in _extensions(signed, place, end):
        if identifier == _ISSUER:
            return _normalised(value)
    return None


def _normalised(general_names: bytes) -> str:
    try:
        for name in asn1_x509.GeneralNames.load(general_names, strict=True):
            if name.name == "directory_name":
                normalised: str = made_readable(name.chosen).hashable
                return normalised
    except Exception:  # noqa: BLE001 hostile bytes make the library raise all there is
        return _UNKNOWN
    return _UNKNOWN
