"""Reads a form with large files: fields into memory, files through a spool to disk, all within limits.

Whose form it is shows before the first file is read, since its token stands first. Small files are read by
`axis.web.forms.read_files`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Self

from fastapi import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from axis.intake.multipart_body import HEADER_BYTES, HEADER_COUNT, boundary_of, check_length, coming
from axis.objects.spool import Spool
from axis.protocol.errors import (
    AxisError,
    MalformedRequest,
    Place,
    TooLarge,
    TooManyParts,
    TooManySignatures,
    shorten,
)
from axis.protocol.text_normalisation import nfc
from axis.settings import Settings

FIELDS: Final = 6_000
"""The most fields: room for a thousand recipients, and for three fields of each document referred to."""
FIELD_BYTES: Final = 16 * 1024 * 1024
"""Of all fields together: room for a manifest and the signatures that were given before, in base64."""


@dataclass(slots=True)
class FormFile:
    """A file of a form: the field that it came in, its NFC name, the media type that the browser told."""

    field: str
    name: str
    media_type: str
    spool: Spool


@dataclass(slots=True)
class FileForm:
    """The fields of a form in their order, and its files."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[FormFile] = field(default_factory=list)
    size: int = 0
    """Bytes of the fields so far."""

    def value(self, name: str) -> str:
        """Return the last value of a field without the space around it; empty where there is none."""
        return next((value.strip() for known, value in reversed(self.fields) if known == name), "")

    def values(self, name: str) -> list[str]:
        """Return every value of a field that says something."""
        return [value.strip() for known, value in self.fields if known == name and value.strip()]

    def close(self) -> None:
        """Free the disk space of the files."""
        for each in self.files:
            each.spool.close()


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How many files of a form are read, and how large; `kind` names them in refusals, as the API's parts."""

    kind: str
    files: int
    file_bytes: int
    too_many: type[AxisError] = TooManyParts

    @classmethod
    def of_attachments(cls, settings: Settings) -> Self:
        """Return the limits of a document's attachments."""
        return cls("attachment", settings.attachments, settings.attachment_bytes)

    @classmethod
    def of_signatures(cls, settings: Settings) -> Self:
        """Return the limits of a document's signatures."""
        return cls("signature", settings.signatures, settings.signature_bytes, TooManySignatures)


async def read_file_form(
    request: Request,
    form: FileForm,
    settings: Settings,
    limits: FileLimits,
    check: Callable[[FileForm], None],
) -> None:
    """Read a request into `form`, which keeps what was read where reading ends early; close it afterwards.

    `check` is called with the fields before any file is read, and after the last field.

    Raises:
        UnsupportedMediaType: when the body is no such form.
        MalformedRequest: when it cannot be read, or stops coming.
        TooLarge, TooManyParts: when it is beyond a limit; reading stops there.
        AxisError: what `check` raises.

    """
    boundary = boundary_of(request.headers.get("content-type", ""))
    check_length(request.headers.get("content-length"), settings)
    parser = PushMultipartParser(boundary, max_header_size=HEADER_BYTES, max_header_count=HEADER_COUNT)
    reader = _Reader(form, settings.inline_bytes, limits, check)
    total = 0
    try:
        async for chunk in coming(request.stream(), settings.body_idle_seconds):
            total += len(chunk)
            _within(total, settings.document_bytes + settings.manifest_bytes, "body")
            for event in parser.parse(chunk) if chunk else ():
                reader.take(event)
        parser.close()
    except MultipartError as error:
        place = Place("body", shorten(str(error)), "a complete multipart/form-data body")
        raise MalformedRequest(place) from None
    check(form)


class _Reader:
    """Puts what the parser finds into a form."""

    def __init__(
        self, form: FileForm, memory: int, limits: FileLimits, check: Callable[[FileForm], None]
    ) -> None:
        self._form, self._limits, self._check = form, limits, check
        self._name = ""
        self._text = bytearray()
        self._file: FormFile | None = None
        self._memory = memory

    def take(self, event: MultipartSegment | bytearray | bytes | None) -> None:
        """Take the beginning, a piece or the end of a part."""
        if isinstance(event, MultipartSegment):
            self._begin(event)
        elif event is None:
            self._finish()
        elif self._file is not None:
            size = self._file.spool.size + len(event)
            place = f"part:{self._limits.kind}[{shorten(self._file.name)}]"
            _within(size, self._limits.file_bytes, place)
            self._file.spool.add(bytes(event))
        else:
            self._form.size += len(event)
            _within(self._form.size, FIELD_BYTES, f"part:{shorten(self._name)}")
            self._text += event

    def _begin(self, segment: MultipartSegment) -> None:
        self._name, self._file = segment.name or "", None
        self._text.clear()
        if segment.filename is None:
            if len(self._form.fields) >= FIELDS:
                place = Place("body", f"more than {FIELDS} fields", f"at most {FIELDS}")
                raise TooManyParts(place, limit=FIELDS)
            return
        self._check(self._form)
        most = self._limits.files
        if len(self._form.files) >= most:
            place = Place(f"part:{self._limits.kind}", f"more than {most}", f"at most {most}")
            raise self._limits.too_many(place, limit=most)
        media_type = segment.content_type or "application/octet-stream"
        self._file = FormFile(self._name, nfc(segment.filename), media_type, Spool(self._memory))
        self._form.files.append(self._file)

    def _finish(self) -> None:
        if self._file is None:
            self._form.fields.append((self._name, self._text.decode(errors="replace")))
        elif not self._file.name:  # a field for files that was left empty
            self._form.files.remove(self._file)
            self._file.spool.close()
        else:
            self._memory -= len(self._file.spool.content or b"")


def _within(size: int, limit: int, pointer: str) -> None:
    if size > limit:
        raise TooLarge(Place(pointer, f"more than {limit} bytes", f"at most {limit} bytes"), limit=limit)
