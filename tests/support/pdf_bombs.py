"""Signed PDF files made to cost a reader its time, its memory or its stack. None may do so here.

Run as a program with the names of bombs it reads them and prints its size, resident MiB, and what came of it.
"""

import resource
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

from support import pdfs


def _stream(dictionary: bytes, content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (dictionary, len(packed), packed)


def _with_list(data: bytes, widths: bytes, index: bytes, content: bytes, objects: bytes = b"") -> bytes:
    """Append a revision whose list of objects is a stream."""
    begin = len(data) + len(objects)
    value = _stream(
        b"/Type/XRef/Size 2000000000/W[%s]/Index[%s]/Root 1 0 R/Prev %d"
        % (widths, index, pdfs.startxref(data)),
        content,
    )
    return data + objects + b"99 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (value, begin)


def _packed(content: bytes, first: bytes = b"90 0 ") -> bytes:
    """Append a revision with object 90 as the catalog's /Extra in an object stream holding `content`."""
    data = pdfs.signed_by_person()
    objects = {91: _stream(b"/Type/ObjStm/N 1/First %d" % len(first), first + content)}
    catalog = pdfs.current(data, pdfs.CATALOG)[:-2] + b"/Extra 90 0 R>>"
    begin = len(data)
    out = b"91 0 obj\n%s\nendobj\n" % objects[91]
    other = begin + len(out)
    out += b"1 0 obj\n%s\nendobj\n" % catalog
    here = begin + len(out)
    rows = [(1, other, 0), (2, 91, 0), (1, begin, 0), (1, here, 0)]
    listed = b"".join(
        bytes([kind]) + place.to_bytes(4, "big") + bytes([index]) for kind, place, index in rows
    )
    value = _stream(
        b"/Type/XRef/Size 100/W[1 4 1]/Index[1 1 90 2 99 1]/Root 1 0 R/Prev %d" % pdfs.startxref(data), listed
    )
    return data + out + b"99 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (value, here)


def _extended(value: bytes) -> bytes:
    """Append a revision whose catalog holds `value`."""
    data = pdfs.signed_by_person()
    catalog = pdfs.current(data, pdfs.CATALOG)
    return pdfs.append(data, {pdfs.CATALOG: catalog[: catalog.rindex(b">>")] + b"/Extra %s>>" % value})


def _diamond() -> bytes:
    """Each object refers to the next one twice: 2^60 ways to the last, all compared after a later change."""
    doubled = {100 + number: b"[%d 0 R %d 0 R]" % (101 + number, 101 + number) for number in range(60)}
    catalog = b"<</Type/Catalog/Pages 2 0 R/Extra 100 0 R>>"
    signed = pdfs.sign(pdfs.append(pdfs.sample(), {pdfs.CATALOG: catalog, **doubled, 160: b"null"}))
    return pdfs.append(signed, {pdfs.TEXT: pdfs.stream(b"BT ET")})


def _loop_of_lists() -> bytes:
    data = pdfs.append(pdfs.signed_by_person(), {90: b"null"})
    before = b"/Prev %d" % pdfs.startxref(pdfs.signed_by_person())
    return data.replace(before, b"/Prev %d" % pdfs.startxref(data))


def _comment_without_end() -> bytes:
    data = pdfs.signed_by_person()
    catalog = pdfs.current(data, pdfs.CATALOG)
    appended = pdfs.append(data, {pdfs.CATALOG: catalog})
    at = len(appended)
    place = b"%010d" % appended.rindex(b"1 0 obj\n")
    return appended.replace(place, b"%010d" % at) + b"1 0 obj\n%" + b"x" * 100


def _field_of(value: bytes, more: dict[int, bytes]) -> bytes:
    data = pdfs.handmade()
    catalog = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[%s]>>>>" % value
    return pdfs.append(data, {pdfs.CATALOG: catalog, **more})


def _crowd() -> bytes:
    fields = {100 + number: b"<</FT/Sig/T(S%d)/V %d 0 R>>" % (number, 200 + number) for number in range(50)}
    values = {200 + number: pdfs.current(pdfs.handmade(), 4) for number in range(50)}
    return _field_of(b" ".join(b"%d 0 R" % number for number in fields), {**fields, **values})


BOMBS: dict[str, Callable[[], bytes]] = {
    "ways beyond count": _diamond,
    "a list in a circle": _loop_of_lists,
    "a list of entries without width": lambda: _with_list(
        pdfs.signed_by_person(), b"0 0 0", b"0 2000000000", b""
    ),
    "a list of two million entries": lambda: _with_list(
        pdfs.signed_by_person(), b"1 0 0", b"0 2000000", b"\1" * 2_000_000
    ),
    "a list that unpacks without end": lambda: _with_list(
        pdfs.signed_by_person(), b"1 4 1", b"0 4", b"\1" * 10_000_000
    ),
    "a comment without end": _comment_without_end,
    "a packed comment without end": lambda: _packed(b"%" + b"x" * 10),
    "packed numbers": lambda: _packed(b"[" + b"0 " * 5_000_000 + b"]"),
    "packed numbers, fewer": lambda: _packed(b"[" + b"0 " * 500_000 + b"]"),
    "numbers": lambda: _extended(b"[" + b"0 " * 3_000_000 + b"]"),
    "nulls": lambda: _extended(b"[" + b"null " * 2_000_000 + b"]"),
    "names": lambda: _extended(b"[" + b"/A" * 3_000_000 + b"]"),
    "deep arrays": lambda: _extended(b"[" * 100_000 + b"]" * 100_000),
    "deep dictionaries": lambda: _extended(b"<</A" * 100_000 + b" 0" + b">>" * 100_000),
    "packed deep arrays": lambda: _packed(b"[" * 100_000),
    "a long number": lambda: _extended(b"1" * 3_000_000),
    "a long packed number": lambda: _packed(b"1." + b"1" * 500_000),
    "a long string": lambda: _extended(b"(" + b"a" * 5_000_000 + b")"),
    "a long value in hexadecimal": lambda: _extended(b"<" + b"61" * 3_000_000 + b">"),
    "white space after a number": lambda: _orphan(b"0" + b" " * 12_000_000),
    "comments after a number": lambda: _orphan(b"0" + b"%\n" * 6_000_000),
    "headers in no list": lambda: _orphan(b" obj" * 3_000_000),
    "fields in a circle": lambda: _field_of(
        b"100 0 R", {100: b"<</T(A)/Kids[101 0 R]>>", 101: b"<</T(B)/Kids[100 0 R]>>"}
    ),
    "pages in a circle": lambda: pdfs.append(
        pdfs.signed_by_person(), {pdfs.PAGES: b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>"}
    ),
    "a crowd of signatures": _crowd,
    "hundreds of revisions": lambda: _revisions(300),
}


def _orphan(content: bytes) -> bytes:
    """Append a stream that nobody uses, unpacked."""
    return pdfs.append(pdfs.signed_by_person(), {90: pdfs.stream(content)})


def _revisions(count: int) -> bytes:
    data = pdfs.signed_by_person()
    for _ in range(count):
        data = pdfs.append(data, {90: b"null"})
    return data


def _peak_mib() -> int:
    """The most memory this program held. Not `ru_maxrss` where it can be told otherwise: that counts from
    before the program began, and so holds what its parent held.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    (line,) = (line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


def main() -> None:
    """Read the bombs named as arguments, all without any."""
    for name in sys.argv[1:] or BOMBS:
        data = BOMBS[name]()
        found = pdfs.read_pdf(data)
        mib = _peak_mib()
        said = [(each.problem, each.changes, each.because) for each in found.signatures]
        print(f"{name}\t{len(data)}\t{mib}\t{found.problem} {said[:2]}")


if __name__ == "__main__":
    main()
