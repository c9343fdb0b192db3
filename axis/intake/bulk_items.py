"""Reads one line of a bulk request: manifest, signatures and attachments, within the limits of a document.

Lines are cut by `axis.intake.bulk_lines`.
"""

import binascii
import contextlib
from collections.abc import Mapping
from typing import NamedTuple

import orjson
from pydantic import ConfigDict, TypeAdapter, ValidationError

from axis.intake.multipart_body import Received, ReceivedAttachment
from axis.objects.spool import Spool
from axis.protocol.errors import (
    AxisError,
    MalformedRequest,
    ManifestMissing,
    Place,
    TooLarge,
    TooManyParts,
    TooManySignatures,
    shorten,
)
from axis.protocol.manifest_rules import DIGEST
from axis.protocol.refused_characters import has_control
from axis.protocol.strict_json import loads
from axis.protocol.text_normalisation import nfc
from axis.settings import Settings

MEMBERS = ("manifest", "signatures", "attachments")
_BASE64 = "bytes in base64 (RFC 4648, section 4)"
_BASE64_DECODER = TypeAdapter(bytes, config=ConfigDict(val_json_bytes="base64"))


class Parts(NamedTuple):
    """What a line holds: the manifest's exact bytes, the signatures, and attachments with their names."""

    manifest: bytes
    signatures: tuple[bytes, ...]
    attachments: tuple[tuple[str, bytes], ...]


def received_of(parts: Parts, memory: int) -> Received:
    """Return the parts as those of a single document; attachments past `memory` bytes together go to disk."""
    attachments: dict[str, ReceivedAttachment] = {}
    for name, content in parts.attachments:
        spool = Spool.of(content, memory)
        memory -= len(spool.content or b"")
        attachments[name] = ReceivedAttachment(name, spool.sha256, spool)
    return Received(parts.manifest, parts.signatures, attachments)


def read_parts(line: bytes, settings: Settings) -> Parts:
    """Read the parts of a line within the limits of a single document.

    Raises:
        MalformedJson: when it is no JSON.
        MalformedRequest: when it has another shape, naming the place.
        ManifestMissing: when it has no manifest.
        TooLarge, TooManyParts, TooManySignatures: when it is beyond a limit.

    """
    return read_line(line, settings)[0]


def read_line(line: bytes, settings: Settings) -> tuple[Parts, object]:
    """Return the parts of a line, and the JSON of its manifest; None where this cannot be read."""
    value = _value(line)
    if not isinstance(value, dict):
        raise MalformedRequest(Place("", "no object", "an object with manifest, signatures, attachments"))
    for name in value:
        if name not in MEMBERS:
            raise MalformedRequest(Place(f"/{shorten(name)}", shorten(name), f"any of {', '.join(MEMBERS)}"))
    if value.get("manifest") is None:
        raise ManifestMissing(Place("/manifest", "no such member", _BASE64))
    manifest = _bytes(value["manifest"], "/manifest", settings.manifest_bytes)
    given, attached = value.get("signatures", []), value.get("attachments", {})
    if not isinstance(given, list):
        raise MalformedRequest(Place("/signatures", None, "an array"))
    if len(given) > settings.signatures:
        place = Place("/signatures", f"{len(given)}", f"at most {settings.signatures}")
        raise TooManySignatures(place, limit=settings.signatures)
    if not isinstance(attached, dict):
        raise MalformedRequest(Place("/attachments", None, "an object"))
    if len(attached) > settings.attachments:
        place = Place("/attachments", f"{len(attached)}", f"at most {settings.attachments}")
        raise TooManyParts(place, limit=settings.attachments)
    signatures = tuple(
        _bytes(each, f"/signatures/{place}", settings.signature_bytes) for place, each in enumerate(given)
    )
    contents = {
        _digest(digest): _bytes(each, f"/attachments/{digest}", settings.attachment_bytes)
        for digest, each in attached.items()
    }
    said = _manifest_value(manifest)
    return Parts(manifest, signatures, _named(said, contents)), said


def _value(line: bytes) -> object:
    """Read a line's JSON as strictly as `loads`, and many times faster where it has the expected shape."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return loads(line)  # which says what is wrong
    return value if _is_plain(line, value) else loads(line)


def _is_plain(line: bytes, value: object) -> bool:
    """Tell whether a line holds nothing but texts, none with an escape, and no member twice."""
    if not isinstance(value, dict):
        return False
    texts = len(value)
    for member in value.values():
        inner = [*member, *member.values()] if isinstance(member, dict) else member
        each = inner if isinstance(inner, list) else [inner]
        if not all(isinstance(text, str) for text in each):
            return False
        texts += len(each)
    return line.count(b'"') == 2 * texts and b"\\" not in line


def _manifest_value(manifest: bytes) -> object:
    try:
        return loads(manifest)
    except AxisError:
        return None  # the steps refuse it


def _bytes(value: object, pointer: str, limit: int) -> bytes:
    if not isinstance(value, str):
        raise MalformedRequest(Place(pointer, "no text", _BASE64))
    content = _decoded(value)
    if content is None:
        raise MalformedRequest(Place(pointer, shorten(value), _BASE64))
    if len(content) > limit:
        raise TooLarge(Place(pointer, f"{len(content)} bytes", f"at most {limit} bytes"), limit=limit)
    return content


def _decoded(text: str) -> bytes | None:
    """Return what a text in base64 stands for; None where it is none.

    The standard library's decoder is many times slower, so that it is only asked about odd texts: the other
    one takes the alphabet of URLs, too.
    """
    if len(text) % 4 == 0 and "-" not in text and "_" not in text:
        with contextlib.suppress(ValidationError):
            return _BASE64_DECODER.validate_json(f'"{text}"')
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return None


def _digest(name: str) -> str:
    if not DIGEST.fullmatch(name):
        expected = "the SHA-256 of the attachment, 64 hexadecimal digits in lower case"
        raise MalformedRequest(Place("/attachments", shorten(name), expected))
    return name


def _named(manifest: object, contents: Mapping[str, bytes]) -> tuple[tuple[str, bytes], ...]:
    """Give each content the names that the manifest declares for its digest, and others their digest."""
    names: dict[str, bytes] = {}
    left = dict(contents)
    for name, digest in _declared(manifest):
        if digest in contents:
            names.setdefault(name, contents[digest])
            left.pop(digest, None)
    return (*names.items(), *left.items())


def _declared(manifest: object) -> list[tuple[str, str]]:
    members = manifest.get("attachments") if isinstance(manifest, dict) else None
    declared = [each for each in members if isinstance(each, dict)] if isinstance(members, list) else []
    pairs = [(each.get("name"), each.get("sha256")) for each in declared]
    return [
        (nfc(name), digest)
        for name, digest in pairs
        if isinstance(name, str) and isinstance(digest, str) and not has_control(nfc(name))
    ]
