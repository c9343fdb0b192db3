"""Certificate requests: an agency asks for its certificate over HTTP, and an operator decides.

A request gives the key; whose certificate it becomes stands in the directory, and what it may be used for in
`signing.authority`. Times are business time.
"""

import re
import uuid
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Row

from axis.agencies.directory import Agency
from axis.authority import certificates
from axis.authority.stored_authorities import ISSUING, has_authority, open_authority
from axis.clock import Clock, Microseconds, rfc3339, to_datetime
from axis.database import Database, Read, Write
from axis.database.secret_key import open_secret_key
from axis.protocol.errors import CertificateRequestDecided, CertificateRequestInvalid, NotFound, Place
from axis.settings import Settings
from axis.trust import queries
from signing.certificate_requests import CertificateRequest, read_certificate_request
from signing.certificates import load_certificate
from signing.errors import SigningError

State = Literal["waiting", "issued", "refused"]

WAITING_OF_AN_AGENCY: Final = 5
"""The most requests of one agency that wait for a decision."""
REASON_CHARACTERS: Final = 500
_ID: Final = re.compile("[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the store has it; `is_new`: this call made it."""

    row: Row[Any]
    is_new: bool


def ask(tx: Write, agency: Agency, request: CertificateRequest, token: str, now: Microseconds) -> Asked:
    """Keep a request until it is decided, and return it.

    The same key asked for again is the same request, unless it was refused. `token`: the id of who asks.

    Raises:
        CertificateRequestInvalid: for a key of another request or of a certificate that holds no more, and
            when too many requests of the agency wait.
        NotFound: when the hub has no authority of its own.

    """
    if not has_authority(tx):
        raise NotFound
    before = queries.live_certificate_request(tx, request.key_sha256)
    if before is not None:
        _check_same(before, agency, now)
        return Asked(before, is_new=False)
    waiting = queries.waiting_certificate_requests(tx, agency.code)
    if waiting >= WAITING_OF_AN_AGENCY:
        expected = f"at most {WAITING_OF_AN_AGENCY - 1} before a new one: wait for the operator's decision"
        raise CertificateRequestInvalid(Place("", f"{waiting} requests that wait", expected))
    identity = str(uuid.uuid4())
    queries.add_certificate_request(
        tx,
        {
            "id": identity,
            "agency": agency.code,
            "key_kind": request.kind,
            "key_sha256": request.key_sha256,
            "der": request.der,
            "token": token,
            "asked_at": now,
            "state": "waiting",
        },
    )
    made = queries.certificate_request(tx, identity)
    if made is None:  # another call made it meanwhile
        return ask(tx, agency, request, token, now)
    return Asked(made, is_new=True)


def find_request(tx: Read, agency: str | None, identity: str) -> Row[Any]:
    """Return a request, with its certificate where it was issued.

    Raises:
        NotFound: when there is none, or it is not of this agency. `agency` None takes any.

    """
    row = queries.certificate_request(tx, identity) if _ID.fullmatch(identity) else None
    if row is None or agency not in {None, row.agency}:
        raise NotFound
    return row


def request_members(row: Row[Any]) -> dict[str, object]:
    """Return a request as it is shown, without the certificate."""
    return {
        "id": row.id,
        "agency": row.agency,
        "state": row.state,
        "key": {"kind": row.key_kind, "sha256": row.key_sha256},
        "asked_at": rfc3339(row.asked_at),
        "decided_at": None if row.decided_at is None else rfc3339(row.decided_at),
        "decided_by": row.decided_by,
        "reason": row.reason,
        "serial": row.serial,
    }


def approve(
    database: Database, settings: Settings, clock: Clock, agency: Agency, identity: str, by: str
) -> Row[Any]:
    """Issue the certificate that was asked for and return the request. `by`: the name of who decides.

    Raises:
        CertificateRequestDecided: when somebody decided before.
        CertificateRequestInvalid: when the agency's name cannot stand in a certificate.
        NotFound: when the agency asked for no such certificate.

    """
    with database.read() as tx:
        row = find_request(tx, agency.code, identity)
        _check_waits(row)
        authority = open_authority(tx, ISSUING, open_secret_key(settings))
    now = clock.now()
    key = read_certificate_request(row.der).public_key
    wanted = certificates.Request(agency.code, agency.name, key)
    try:
        issued = certificates.issue(authority, wanted, now, settings.public_url)
    except SigningError as error:
        place = Place("the agency's name in the directory", agency.name, f"what can be certified: {error}")
        raise CertificateRequestInvalid(place) from None

    def decide(tx: Write) -> Row[Any]:
        _decide(
            tx, identity, {"state": "issued", "decided_at": now, "decided_by": by, "serial": issued.serial}
        )
        certificates.record(tx, [issued])
        return find_request(tx, agency.code, identity)

    return database.write(decide)


def refuse(tx: Write, agency: str | None, identity: str, reason: str, by: str, now: Microseconds) -> Row[Any]:
    """Refuse a request, with a reason for its agency, and return it. `by`: the name of who decides.

    Raises:
        CertificateRequestDecided: when somebody decided before.
        NotFound: when the agency asked for no such certificate.

    """
    find_request(tx, agency, identity)
    _decide(tx, identity, {"state": "refused", "decided_at": now, "decided_by": by, "reason": reason})
    return find_request(tx, agency, identity)


def _decide(tx: Write, identity: str, decision: dict[str, object]) -> None:
    if not queries.decide_certificate_request(tx, identity, decision):
        _check_waits(find_request(tx, None, identity))


def _check_waits(row: Row[Any]) -> None:
    if row.state != "waiting":
        place = Place("path:request", row.state, "a request that waits")
        raise CertificateRequestDecided(place, request=row.id, state=row.state)


def _check_same(row: Row[Any], agency: Agency, now: Microseconds) -> None:
    """Refuse a key that another request holds, or whose certificate is of no use any more."""
    expected = "a new key, made for this request"
    if row.agency != agency.code:
        raise CertificateRequestInvalid(Place("the public key", "the key of another request", expected))
    if row.revoked_at is not None:
        found = "a key whose certificate was revoked"
        raise CertificateRequestInvalid(Place("the public key", found, expected))
    if row.certificate is not None and load_certificate(row.certificate).not_valid_after_utc <= to_datetime(
        now
    ):
        found = "a key whose certificate has expired"
        raise CertificateRequestInvalid(Place("the public key", found, expected))
