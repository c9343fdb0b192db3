"""Reads the signatures of a PDF: structure, what each covers, and changes after it.

pyHanko reads the structure, within a budget. Certificates, digests and times are judged by
`signing.pades.judge`. ISO 32000-2 §12.8, ETSI EN 319 142-1.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from pyhanko.pdf_utils import generic, misc
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from signing.file_kinds import FileKind, holds_marks, pdf_names
from signing.pades.allowed_changes import Changed, judge_changes
from signing.pades.budget import MAX_WORK, BudgetReader, Meter, OverBudgetError, raise_exhaustion
from signing.pades.findings import PdfSignature, PdfSignatures
from signing.pades.ranges import Ranges, digests_of, read_ranges, without_padding
from signing.verdict_vocabulary import Params

__all__ = ["MAX_BYTES", "MAX_SIGNATURES", "read_pdf"]

MAX_BYTES: Final = 64 * 1024 * 1024
"""The whole file is held in memory, objects of it twice; the real axis carries at most 50 MB."""
MAX_SIGNATURES: Final = 16
"""Each costs a comparison of revisions; a person and an organisation are two, a round of approval ten."""
MAX_REVISIONS: Final = 64
"""Each signature is compared with each revision after it."""

_RANGES: Final = pdf_names(b"ByteRange")
_TOLD: Final = pdf_names(b"ByteRange", b"Encrypt")


def read_pdf(data: bytes) -> PdfSignatures:
    """Read all signatures of a PDF, from any bytes. What is no signed PDF has none.

    Takes and gives only what can be pickled, for a process of its own. Raises nothing for any file, and
    `MemoryError` where the process has too little: that says nothing of the file.
    """
    if not holds_marks(FileKind.PDF, data):
        return PdfSignatures()
    if len(data) > MAX_BYTES:
        params = (("reason", "pdf-too-large"), ("found", str(len(data))), ("limit", str(MAX_BYTES)))
        return PdfSignatures(problem=params, is_undecided=True)
    meter = Meter(MAX_WORK)
    # What a strict reader refuses, viewers may well open: then as they do, yet nothing may have come after.
    for is_strict in (True, False):
        try:
            return _read(data, BudgetReader(data, meter, is_strict=is_strict))
        except Exception as error:  # noqa: BLE001 - the library raises what it likes for hostile files, asserts included
            if _is_exhausted(error):
                return _unread("pdf-over-budget", is_undecided=True)
    # A viewer may repair what we do not read: nothing is shown to be wrong.
    return _unread("pdf-unreadable", is_undecided=True) if _TOLD.search(data) else PdfSignatures()


def _is_exhausted(error: Exception) -> bool:
    """Tell whether the file asks for too much work. Raises `MemoryError` where memory ran out over it."""
    try:
        raise_exhaustion(error)
    except OverBudgetError:
        return True
    return False


def _unread(reason: str, *params: tuple[str, str], is_undecided: bool = False) -> PdfSignatures:
    return PdfSignatures(problem=(("reason", reason), *params), is_undecided=is_undecided)


def _read(data: bytes, reader: BudgetReader) -> PdfSignatures:
    if "/Encrypt" in reader.trailer:
        return _unread("pdf-encrypted", is_undecided=True)
    if reader.total_revisions > MAX_REVISIONS:
        return _unread("pdf-over-budget", is_undecided=True)
    entries = list(_entries(reader))
    if len(entries) > MAX_SIGNATURES:
        return _unread("pdf-too-many-signatures", ("limit", str(MAX_SIGNATURES)), is_undecided=True)
    if not entries and _RANGES.search(data):
        # Left over, or in a file that this one encloses, or taken out of the form: which, cannot be told.
        return _unread("pdf-signature-hidden", is_undecided=True)
    found = [_read_entry(data, reader, entry) for entry in entries]
    return PdfSignatures(tuple([each for _, each in sorted(found, key=lambda pair: pair[0])]))


class _Entry(NamedTuple):
    """A signature field with a signature."""

    name: str
    field: Any
    value: Any
    """The signature dictionary, whatever it really is."""


def _entries(reader: BudgetReader) -> Iterator[_Entry]:
    """Find the filled-in signature fields; the same signature in several fields counts once."""
    seen = set()
    for name, _, reference in enumerate_sig_fields(reader, filled_status=True):
        field = reference.get_object()
        raw = field.raw_get("/V")
        if isinstance(raw, generic.IndirectObject):
            if raw.reference in seen:
                continue
            seen.add(raw.reference)
        if isinstance(raw.get_object(), generic.NullObject):
            continue  # a reference to nothing fills nothing in
        yield _Entry(str(name), field, raw)


def _read_entry(data: bytes, reader: BudgetReader, entry: _Entry) -> tuple[tuple[int, int], PdfSignature]:
    """Read one signature; return it with its place in the order of signing."""
    ranges: Ranges | None = None
    sub_filter: str | None = None
    revision = 0
    try:
        value = entry.value.get_object()
        sub_filter = _name(value.get("/SubFilter"))
        numbers, contents = value.raw_get("/ByteRange"), value.raw_get("/Contents")
        if not isinstance(numbers, list) or not isinstance(
            contents, generic.ByteStringObject | generic.TextStringObject
        ):
            raise misc.PdfReadError("malformed")  # noqa: TRY301 - ends up where the library's own do
        revision = reader.xrefs.get_last_change(entry.value.reference) + 1
        raw = list(list.__iter__(numbers))
        checked = read_ranges(data, raw, contents.original_bytes)
        problem: Params = ()
        if isinstance(checked, Ranges):
            ranges = checked
            found = _read_sound(data, reader, entry, ranges, sub_filter)
            return (ranges.stop, ranges.begin), found
        problem = (("reason", checked),)
    except misc.PdfStrictReadError:
        if reader.strict:
            raise
        problem = (("reason", "pdf-signature-object"),)
    except Exception as error:  # noqa: BLE001 - as above: the library's exceptions are of every kind
        problem = (("reason", "pdf-over-budget" if _is_exhausted(error) else "pdf-signature-object"),)
    place = (ranges.stop, ranges.begin) if ranges else (len(data), 0)
    return place, PdfSignature(entry.name, sub_filter, revision, reader.total_revisions, problem=problem)


def _read_sound(
    data: bytes, reader: BudgetReader, entry: _Entry, ranges: Ranges, sub_filter: str | None
) -> PdfSignature:
    """Read a signature whose ranges are sound: its value, its coverage, and what came after it."""
    embedded: Any = EmbeddedPdfSignature(reader, entry.field, entry.name)
    cms = without_padding(embedded.pkcs7_content)
    embedded.coverage = embedded.evaluate_signature_coverage()
    problem: Params = ()
    changed = Changed("undecided", "unreadable")
    if embedded.coverage < SignatureCoverageLevel.ENTIRE_REVISION and reader.strict:
        problem = (("reason", "pdf-coverage"),)
    else:
        try:
            changed = judge_changes(data, reader, embedded, ranges.stop)
        except Exception as error:  # noqa: BLE001 - what cannot be compared stays undecided
            raise_exhaustion(error)
    return PdfSignature(
        field=entry.name,
        sub_filter=sub_filter,
        revision=embedded.signed_revision + 1,
        revisions=reader.total_revisions,
        is_whole=ranges.stop == len(data),
        cms=cms,
        digests=digests_of(data, ranges, cms),
        changes=changed.changes,
        because=changed.because,
        is_permitted=changed.is_permitted,
        claimed_time=_claimed_time(embedded.sig_object),
        problem=problem,
    )


def _claimed_time(value: Any) -> datetime | None:
    """Read `/M`. Without a zone it is no moment."""
    try:
        moment = generic.parse_pdf_date(value["/M"], strict=False)
    except Exception as error:  # noqa: BLE001 - a claim decides nothing; a malformed one is none
        raise_exhaustion(error)
        return None
    return moment if isinstance(moment, datetime) and moment.tzinfo is not None else None


def _name(value: object) -> str | None:
    return value.removeprefix("/") if isinstance(value, generic.NameObject) else None
