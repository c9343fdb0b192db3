"""Reads the forms and files that a browser sends, and checks that a form is one of this hub's pages.

A form that changes something carries a token made from the session's secret, which another site does not
know.
"""

import hmac
from collections.abc import Mapping
from typing import Final

from fastapi import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from axis.agencies.sessions import form_token
from axis.protocol.errors import FormStale, MalformedRequest, Place, shorten
from axis.protocol.request_bodies import media_type_of, read_bytes, read_form_fields
from axis.protocol.text_normalisation import nfc
from axis.web.visitors import Visitor

FILES: Final = "multipart/form-data"
FORM_BYTES: Final = 32 * 1024
"""Of a form without files: room for the longest note, whose letters may each be sent as nine bytes."""
FORM_FIELDS: Final = 16
FILE_PARTS: Final = 64
"""The most files and fields of a form with files."""


async def read_form(request: Request, most_bytes: int = FORM_BYTES) -> Mapping[str, str]:
    """Read the fields of a form; of several of one name, the last.

    Raises as `axis.protocol.request_bodies.read_form_fields`.
    """
    return dict(await read_form_fields(request, most_bytes, FORM_FIELDS))


async def check_form(request: Request, visitor: Visitor) -> Mapping[str, str]:
    """Read the fields of a form that a session's page made.

    Raises as `read_form`, and `FormStale` where another session's page made it.
    """
    fields = await read_form(request)
    if visitor.session is not None and not is_right(fields, visitor.session):
        raise stale()
    return fields


def stale() -> FormStale:
    """Return the refusal of a form that carries another session's token, or none."""
    place = Place("form", "a form of another session", "a form of this session: open its page again")
    return FormStale(place)


def is_right(fields: Mapping[str, str], secret: str) -> bool:
    """Tell whether a form carries the token of this secret."""
    given = fields.get("form", "").encode(errors="replace")
    return hmac.compare_digest(given, form_token(secret).encode())


async def read_files(request: Request, most_bytes: int) -> tuple[dict[str, bytes], dict[str, str]]:
    """Read a form with files, at most so many bytes: the files by their NFC names, and its other fields.

    A field for files that was left empty has no name, and is passed over.

    Raises:
        UnsupportedMediaType: when the body is no such form.
        TooLarge: when it is longer; no more than the limit is read.
        MalformedRequest: when it cannot be read, has too many parts, or two files of one name.

    """
    media_type_of(request, (FILES,))
    _, options = parse_options_header(request.headers.get("content-type", ""))
    body = await read_bytes(request, most_bytes)
    files: dict[str, bytes] = {}
    fields: dict[str, str] = {}
    try:
        for segment, content in _parts(body, options.get("boundary", "")):
            if segment.filename is None:
                fields[segment.name or ""] = content.decode(errors="replace")
            elif (name := nfc(segment.filename)) in files:
                raise MalformedRequest(Place(f"part:{segment.name}", shorten(name), "each file name once"))
            elif name:
                files[name] = content
    except MultipartError as error:
        place = Place("body", shorten(str(error)), "a complete multipart/form-data body")
        raise MalformedRequest(place) from None
    return files, fields


def _parts(body: bytes, boundary: str) -> list[tuple[MultipartSegment, bytes]]:
    found: list[tuple[MultipartSegment, bytearray]] = []
    with PushMultipartParser(boundary, max_segment_count=FILE_PARTS) as parser:
        for event in parser.parse(body):
            if isinstance(event, MultipartSegment):
                found.append((event, bytearray()))
            elif event is not None:
                found[-1][1].extend(event)
    return [(segment, bytes(content)) for segment, content in found]
