"""Reads OCSP requests and responses into values, within limits.

They are judged in `signing.paths.ocsp`. RFC 6960 §4, RFC 5280 §4.2 on critical extensions.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import algos, core  # type: ignore[import-untyped]  # the library ships no types
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509

from signing.algorithms import SIGNATURES, SignatureMethod
from signing.cms.der import content_of, members
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

_SUCCESSFUL: Final = b"\x0a\x01\x00"
_BASIC: Final = bytes.fromhex("06092b0601050507300101")
_VERSION, _BY_NAME, _BY_KEY = b"\xa0", b"\xa1", b"\xa2"
_V1: Final = b"\x02\x01\x00"
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
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
    """Read a successful basic response. Raises `UnreadableOcsp`, for a refusal too.

    It is taken apart by its headers, and what is malformed in one answer, one extension or one certificate
    that came along says nothing about the others: a revocation must not be lost for what stands beside it.
    """
    try:
        _check_size(der)
        status, *rest = members(der)
        _require(status == _SUCCESSFUL, reason="refusal", found=_refusal(status))
        kind, encoded = members(content_of(rest[0]))
        _require(kind == _BASIC, reason="kind")
        body, algorithm, value, *carried = members(content_of(encoded))
        _require(content_of(value)[:1] == b"\x00", reason="signature")  # no unused bits
        certificates = members(content_of(carried[0])) if carried else []
        _require(len(certificates) <= MAX_CERTIFICATES, reason="certificates", found=len(certificates))
        fields = members(body)
        if fields[0][:1] == _VERSION:
            _require(content_of(fields.pop(0)) == _V1, reason="version")
        responder, produced, answers, *extended = fields
        asked = members(answers)
        _require(len(asked) <= MAX_ANSWERS, reason="count", found=len(asked), limit=MAX_ANSWERS)
        extensions = asn1_ocsp.ResponseDataExtensions.load(content_of(extended[0])) if extended else ()
        found, is_understood = _lenient_extensions(extensions)
        return Response(
            answers=tuple(_answers(asked, is_understood=is_understood)),
            responder_name=content_of(responder) if responder[:1] == _BY_NAME else None,
            responder_key_hash=content_of(content_of(responder)) if responder[:1] == _BY_KEY else None,
            produced_at=_utc(core.GeneralizedTime.load(produced, strict=True).native),
            certificates=tuple(certificates),
            signed=body,
            value=content_of(value)[1:],
            method=_method(algorithm),
            nonce=_nonce(found),
        )
    except UnreadableOcsp:
        raise
    except Exception as error:
        raise UnreadableOcsp(reason="malformed") from error


def _refusal(status: bytes) -> str:
    refusal: str = asn1_ocsp.OCSPResponseStatus.load(status, strict=True).native
    return refusal


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


def _answers(encoded: Iterable[bytes], *, is_understood: bool) -> Iterator[Answer]:
    """Read the answers that can be read: what stands beside one says nothing about it.

    `is_understood`: whether the response says nothing critical about all of them that is not understood.
    """
    for each in encoded:
        try:
            answer = _answer(asn1_ocsp.SingleResponse.load(each, strict=True))
        except Exception:  # noqa: BLE001, S112 hostile bytes make the library raise all there is
            continue
        yield answer if is_understood else answer._replace(is_understood=False)


def _answer(value: Any) -> Answer:
    extensions, is_understood = _lenient_extensions(value["single_extensions"])
    status = value["cert_status"]
    revoked_at = reason = None
    if status.name == "revoked":
        revoked_at = _time(status.chosen["revocation_time"])
        is_understood = is_understood and revoked_at is not None
        reason = _reason(status.chosen["revocation_reason"])
    cutoff = extensions.get("archive_cutoff")
    return Answer(
        certificate=_certificate_id(value["cert_id"]),
        status=status.name,
        this_update=_utc(value["this_update"].native),
        next_update=None if value["next_update"].native is None else _utc(value["next_update"].native),
        revoked_at=_BEGINNING if status.name == "revoked" and revoked_at is None else revoked_at,
        reason=reason,
        archive_cutoff=None if cutoff is None else _utc(cutoff.native),
        is_understood=is_understood,
    )


def _time(value: Any) -> datetime | None:
    try:
        return _utc(value.native)
    except ValueError:
        return None


def _reason(value: Any) -> str | None:
    """Give the reason; `None` for one that nobody knows: the certificate is revoked all the same."""
    try:
        if len(value.contents or b"") != 1:
            return None  # not said, or none in DER
        return None if value.native is None else x509.ReasonFlags[value.native].value
    except (KeyError, ValueError):
        return None


def _extensions(values: Any) -> dict[str, Any]:
    """Read extensions by name. Raises `UnreadableOcsp` for what is critical and not known, or twice there."""
    found: dict[str, Any] = {}
    for each in () if isinstance(values, core.Void) else values:
        name, is_critical = each["extn_id"].native, each["critical"].native
        is_usable = name not in found and (name in _KNOWN_EXTENSIONS or not is_critical)
        _require(is_usable, reason="extension", found=name)
        found[name] = each["extn_value"].parsed if name in _KNOWN_EXTENSIONS else None
    return found


def _lenient_extensions(values: Any) -> tuple[dict[str, Any], bool]:
    """Read extensions by name, and tell whether all that is critical is understood.

    One that is malformed and not critical, or there twice, is as good as missing.
    """
    found: dict[str, Any] = {}
    is_understood = True
    for each in () if isinstance(values, core.Void) else values:
        name, is_critical, value = _extension(each)
        is_understood = is_understood and not (is_critical and value is None)
        found[name] = None if name in found else value
    return found, is_understood


def _extension(each: Any) -> tuple[str, bool, Any]:
    """Give name, criticality and the value of one that is known; what has no name is critical."""
    try:
        name, is_critical = each["extn_id"].native, each["critical"].native
    except Exception:  # noqa: BLE001 hostile bytes make the library raise all there is
        return "", True, None
    try:
        value = each["extn_value"].parsed if name in _KNOWN_EXTENSIONS else None
        _ = None if value is None else value.native
    except Exception:  # noqa: BLE001 as above
        return name, is_critical, None
    return name, is_critical, value


def _nonce(extensions: dict[str, Any]) -> bytes | None:
    if extensions.get("nonce") is None:
        return None
    nonce: bytes = extensions["nonce"].native
    _require(len(nonce) <= MAX_NONCE_BYTES, reason="nonce", found=len(nonce), limit=MAX_NONCE_BYTES)
    return nonce


def _method(algorithm: bytes) -> SignatureMethod | None:
    """Give the signature's method; PSS is not read, since no responder is known that uses it."""
    identifier = algos.SignedDigestAlgorithm.load(algorithm, strict=True)["algorithm"].dotted
    scheme, digest = SIGNATURES.get(x509.ObjectIdentifier(identifier), (None, None))
    if scheme == "ed25519":
        return SignatureMethod(scheme, "sha512")
    if scheme is None or digest is None:
        return None
    return SignatureMethod(scheme, digest)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
