"""Splits e-mail into parts, and refuses messages that readers split differently.

A message that two readers split differently could show one of them what nobody signed, so it has to be
plainly well-formed. RFC 5322, RFC 2045, RFC 2046.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from signing.errors import UnreadableSignature

__all__ = ["Entity", "Multipart", "read_entity", "split"]

MAX_HEADER_BYTES: Final = 256 * 1024
"""Mail that was forwarded often has some 20 KiB."""
MAX_HEADER_LINES: Final = 2_000

_LINE_END: Final = re.compile(rb"\r?\n")
_HEADER_END: Final = re.compile(rb"(?:\A|\r?\n)\r?\n")
_FIELD: Final = re.compile(rb"([!-9;-~]{1,76}):[ \t]*(.*)", re.DOTALL)
_WORD: Final = r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]+"
_TYPE: Final = re.compile(rf"\s*({_WORD}/{_WORD})\s*")
_PARAMETER: Final = re.compile(rf';\s*(?:({_WORD})\s*=\s*({_WORD}|[A-Za-z0-9!#-+./:=?_-]+|"[^"\\]*")\s*)?')
_BOUNDARY: Final = re.compile(r"[A-Za-z0-9'()+_,./:=? -]{0,69}[A-Za-z0-9'()+_,./:=?-]")


class Entity(NamedTuple):
    """A message or a part of one."""

    fields: tuple[tuple[str, str], ...]
    """Header fields in their order: names in small letters, values on one line."""
    kind: str
    """Type and subtype in small letters; `text/plain` where nothing says otherwise."""
    parameters: Mapping[str, str]
    encoding: str
    body: bytes

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of all fields with this name."""
        return tuple(value for each, value in self.fields if each == name)


class Multipart(NamedTuple):
    """The parts of a multipart body, and the text around them, which no reader shows."""

    preamble: bytes
    parts: tuple[bytes, ...]
    epilogue: bytes


def _ambiguous(found: str) -> UnreadableSignature:
    return UnreadableSignature(reason="mime-ambiguous", found=found)


def read_entity(data: bytes) -> Entity:
    """Read header and body of a message or part. Raises `UnreadableSignature`."""
    end = _HEADER_END.search(data, 0, MAX_HEADER_BYTES)
    if end is None and len(data) > MAX_HEADER_BYTES:
        raise UnreadableSignature(reason="mime-too-complex", found=len(data), limit=MAX_HEADER_BYTES)
    header, body = (data, b"") if end is None else (data[: end.start()], data[end.end() :])
    fields = _fields(header)
    kinds, encodings = ([value for each, value in fields if each == name] for name in _ONCE)
    if len(kinds) > 1 or len(encodings) > 1:
        raise _ambiguous("Content-Type")
    kind, parameters = _content_type(kinds[0]) if kinds else ("text/plain", {})
    encoding = encodings[0].strip().lower() if encodings else "7bit"
    return Entity(tuple(fields), kind, parameters, encoding, body)


_ONCE: Final = ("content-type", "content-transfer-encoding")


def _fields(header: bytes) -> list[tuple[str, str]]:
    received = _LINE_END.split(header) if header else []
    if len(received) > MAX_HEADER_LINES:
        raise UnreadableSignature(reason="mime-too-complex", found=len(received), limit=MAX_HEADER_LINES)
    lines: list[bytes] = []
    for line in received:
        if line[:1] in {b" ", b"\t"} and lines:
            lines[-1] += b" " + line.strip(b" \t")
        else:
            lines.append(line)
    fields = []
    for line in lines:
        match = _FIELD.fullmatch(line)
        if match is None or b"\r" in line or b"\0" in line:
            raise _ambiguous("header")
        fields.append((match[1].decode().lower(), match[2].decode(errors="replace").strip(" \t")))
    return fields


def _content_type(text: str) -> tuple[str, Mapping[str, str]]:
    match = _TYPE.match(text)
    if match is None:
        raise _ambiguous("Content-Type")
    at, parameters = match.end(), dict[str, str]()
    while at < len(text):
        found = _PARAMETER.match(text, at)
        if found is None:
            raise _ambiguous("Content-Type")
        at = found.end()
        if found[1] is None:
            continue
        name, value = found[1].lower(), found[2].strip('"')
        if name in parameters or name.startswith("boundary*"):
            raise _ambiguous("Content-Type")
        parameters[name] = value
    return match[1].lower(), parameters


def split(entity: Entity) -> Multipart:
    """Split a multipart body at its boundary. Raises `UnreadableSignature`."""
    boundary = entity.parameters.get("boundary", "")
    if _BOUNDARY.fullmatch(boundary) is None or entity.encoding not in {"7bit", "8bit", "binary"}:
        raise _ambiguous("boundary")
    delimiter = b"--" + boundary.encode()
    mark = re.compile(rb"(?:\A|\r?\n)" + re.escape(delimiter) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    found = list(mark.finditer(entity.body))
    starts = re.findall(rb"(?:\A|[\r\n])" + re.escape(delimiter), entity.body)
    is_closed = bool(found) and [each[1] is not None for each in found] == [False] * (len(found) - 1) + [True]
    if not is_closed or len(found) != len(starts):  # another reader would split it at other places
        raise _ambiguous("boundary")
    parts = []
    for each, following in pairwise(found):
        line_end = _LINE_END.match(entity.body, each.end())
        begin = each.end() if line_end is None else line_end.end()
        parts.append(entity.body[begin : following.start()] if begin <= following.start() else b"")
    return Multipart(entity.body[: found[0].start()], tuple(parts), entity.body[found[-1].end() :])
