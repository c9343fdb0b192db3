"""The bytes that a signature covers: all but its own value, and nothing else left out."""

import pytest
from support import pdfs

# Universal forgery: the signature's own entry is broken so that a careless verifier skips the check.


@pytest.mark.parametrize(
    ("ranges", "reason"),
    [
        (None, "pdf-signature-object"),
        (lambda **_: [], "pdf-byte-range"),
        (lambda begin, end, **_: [0, begin, end], "pdf-byte-range"),
        (lambda begin, end, length: [0, begin, end, length - end, 0, 0], "pdf-byte-range"),
        (lambda **_: [0, 0, 0, 0], "pdf-byte-range"),
        (lambda begin, end, length: [0, -begin, end, length - end], "pdf-byte-range"),
        (lambda begin, end, length: [-1, begin, end, length - end], "pdf-byte-range"),
        (lambda begin, end, length: [9, begin - 9, end, length - end], "pdf-byte-range"),
        (lambda begin, end, **_: [0, begin, end, 10**30], "pdf-byte-range"),
        (lambda begin, end, length: [0, begin, end, length - end + 1], "pdf-byte-range"),
        (lambda begin, end, length: [0, end, begin, length - begin], "pdf-byte-range"),
        (lambda begin, end, length: [0, begin + 1, end, length - end], "pdf-gap"),
        (lambda begin, end, length: [0, begin, end - 1, length - end], "pdf-gap"),
        (lambda begin, end, length: [0, begin, end - 2, length - end], "pdf-gap"),
        (lambda begin, end, length: [0, begin - 40, end, length - end], "pdf-gap"),
        (lambda begin, end, length: [0, begin, end + 40, length - end - 40], "pdf-gap"),
        (lambda begin, end, **_: [0, begin, end, 5], "pdf-coverage"),
        (lambda begin, end, length: [0, begin, end, length - end - 7], "pdf-coverage"),
    ],
)
def test_ranges_that_leave_anything_else_out_do_not_pass(ranges, reason):
    """Each is signed over exactly what it names, so that only the ranges themselves give it away."""
    verdict = pdfs.failed(pdfs.handmade(ranges=ranges))
    assert verdict.sub_indication == "FORMAT_FAILURE"
    assert dict(verdict.params)["reason"] == reason


def test_ranges_that_add_up_but_leave_out_the_end_do_not_pass():
    """As long as file and value together are, yet the end may be altered at will."""
    data = pdfs.handmade(ranges=lambda begin, end, length: [0, begin, begin + 1, length - end])
    assert pdfs.failed(data).sub_indication == "FORMAT_FAILURE"


def test_signed_bytes_moved_apart_do_not_pass():
    data = pdfs.handmade()
    begin = data.index(b"/Contents<") + 9
    end = data.index(b">", begin) + 1
    evil = b"<</Evil true>>" + b" " * 100
    moved = data[:end] + evil + data[end:]
    moved = moved.replace(b"%d %d]" % (end, len(data) - end), b"%d %d]" % (end + len(evil), len(data) - end))
    pdfs.failed(moved)
