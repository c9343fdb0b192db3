"""Registered certificates: bound to an agency that the certificate's subject does not name.

Registration makes no certificate trusted: it still needs a path to an anchor.
"""

import logging
from dataclasses import dataclass

from cryptography import x509

from axis.clock import Microseconds
from axis.database import Write
from axis.database.store_facts import raise_version
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import Place, QueryInvalid
from axis.trust import queries
from signing.certificate_subjects import OwnerKind, read_subject
from signing.certificates import CertificateSummary, fingerprint, read_certificate, summary, to_der
from signing.errors import UnreadableCertificate
from signing.material_parts import Fault, read_parts

_log = logging.getLogger("axis.trust")


@dataclass(frozen=True, slots=True)
class Registered:
    """A certificate bound to an agency, with its kind."""

    agency: AgencyCode
    kind: OwnerKind
    summary: CertificateSummary


def read_one_certificate(data: bytes) -> x509.Certificate:
    """Read the certificate to bind from PEM or DER. Of several, the first is taken.

    Raises:
        UnreadableCertificate: when there is none, or path validation could not use it.

    """
    for found in read_parts(data):
        if isinstance(found, Fault):
            raise UnreadableCertificate(reason=found.reason)
        if found.kind == "certificate":
            return read_certificate(found.der).certificate
    raise UnreadableCertificate


def register(
    tx: Write, certificate: x509.Certificate, agency: AgencyCode, kind: OwnerKind, now: Microseconds
) -> Registered:
    """Bind a certificate to an agency, or change its binding.

    Raises:
        QueryInvalid: when the certificate's own subject names another agency.

    """
    named = read_subject(certificate).agency
    if named is not None and named != agency:
        expected = f"a certificate that names {agency}, or no agency"
        raise QueryInvalid(Place("/certificate", f"a certificate that names {named}", expected))
    row = {
        "sha256": fingerprint(certificate),
        "agency": agency,
        "kind": kind,
        "der": to_der(certificate),
        "registered_at": now,
    }
    queries.put_registration(tx, row)
    raise_version(tx)
    return Registered(agency, kind, summary(certificate))


def unregister(tx: Write, agency: AgencyCode, sha256: str) -> bool:
    """Unbind a certificate from its agency; return whether it was bound to it."""
    there = queries.remove_registration(tx, agency, sha256) > 0
    if there:
        raise_version(tx)
    return there
