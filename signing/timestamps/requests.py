"""Makes and reads requests for time-stamps, and reads the answers.

Tokens are judged by `signing.timestamps.verify`. RFC 3161 §2.4.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from signing.algorithms import DIGESTS
from signing.cms.ber import der_length
from signing.cms.structure import HashAlgorithm
from signing.errors import UnreadableTimestamp
from signing.timestamps.structure import MessageImprint, Request, Response

__all__ = [
    "DIGEST_BYTES",
    "MAX_REQUEST_BYTES",
    "TimestampRequest",
    "TimestampResponse",
    "make_request",
    "message_imprint",
    "read_request",
    "read_response",
]

MAX_REQUEST_BYTES: Final = 8 * 1024
"""A request with a nonce and a policy has some 100 bytes; extensions are not understood anyway."""

MAX_NONCE_BITS: Final = 512
"""Requesters take 64; it goes into the token as it came."""

DIGEST_BYTES: Final = {"md5": 16, "sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}
"""How long a digest of each algorithm is."""

_IDENTIFIERS: Final = {name: identifier for identifier, name in DIGESTS.items()}
_GRANTED: Final = frozenset({0, 1})
"""RFC 3161 §2.4.2: granted, and granted with modifications."""


@dataclass(frozen=True, slots=True)
class TimestampRequest:
    """What is to be stamped, and how."""

    digest: str | None
    """Name of the digest algorithm; `None` when this package does not know it."""
    imprint: bytes
    policy: str | None
    """The policy asked for, as a dotted identifier."""
    nonce: int | None
    wants_certificates: bool
    has_extensions: bool


@dataclass(frozen=True, slots=True)
class TimestampResponse:
    """What an authority answered."""

    token: bytes | None
    """In DER; `None` when the request was refused."""
    status: int
    texts: tuple[str, ...]
    """Why it was refused, as the authority says it."""


def message_imprint(digest: str, value: bytes) -> MessageImprint:
    """Say what is stamped. Raises `UnreadableTimestamp` when the value is no digest of this algorithm."""
    if len(value) != DIGEST_BYTES.get(digest):
        raise UnreadableTimestamp(reason="imprint-length", digest=digest, found=len(value))
    algorithm = HashAlgorithm(identifier=_IDENTIFIERS[digest], parameters=asn1.Null())
    return MessageImprint(algorithm=algorithm, value=value)


def make_request(
    imprint: bytes,
    *,
    digest: str = "sha256",
    nonce: int | None = None,
    policy: str | None = None,
    certificates: bool = True,
) -> bytes:
    """Ask for a time-stamp over the digest `imprint`, in DER.

    `nonce`: a random number that the answer must repeat. `policy`: a dotted identifier. `certificates`:
    whether the token shall carry the authority's certificate.

    Raises `UnreadableTimestamp` when the imprint is no digest of this algorithm.
    """
    request = Request(
        version=1,
        imprint=message_imprint(digest, imprint),
        policy=None if policy is None else ObjectIdentifier(policy),
        nonce=nonce,
        wants_certificates=True if certificates else None,
        extensions=None,
    )
    return asn1.encode_der(request)


def read_request(data: bytes) -> TimestampRequest:
    """Read a request. Raises `UnreadableTimestamp`, and nothing else, whatever the bytes are."""
    if len(data) > MAX_REQUEST_BYTES:
        raise UnreadableTimestamp(reason="too-large", found=len(data), limit=MAX_REQUEST_BYTES)
    try:
        request = asn1.decode_der(Request, data)
    except ValueError as error:
        raise UnreadableTimestamp(reason="malformed") from error
    if request.version != 1:
        raise UnreadableTimestamp(reason="version", found=request.version)
    digest = DIGESTS.get(request.imprint.algorithm.identifier)
    if digest is not None and len(request.imprint.value) != DIGEST_BYTES[digest]:
        raise UnreadableTimestamp(reason="imprint-length", found=len(request.imprint.value))
    if request.nonce is not None and request.nonce.bit_length() > MAX_NONCE_BITS:
        raise UnreadableTimestamp(reason="nonce", limit=MAX_NONCE_BITS)
    return TimestampRequest(
        digest=digest,
        imprint=request.imprint.value,
        policy=None if request.policy is None else request.policy.dotted_string,
        nonce=request.nonce,
        wants_certificates=bool(request.wants_certificates),
        has_extensions=bool(request.extensions),
    )


def read_response(data: bytes) -> TimestampResponse:
    """Read an authority's answer; the token in it is not judged. Raises `UnreadableTimestamp`."""
    try:
        response = asn1.decode_der(Response, data)
    except ValueError as error:
        raise UnreadableTimestamp(reason="malformed") from error
    is_granted = response.status.status in _GRANTED
    if is_granted != (response.token is not None):
        raise UnreadableTimestamp(reason="token-and-status", status=response.status.status)
    token = None if response.token is None else _sequence_of(response.token)
    return TimestampResponse(token, response.status.status, tuple(response.status.texts or ()))


def _sequence_of(parts: list[asn1.TLV]) -> bytes:
    content = b"".join([asn1.encode_der(part) for part in parts])
    return b"\x30" + der_length(len(content)) + content
