"""Makes OCSP requests, responses and responders' certificates.

The same arguments, times among them, give the same bytes; the `cryptography` package's builder would take the
time from the clock. RFC 6960, RFC 9654.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from asn1crypto import algos, core  # type: ignore[import-untyped]  # the library ships no types
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from signing.authority import Authority
from signing.certificates import to_der
from signing.errors import InvalidTimes
from signing.keys import PrivateKey, PublicKey
from signing.ocsp.values import Answer, CertificateId

__all__ = ["issue_responder", "make_refusal", "make_request", "make_response"]

Refusal = Literal["malformed_request", "internal_error", "try_later", "sign_required", "unauthorized"]


def make_request(certificates: Sequence[CertificateId], nonce: bytes | None = None) -> bytes:
    """Make an unsigned request about these certificates."""
    body: dict[str, Any] = {
        "request_list": [{"req_cert": _certificate_id(each)} for each in certificates],
    }
    if nonce is not None:
        body["request_extensions"] = [_nonce(nonce)]
    der: bytes = asn1_ocsp.OCSPRequest({"tbs_request": asn1_ocsp.TBSRequest(body)}).dump()
    return der


def make_response(
    certificate: x509.Certificate,
    key: PrivateKey,
    answers: Sequence[Answer],
    produced_at: datetime,
    *,
    nonce: bytes | None = None,
    certificates: Sequence[x509.Certificate] = (),
) -> bytes:
    """Make a successful response signed with `key`, whose certificate is the authority's or a responder's.

    `certificates` come along: the responder's own, unless the authority signs itself. `nonce`: the one of the
    request. Raises `InvalidTimes` for times without a zone.
    """
    body: dict[str, Any] = {
        "responder_id": asn1_ocsp.ResponderId(name="by_key", value=_own_key_hash(certificate)),
        "produced_at": _whole_seconds(produced_at),
        "responses": [_answer(each) for each in answers],
    }
    if nonce is not None:
        body["response_extensions"] = [_nonce(nonce)]
    data = asn1_ocsp.ResponseData(body)
    basic: dict[str, Any] = {"tbs_response_data": data, **_signed(key, data.dump())}
    if certificates:
        basic["certs"] = [asn1_x509.Certificate.load(to_der(each)) for each in certificates]
    der: bytes = asn1_ocsp.OCSPResponse(
        {
            "response_status": "successful",
            "response_bytes": {
                "response_type": "basic_ocsp_response",
                "response": core.ParsableOctetString(asn1_ocsp.BasicOCSPResponse(basic).dump()),
            },
        }
    ).dump()
    return der


def make_refusal(kind: Refusal) -> bytes:
    """Make a response that answers nothing; such a response is never signed (RFC 6960 §2.3)."""
    der: bytes = asn1_ocsp.OCSPResponse({"response_status": kind}).dump()
    return der


def issue_responder(
    authority: Authority,
    public_key: PublicKey,
    subject: x509.Name,
    not_before: datetime,
    not_after: datetime,
    serial: int,
) -> x509.Certificate:
    """Issue the certificate of a responder that answers for `authority` and does nothing else.

    It carries id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1), so let it live for weeks, not years. Raises
    `InvalidTimes`.
    """
    if not_after <= not_before:
        raise InvalidTimes(begin=not_before.isoformat(), end=not_after.isoformat())
    own = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .issuer_name(authority.certificate.subject)
        .subject_name(subject)
        .public_key(public_key)
        .serial_number(serial)
        .not_valid_before(_whole_seconds(not_before))
        .not_valid_after(_whole_seconds(not_after))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own.value), critical=False
        )
    )
    is_curve = isinstance(authority.key, ec.EllipticCurvePrivateKey)
    return builder.sign(authority.key, hashes.SHA256(), ecdsa_deterministic=True if is_curve else None)


def _certificate_id(value: CertificateId) -> dict[str, Any]:
    return {
        # Parameters are NULL with these digests, as everyone writes them (RFC 5912, RFC 5019 §2.1.1).
        "hash_algorithm": {"algorithm": value.digest, "parameters": core.Null()},
        "issuer_name_hash": value.issuer_name_hash,
        "issuer_key_hash": value.issuer_key_hash,
        "serial_number": value.serial,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    made: dict[str, Any] = {
        "cert_id": _certificate_id(answer.certificate),
        "cert_status": _status(answer),
        "this_update": _whole_seconds(answer.this_update),
    }
    if answer.next_update is not None:
        made["next_update"] = _whole_seconds(answer.next_update)
    if answer.archive_cutoff is not None:
        cutoff = core.GeneralizedTime(_whole_seconds(answer.archive_cutoff))
        made["single_extensions"] = [
            {"extn_id": "archive_cutoff", "extn_value": core.ParsableOctetString(cutoff.dump())}
        ]
    return made


def _status(answer: Answer) -> Any:
    if answer.status == "good":
        return asn1_ocsp.CertStatus(name="good", value=asn1_ocsp.StatusGood())
    if answer.status == "unknown":
        return asn1_ocsp.CertStatus(name="unknown", value=asn1_ocsp.StatusUnknown())
    revoked: dict[str, Any] = {"revocation_time": _whole_seconds(answer.revoked_at or answer.this_update)}
    if answer.reason not in {None, "unspecified"}:
        revoked["revocation_reason"] = x509.ReasonFlags(answer.reason).name
    return asn1_ocsp.CertStatus(name="revoked", value=asn1_ocsp.RevokedInfo(revoked))


def _nonce(nonce: bytes) -> dict[str, Any]:
    return {"extn_id": "nonce", "extn_value": core.ParsableOctetString(core.OctetString(nonce).dump())}


def _own_key_hash(certificate: x509.Certificate) -> bytes:
    """SHA-1 of the key's bits, which is how RFC 6960 §4.2.1 names a responder by its key."""
    return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest


def _signed(key: PrivateKey, data: bytes) -> dict[str, Any]:
    if isinstance(key, rsa.RSAPrivateKey):
        value = key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        name = "sha256_rsa"
    else:
        value = key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        name = "sha256_ecdsa"
    return {"signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": name}), "signature": value}


def _whole_seconds(moment: datetime) -> datetime:
    """OCSP's times have no fractions (RFC 6960 §4.2.2.1, by RFC 5280 §4.1.2.5.2)."""
    if moment.tzinfo is None:
        raise InvalidTimes(begin=moment.isoformat(), end="")
    return moment.astimezone(UTC).replace(microsecond=0)
