"""Files made to cost a reader its time or memory are given up, and nothing is said against them."""

import os
import subprocess
import sys
import traceback
import zlib

import pytest
from pyhanko.pdf_utils.misc import PdfReadError
from support import pdfs, project
from support.effort import times
from support.pdf_bombs import BOMBS
from support.waiting import GUARD_SECONDS

from signing.pades import read_pdf
from signing.pades.budget import Meter

MAX_MIB = 256


@pytest.mark.slow
def test_no_bomb_takes_more_than_its_share():
    """All in one process of their own, so that its peak of memory is theirs."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(project.ROOT), str(project.ROOT / "tests")]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "support.pdf_bombs"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=GUARD_SECONDS,
    )
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [line[0] for line in lines] == list(BOMBS)
    assert max(int(line[2]) for line in lines) < MAX_MIB
    assert done.stderr == ""


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">%s</x:xmpmeta>'


def metadata(text):
    packed = zlib.compress(XMP % text)
    head = b"<</Type/Metadata/Subtype/XML/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    return head + packed + b"\nendstream"


def with_metadata(data):
    catalog = pdfs.current(data, pdfs.CATALOG)
    named = catalog[: catalog.rindex(b">>")] + b"/Metadata 90 0 R>>"
    return pdfs.append(data, {pdfs.CATALOG: named, 90: metadata(b"")})


class LittleMemory:
    """Lets memory run out at one of the steps of reading; at none where `last` is 0."""

    def __init__(self, *, is_wrapped):
        self.is_wrapped, self.steps, self.last = is_wrapped, 0, 0

    def step(self, _units):
        self.steps += 1
        if self.last and self.steps >= self.last:
            error = MemoryError()
            reading = {frame.f_code.co_name for frame, _ in traceback.walk_stack(None)}
            # As the library does, where it reads names and metadata, but not where it looks for a file's end.
            if self.is_wrapped and "process_data_at_eof" not in reading:
                raise PdfReadError("malformed") from error
            raise error


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_memory_that_runs_out_is_never_a_finding_about_the_file(monkeypatch, is_wrapped):
    """How much there is differs from machine to machine: whoever keeps the process answers for it."""
    signed = pdfs.sign(pdfs.sign(with_metadata(pdfs.sample())), "organisation")
    data = pdfs.append(signed, {90: metadata(b" ")})
    memory = LittleMemory(is_wrapped=is_wrapped)
    monkeypatch.setattr(Meter, "spend", lambda _meter, units: memory.step(units))
    assert len(read_pdf(data).signatures) == 2
    for last in range(1, memory.steps, max(1, memory.steps // times(60))):
        memory.last, memory.steps = last, 0
        with pytest.raises(MemoryError):
            read_pdf(data)


def test_metadata_too_large_to_compare_leave_it_open():
    signed = pdfs.sign(with_metadata(pdfs.sample()))
    assert pdfs.words(pdfs.append(signed, {90: metadata(b" " * 9_999)})) == ["passed"]
    (verdict,) = pdfs.judge(pdfs.append(signed, {90: metadata(b" " * 2_000_000)}))
    assert (verdict.sub_indication, dict(verdict.params)["reason"]) == ("GENERIC", "pdf-over-budget")
