"""Inserts the axis's own hop into a message's original bytes, and removes junk before the message.

The hop goes after the other hops and before `Bussiness`. The remaining bytes stay as they were.
"""

import datetime as dt
import re
from typing import Final
from xml.parsers import expat

from axis.protocol.edxml.errors import EdxmlInvalid
from axis.protocol.edxml.tree import BOM, TokenTooLongError, feed, new_parser, start_of_xml
from axis.protocol.edxml.writing import written_hop

_HEADER, _LIST, _HOP, _BUSINESS = "edXMLHeader", "TraceHeaderList", "TraceHeader", "Bussiness"
_IN_LIST: Final = 4
"""The depth of the list's children: inside edXML, edXMLEnvelope, edXMLHeader and TraceHeaderList."""
_DECLARED: Final = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*(["'])([A-Za-z0-9._-]*)\1""")
_UNREADABLE: Final = "a message that was read before"


class _Found(Exception):
    pass


def mend_start(original: bytes) -> bytes:
    """Return the message without junk before it, and with UTF-8 declared instead of another encoding.

    Strict parsers, the official one among them, refuse both. All other messages come back unchanged, even
    with a byte order mark.
    """
    start = start_of_xml(original)
    if original[:start] not in (b"", BOM):
        original, start = original[start:], 0
    declared = _DECLARED.match(original, start)
    if declared is None or declared[2].upper() == b"UTF-8":
        return original
    return original[: declared.start(2)] + b"UTF-8" + original[declared.end(2) :]


def insert_hop(original: bytes, organ_id: str, at: dt.datetime) -> bytes:
    """Return the message with one more `TraceHeader`.

    A status message has no trace and is returned unchanged.

    The hop takes the prefix of the list, or of the header where there is no list yet: then a list is put at
    the header's end. A list written as one empty tag is opened, which takes its `/`. Raises `EdxmlInvalid`
    where the message cannot be read.
    """
    start = start_of_xml(original)
    finder = _Finder()
    parser = new_parser()

    def doctype(*_declaration: object) -> None:
        raise EdxmlInvalid("xml-doctype", 1, "", "a DOCTYPE", "no DOCTYPE")

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = lambda name, _attributes: finder.start(name, parser.CurrentByteIndex + start)
    parser.EndElementHandler = lambda name: finder.end(name, parser.CurrentByteIndex + start, original)
    try:
        feed(parser, original, start)
    except _Found:
        pass
    except (expat.ExpatError, TokenTooLongError):
        raise EdxmlInvalid("xml-malformed", 1, "", "a message that cannot be read", _UNREADABLE) from None
    if finder.is_status:
        return original
    if finder.at is None:
        raise EdxmlInvalid("element-missing", 1, "", f"no {_HEADER}", _UNREADABLE)
    hop = written_hop(organ_id, at, finder.prefix)
    before, after = original[: finder.at], original[finder.at :]
    tag = f"{finder.prefix}{_LIST}"
    if finder.empty_list:
        return before[: before.rindex(b"/")] + f">{hop}</{tag}>".encode() + after
    return before + (f"<{tag}>{hop}</{tag}>" if finder.without_list else hop).encode() + after


class _Finder:
    """Follows the elements by depth and local name until the place is found."""

    __slots__ = ("_last", "_path", "at", "empty_list", "is_status", "prefix", "without_list")

    def __init__(self) -> None:
        self._path: list[str] = []
        self._last: int | None = None
        self.at: int | None = None
        self.prefix = ""
        self.is_status = self.empty_list = self.without_list = False

    def start(self, qualified: str, at: int) -> None:
        prefix, colon, name = qualified.rpartition(":")
        depth = len(self._path)
        if depth == _IN_LIST - 1 and self._path[-1] == _HEADER and name == _LIST:
            self.prefix = prefix + colon
        if depth == _IN_LIST and self._path[-1] == _LIST and name == _BUSINESS and self._last is None:
            self._last = at
        if depth == _IN_LIST and self._path[-1] == "MessageHeader" and name == "StatusCode":
            self.is_status = True
            raise _Found
        self._path.append(name)

    def end(self, qualified: str, at: int, original: bytes) -> None:
        prefix, colon, name = qualified.rpartition(":")
        self._path.pop()
        depth = len(self._path)
        closing = original.startswith(b"</", at)
        if depth == _IN_LIST and self._path[-1] == _LIST and name == _HOP:
            self._last = original.index(b">", at) + 1 if closing else at
        elif depth == _IN_LIST - 1 and self._path[-1] == _HEADER and name == _LIST:
            self.empty_list = not closing
            self.at = at if self._last is None else self._last
            raise _Found
        elif depth == _IN_LIST - 2 and name == _HEADER:
            self.at, self.prefix, self.without_list = at, prefix + colon, True
            raise _Found
