"""Looks up in the revocation lists at hand when certificates were revoked.

A list is read once and remembered, since large authorities have hundreds of thousands of entries. Whether a
list is valid is judged for verdicts, in `signing.paths`.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from cryptography import x509

from axis.clock import Microseconds, from_datetime

LISTS_REMEMBERED = 32


class Listed(NamedTuple):
    """What a revocation list says."""

    issuer: str
    """RFC 4514."""
    revoked: Mapping[int, Microseconds]
    """When each serial was revoked."""


def revoked_at(lists: Iterable[bytes], issuer: str, serial: int) -> Microseconds | None:
    """Return when a certificate was revoked, as the first list of its issuer that names it says."""
    for der in lists:
        listed = _read(der)
        if listed is not None and listed.issuer == issuer and serial in listed.revoked:
            return listed.revoked[serial]
    return None


@lru_cache(maxsize=LISTS_REMEMBERED)
def _read(der: bytes) -> Listed | None:
    try:
        crl = x509.load_der_x509_crl(der)
        issuer = crl.issuer.rfc4514_string()
        return Listed(issuer, {each.serial_number: from_datetime(each.revocation_date_utc) for each in crl})
    except ValueError:  # one that cannot be read says nothing; an operator sees it among what is left out
        return None
