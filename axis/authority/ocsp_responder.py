"""Answers OCSP requests about certificates of the hub's own authority, from the store as it is now.

Each authority signs its own answers, since its key is here; the key of a delegated responder would be here
too. RFC 6960, and RFC 5019 for requests about another authority's certificates.
"""

import datetime as dt

from cryptography import x509

from axis.authority import queries
from axis.authority.stored_authorities import ISSUING, ROOT, open_authority
from axis.clock import Clock, Microseconds, to_datetime
from axis.database import Database, Read
from axis.database.secret_key import SecretKey
from signing.errors import UnreadableOcsp
from signing.ocsp import Answer, CertificateId, certificate_id, make_refusal, make_response, read_request

LIFETIME = dt.timedelta(hours=1)
"""How long an answer is valid. A verifier that keeps it for an hour can bridge an outage."""


def answer(database: Database, clock: Clock, secret: SecretKey, data: bytes) -> bytes:
    """Answer a request about certificates of one of the hub's authorities.

    The issuer of the first certificate asked about signs the answer, and answers `unknown` about certificates
    that it did not issue. Where the first certificate has another issuer, or the hub has no authority, the
    answer is `unauthorized` and not signed.
    """
    try:
        request = read_request(data)
    except UnreadableOcsp:
        return make_refusal("malformed_request")
    now = clock.now()
    with database.read() as tx:
        name = _authority_of(tx, request.certificates[0])
        if name is None:
            return make_refusal("unauthorized")
        authority = open_authority(tx, name, secret)
        begin = authority.certificate.not_valid_before_utc
        answers = [
            _answer(tx, name, authority.certificate, each, now, begin) for each in request.certificates
        ]
    return make_response(authority.certificate, authority.key, answers, to_datetime(now), nonce=request.nonce)


def _authority_of(tx: Read, asked: CertificateId) -> str | None:
    for name, der in queries.authority_certificates(tx).items():
        if name in {ROOT, ISSUING} and _is_by(x509.load_der_x509_certificate(der), asked):
            return name
    return None


def _is_by(issuer: x509.Certificate, asked: CertificateId) -> bool:
    return certificate_id(issuer, asked.serial, asked.digest) == asked


def _answer(
    tx: Read,
    name: str,
    issuer: x509.Certificate,
    asked: CertificateId,
    now: Microseconds,
    begin: dt.datetime,
) -> Answer:
    this_update = to_datetime(now).replace(microsecond=0)
    row = queries.issued_row(tx, f"{asked.serial:x}") if _is_by(issuer, asked) and asked.serial > 0 else None
    if row is None or row.authority != name:
        return Answer(asked, "unknown", this_update, this_update + LIFETIME)
    if row.revoked_at is None or row.revoked_at > now:
        return Answer(asked, "good", this_update, this_update + LIFETIME, archive_cutoff=begin)
    revoked_at = to_datetime(row.revoked_at)
    return Answer(
        asked, "revoked", this_update, this_update + LIFETIME, revoked_at, row.reason, archive_cutoff=begin
    )
