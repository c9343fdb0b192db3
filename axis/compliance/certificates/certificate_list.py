"""Lists the certificates with which documents were signed, a page at a time, in the order of their digests.

Who signed with a certificate is read from the newest verdict on the last document signed with it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Row

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory
from axis.clock import Microseconds, from_datetime, rfc3339
from axis.compliance.certificates import queries
from axis.compliance.certificates.revocations import revoked_at
from axis.database import Read
from axis.documents.queries import newest_verdicts
from axis.protocol.agency_codes import AgencyCode
from signing.errors import UnreadableVerdict
from signing.verdict import DocumentVerdict, SignatureVerdict

State = Literal["used", "expiring", "expired", "revoked-but-used"]
DAY: Final = 24 * 3600 * 1_000_000
COUNTED: Final = 400_000
"""Documents that are counted for a page; the certificate with which as many are reached is its last."""
LOOKED_AT: Final = 200
"""Certificates that are looked at for a page; then it ends, full or not, and says where to go on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which certificates are listed."""

    state: State = "used"
    within_days: int = 30
    """`expiring`: those that expire within so many days."""
    agency: AgencyCode | None = None
    kind: str | None = None
    issuer: str | None = None
    after: str = ""
    limit: int = 100


@dataclass(frozen=True, slots=True)
class _Use:
    sha256: str
    first: int
    last: int
    signature: SignatureVerdict
    """The newest verdict on a signature made with it."""
    revoked: Microseconds | None


def list_certificates(
    tx: Read,
    directory: Directory,
    caller: Caller,
    asked: Asked,
    now: Microseconds,
    lists: Sequence[bytes],
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of certificates and the cursor of the next one, None at the end.

    An agency sees those that are its own. `lists`: revocation lists at hand, in DER.
    """
    found = queries.next_certificates(tx, asked.after, LOOKED_AT + 1)
    rows = found[:LOOKED_AT]
    following = rows[-1].certificate if len(found) > LOOKED_AT else None
    times = queries.accepted_at(tx, {place for row in rows for place in (row.first, row.last)})
    wanted = [
        use
        for use in _uses(tx, rows, lists)
        if _is_asked(asked, use, now, times[use.last]) and _may_see(tx, directory, caller, use)
    ]
    if len(wanted) > asked.limit:
        wanted = wanted[: asked.limit]
        following = wanted[-1].sha256
    items: list[dict[str, Any]] = []
    counted = 0
    while len(items) < len(wanted) and counted < COUNTED:
        # One, then two, then four, and no more than the page still takes: few statements, little in vain.
        likely = 1 + (COUNTED - counted) * len(items) // max(counted, 1)
        uses = wanted[len(items) : len(items) + min(len(items) + 1, likely)]
        documents = queries.count_documents(tx, [use.sha256 for use in uses])
        for use in uses:
            if counted < COUNTED:
                items.append(_item(tx, use, documents[use.sha256], now, times))
                counted += documents[use.sha256]
    return items, following if len(items) == len(wanted) else wanted[len(items) - 1].sha256


def _uses(tx: Read, rows: Sequence[Any], lists: Sequence[bytes]) -> Iterator[_Use]:
    reports = newest_verdicts(tx, {row.last for row in rows})
    signatures = {row.certificate: _signature(reports.get(row.last), row.certificate) for row in rows}
    serials = {
        sha256: each.certificate.serial
        for sha256, each in signatures.items()
        if each is not None and each.certificate is not None
    }
    own = queries.own_revocations(tx, serials)
    for row in rows:
        signature = signatures[row.certificate]
        if signature is None or signature.certificate is None:
            continue  # a verdict of another release's form; `axis fsck` names it
        shown = signature.certificate
        revoked = own.get(row.certificate) or revoked_at(lists, shown.issuer, int(shown.serial, 16))
        yield _Use(row.certificate, row.first, row.last, signature, revoked)


def _signature(newest: Row[Any] | None, sha256: str) -> SignatureVerdict | None:
    if newest is None:
        return None
    try:
        verdict = DocumentVerdict.from_stored(newest.report)
    except UnreadableVerdict:
        return None
    made: Iterable[SignatureVerdict] = (
        each
        for each in verdict.signatures
        if each.certificate is not None and each.certificate.sha256 == sha256
    )
    return next(iter(made), None)


def _is_asked(asked: Asked, use: _Use, now: Microseconds, last_used: Microseconds) -> bool:
    signature = use.signature
    shown = signature.certificate
    assert shown is not None
    wanted = ((asked.agency, signature.agency), (asked.kind, signature.kind), (asked.issuer, shown.issuer))
    if any(value is not None and value != found for value, found in wanted):
        return False
    ends = from_datetime(shown.not_after)
    in_state: dict[State, bool] = {
        "used": True,
        "expired": ends < now,
        "expiring": now <= ends < now + asked.within_days * DAY,
        "revoked-but-used": use.revoked is not None and last_used > use.revoked,
    }
    return in_state[asked.state]


def _may_see(tx: Read, directory: Directory, caller: Caller, use: _Use) -> bool:
    if caller.role == "auditor":
        return True
    agency = use.signature.agency
    return agency is not None and directory.may_speak_for(tx, caller, AgencyCode(agency))


def _item(
    tx: Read, use: _Use, documents: int, now: Microseconds, times: dict[int, Microseconds]
) -> dict[str, Any]:
    signature, revoked = use.signature, use.revoked
    shown = signature.certificate
    assert shown is not None
    ends = from_datetime(shown.not_after)
    after = 0 if revoked is None else queries.count_documents_since(tx, use.sha256, revoked)
    return {
        "certificate": {
            "subject": shown.subject,
            "issuer": shown.issuer,
            "serial": shown.serial,
            "sha256": shown.sha256,
            "not_before": rfc3339(from_datetime(shown.not_before)),
            "not_after": rfc3339(ends),
        },
        "agency": signature.agency,
        "kind": signature.kind,
        "signer": signature.signer,
        "documents": documents,
        "first_used": rfc3339(times[use.first]),
        "last_used": rfc3339(times[use.last]),
        "expired": ends < now,
        "revoked_at": None if revoked is None else rfc3339(revoked),
        "used_after_revocation": after,
        "links": {"documents": f"/v1/documents?certificate={use.sha256}"},
    }
