"""Checks the bytes that were appended to a PDF: whether careful and lenient readers find the same in them.

Readers that notice something wrong search the file themselves, and may show something else. Which changes are
allowed is decided in `signing.pades.allowed_changes`. ISO 32000-2 §7.5.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.generic import Reference, StreamObject
from pyhanko.pdf_utils.xref import XRefSection, XRefSectionType, parse_xref_table

from signing.file_kinds import pdf_names
from signing.pades.budget import BudgetReader
from signing.pades.findings import Changes

__all__ = ["Oddity", "find_oddity"]

_WHITESPACE: Final = b"\0\t\n\f\r "
_SPACE: Final = rb"(?:[\0\t\n\f\r ]|%[^\r\n]{0,256}[\r\n])"
_HEADER: Final = re.compile(rb"[\0\t\n\f\r ]*(\d+)[\0\t\n\f\r ]+(\d+)[\0\t\n\f\r ]+obj")
"""Of an object, where a list says that it stands."""
_LOOK_BACK: Final = 512
_ANY_HEADER: Final = re.compile(rb"(?<=[\0\t\n\f\r ])obj(?![A-Za-z])")
_BEFORE: Final = re.compile(rb"(?:\A|\d)" + _SPACE + rb"+\Z")
"""Where a reader that looks for objects by itself may find one: `obj`, with a number before it. The way back
is bounded, since a repetition of alternatives takes memory for each step."""
_HEADER_WORK: Final = 4
_PACKED: Final = pdf_names(b"ObjStm")
_KEYWORDS: Final = re.compile(rb"(?<![A-Za-z])(?:(startxref)|(trailer))")
_HYBRID: Final = (XRefSectionType.HYBRID_MAIN, XRefSectionType.HYBRID_STREAM)


class Oddity(NamedTuple):
    """Why what was appended cannot be compared, or is wrong whatever it says."""

    changes: Changes
    because: str


def find_oddity(data: bytes, reader: BudgetReader, signed_revision: int, stop: int) -> Oddity | None:
    """Look at the bytes past `stop`, where the signed ones end; `None` where all readers find the same there.

    `signed_revision`: the last one that is signed. Raises what the library raises.
    """
    if not reader.strict:
        # Which objects were replaced depends on how a reader repairs the file.
        return Oddity("undecided", "irregular")
    revisions = range(signed_revision + 1, reader.total_revisions)
    sections = [
        XRefSection(reader.xrefs.get_xref_container_info(each), reader.xrefs.get_xref_data(each))
        for each in revisions
    ]
    if any(each.meta_info.xref_section_type in _HYBRID for each in sections):
        # Two lists of objects, of which readers choose one: no later change needs that.
        return Oddity("undecided", "two-lists")
    return (
        _odd_tail(data, sections, stop)
        or _odd_lists(data, reader, sections, stop)
        or _odd_trailers(reader, signed_revision)
    )


def _odd_tail(data: bytes, sections: list[XRefSection], stop: int) -> Oddity | None:
    """Look at what stands behind the last list."""
    begin = max([stop, *(each.meta_info.end_location for each in sections[-1:])])
    tail = data[begin:]
    if begin != stop:
        listed, _, rest = tail.partition(b"%%EOF")
        if b" obj" in listed:
            return Oddity("forbidden", "trailing-data")
        tail = rest
    if not tail.strip(_WHITESPACE):
        return None
    # Objects appended without a list are nothing to a careful reader, and everything to one that repairs.
    return Oddity("forbidden" if b"obj" in tail else "undecided", "trailing-data")


def _odd_lists(data: bytes, reader: BudgetReader, sections: list[XRefSection], stop: int) -> Oddity | None:
    """Hold the lists against what stands there."""
    if any(_has_entry_twice(reader, each) for each in sections):
        return Oddity("undecided", "two-lists")
    if not all(_is_as_listed(data, reader, each) for each in sections):
        return Oddity("undecided", "irregular")
    headers = {_HEADER.match(data, at) for section in sections for _, _, at in _listed(section)}
    listed = {each.end() for each in headers if each is not None}
    packed = {each for section in sections for each in section.xref_data.obj_streams_used}
    is_more_packed = len(_PACKED.findall(data, stop)) != len(packed)
    if is_more_packed or any(each not in listed for each in _headers(data, reader, stop)):
        return Oddity("undecided", "unlisted")
    words = [each[0] for each in _KEYWORDS.finditer(data, stop)]
    tables = sum(each.meta_info.xref_section_type is XRefSectionType.STANDARD for each in sections)
    if words.count(b"startxref") != len(sections) or words.count(b"trailer") != tables:
        return Oddity("undecided", "two-lists")
    return None


def _headers(data: bytes, reader: BudgetReader, stop: int) -> Iterator[int]:
    """Find whatever could be taken for an object's header; gives where each ends."""
    for each in _ANY_HEADER.finditer(data, stop):
        reader.meter.spend(_HEADER_WORK)
        if _BEFORE.search(data[max(0, each.start() - _LOOK_BACK) : each.start()]) is not None:
            yield each.end()


def _odd_trailers(reader: BudgetReader, signed_revision: int) -> Oddity | None:
    """See that each trailer says what the ones before said: some readers look at the last one alone."""
    trailers = list(reversed(reader.trailer._trailer_revisions))  # noqa: SLF001 - the library gives the sum only
    signed = reader.trailer.flatten(signed_revision)
    for each in trailers[signed_revision + 1 :]:
        is_lost = "/Info" in signed and ("/Info" in each) != ("/Info" in trailers[signed_revision])
        if "/Root" not in each or is_lost:
            return Oddity("undecided", "irregular")
    return None


def _is_as_listed(data: bytes, reader: BudgetReader, section: XRefSection) -> bool:
    """Whether each object stands where the list has it."""
    for number, generation, at in _listed(section):
        reader.meter.spend(1)
        header = _HEADER.match(data, at)
        if header is None or (int(header[1]), int(header[2])) != (number, generation):
            return False
    return all(_is_packed_plainly(reader, section, each) for each in section.xref_data.obj_streams_used)


def _listed(section: XRefSection) -> Iterator[tuple[int, int, int]]:
    """Give number, generation and place of each object of a list, and of the list if that is one."""
    for number, (generation, at) in section.xref_data.standard_xrefs.items():
        yield number, generation, at
    stream = section.meta_info.stream_ref
    if stream is not None:
        yield stream.idnum, stream.generation, section.meta_info.start_location


def _is_packed_plainly(reader: BudgetReader, section: XRefSection, number: int) -> bool:
    """Whether a stream of objects holds each that the list names there, in its place, once, and no other."""
    stream = reader.get_object(Reference(number, 0))
    if not isinstance(stream, StreamObject) or stream.get("/Type") != "/ObjStm":
        return False
    head = stream.read_data(DecodePurpose.OBJECT_STREAM)[: int(stream["/First"])].split()
    reader.meter.spend(len(head))
    held = [int(each) for each in head[::2]]
    listed = {
        each: place.ix_in_stream
        for each, place in section.xref_data.xrefs_in_objstm.items()
        if place.obj_stream_id == number
    }
    return len(held) == int(stream["/N"]) and list(enumerate(held)) == sorted(
        (place, each) for each, place in listed.items()
    )


def _has_entry_twice(reader: BudgetReader, section: XRefSection) -> bool:
    """Whether a table lists a number twice: some readers take the first entry, some the last.

    In a list that is a stream the library refuses it.
    """
    if section.meta_info.xref_section_type is not XRefSectionType.STANDARD:
        return False
    reader.stream.seek(section.meta_info.start_location)
    numbers = [int(each.idnum) for each in parse_xref_table(reader.stream, strict=True)]
    return len(numbers) != len(set(numbers))
