"""pyHanko's PDF reader with a budget: it counts its work and stops when that is spent.

A small file can need endless work. Work is counted instead of time, so that a file has the same result on
every machine.
"""

import re
from functools import cached_property
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import misc
from pyhanko.pdf_utils.decode_limits import (
    DecodeContext,
    DecodeLimits,
    DecodePurpose,
    DocumentDecodeBudget,
    StreamDecodeLimits,
)
from pyhanko.pdf_utils.generic import IndirectObject, NullObject, PdfObject, Reference
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

__all__ = ["MAX_WORK", "BudgetReader", "Meter", "OverBudgetError", "raise_exhaustion"]

MAX_WORK: Final = 1_600_000
"""Units of work for one file: some three seconds and 200 MiB at worst. A letter with two signatures takes
12,000, a report of 300 pages 220,000, one of 1,000 pages 720,000."""
_REFERENCE_WORK: Final = 24
"""For looking up a reference: each way to an object is remembered, in some 500 bytes."""
_TOKEN_WORK: Final = 8
"""For reading that begins a number or an entry of a cross-reference table, which become objects."""
_TOKEN_BYTES: Final = 16
_MAX_TOKEN_READS: Final = 64
"""How often on end the library may read on in one number, 16 bytes at a time, each time copying all of it."""
_LONG_NUMBER: Final = re.compile(rb"[+-.0-9]{1024}")
"""The same, where it reads what was packed."""
_PACKED_WORK: Final = 2
"""For each object before the one looked for in a stream of objects, since the library reads past them all."""
_BYTES_A_UNIT: Final = 64
"""Bytes read at once, which are copied and kept."""
_LISTED_WORK: Final = 4
"""For each byte of a cross-reference stream; an entry has one at least, and takes 300 bytes."""

_MIB: Final = 1024 * 1024
_LIMITS: Final = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=16 * _MIB),
    per_purpose={
        DecodePurpose.OBJECT_STREAM: StreamDecodeLimits(max_output_size=_MIB // 2),
        DecodePurpose.XREF_STREAM: StreamDecodeLimits(max_output_size=_MIB),
        DecodePurpose.XMP_METADATA: StreamDecodeLimits(max_output_size=_MIB),
    },
    document_budget=DocumentDecodeBudget(base_allowance=64 * _MIB, max_ratio=1),
)
"""How far streams may unpack. Pages are never unpacked here, only what holds objects: some hundred at a time,
a few KiB."""


class OverBudgetError(Exception):
    """The file needs more work than one file may cost."""


def raise_exhaustion(error: BaseException) -> None:
    """Raise the exhaustion that the library hid behind `error`; return where the error is about the file.

    Raises `MemoryError`, which says nothing of the file and is for the keeper of the process to answer, and
    `OverBudgetError` for any of the limits on work.
    """
    behind: BaseException | None = error
    while behind is not None:
        if isinstance(behind, MemoryError):
            raise MemoryError from error  # noqa: TRY004 - it is no error of a type
        if isinstance(behind, OverBudgetError | misc.PdfDecodeLimitError):
            raise OverBudgetError from error
        behind = behind.__cause__ or behind.__context__


class Meter:
    """Counts the budget down.

    Once it is spent every further step fails, even if an earlier failure was caught.
    """

    __slots__ = ("left",)

    def __init__(self, units: int) -> None:
        self.left = units

    def spend(self, units: int) -> None:
        """Count units of work; raises `OverBudgetError` when none are left."""
        self.left -= units
        if self.left < 0:
            raise OverBudgetError


class _MeteredBytes(BytesIO):
    """A file in memory whose reading is counted."""

    def __init__(self, data: bytes, meter: Meter) -> None:
        super().__init__(data)
        self._meter = meter
        self._token_reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        result = super().read(size)
        if size == 1:
            self._token_reads = 0
            self._meter.spend(1)
            return result
        self._token_reads = self._token_reads + 1 if size == _TOKEN_BYTES else 0
        if self._token_reads > _MAX_TOKEN_READS:
            raise OverBudgetError
        self._meter.spend(
            (_TOKEN_WORK if size and size >= _TOKEN_BYTES else 1) + len(result) // _BYTES_A_UNIT
        )
        return result


class _MeteredDecoding(DecodeContext):
    """The library's limits on unpacking, and lists of objects counted before they are made."""

    def __init__(self, meter: Meter, input_size: int) -> None:
        super().__init__(_LIMITS, input_size=input_size)
        self._meter = meter

    def fresh(self) -> DecodeContext:
        """Return limits with the same budget, since all revisions are one file's work."""
        return self

    def stream_output_cap(
        self,
        encoded_size: int,
        purpose: DecodePurpose = DecodePurpose.GENERIC,
        expected_size: int | None = None,
    ) -> int | None:
        if purpose is DecodePurpose.XREF_STREAM:
            # Entries without width would be listed for ever: the library bounds bytes, not entries.
            if expected_size is None or expected_size <= 0:
                raise OverBudgetError
            self._meter.spend(expected_size * _LISTED_WORK)
        return super().stream_output_cap(encoded_size, purpose, expected_size)


class _MeteredRevision(HistoricalResolver):
    """A view of a revision, whose lookups are counted."""

    def __init__(self, reader: "BudgetReader", revision: int) -> None:
        self._meter = reader.meter
        self._numbers_until = reader.numbers_until
        super().__init__(reader, revision)

    def get_object(self, ref: Reference, as_metadata_stream: bool = False) -> Any:
        self._meter.spend(_REFERENCE_WORK)
        return super().get_object(ref, as_metadata_stream=as_metadata_stream)

    def is_ref_unassignable(self, ref: Reference) -> bool:
        """Tell whether an object's number was free: past the end, or never listed."""
        return super().is_ref_unassignable(ref) or ref.idnum not in self._numbers

    @cached_property
    def _numbers(self) -> frozenset[int]:
        return self._numbers_until(self.revision)

    def _collect_indirect_references(
        self, obj: Any, seen: set[Reference], since_revision: int | None = None
    ) -> None:
        """Collect what a value refers to, as the library does; what refers to nothing adds nothing."""
        waiting = [obj]
        while waiting:
            each = waiting.pop()
            if isinstance(each, IndirectObject):
                reference = each.reference
                if reference in seen or not self._is_new(reference, since_revision):
                    continue
                seen.add(reference)
                each = self(reference)
            if isinstance(each, dict):
                waiting.extend(dict.values(each))
            elif isinstance(each, list):
                waiting.extend(list.__iter__(each))

    def _is_new(self, reference: Reference, since_revision: int | None) -> bool:
        if since_revision is None:
            return True
        try:
            return bool(self.reader.xrefs.get_introducing_revision(reference) >= since_revision)
        except KeyError:
            return False


class BudgetReader(PdfFileReader):
    """pyHanko's reader over a file in memory, strict unless told otherwise.

    Raises `OverBudgetError` past what `meter` has left, from whatever it is asked next, and for a malformed
    file whatever the library raises.
    """

    def __init__(self, data: bytes, meter: "Meter | None" = None, *, is_strict: bool = True) -> None:
        self.meter = meter or Meter(MAX_WORK)
        self._decoding = _MeteredDecoding(self.meter, len(data))
        self._numbers: dict[int, frozenset[int]] = {}
        super().__init__(_MeteredBytes(data, self.meter), strict=is_strict, decode_limits=_LIMITS)

    @property
    def decode_context(self) -> DecodeContext:
        """The limits on unpacking streams, for the library."""
        return self._decoding

    def get_object(self, ref: Reference, *args: Any, **more: Any) -> Any:
        """Look an object up, and count it."""
        self.meter.spend(_REFERENCE_WORK)
        return super().get_object(ref, *args, **more)  # type: ignore[no-untyped-call]  # the library says none

    def _read_object(self, ref: Reference, marker: Any, *args: Any, **more: Any) -> Any:
        """Read an object as the library does, but a reference to what is not in the file is null.

        Writers leave such references behind (ISO 32000-2 §7.3.10). That a later revision fills one in is for
        `signing.pades.allowed_change_rules` to notice.
        """
        if marker is not None:
            return super()._read_object(ref, marker, *args, **more)
        null = NullObject()
        null.container_ref = ref
        return null

    def numbers_until(self, revision: int) -> frozenset[int]:
        """Return the numbers of the objects that this revision or an earlier one lists, even freed ones."""
        if revision not in self._numbers:
            found = set() if revision == 0 else set(self.numbers_until(revision - 1))
            listed = [self.xrefs.get_xref_data(revision)]
            if listed[0].hybrid is not None:
                listed.append(listed[0].hybrid.xref_data)
            for each in listed:
                found.update(each.standard_xrefs, each.xrefs_in_objstm, each.freed)
            self._numbers[revision] = frozenset(found)
        return self._numbers[revision]

    def get_historical_resolver(self, revision: int) -> HistoricalResolver:
        """View the file as of a revision."""
        cache = self._historical_resolver_cache
        if revision not in cache:
            cache[revision] = _MeteredRevision(self, revision)
        return cache[revision]

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        stream: Any = Reference(stmnum, 0, self).get_object()
        data = stream.read_data(DecodePurpose.OBJECT_STREAM)
        self.meter.spend(_PACKED_WORK * idx + len(data) // _BYTES_A_UNIT)
        if _LONG_NUMBER.search(data):
            raise OverBudgetError
        if not data.endswith(b"\n"):
            # A comment that nothing ends would be read for ever.
            stream._data = data + b"\n"  # noqa: SLF001 - the library keeps it there, and has no other way
        found = super()._get_object_from_stream(idnum, stmnum, idx)  # type: ignore[no-untyped-call]  # as above
        self.meter.spend(_TOKEN_WORK * _count(found))
        return found


def _count(value: PdfObject) -> int:
    """Count the values an object consists of."""
    total, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        total += 1
        if isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(list.__iter__(each))
    return total
