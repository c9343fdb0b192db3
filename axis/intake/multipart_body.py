"""Reads a document's multipart body within limits, and hashes attachments as they stream in.

The framework's form parser is not used: it would read the body before authentication, and decode the
manifest, whose exact bytes are signed. RFC 7578, parsed by the `multipart` package.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from axis.intake.multipart_file_names import names_in
from axis.objects.spool import Spool
from axis.objects.store import StoredObject
from axis.protocol.errors import (
    MalformedRequest,
    ManifestMissing,
    Place,
    TooLarge,
    TooManyParts,
    TooManySignatures,
    UnsupportedMediaType,
    shorten,
)
from axis.protocol.refused_characters import has_control, printable
from axis.protocol.text_normalisation import nfc
from axis.settings import Settings

FORM = "multipart/form-data"
HEADER_BYTES = 4 * 1024
"""The most bytes of one part's headers: room for several names of 255 bytes."""
HEADER_COUNT = 8
MAX_LENGTH_DIGITS = 19
"""The most digits of a length. `int` is slow with thousands of them."""


@dataclass(slots=True)
class ReceivedAttachment:
    """An attachment's name, digest and bytes."""

    name: str
    sha256: str
    spool: Spool | StoredObject
    """The bytes as they came in, or as they were sent ahead."""
    other_names: tuple[str, ...] = ()
    """Other names that its part's header may mean, in NFC."""

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.spool.size


@dataclass(slots=True)
class Received:
    """The parts of one request: the manifest's exact bytes, the signatures, and attachments by NFC name."""

    manifest: bytes
    signatures: tuple[bytes, ...]
    attachments: dict[str, ReceivedAttachment]

    def name_as_declared(self, declared: Collection[str]) -> None:
        """Rename attachments whose name is not declared, if their header may mean a declared one."""
        for name in [name for name in self.attachments if name not in declared]:
            others = self.attachments[name].other_names
            other = next((each for each in others if each in declared and each not in self.attachments), None)
            if other is not None:
                attachment = self.attachments.pop(name)
                attachment.name = other
                self.attachments[other] = attachment

    def close(self) -> None:
        """Free the disk space of the attachments."""
        for attachment in self.attachments.values():
            attachment.spool.close()


@dataclass(slots=True)
class _Parts:
    """What was received so far."""

    manifest: bytes | None = None
    signatures: list[bytes] = field(default_factory=list)
    attachments: dict[str, ReceivedAttachment] = field(default_factory=dict)
    memory: int = 0
    """Bytes of attachments in memory. Beyond the limit further ones go to disk."""


class _InMemory:
    """Collects a manifest or a signature, whole."""

    def __init__(self, pointer: str, limit: int) -> None:
        self._pointer = pointer
        self._limit = limit
        self._chunks: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes) -> None:
        self._size += len(chunk)
        _within(self._size, self._limit, self._pointer)
        self._chunks.append(chunk)

    def bytes(self) -> bytes:
        return b"".join(self._chunks)


class _Attachment:
    """Collects an attachment within a limit."""

    def __init__(self, names: Sequence[str], limit: int, memory: int) -> None:
        self._name, *self._other_names = names
        self._limit = limit
        self._spool = Spool(memory)

    def add(self, chunk: bytes) -> None:
        size = self._spool.size + len(chunk)
        _within(size, self._limit, f"part:attachment[{shorten(self._name)}]")
        self._spool.add(chunk)

    def discard(self) -> None:
        self._spool.close()

    def received(self) -> ReceivedAttachment:
        return ReceivedAttachment(self._name, self._spool.sha256, self._spool, tuple(self._other_names))


def check_length(declared: str | None, settings: Settings) -> None:
    """Refuse a body whose `Content-Length` is beyond the limit, before any of it is read.

    Raises:
        TooLarge: when the length is more than a document may have.

    """
    length = length_of(declared)
    if length is not None:
        _within(length, settings.document_bytes + settings.manifest_bytes, "header:Content-Length")


def length_of(declared: str | None) -> int | None:
    """Return what a `Content-Length` says; None where there is none. One beyond all limits may be cut."""
    if declared is None or not declared.isascii() or not declared.isdigit():
        return None
    return int(declared[:MAX_LENGTH_DIGITS])


async def receive_pieces(boundary: str, body: AsyncIterator[bytes], settings: Settings) -> Received:
    """Read the parts of a document out of a request's body.

    Raises:
        MalformedRequest: when it cannot be read as such, or holds a part of another name.
        ManifestMissing: when no part is named `manifest`.
        TooLarge, TooManyParts, TooManySignatures: when it is beyond a limit. Reading stops there.

    """
    parser = PushMultipartParser(boundary, max_header_size=HEADER_BYTES, max_header_count=HEADER_COUNT)
    parts = _Parts()
    current: _InMemory | _Attachment | None = None
    segment: MultipartSegment | None = None
    total = 0
    try:
        async for chunk in coming(body, settings.body_idle_seconds):
            total += len(chunk)
            _within(total, settings.document_bytes + settings.manifest_bytes, "body")
            for event in parser.parse(chunk) if chunk else ():
                if isinstance(event, MultipartSegment):
                    segment, current = event, _begin(event, parts, settings)
                elif event is None:
                    _finish(segment, current, parts)
                    current = None
                elif current is not None:
                    current.add(bytes(event))
        parser.close()
    except MultipartError as error:
        _discard(parts, current)
        place = Place("body", shorten(str(error)), "a complete multipart/form-data body")
        raise MalformedRequest(place) from None
    except BaseException:  # whatever ends the reading, even a client that has gone, frees the disk space
        _discard(parts, current)
        raise
    if parts.manifest is None:
        _discard(parts, None)
        raise ManifestMissing(Place("part:manifest", "no such part", "one part named manifest"))
    return Received(parts.manifest, tuple(parts.signatures), parts.attachments)


async def coming(body: AsyncIterator[bytes], idle_seconds: float) -> AsyncIterator[bytes]:
    """Yield the pieces of a body as long as they arrive in time.

    Raises:
        MalformedRequest: when no piece came for so many seconds.

    """
    pieces = aiter(body)
    while True:
        try:
            async with asyncio.timeout(idle_seconds):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise stalled(idle_seconds) from None
        yield piece


def stalled(idle_seconds: float) -> MalformedRequest:
    """Return the refusal of a body that stopped coming."""
    place = Place("body", f"nothing more for {idle_seconds} seconds", "a body that comes to its end")
    return MalformedRequest(place)


def boundary_of(content_type: str) -> str:
    """Return the boundary between the parts of a body of this type.

    Raises:
        UnsupportedMediaType: when it is no multipart/form-data.
        MalformedRequest: when it names no boundary, or one that is too long.

    """
    media_type, options = parse_options_header(content_type)
    if media_type.lower() != FORM:
        found = shorten(content_type) or "none"
        raise UnsupportedMediaType(Place("header:Content-Type", found, FORM), expected=FORM)
    boundary = options.get("boundary")
    if not boundary or len(boundary) > 70 or not boundary.isascii():  # noqa: PLR2004 - RFC 2046, 5.1.1
        place = Place("header:Content-Type", shorten(content_type), "a boundary of 1 to 70 characters")
        raise MalformedRequest(place)
    return str(boundary)


def _begin(segment: MultipartSegment, parts: _Parts, settings: Settings) -> _InMemory | _Attachment:
    name = segment.name or ""
    if name == "manifest":
        if parts.manifest is not None:
            raise MalformedRequest(Place("part:manifest", "more than one", "one part named manifest"))
        return _InMemory("part:manifest", settings.manifest_bytes)
    if name == "signature":
        count = len(parts.signatures)
        if count >= settings.signatures:
            place = Place("part:signature", f"more than {count}", f"at most {settings.signatures}")
            raise TooManySignatures(place, limit=settings.signatures)
        return _InMemory(f"part:signature[{count}]", settings.signature_bytes)
    if name == "attachment":
        return _begin_attachment(segment, parts, settings)
    expected = "manifest, signature or attachment"
    raise MalformedRequest(Place(f"part:{shorten(name)}", shorten(name) or "no name", expected))


def _begin_attachment(segment: MultipartSegment, parts: _Parts, settings: Settings) -> _Attachment:
    if len(parts.attachments) >= settings.attachments:
        most = settings.attachments
        place = Place("part:attachment", f"more than {most}", f"at most {most}")
        raise TooManyParts(place, limit=settings.attachments)
    name, *others = attachment_names(segment)
    if name in parts.attachments:
        raise MalformedRequest(Place(f"part:attachment[{shorten(name)}]", "the name twice", "each name once"))
    return _Attachment([name, *others], settings.attachment_bytes, settings.inline_bytes - parts.memory)


def attachment_names(segment: MultipartSegment) -> list[str]:
    """Return the names that an attachment's header may mean, in NFC; the one as written first.

    Raises:
        MalformedRequest: when there is none, or it has control characters.

    """
    disposition = segment.header("Content-Disposition") or ""
    names = [nfc(name) for name in names_in(disposition, segment.filename)]
    if not names:
        place = Place("part:attachment", "no file name", "a file name that the manifest declares")
        raise MalformedRequest(place)
    name, *others = names
    if has_control(name):
        place = Place("part:attachment", printable(shorten(name)), "a file name without control characters")
        raise MalformedRequest(place)
    return [name, *(other for other in others if not has_control(other))]


def _finish(segment: MultipartSegment | None, current: _InMemory | _Attachment | None, parts: _Parts) -> None:
    if isinstance(current, _Attachment):
        received = current.received()
        parts.attachments[received.name] = received
        parts.memory += len(received.spool.content or b"")
    elif current is not None and segment is not None:
        if segment.name == "manifest":
            parts.manifest = current.bytes()
        else:
            parts.signatures.append(current.bytes())


def _discard(parts: _Parts, current: _InMemory | _Attachment | None) -> None:
    if isinstance(current, _Attachment):
        current.discard()
    Received(b"", (), parts.attachments).close()


def _within(size: int, limit: int, pointer: str) -> None:
    if size > limit:
        raise TooLarge(Place(pointer, f"more than {limit} bytes", f"at most {limit} bytes"), limit=limit)
