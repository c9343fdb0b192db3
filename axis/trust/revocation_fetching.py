"""Fetches revocation lists and OCSP answers of other authorities, in the background.

A document whose revocation data is missing is undecided at first. What was fetched is stored, and
`axis.compliance.rejudging` judges such documents again. Whether data is valid is judged in `signing.paths`.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import Row

from axis.clock import Microseconds, from_datetime, real_now
from axis.database import Database, Write
from axis.database.store_facts import raise_version
from axis.outbound.guarded_http import Addresses, OutsideError, fetch, is_allowed, public_addresses
from axis.trust import queries
from axis.trust.revocation_sources import Source, Wanted
from signing.certificates import load_certificate
from signing.errors import SigningError
from signing.material_parts import fault_of, is_list_of
from signing.ocsp import certificate_id, make_request, read_response

SECOND = 1_000_000
BATCH = 8
"""The most fetches of one run, one after the other, so that the chore ends."""
CLAIM_SECONDS = 120
"""How long a place is reserved for the process that fetches it. No fetch takes so long."""
FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 5, 3_600
"""The wait after a failure. It doubles with every further failure."""
REFRESH_SECONDS = (300, 6 * 3_600)
"""A list is fetched again after half its remaining life, within these bounds."""
ASK_AGAIN_SECONDS = 30
"""How soon data that is still missing after a fetch is fetched again."""
MAX_LIST_BYTES = 10 * 1024 * 1024
"""The largest lists of national authorities have a few megabytes."""
MAX_ANSWER_BYTES = 1024 * 1024
"""An OCSP answer has some kilobytes, most of them certificates."""
SOURCES_KEPT = 1_000
"""The most places, of `MAX_LIST_BYTES` at most; a country has a few authorities with a few lists each."""
PROBLEM_CHARACTERS = 200

_log = logging.getLogger("axis.trust")


@dataclass(frozen=True, slots=True)
class _Data:
    """Fetched data that may be kept."""

    der: bytes
    this_update: Microseconds
    next_update: Microseconds | None


def note_wanted(database: Database, wanted: Wanted, now: Microseconds | None = None) -> None:
    """Keep where to fetch what documents judged in this process lacked, for whichever process fetches."""
    noted = wanted.take()
    if noted:
        at = real_now() if now is None else now
        database.write(lambda tx: note_sources(tx, noted, at))


def fetch_some(
    database: Database,
    hosts: frozenset[str],
    addresses: Addresses = public_addresses,
    now: Microseconds | None = None,
) -> int:
    """Fetch from places that are due; return how many had new data. `now` is real time."""
    if not hosts:
        return 0
    at = real_now() if now is None else now
    with database.read() as tx:
        due = queries.sources_due(tx, at, BATCH)
    return sum(_fetch_one(database, row, hosts, addresses, at) for row in due)


def note_sources(tx: Write, sources: Iterable[Source], now: Microseconds) -> None:
    """Store places to fetch from.

    A known one whose data is still missing becomes due, if some time has passed.
    """
    room = SOURCES_KEPT - queries.source_count(tx)
    for source in sorted(sources, key=lambda each: each.id):
        row = queries.source_row(tx, source.id)
        if row is not None:
            soon = now if row.failures == 0 else row.next_try_at
            soon = max(soon, (row.fetched_at or 0) + ASK_AGAIN_SECONDS * SECOND)
            queries.set_source(tx, source.id, {"next_try_at": min(row.next_try_at, soon)})
        elif room > 0:
            room -= 1
            queries.add_source(tx, _row(source, now))
        else:
            _log.warning("no more places to fetch revocation data from are kept", extra={"facts": {}})


def _fetch_one(
    database: Database, row: Row[Any], hosts: frozenset[str], addresses: Addresses, now: Microseconds
) -> bool:
    """Fetch from one place, unless another process does; return whether the data is new."""
    until = Microseconds(now + CLAIM_SECONDS * SECOND)
    if not database.write(lambda tx: queries.claim_source(tx, row.id, row.next_try_at, until)):
        return False
    try:
        data = _fetched(row, hosts, addresses)
    except OutsideError as error:
        facts = {"url": row.url, "error": str(error)}
        _log.warning("revocation data could not be fetched", extra={"facts": facts})
        delay = min(FIRST_RETRY_SECONDS * 2 ** min(row.failures, 16), LAST_RETRY_SECONDS)
        changes = {
            "failures": row.failures + 1,
            "problem": str(error)[:PROBLEM_CHARACTERS],
            "next_try_at": now + int(delay * SECOND),
        }
        database.write(lambda tx: queries.set_source(tx, row.id, changes))
        return False
    return database.write(lambda tx: _keep(tx, row, data, now))


def _keep(tx: Write, row: Row[Any], data: _Data, now: Microseconds) -> bool:
    soonest, latest = REFRESH_SECONDS
    life = latest * SECOND if data.next_update is None else (data.next_update - now) // 2
    again = now + min(max(life, soonest * SECOND), latest * SECOND)
    is_news = bool(data.der != row.der)
    changes = {
        "der": data.der,
        "this_update": data.this_update,
        "next_update": data.next_update,
        "fetched_at": now,
        # An answer is about one signer, who may never sign again: it is fetched again when it is missing.
        "next_try_at": again if row.kind == "crl" else queries.NEVER,
        "failures": 0,
        "problem": None,
    }
    queries.set_source(tx, row.id, changes)
    if is_news:
        raise_version(tx)
    return is_news


def _fetched(row: Row[Any], hosts: frozenset[str], addresses: Addresses) -> _Data:
    if not is_allowed(row.url, hosts):  # the setting has changed since
        raise OutsideError("the host is not among those allowed")
    data = _list(row, addresses) if row.kind == "crl" else _answer(row, addresses)
    if row.this_update is not None and data.this_update < row.this_update:
        raise OutsideError("older than what was fetched before")
    return data


def _list(row: Row[Any], addresses: Addresses) -> _Data:
    """Fetch a list, which must be signed by the issuer: path validation uses no other."""
    data = fetch(row.url, addresses, max_bytes=MAX_LIST_BYTES)
    try:
        issuer = load_certificate(row.issuer)
        is_pem = data.startswith(b"-----BEGIN")
        found = x509.load_pem_x509_crl(data) if is_pem else x509.load_der_x509_crl(data)
        der = found.public_bytes(Encoding.DER)
        is_own = is_list_of(der, row.issuer) and found.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]  # other keys are a TypeError
        next_update = found.next_update_utc
        end = None if next_update is None else from_datetime(next_update)
        kept = _Data(der, from_datetime(found.last_update_utc), end)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise OutsideError("not a revocation list") from error
    if not is_own:
        raise OutsideError("not signed by the certificate's issuer")
    if fault_of("list", kept.der) is not None:
        raise OutsideError("a revocation list that cannot be read")
    return kept


def _answer(row: Row[Any], addresses: Addresses) -> _Data:
    """Ask about one certificate. Path validation checks the answer's signature."""
    try:
        asked = certificate_id(load_certificate(row.issuer), int(row.serial, 16))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise OutsideError("the issuer's certificate cannot be read") from error
    headers = {"Content-Type": "application/ocsp-request"}
    data = fetch(row.url, addresses, make_request([asked]), headers, max_bytes=MAX_ANSWER_BYTES)
    try:
        response = read_response(data)
    except SigningError as error:
        raise OutsideError(str(error)) from error
    for answer in response.answers:
        if answer.certificate == asked and answer.status != "unknown":
            end = answer.next_update
            return _Data(data, from_datetime(answer.this_update), None if end is None else from_datetime(end))
    raise OutsideError("the responder does not know the certificate")


def _row(source: Source, now: Microseconds) -> dict[str, Any]:
    return {
        "id": source.id,
        "kind": source.kind,
        "url": source.url,
        "issuer": source.issuer,
        "serial": source.serial,
        "der": None,
        "this_update": None,
        "next_update": None,
        "fetched_at": None,
        "next_try_at": now,
        "failures": 0,
        "problem": None,
    }
