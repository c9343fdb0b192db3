"""Splits files of trust material into certificates, revocation lists and OCSP responses.

A part that path validation could not use is named with its reason, and the others are used. PEM (RFC 7468),
X.509 (RFC 5280), OCSP (RFC 6960).
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]  # the library ships no types

from signing.certificates import MAX_CERTIFICATE_BYTES
from signing.errors import UnreadableOcsp
from signing.ocsp.read import read_response
from signing.paths.asn1 import Certificate, full_name, load_certificate, load_list
from signing.paths.revocation_lists import read_list

__all__ = [
    "Fault",
    "Kind",
    "Part",
    "RevocationPlaces",
    "fault_of",
    "is_list_of",
    "is_self_issued",
    "read_parts",
    "revocation_places",
]

Kind = Literal["certificate", "list", "response"]

MAX_PARTS: Final = 1000
"""Of one file: every root and list of a country are below a hundred."""

_KINDS: Final[dict[bytes, Kind]] = {
    b"CERTIFICATE": "certificate",
    b"X509 CERTIFICATE": "certificate",
    b"X509 CRL": "list",
}
_BEGIN: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,64})-----")

_USED_EXTENSIONS: Final = (
    "key_usage",
    "extended_key_usage",
    "basic_constraints",
    "name_constraints",
    "certificate_policies",
    "policy_mappings",
    "policy_constraints",
    "inhibit_any_policy",
    "crl_distribution_points",
    "authority_information_access",
)
"""The extensions that path validation reads."""


class Part(NamedTuple):
    """A certificate, list or response that can be used."""

    kind: Kind
    der: bytes


class RevocationPlaces(NamedTuple):
    """Where a certificate says that its revocation would be told."""

    serial: str
    """Its serial number, hexadecimal."""
    lists: tuple[str, ...]
    """Addresses of revocation lists."""
    responders: tuple[str, ...]
    """Addresses of OCSP responders."""


class Fault(NamedTuple):
    """A part that cannot be used, and why."""

    position: int | None
    """Counted from 1 among the parts of the file; `None` where it is the whole file."""
    reason: str
    """In English, after "it was left out:"."""


def read_parts(data: bytes, expected: Kind = "certificate") -> Iterator[Part | Fault]:
    """Read a PEM text part by part, or a DER file as one part of the kind `expected`.

    Keys and other things in PEM are skipped.
    """
    if not data.strip():
        yield Fault(None, "it is empty")
    elif _BEGIN.search(data) is None:
        reason = fault_of(expected, data)
        yield Part(expected, data) if reason is None else Fault(None, reason)
    else:
        yield from _read_pem(data)


def _read_pem(data: bytes) -> Iterator[Part | Fault]:
    position = 0
    for begin in _BEGIN.finditer(data):
        kind = _KINDS.get(begin[1])
        if kind is None:
            continue
        position += 1
        if position > MAX_PARTS:
            yield Fault(position, f"more than {MAX_PARTS} certificates and lists stand in one file")
            return
        der = _decoded(data, begin)
        if der is None:
            yield Fault(position, "its PEM has no end, or is broken")
            continue
        reason = fault_of(kind, der)
        yield Part(kind, der) if reason is None else Fault(position, reason)


def _decoded(data: bytes, begin: "re.Match[bytes]") -> bytes | None:
    end = data.find(b"-----", begin.end())
    if end < 0 or not data.startswith(b"-----END " + begin[1] + b"-----", end):
        return None
    try:
        return base64.b64decode(b"".join(data[begin.end() : end].split()), validate=True)
    except binascii.Error:
        return None


def fault_of(kind: Kind, der: bytes) -> str | None:
    """Return why path validation could not use a part; `None` when it can."""
    if kind == "certificate":
        return _certificate_fault(der)
    if kind == "list":
        return None if read_list(der) is not None else "it cannot be read as a revocation list"
    try:
        read_response(der)
    except UnreadableOcsp:
        return "it cannot be read as an OCSP response"
    return None


def is_list_of(revocation_list: bytes, issuer: bytes) -> bool:
    """Tell whether a list names a certificate's subject as its issuer; not so where one cannot be read."""
    try:
        named = load_list(revocation_list).crl_data.issuer.hashable
        return bool(named == load_certificate(issuer).subject.hashable)
    except Exception:  # noqa: BLE001 hostile bytes make the library raise all there is
        return False


def revocation_places(der: bytes) -> RevocationPlaces:
    """Tell where a certificate says that lists and answers about it are; nothing where it cannot be read."""
    try:
        certificate = load_certificate(der)
        points = certificate.crl_distribution_points_value or ()
        accesses = certificate.authority_information_access_value or ()
        return RevocationPlaces(
            f"{certificate.serial_number:x}",
            tuple(_addresses(name for point in points for name in full_name(point["distribution_point"]))),
            tuple(
                _addresses(
                    each["access_location"] for each in accesses if each["access_method"].native == "ocsp"
                )
            ),
        )
    except Exception:  # noqa: BLE001 hostile bytes make the library raise all there is
        return RevocationPlaces("", (), ())


def _addresses(names: Iterable[Any]) -> Iterator[str]:
    for name in names:
        if name.name == "uniform_resource_identifier":
            yield name.native


def is_self_issued(der: bytes) -> bool:
    """Tell whether a certificate that can be used names itself as its issuer (RFC 5280 §3.2)."""
    return bool(load_certificate(der).self_issued)


@lru_cache(maxsize=512)
def _certificate_fault(der: bytes) -> str | None:
    if len(der) > MAX_CERTIFICATE_BYTES:
        return f"it has {len(der)} bytes, more than the {MAX_CERTIFICATE_BYTES} of any certificate"
    try:
        certificate = load_certificate(der)
    except Exception:  # noqa: BLE001 hostile bytes make the library raise all there is
        return _unreadable_part(der) or "it cannot be read as a certificate"
    return None if _is_readable(certificate, "name_constraints") else _EXTENSION.format("name_constraints")


_EXTENSION: Final = "its extension {} cannot be read"


def _unreadable_part(der: bytes) -> str | None:
    """Return the extension that cannot be read, if there is one."""
    try:
        certificate = asn1_x509.Certificate.load(der, strict=True)
        _ = certificate.key_usage_value
    except Exception:  # noqa: BLE001 as above
        return None
    broken = (name for name in _USED_EXTENSIONS if not _is_readable(certificate, name))
    return next((_EXTENSION.format(name) for name in broken), None)


def _is_readable(certificate: Certificate, name: str) -> bool:
    """Tell whether an extension can be read completely: the library reads lazily."""
    try:
        value = getattr(certificate, f"{name}_value")
        _ = None if value is None else value.native
    except Exception:  # noqa: BLE001 as above
        return False
    return True
