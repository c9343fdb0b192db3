"""Reads certificates and revocation lists for the path validator, and narrows a list to certain entries.

What is read keeps the bytes that were received, since encoding anew can change what was signed.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from asn1crypto import core  # type: ignore[import-untyped]  # the library ships no types
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from signing.asn1_names import made_readable, read_general_names

# `asn1crypto` takes a DER length that happens to end in 0x80 for the mark of an indefinite one and encodes
# the value anew, which loses what DER leaves open (the unused bits of a unique identifier): one certificate
# in 256 may then bear a fingerprint and signed bytes that are not its own. X.690 §8.1.3.

__all__ = [
    "Certificate",
    "has_whole_octets",
    "load_certificate",
    "load_list",
    "usable_extensions",
    "with_entries",
]

Certificate = Any
"""A certificate as the validator knows it (`asn1crypto.x509.Certificate`, which has no types)."""


class _AsReceived:
    """Gives back the very bytes it was read from, unless it is told to encode anew."""

    def dump(self, force: bool = False) -> bytes:
        this: Any = self
        if force or this._header is None:  # noqa: SLF001 the library offers no other way
            encoded: bytes = super().dump(force=force)  # type: ignore[misc]  # the base to be
            return encoded
        received: bytes = this._header + this._contents  # noqa: SLF001 as above
        return received


class _SignedCertificate(_AsReceived, asn1_x509.TbsCertificate):  # type: ignore[misc]  # an untyped base
    pass


class _Certificate(_AsReceived, asn1_x509.Certificate):  # type: ignore[misc]  # an untyped base
    _fields: Final = [("tbs_certificate", _SignedCertificate), *asn1_x509.Certificate._fields[1:]]


class _SignedList(_AsReceived, asn1_crl.TbsCertList):  # type: ignore[misc]  # an untyped base
    pass


class _CertificateList(_AsReceived, asn1_crl.CertificateList):  # type: ignore[misc]  # an untyped base
    _fields: Final = [("tbs_cert_list", _SignedList), *asn1_crl.CertificateList._fields[1:]]


_VALUES: Final = (
    "basic_constraints_value",
    "key_usage_value",
    "extended_key_usage_value",
    "policy_mappings_value",
    "policy_constraints_value",
    "inhibit_any_policy_value",
    "crl_distribution_points_value",
    "authority_information_access_value",
    "ocsp_no_check_value",
)
"""Extensions that paths are judged by. Names and their constraints are read where they are compared."""


def load_certificate(der: bytes) -> Certificate:
    """Read a certificate. Raises whatever the library does, `ValueError` mostly."""
    certificate = _Certificate.load(der, strict=True)
    # The library reads lazily and the validator indexes by these; better to trip over them here.
    _read_names(certificate)
    _ = certificate.subject.hashable, certificate.issuer.hashable, certificate.issuer_serial
    _ = certificate.public_key.sha1, certificate.key_identifier, certificate.authority_issuer_serial
    _ = certificate.not_valid_before, certificate.not_valid_after, certificate.sha256
    _ = certificate.public_key.algorithm, certificate.critical_extensions
    body = certificate["tbs_certificate"]
    _ = certificate["signature_algorithm"], certificate["signature_value"].contents, body["signature"]
    _ = certificate.serial_number, certificate.public_key["algorithm"]["parameters"].native
    for each in _VALUES:
        value = getattr(certificate, each)
        _ = None if value is None else value.native
    # Of policies the identifiers: nobody here reads the notices for people, whose texts come in any encoding.
    _ = [policy["policy_identifier"].native for policy in certificate.certificate_policies_value or ()]
    return certificate


def load_list(der: bytes) -> CRLContainer:
    """Read a revocation list. Raises whatever the library does, `ValueError` mostly."""
    revocation_list = _CertificateList.load(der, strict=True)
    if not has_whole_octets(revocation_list["signature"]):
        raise ValueError("a signature of broken octets")
    body = revocation_list["tbs_cert_list"]
    if body["signature"].dump() != revocation_list["signature_algorithm"].dump():
        raise ValueError("signed in another way than it says")  # RFC 5280 §5.1.1.2
    if body["version"].native not in {None, "v1", "v2"}:
        raise ValueError("a version that does not exist")
    made_readable(revocation_list.issuer)
    usable_extensions(body)
    return CRLContainer(revocation_list)


def usable_extensions(body: Any) -> dict[str, tuple[bool, Any]]:
    """Give a list's (`TbsCertList`) extensions that can be read: by name, whether critical and the value.

    Of one that nobody knows the octets are its value. One that is malformed and not critical is left out, but
    for those that say which certificates the list is about. Raises `ValueError` where any other is malformed,
    or one stands there twice.
    """
    found: dict[str, tuple[bool, Any]] = {}
    seen = set()
    extensions = body["crl_extensions"]
    for each in () if isinstance(extensions, core.Void) else extensions:
        name, is_critical = each["extn_id"].native, each["critical"].native
        if name in seen:
            raise ValueError(name)
        seen.add(name)
        try:
            found[name] = is_critical, _readable(name, each["extn_value"])
        except Exception as error:
            if is_critical or name in _SCOPE:
                raise ValueError(name) from error
    return found


_SCOPE: Final = frozenset({"issuing_distribution_point", "delta_crl_indicator"})
"""Without them a list would be about more than it is."""


def _readable(name: str, encoded: Any) -> Any:
    """Give a value that is read to its leaves; directory names in it are made readable. Raises at will."""
    if name not in asn1_crl.TBSCertListExtension._oid_specs:  # noqa: SLF001 the library offers no other way
        return encoded
    value = encoded.parsed
    if name == "issuing_distribution_point":
        read_general_names(full_name(value["distribution_point"]))
    _ = value.native
    return value


def has_whole_octets(bits: Any) -> bool:
    """Whether a BIT STRING holds whole octets: the count of unused bits, its first octet, is none.

    The library takes any count where the bits fit, so one signature could be written in eight ways.
    """
    return bool(bits.contents[:1] == b"\x00")


def with_entries(container: CRLContainer, told: Iterable[tuple[Certificate, datetime, str]]) -> CRLContainer:
    """Give a list that names these certificates, times and reasons alone; all else that can be read is kept.

    Reasons are RFC 5280's, such as `keyCompromise`.
    """
    narrowed = _CertificateList.load(container.crl_data.dump(), strict=True)
    made_readable(narrowed.issuer)
    entries = [_entry(narrowed.issuer, *each) for each in told]
    body = narrowed["tbs_cert_list"]
    body["revoked_certificates"] = asn1_crl.RevokedCertificates(entries)
    usable = usable_extensions(body)
    if len(usable) < len(body["crl_extensions"]):
        kept = [each for each in body["crl_extensions"] if each["extn_id"].native in usable]
        body["crl_extensions"] = asn1_crl.TBSCertListExtensions(kept)
    return CRLContainer(narrowed)


def _entry(list_issuer: Any, certificate: Certificate, at: datetime, reason: str) -> Any:
    extensions = [{"extn_id": "crl_reason", "critical": False, "extn_value": x509.ReasonFlags(reason).name}]
    if certificate.issuer != list_issuer:
        names = [asn1_x509.GeneralName(name="directory_name", value=certificate.issuer)]
        extensions.append({"extn_id": "certificate_issuer", "critical": True, "extn_value": names})
    entry = asn1_crl.RevokedCertificate(
        {
            "user_certificate": certificate["tbs_certificate"]["serial_number"].native,
            "revocation_date": asn1_x509.Time(name="general_time", value=at),
            "crl_entry_extensions": extensions,
        }
    )
    if entry.issuer_name is not None:
        made_readable(entry.issuer_name)
    return entry


def _read_names(certificate: Certificate) -> None:
    """Read the names that are compared while a path is built and lists are chosen."""
    made_readable(certificate.subject)
    made_readable(certificate.issuer)
    read_general_names(certificate.subject_alt_name_value or ())
    own = certificate.authority_key_identifier_value
    read_general_names(_given(None if own is None else own["authority_cert_issuer"]))
    for point in certificate.crl_distribution_points_value or ():
        read_general_names(_given(point["crl_issuer"]))
        read_general_names(full_name(point["distribution_point"]))
    for access in certificate.authority_information_access_value or ():
        read_general_names([access["access_location"]])


def full_name(point: Any) -> Any:
    """Give the general names of a DistributionPointName, where it is there and consists of them."""
    return point.chosen if not isinstance(point, core.Void) and point.name == "full_name" else ()


def _given(value: Any) -> Any:
    return () if value is None or isinstance(value, core.Void) else value
