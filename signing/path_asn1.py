"""Certificates and revocation lists as the path validator reads them, their bytes kept as they came.

It decides nothing. `asn1crypto` takes a DER length that happens to end in 0x80 for the mark of an indefinite
one and encodes the value anew, which loses what DER leaves open (the unused bits of a unique identifier):
one certificate in 256 may then bear a fingerprint and signed bytes that are not its own. X.690 §8.1.3.
"""

from typing import Any, Final

from asn1crypto import crl as asn1_crl  # type: ignore[import-untyped]  # the library ships no types
from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator.revinfo.archival import CRLContainer

__all__ = ["Certificate", "load_certificate", "load_list"]

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


def load_certificate(der: bytes) -> Certificate:
    """Read a certificate. Raises whatever the library does, `ValueError` mostly."""
    certificate = _Certificate.load(der, strict=True)
    # The library reads lazily and the validator indexes by these; better to trip over them here.
    _ = certificate.subject.hashable, certificate.issuer.hashable, certificate.issuer_serial
    _ = certificate.public_key.sha1, certificate.key_identifier, certificate.authority_issuer_serial
    _ = certificate.not_valid_before, certificate.not_valid_after, certificate.sha256
    return certificate


def load_list(der: bytes) -> CRLContainer:
    """Read a revocation list. Raises whatever the library does, `ValueError` mostly."""
    return CRLContainer(_CertificateList.load(der, strict=True))
