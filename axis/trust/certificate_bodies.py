"""Reads a certificate from a request's body: PEM, DER, or a member of JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from cryptography import x509
from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from axis.clock import from_datetime, rfc3339
from axis.protocol import strict_json
from axis.protocol.errors import Place, QueryInvalid
from axis.protocol.request_bodies import JSON, media_type_of, read_bytes
from axis.protocol.request_members import MembersReader
from axis.trust.registered_certificates import read_one_certificate
from signing.certificates import CertificateSummary
from signing.errors import UnreadableCertificate

CERTIFICATE_TYPES = ("application/x-pem-file", "application/pkix-cert")


def body_schema(title: str, word: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of such a body. `word`: the member beside the certificate."""
    members = {"certificate": {"type": "string", "description": "PEM."}, word: dict(schema)}
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "title": title,
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["certificate"],
                    "properties": members,
                }
            },
            "application/x-pem-file": {"schema": {"type": "string"}},
            "application/pkix-cert": {"schema": {"type": "string", "format": "binary"}},
        },
    }


async def read_certificate(
    request: Request, limit: int, word: str, choices: Sequence[str]
) -> tuple[x509.Certificate, str | None]:
    """Read the certificate, and the other member if it is there.

    Raises:
        QueryInvalid: when the JSON is of another shape, or there is no certificate in it.
        AxisError: what reading bodies raises: too large, of another type, malformed.

    """
    media_type = media_type_of(request, (JSON, *CERTIFICATE_TYPES))
    data = await read_bytes(request, limit)
    given: str | None = None
    if media_type == JSON:
        data, given = _members(strict_json.loads(data), word, choices)
    try:
        certificate = await run_in_threadpool(read_one_certificate, data)
    except UnreadableCertificate as error:
        place = Place("/certificate" if media_type == JSON else "", str(error), "a certificate in PEM or DER")
        raise QueryInvalid(place) from None
    return certificate, given


def shown(summary: CertificateSummary) -> dict[str, str]:
    """Return a certificate as it is shown."""
    return {
        "subject": summary.subject,
        "issuer": summary.issuer,
        "serial": summary.serial,
        "sha256": summary.sha256,
        "not_before": rfc3339(from_datetime(summary.not_before)),
        "not_after": rfc3339(from_datetime(summary.not_after)),
    }


def _members(body: object, word: str, choices: Sequence[str]) -> tuple[bytes, str | None]:
    reader = MembersReader()
    members = reader.members(body, "", ("certificate", word))
    given, text = members.get(word), members.get("certificate")
    if word in members and given not in choices:
        reader.wrong(f"/{word}", given, " or ".join(choices))
    if not isinstance(text, str):
        reader.fault("/certificate", "no text", "a certificate in PEM")
    reader.finish()
    return str(text).encode(), given
