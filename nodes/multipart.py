"""The body of `POST /v1/documents`: `multipart/form-data` with exact bytes, which can be sent again.

Files are read while they are sent. Names follow the WHATWG form rules that browsers and curl use (RFC 7578).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_CHUNK_BYTES = 256 * 1024  # large enough that reading costs little, small enough to hold a hundred at once
_JOIN_BELOW_BYTES = (
    4 * 1024 * 1024
)  # a body this small goes out in one piece, which costs the fewest system calls


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file to send with a manifest: its name there, and its bytes or the file that holds them."""

    name: str
    content: bytes | Path
    media_type: str = "application/octet-stream"

    @property
    def size(self) -> int:
        """Length in bytes; reads the file system when the content is a path."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    def chunks(self) -> Iterator[bytes]:
        """Yield the content from its beginning, anew at every call, so that a request can be repeated."""
        if isinstance(self.content, bytes):
            yield self.content
            return
        with self.content.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk

    def digest(self) -> str:
        """SHA-256 in hexadecimal, as a manifest carries it."""
        digest = sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Body:
    """A request body that can be sent again: its length is known before it is read."""

    content_type: str
    length: int
    chunks: Callable[[], Iterator[bytes]]

    def joined(self) -> bytes | None:
        """Return the whole body when it is small, else nothing: then it must be streamed."""
        return b"".join(self.chunks()) if self.length <= _JOIN_BELOW_BYTES else None


def document_body(manifest: bytes, signatures: Sequence[bytes], attachments: Sequence[Attachment]) -> Body:
    """Lay out a document as the hub reads it: manifest, signatures, then attachments in the given order.

    The boundary is drawn from the manifest, so the same document gives the same bytes; that it occurs
    inside an attachment by accident has a chance of 2^-128.
    """
    boundary = sha256(b"boundary\n" + manifest).hexdigest()[:32]
    pieces: list[bytes | Attachment] = [
        _head(boundary, "manifest", "manifest.json", "application/json"),
        manifest,
    ]
    for number, signature in enumerate(signatures):
        name = f"manifest-{number}.p7s"
        pieces += [_head(boundary, "signature", name, "application/pkcs7-signature"), signature]
    for attachment in attachments:
        pieces += [_head(boundary, "attachment", attachment.name, attachment.media_type), attachment]
    pieces.append(f"\r\n--{boundary}--\r\n".encode())
    length = sum(piece.size if isinstance(piece, Attachment) else len(piece) for piece in pieces)

    def chunks() -> Iterator[bytes]:
        for piece in pieces:
            if isinstance(piece, Attachment):
                yield from piece.chunks()
            else:
                yield piece

    return Body(f"multipart/form-data; boundary={boundary}", length, chunks)


def _head(boundary: str, field: str, name: str, media_type: str) -> bytes:
    quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    return (
        f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{quoted}"\r\n'
        f"Content-Type: {media_type}\r\n\r\n"
    ).encode()
