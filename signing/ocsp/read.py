"""OCSP requests and responses read into values, within limits. Nothing is verified or judged.

RFC 6960 §4; critical extensions nobody here understands make a message unreadable (RFC 5280 §4.2).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import core  # type: ignore[import-untyped]  # the library ships no types
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import ocsp

from signing.algorithms import SIGNATURES, SignatureMethod
from signing.errors import UnreadableOcsp
from signing.ocsp.values import ID_DIGESTS, Answer, CertificateId, Request, Response

__all__ = ["MAX_MESSAGE_BYTES", "read_request", "read_response"]

MAX_MESSAGE_BYTES: Final = 256 * 1024
"""A response with a responder's certificate takes 2 KB."""
MAX_ANSWERS: Final = 100
"""Responders answer for one certificate, some for a handful."""
MAX_CERTIFICATES: Final = 8
"""The responder's and its issuers'."""
MAX_NONCE_BYTES: Final = 128
"""RFC 9654 §2.1."""

_KNOWN_EXTENSIONS: Final = frozenset({"nonce", "extended_revoke", "archive_cutoff", "crl_reason"})


def read_request(der: bytes) -> Request:
    """Read a request. A signature on it is not looked at. Raises `UnreadableOcsp`."""
    try:
        _check_size(der)
        body = asn1_ocsp.OCSPRequest.load(der, strict=True)["tbs_request"]
        asked = body["request_list"]
        _require(1 <= len(asked) <= MAX_ANSWERS, reason="count", found=len(asked), limit=MAX_ANSWERS)
        for each in asked:
            _extensions(each["single_request_extensions"])
        extensions = _extensions(body["request_extensions"])
        return Request(tuple(_certificate_id(each["req_cert"]) for each in asked), _nonce(extensions))
    except UnreadableOcsp:
        raise
    except Exception as error:
        # The library raises several unrelated classes for the many ways a message can be malformed.
        raise UnreadableOcsp(reason="malformed") from error


def read_response(der: bytes) -> Response:
    """Read a successful basic response. Raises `UnreadableOcsp`, for a refusal too."""
    try:
        _check_size(der)
        strict = ocsp.load_der_ocsp_response(der)  # refuses what is not DER
        status = strict.response_status
        _require(status is ocsp.OCSPResponseStatus.SUCCESSFUL, reason="refusal", found=status.name)
        basic = asn1_ocsp.OCSPResponse.load(der).basic_ocsp_response
        body, answers = basic["tbs_response_data"], basic["tbs_response_data"]["responses"]
        _require(basic["signature"].contents[:1] == b"\x00", reason="signature")  # no unused bits
        certificates = strict.certificates
        _require(len(answers) <= MAX_ANSWERS, reason="count", found=len(answers), limit=MAX_ANSWERS)
        _require(len(certificates) <= MAX_CERTIFICATES, reason="certificates", found=len(certificates))
        name = strict.responder_name
        return Response(
            answers=tuple(_answers(answers)),
            responder_name=None if name is None else name.public_bytes(),
            responder_key_hash=strict.responder_key_hash,
            produced_at=strict.produced_at_utc,
            certificates=tuple(each.public_bytes(serialization.Encoding.DER) for each in certificates),
            signed=strict.tbs_response_bytes,
            value=strict.signature,
            method=_method(strict),
            nonce=_nonce(_extensions(body["response_extensions"], is_lenient=True)),
        )
    except UnreadableOcsp:
        raise
    except Exception as error:
        raise UnreadableOcsp(reason="malformed") from error


def _check_size(der: bytes) -> None:
    _require(len(der) <= MAX_MESSAGE_BYTES, reason="too-large", found=len(der), limit=MAX_MESSAGE_BYTES)


def _require(condition: bool, **params: object) -> None:
    if not condition:
        raise UnreadableOcsp(**params)


def _certificate_id(value: Any) -> CertificateId:
    digest = value["hash_algorithm"]["algorithm"].native
    _require(digest in ID_DIGESTS, reason="digest", found=digest)
    return CertificateId(
        digest,
        value["issuer_name_hash"].native,
        value["issuer_key_hash"].native,
        value["serial_number"].native,
    )


def _answers(values: Any) -> Iterator[Answer]:
    """Read the answers that can be read: what stands beside one says nothing about it."""
    for each in values:
        try:
            yield _answer(each)
        except Exception:  # noqa: BLE001, S112 hostile bytes make the library raise all there is
            continue


def _answer(value: Any) -> Answer:
    extensions = _extensions(value["single_extensions"], is_lenient=True)
    status = value["cert_status"]
    revoked_at = reason = None
    if status.name == "revoked":
        revoked_at = _utc(status.chosen["revocation_time"].native)
        reason = _reason(status.chosen["revocation_reason"])
    cutoff = extensions.get("archive_cutoff")
    return Answer(
        certificate=_certificate_id(value["cert_id"]),
        status=status.name,
        this_update=_utc(value["this_update"].native),
        next_update=None if value["next_update"].native is None else _utc(value["next_update"].native),
        revoked_at=revoked_at,
        reason=reason,
        archive_cutoff=None if cutoff is None else _utc(cutoff.native),
    )


def _reason(value: Any) -> str | None:
    """Give the reason; `None` for one that nobody knows: the certificate is revoked all the same."""
    try:
        return None if value.native is None else x509.ReasonFlags[value.native].value
    except (KeyError, ValueError):
        return None


def _extensions(values: Any, *, is_lenient: bool = False) -> dict[str, Any]:
    """Read extensions by name. `is_lenient`: one that is malformed and not critical is as good as missing."""
    found: dict[str, Any] = {}
    for each in () if isinstance(values, core.Void) else values:
        name, is_critical = each["extn_id"].native, each["critical"].native
        is_usable = name not in found and (name in _KNOWN_EXTENSIONS or not is_critical)
        if is_lenient and not is_critical and name in found:
            found[name] = None
            continue
        _require(is_usable, reason="extension", found=name)
        try:
            found[name] = each["extn_value"].parsed if name in _KNOWN_EXTENSIONS else None
            _ = None if found[name] is None else found[name].native
        except Exception as error:
            if is_critical or not is_lenient:
                raise UnreadableOcsp(reason="extension", found=name) from error
            found[name] = None
    return found


def _nonce(extensions: dict[str, Any]) -> bytes | None:
    if extensions.get("nonce") is None:
        return None
    nonce: bytes = extensions["nonce"].native
    _require(len(nonce) <= MAX_NONCE_BYTES, reason="nonce", found=len(nonce), limit=MAX_NONCE_BYTES)
    return nonce


def _method(response: ocsp.OCSPResponse) -> SignatureMethod | None:
    """Give the signature's method; PSS is not read, since no responder is known that uses it."""
    scheme, digest = SIGNATURES.get(response.signature_algorithm_oid, (None, None))
    if scheme == "ed25519":
        return SignatureMethod(scheme, "sha512")
    if scheme is None or digest is None:
        return None
    return SignatureMethod(scheme, digest)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
