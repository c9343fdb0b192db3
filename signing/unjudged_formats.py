"""Recognises signatures in formats that are not judged, so that such a file is not taken for unsigned.

Compound files ([MS-CFB] §2.6.1), OpenPGP (RFC 9580), JSON Web Signatures (RFC 7515), JAdES (ETSI TS 119
182-1), SSH signatures.
"""

import base64
import binascii
import json
import re
from types import MappingProxyType
from typing import Final

from signing.containers.findings import ContainerSignatures

__all__ = ["read_json", "read_jws", "read_ole", "read_pgp", "read_ssh"]

MAX_JSON_BYTES: Final = 16 * 1024 * 1024
"""Values take some ten times the room of their text."""

_STREAMS: Final = {
    "_signatures": "Microsoft Office 97-2003",
    "_xmlsignatures": "Microsoft Office 97-2003",
    "\x05DigitalSignature": "Windows Installer",
}
_ENCRYPTED: Final = MappingProxyType({"EncryptedPackage": "Office Open XML"})
"""Streams of whole files that are encrypted ([MS-OFFCRYPTO] §2.3.4), signed or not."""
_JWS: Final = re.compile(rb"\s*([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\s*")


def read_ole(data: bytes) -> ContainerSignatures:
    """Tell whether a compound file has a stream of signatures, or is encrypted, by its directory."""
    for name, found in _STREAMS.items():
        if _has_stream(data, name):
            return _unjudged(found)
    for name, found in _ENCRYPTED.items():
        if _has_stream(data, name):
            return ContainerSignatures(found, problem=(("reason", "unjudged-encrypted"), ("found", found)))
    return ContainerSignatures()


def _has_stream(data: bytes, name: str) -> bool:
    spelled = name.encode("utf-16-le")
    entry = spelled.ljust(64, b"\0") + (len(spelled) + 2).to_bytes(2, "little")
    at = data.find(entry)
    while at >= 0:
        if at % 128 == 0 and data[at + 66 : at + 67] in {b"\1", b"\2"}:
            return True
        at = data.find(entry, at + 1)
    return False


def read_pgp(_data: bytes) -> ContainerSignatures:
    """Tell of what begins as an OpenPGP signature."""
    return _unjudged("OpenPGP")


def read_ssh(_data: bytes) -> ContainerSignatures:
    """Tell of what begins as an SSH signature."""
    return _unjudged("SSH")


def read_jws(data: bytes) -> ContainerSignatures:
    """Tell whether a text is a JSON Web Signature in its compact form."""
    match = _JWS.fullmatch(data)
    return _unjudged("JWS") if match is not None and _is_header(match[1]) else ContainerSignatures()


def read_json(data: bytes) -> ContainerSignatures:
    """Tell whether a text is a JSON Web Signature in one of its JSON forms."""
    if len(data) > MAX_JSON_BYTES:
        return ContainerSignatures()
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return ContainerSignatures()
    signatures = value.get("signatures", [value]) if isinstance(value, dict) else []
    for each in signatures if isinstance(signatures, list) else []:
        if isinstance(each, dict) and isinstance(each.get("signature"), str):
            header = each.get("protected")
            if isinstance(header, str) and _is_header(header.encode()):
                return _unjudged("JWS")
    return ContainerSignatures()


def _is_header(text: bytes) -> bool:
    try:
        value = json.loads(base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return False
    return isinstance(value, dict) and isinstance(value.get("alg"), str)


def _unjudged(name: str) -> ContainerSignatures:
    return ContainerSignatures(name, problem=(("reason", "unjudged-format"), ("found", name)))
