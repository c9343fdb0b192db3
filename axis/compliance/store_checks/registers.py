"""Checks rows that no leaf describes: the directory, certificates and lists, queues and jobs.

What a row says twice, or of other rows, has to agree.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from sqlalchemy import Row, and_, or_, select

from axis.agencies.tables import agencies, agency_tree
from axis.authority.tables import authorities, issued_certificates, revocation_lists
from axis.clock import Microseconds
from axis.database import Read
from axis.deliveries.tables import deliveries, event_audience, events, message_queue
from axis.documents.tables import documents as accepted
from axis.documents.tables import references
from axis.jobs.tables import jobs
from axis.ledger.tree_checks import Difference
from axis.protocol import agency_codes
from axis.protocol.text_folding import fold
from axis.trust.tables import registered_certificates, trusted_certificates

NAMED: Final = 100
"""The most rows of one kind that are named."""
_NAME_CHARACTERS: Final = 500
_JOB_STATES: Final = frozenset({"queued", "running", "done", "failed", "cancelled"})
_QUEUE_STATES: Final = ("initial", "processing", "done", "fail")


def check_registers(tx: Read) -> Iterator[Difference]:
    """Yield what does not agree."""
    yield from _check_directory(tx)
    for table in (trusted_certificates, registered_certificates, issued_certificates):
        for row in tx.execute(select(table.c.sha256, table.c.der)):
            if (digest := hashlib.sha256(row.der).hexdigest()) != row.sha256:
                yield Difference(f"{table.name} {row.sha256}", f"bytes of digest {digest}", row.sha256)
    yield from _check_authority(tx)
    yield from _check_queue(tx)
    yield from _check_references(tx)
    yield from _check_jobs(tx)


def _check_directory(tx: Read) -> Iterator[Difference]:
    rows = {row.code: row for row in tx.execute(select(agencies))}
    for code, row in rows.items():
        if agency_codes.canonical_or_none(code) != code:
            yield Difference(f"agency {code}", "a code of another form", "a canonical one")
            continue
        expected = (fold(row.name)[:_NAME_CHARACTERS], agency_codes.level(code))
        if (row.name_folded, row.level) != expected:
            yield Difference(f"agency {code}", f"{row.name_folded!r}, level {row.level}", str(expected))
        if row.parent is not None and row.parent not in rows:
            yield Difference(f"agency {code} parent", row.parent, "an agency of the directory")
    above = {(higher, code) for code in rows for higher in _chain(rows, code)}
    stored = {tuple(row) for row in tx.execute(select(agency_tree.c.ancestor, agency_tree.c.descendant))}
    for ancestor, descendant in sorted(above ^ stored)[:NAMED]:
        found = "stands" if (ancestor, descendant) in stored else "does not stand"
        yield Difference(
            f"agency {descendant}", f"{found} below {ancestor}", "what the parents of the directory say"
        )


def _chain(rows: dict[str, Row[Any]], code: str | None) -> list[str]:
    """Return an agency and those above it, nearest first."""
    chain: list[str] = []
    while code in rows and code not in chain:
        chain.append(code)
        code = rows[code].parent
    return chain


def _check_authority(tx: Read) -> Iterator[Difference]:
    """Check the hub's own certificates and lists against their columns and signatures."""
    issuers: dict[str, x509.Certificate] = {}
    for row in tx.execute(select(authorities.c.name, authorities.c.certificate)):
        if (certificate := _read(x509.load_der_x509_certificate, row.certificate)) is None:
            yield Difference(f"authority {row.name}", "bytes that are no certificate", "its certificate")
        else:
            issuers[row.name] = certificate
    own = [(f"authority {name}", list(issuers.values()), one) for name, one in issuers.items()]
    for row in tx.execute(select(issued_certificates)):
        where = f"issued certificate {row.serial}"
        if (certificate := _read(x509.load_der_x509_certificate, row.der)) is None:
            yield Difference(where, "bytes that are no certificate", "a certificate")
            continue
        own.append((where, [each for each in (issuers.get(row.authority),) if each], certificate))
        if f"{certificate.serial_number:x}" != row.serial:
            yield Difference(where, f"of serial {certificate.serial_number:x}", row.serial)
        if row.revoked_at is None and row.reason is not None:
            yield Difference(f"{where} reason", row.reason, "none, since it is not revoked")
    for where, above, certificate in own:
        if not any(_is_issued(certificate, issuer) for issuer in above):
            yield Difference(where, "not signed by its authority", "signed by it")
    for row in tx.execute(select(revocation_lists)):
        yield from _check_list(row, issuers.get(row.authority))


def _check_list(row: Row[Any], issuer: x509.Certificate | None) -> Iterator[Difference]:
    where = f"revocation list of {row.authority}"
    found = _read(x509.load_der_x509_crl, row.der)
    if found is None or issuer is None or not _is_signed(found, issuer):
        yield Difference(where, "not signed by its authority", "a list that it signed")
        return
    number = found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    expected = [number, *(_moment(at) for at in (found.last_update_utc, found.next_update_utc))]
    if [row.number, row.this_update, row.next_update] != expected:
        stored = f"{row.number}, {row.this_update}, {row.next_update}"
        yield Difference(where, stored, ", ".join(map(str, expected)))


def _check_queue(tx: Read) -> Iterator[Difference]:
    """Check that every item of a queue is of a delivery to its agency, or of a status that concerns it."""
    reached = and_(
        event_audience.c.position == events.c.position, event_audience.c.agency == message_queue.c.agency
    )
    of_delivery = select(deliveries.c.position).where(
        deliveries.c.position == message_queue.c.position, deliveries.c.recipient == message_queue.c.agency
    )
    of_status = (
        select(events.c.position)
        .select_from(events)
        .join(event_audience, reached)
        .where(events.c.position == message_queue.c.position)
    )
    stray = or_(
        message_queue.c.state.not_in(_QUEUE_STATES),
        message_queue.c.kind.not_in(("edoc", "status")),
        and_(message_queue.c.kind == "edoc", ~of_delivery.exists()),
        and_(message_queue.c.kind == "status", ~of_status.exists()),
    )
    for row in tx.execute(select(message_queue).where(stray).limit(NAMED)):
        found = f"{row.kind} {row.position} {row.state}"
        yield Difference(f"queue of {row.agency}", found, "a delivery to it, or a status that concerns it")


def _check_references(tx: Read) -> Iterator[Difference]:
    """Check that what a reference was resolved to is the document that it names."""
    differs = or_(
        accepted.c.position.is_(None),
        accepted.c.sender != references.c.sender,
        accepted.c.number != references.c.number,
    )
    statement = (
        select(references)
        .select_from(references)
        .outerjoin(accepted, accepted.c.position == references.c.target)
        .where(references.c.target.is_not(None), differs)
    )
    for row in tx.execute(statement.limit(NAMED)):
        where = f"reference {row.ordinal} of the document at {row.document}"
        yield Difference(where, f"resolved to {row.target}", f"{row.number} of {row.sender}")


def _check_jobs(tx: Read) -> Iterator[Difference]:
    for row in tx.execute(select(jobs)):
        where = f"job {row.id}"
        if row.state not in _JOB_STATES:
            yield Difference(f"{where} state", row.state, ", ".join(sorted(_JOB_STATES)))
        for name in ("params", "checkpoint", "result", "problem"):
            text = getattr(row, name)
            if text is not None and _read(json.loads, text) is None and text != "null":
                yield Difference(f"{where} {name}", text[:80], "JSON")
        has_ended = row.state not in {"queued", "running"}
        if has_ended in (row.ended_at is None, row.due_at is not None):
            found = f"{row.state}, due {row.due_at}, ended {row.ended_at}"
            yield Difference(where, found, "an end where it has ended, else when it is due")
        if row.total is not None and not 0 <= row.done <= row.total:
            yield Difference(f"{where} done", f"{row.done} of {row.total}", "no more than there is")


def _read(load: Callable[[Any], Any], content: object) -> Any:
    try:
        return load(content)
    except ValueError:
        return None


def _is_issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_signed(found: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return found.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]  # the hub's own kinds
    except (ValueError, TypeError):
        return False


def _moment(at: Any) -> Microseconds | None:
    return None if at is None else Microseconds(round(at.timestamp() * 1_000_000))
