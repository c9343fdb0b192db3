"""The hub's own time-stamping authority: answers requests with time-stamps of business time.

Its certificate is issued by the hub's own authority when one is needed. Tokens are made by
`signing.timestamps`. RFC 3161.
"""

import datetime as dt

from cryptography import x509
from cryptography.x509.oid import NameOID

from axis.authority import queries
from axis.authority.certificates import BACKDATING, LEAF_LIFETIME, ORGANISATION, issued_row_of, issuing_terms
from axis.authority.stored_authorities import ISSUING, open_authority
from axis.clock import Clock, Microseconds, to_datetime
from axis.database import Database, Read, Write
from axis.database.secret_key import SecretKey
from signing import keys
from signing.authority import Authority, issue_timestamp_authority
from signing.certificate_subjects import authority_subject
from signing.certificates import to_der
from signing.errors import UnreadableTimestamp
from signing.timestamps import Failure, TimestampRequest, granted, issue_token, read_request, refused

STAMPING = "timestamping"
"""The name under which the store keeps its key."""
POLICY = "2.25.264731823193358721004512704291970146667"
"""The policy of every time-stamp: the time of this hub's clock, for tests, as reliable as the hub's operator.
ITU-T X.667 lets anyone make such an identifier."""
DIGESTS = ("sha256", "sha384", "sha512")
ACCURACY_MICROSECONDS = 1_000_000
"""The accuracy that a machine with NTP has."""
RENEW_BEFORE = dt.timedelta(days=30)
"""How long before its end the certificate is renewed: verifiers check it long after the time-stamp was
made."""


def answer(database: Database, clock: Clock, secret: SecretKey, public_url: str, data: bytes) -> bytes:
    """Answer a time-stamp request: granted, or refused with a reason; both are answers (RFC 3161 §2.4.2).

    Raises:
        AuthorityError: when the store has no authority.

    """
    try:
        request = read_request(data)
    except UnreadableTimestamp:
        return refused(Failure.BAD_DATA_FORMAT, "this is no request of RFC 3161")
    if request.digest not in DIGESTS:
        return refused(Failure.BAD_ALGORITHM, f"the digest must be one of {', '.join(DIGESTS)}")
    if request.policy not in {None, POLICY}:
        return refused(Failure.UNACCEPTED_POLICY, f"time-stamps are given under {POLICY} alone")
    if request.has_extensions:
        return refused(Failure.UNACCEPTED_EXTENSION, "no extension is understood")
    now = clock.now()
    with database.read() as tx:
        issuing = queries.authority_certificates(tx).get(ISSUING)
        stamper = _usable(tx, now, secret)
    if stamper is None:
        stamper = database.write(lambda tx: _settled(tx, now, secret, public_url))
        with database.read() as tx:
            issuing = queries.authority_certificates(tx).get(ISSUING)
    assert issuing is not None
    return granted(_token(stamper, issuing, request, now))


def _token(stamper: Authority, issuing: bytes, request: TimestampRequest, now: Microseconds) -> bytes:
    issuers = (x509.load_der_x509_certificate(issuing),) if request.wants_certificates else None
    return issue_token(
        stamper.certificate,
        stamper.key,
        request.imprint,
        to_datetime(now),
        serial=x509.random_serial_number(),
        policy=POLICY,
        digest=request.digest or DIGESTS[0],
        nonce=request.nonce,
        certificates=issuers,
        accuracy_microseconds=ACCURACY_MICROSECONDS,
    )


def _usable(tx: Read, now: Microseconds, secret: SecretKey) -> Authority | None:
    """Return the authority with its key, if its certificate is valid at this time and not revoked."""
    row = queries.authority_row(tx, STAMPING)
    if row is None:
        return None
    certificate = x509.load_der_x509_certificate(row.certificate)
    at = to_datetime(now)
    issued = queries.issued_row(tx, f"{certificate.serial_number:x}")
    is_current = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc - RENEW_BEFORE
    if not is_current or issued is None or issued.revoked_at is not None:
        return None
    return open_authority(tx, STAMPING, secret)


def _settled(tx: Write, now: Microseconds, secret: SecretKey, public_url: str) -> Authority:
    """Return the authority with its key. Make a new one unless another request has done so."""
    usable = _usable(tx, now, secret)
    if usable is not None:
        return usable
    issuing = open_authority(tx, ISSUING, secret)
    begin = max(to_datetime(now) - BACKDATING, issuing.certificate.not_valid_before_utc)
    end = min(begin + LEAF_LIFETIME, issuing.certificate.not_valid_after_utc)
    mark = issuing.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    subject = authority_subject(f"Time-stamping of {mark!s}"[:64], ORGANISATION)
    key = keys.generate("p256")
    terms = issuing_terms(public_url, begin, end)
    certificate = issue_timestamp_authority(issuing, key.public_key(), subject, terms)
    encrypted = secret.encrypt(keys.to_pem(key), f"authority {STAMPING}")
    row = {"name": STAMPING, "certificate": to_der(certificate), "encrypted_key": encrypted}
    queries.put_authority(tx, row)
    queries.add_issued(tx, [issued_row_of(ISSUING, certificate, now)])
    return Authority(certificate, key, STAMPING)
