"""Reads a signature faster if it equals one read before in all but digest, claimed time and value.

Signatures by one certificate are made alike. One that differs in any other byte goes the full way
(`signing.cms.parse`).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.hazmat import asn1

from signing.cms.ber import der_length
from signing.cms.signed_attributes import (
    MESSAGE_DIGEST,
    ONLY_32_OCTETS,
    ONLY_UTC_TIME,
    SIGNING_TIME,
    SignedAttributes,
    read_time,
)
from signing.cms.values import CmsSignature, CmsSigner

__all__ = ["read_alike", "remember"]

_LONGEST: Final = 8 * 1024
"""Longer signatures are not remembered, so that hostile ones cannot fill the memory with 2,048 of them."""
_DIGEST: Final = asn1.encode_der(MESSAGE_DIGEST) + ONLY_32_OCTETS
_TIME: Final = asn1.encode_der(SIGNING_TIME) + ONLY_UTC_TIME
"""What stands before the digest, and before the time, as nearly all write them."""
_DIGEST_BYTES: Final = 32
_TIME_BYTES: Final = 13
_SET: Final = b"\x31"


class _Layout(NamedTuple):
    """A signature that was read, and the places of what changes."""

    length: int
    time_end: int
    """The time begins where what is looked up ends. Without one, it ends there too."""
    digest_at: int
    digest_end: int
    value_at: int
    before_digest: bytes
    """The bytes between the time and the digest."""
    after_digest: bytes
    """The bytes between the digest and the value."""
    attributes_at: int
    attributes_end: int
    signature: CmsSignature
    signer: CmsSigner
    attributes: SignedAttributes


@lru_cache(maxsize=2048)
def _remembered(_beginning: bytes) -> list[_Layout]:
    """Return the list that holds the layout of signatures that begin like this, once there is one."""
    return []


def read_alike(data: bytes) -> CmsSignature | None:
    """Read a signature as the one before that is alike; `None` if there is none."""
    if len(data) > _LONGEST:
        return None
    # The last place decides, since the attributes stand near the end. A wrong one finds nothing.
    start = data.rfind(_TIME) + len(_TIME)
    if start < len(_TIME):
        start = data.rfind(_DIGEST) + len(_DIGEST)
        if start < len(_DIGEST):
            return None
    known = _remembered(data[:start])
    if not known:
        return None
    (layout,) = known
    digest_at, digest_end, value_at = layout.digest_at, layout.digest_end, layout.value_at
    if (
        len(data) != layout.length
        or data[layout.time_end : digest_at] != layout.before_digest
        or data[digest_end:value_at] != layout.after_digest
    ):
        return None
    time: datetime | None = None
    fault: str | None = None
    if layout.time_end > start:
        time, fault = read_time(data[start - len(ONLY_UTC_TIME) : layout.time_end])
    signer, attributes = layout.signer, layout.attributes
    alike = SignedAttributes(
        _SET + data[layout.attributes_at + 1 : layout.attributes_end],
        attributes.content_type,
        data[digest_at:digest_end],
        time,
        fault,
        attributes.references,
        (),
        attributes.revocation_archive,
    )
    of_signer = CmsSigner(
        signer.issuer,
        signer.serial,
        signer.key_identifier,
        signer.digest,
        signer.digest_identifier,
        signer.method,
        signer.method_identifier,
        alike,
        data[value_at:],
        None,
        signer.method_otherwise,
    )
    whole = layout.signature
    return CmsSignature(whole.content_type, None, whole.certificates, (of_signer,), whole.revocation)


def remember(data: bytes, signature: CmsSignature, attributes: Sequence[bytes], method: bytes) -> None:
    """Remember a signature in DER that was read in full, for `read_alike`.

    `attributes`: the signed ones, and `method`, the AlgorithmIdentifier of the value, as they stand in it.
    Nothing is kept of a signature that could not be read by its layout: with content or unsigned attributes
    in it, or with attributes in another order than DER's, or with a malformed time.
    """
    (signer,) = signature.signers
    read = signer.attributes
    is_usual = (
        len(data) <= _LONGEST
        and read is not None
        and not read.as_received
        and read.signing_time_fault is None
        and signer.unsigned is None
        and signature.encapsulated is None
    )
    if not is_usual or read is None:
        return
    # The value ends the signature, with the method and the attributes before it.
    value_at = len(data) - len(signer.value)
    attributes_end = value_at - len(der_length(len(signer.value))) - 1 - len(method)
    at = attributes_end - sum(map(len, attributes))
    attributes_at = at - len(der_length(attributes_end - at)) - 1
    time_at = digest_at = None
    for attribute in attributes:
        end = at + len(attribute)
        if attribute[2:].startswith(_TIME) and len(attribute) == 2 + len(_TIME) + _TIME_BYTES:
            time_at = end - _TIME_BYTES
        elif attribute[2:].startswith(_DIGEST) and len(attribute) == 2 + len(_DIGEST) + _DIGEST_BYTES:
            digest_at = end - _DIGEST_BYTES
        at = end
    if digest_at is None or _SET + data[attributes_at + 1 : attributes_end] != read.signed_bytes:
        return
    digest_end = digest_at + _DIGEST_BYTES
    start = digest_at if time_at is None else time_at
    time_end = start if time_at is None else start + _TIME_BYTES
    layout = _Layout(
        len(data),
        time_end,
        digest_at,
        digest_end,
        value_at,
        data[time_end:digest_at],
        data[digest_end:value_at],
        attributes_at,
        attributes_end,
        signature,
        signer,
        read,
    )
    _remembered(data[:start])[:] = [layout]
