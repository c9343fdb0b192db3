"""Issues the revocation lists of the hub's own authorities, and says how long they are valid and when due.

Certificates are revoked by `axis.authority.certificates`. RFC 5280 section 5.
"""

import datetime as dt

from axis.authority import queries
from axis.authority.stored_authorities import ISSUING, ROOT, open_authority
from axis.clock import Clock, Microseconds, from_datetime, to_datetime
from axis.database import Database, Read, Write
from axis.database.secret_key import SecretKey, open_secret_key
from axis.database.store_facts import raise_version
from axis.settings import Settings
from signing.authority import Authority, Revocation, issue_crl

LIST_LIFETIMES = {ROOT: dt.timedelta(days=365), ISSUING: dt.timedelta(days=30)}
"""A list is renewed past half its life, and at once on a revocation. Thirty days leave two weeks to repair a
hub that no longer renews lists, before verdicts become TRY_LATER. The root hardly ever revokes."""


def issue_list(tx: Write, authority: Authority, now: Microseconds) -> None:
    """Issue and store the next list of an authority: all that it revoked, valid as long as its lists are."""
    before = queries.revocation_list(tx, authority.name)
    number = before.number + 1 if before is not None else 1
    this_update = to_datetime(now).replace(microsecond=0)
    next_update = min(this_update + LIST_LIFETIMES[authority.name], authority.certificate.not_valid_after_utc)
    revoked = [
        Revocation(int(row.serial, 16), to_datetime(row.revoked_at), row.reason)
        for row in queries.revoked_rows(tx, authority.name)
    ]
    row = {
        "authority": authority.name,
        "number": number,
        "der": issue_crl(authority, number, this_update, next_update, revoked),
        "this_update": from_datetime(this_update),
        "next_update": from_datetime(next_update),
    }
    queries.put_revocation_list(tx, row)


def lists_due(tx: Read, now: Microseconds) -> list[str]:
    """Return the authorities whose list is past half its life, or begins later than a clock moved back."""
    rows = queries.revocation_list_rows(tx)
    return [
        row.authority for row in rows if not row.this_update <= now < (row.this_update + row.next_update) // 2
    ]


def renew_revocation_lists(database: Database, settings: Settings, clock: Clock) -> bool:
    """Issue again the lists that are due; return whether any was. Nothing is written where none is due."""
    with database.read() as tx:
        if not lists_due(tx, clock.now()):
            return False
    secret = open_secret_key(settings)
    return database.write(lambda tx: renew_lists(tx, clock.now(), secret))


def renew_lists(tx: Write, now: Microseconds, secret: SecretKey) -> bool:
    """Issue again, in this transaction, the lists that are due; return whether any was."""
    due = lists_due(tx, now)
    for name in due:
        issue_list(tx, open_authority(tx, name, secret), now)
    if due:
        raise_version(tx)
    return bool(due)


def list_url(public_url: str, name: str) -> str:
    """Return the address of an authority's revocation list."""
    return f"{public_url.rstrip('/')}/v1/crl/{name}.crl"
