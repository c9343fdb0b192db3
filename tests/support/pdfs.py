"""PDF files, signed ones, and what others do to them afterwards, byte by byte."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from support import pki

from nodes.pdf import Line, write_pdf
from signing import cms
from signing.pades import judge_pdf, read_pdf, sign_pdf
from signing.verdict import SignatureVerdict
from signing.verdict_vocabulary import Indication

CATALOG, PAGES, PAGE, TEXT, FONT = 1, 2, 3, 4, 5
FIELD = 90
"""Numbers of the objects in `sample()`."""
PAGE_VALUE = (
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %s/Resources<</Font<</F1 5 0 R>>>>%s>>"
)


def stream(content: bytes) -> bytes:
    return b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)


@cache
def sample() -> bytes:
    """A letter of one page."""
    return write_pdf("V/v kiểm tra", [Line("Số tiền: 1.000.000 đồng")], day="2019-06-03")


def sign(data: bytes, kind: Any = "person", signer: pki.Signer | None = None, **more: Any) -> bytes:
    """Sign as the sender's person or organisation."""
    by = signer or (pki.person() if kind == "person" else pki.organisation())
    return sign_pdf(data, by.certificate, by.key, by.chain, signing_time=pki.AT, kind=kind, **more)


@cache
def signed_by_person() -> bytes:
    return sign(sample())


@cache
def signed_by_both() -> bytes:
    return sign(signed_by_person(), "organisation")


def judge(data: bytes, **more: Any) -> tuple[SignatureVerdict, ...]:
    """Judge all signatures as the hub would, every path worked out anew."""
    covers = more.pop("covers", "a.pdf")
    return judge_pdf(read_pdf(data), covers, pki.context(**more))


def words(data: bytes) -> list[str]:
    """What became of each signature, in one word: `passed`, or the sub-indication."""
    return [verdict.sub_indication or "passed" for verdict in judge(data)]


def outcome(data: bytes) -> tuple[str, Any]:
    """Word and kind of change of the first signature."""
    verdict = judge(data)[0]
    return verdict.sub_indication or "passed", pki.check(verdict, "later-changes").found


def startxref(data: bytes) -> int:
    return int(re.findall(rb"startxref\s+(\d+)", data)[-1])


def information(data: bytes) -> bytes:
    """The entry of the last trailer for title and dates, which the next one has to repeat; may be empty."""
    named: list[bytes] = re.findall(rb"/Info \d+ 0 R", data)
    return b"".join(named[-1:])


def append(data: bytes, objects: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
    """Append a revision with these objects, as any editor does."""
    size = max(int(number) for number in re.findall(rb"/Size (\d+)", data))
    out = bytearray(data if data.endswith(b"\n") else data + b"\n")
    sections = []
    for number, value in sorted(objects.items()):
        sections.append(b"%d 1\n%010d 00000 n \n" % (number, len(out)))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    begin = len(out)
    out += b"xref\n%strailer\n<</Size %d/Root 1 0 R/Prev %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        b"".join(sections),
        max(size, *(number + 1 for number in objects)),
        startxref(data),
        trailer if b"/Info" in trailer else trailer + information(data),
        begin,
    )
    return bytes(out)


def current(data: bytes, number: int) -> bytes:
    """The newest value of an object, as written."""
    found = re.findall(rb"(?:^|\n)%d 0 obj\s(.*?)\nendobj" % number, data, re.DOTALL)
    return found[-1]


Ranges = Callable[..., list[int]]


def whole(begin: int, end: int, length: int) -> list[int]:
    """The ranges every signature should have: all but the value at `begin` to `end`."""
    return [0, begin, end, length - end]


def handmade(
    *,
    sub_filter: bytes = b"/SubFilter/ETSI.CAdES.detached",
    ranges: Ranges | None = whole,
    make: Callable[[bytes], bytes] | None = None,
    contents: Callable[[bytes], bytes] = lambda cms: b"<%s>" % cms.hex().encode().ljust(8000, b"0"),
    more: bytes = b"",
    tail: bytes = b"",
) -> bytes:
    """A signed PDF put together by hand, with every part of its signature as one likes.

    `ranges`: the `/ByteRange` from where the value begins and ends and how long the file is; `make`: the CMS
    over what the ranges cover; `contents`: how it is written; `more`: further entries; `tail`: follows all.
    """
    signer = pki.person()
    make = make or (lambda covered: cms.sign(covered, signer.certificate, signer.key, chain=signer.chain))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[5 0 R]>>>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[5 0 R]>>",
        4: b"<</Type/Sig/Filter/Adobe.PPKLite%s%s/ByteRange@@@@/Contents####>>" % (sub_filter, more),
        5: b"<</Type/Annot/Subtype/Widget/Rect[0 0 0 0]/FT/Sig/T(S)/V 4 0 R/P 3 0 R>>",
    }
    place = b"@" * 60
    empty = contents(b"")
    out = bytearray(b"%PDF-1.7\n")
    entries = [b"0000000000 65535 f \n"]
    for number, value in objects.items():
        entries.append(b"%010d 00000 n \n" % len(out))
        written = value.replace(b"@@@@", place).replace(b"####", empty)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    begin = len(out)
    out += b"xref\n0 6\n%strailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n%s" % (
        b"".join(entries),
        begin,
        tail,
    )
    start = out.index(b"/Contents") + len(b"/Contents")
    numbers = None if ranges is None else ranges(begin=start, end=start + len(empty), length=len(out))
    written = b" null" if numbers is None else b"[%s]" % b" ".join(b"%d" % number for number in numbers)
    out = out.replace(place, written.ljust(len(place)))
    covered = b""
    for offset, length in zip(*[iter(numbers or [])] * 2, strict=False):
        covered += out[max(offset, 0) : max(offset, 0) + max(length, 0)]
    filled = contents(make(bytes(covered)))
    assert len(filled) == len(empty)
    return bytes(out[:start] + filled + out[start + len(empty) :])


def form() -> bytes:
    """A letter with a text field, object `FIELD`, that is filled in."""
    field = (
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(Text)/Rect[300 300 400 320]/P 3 0 R/V(before)/DA(/F1 9 Tf)>>"
    )
    page = PAGE_VALUE % (b"4 0 R", b"/Annots[90 0 R]")
    catalog = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[90 0 R]/DA(/F1 9 Tf)>>>>"
    return append(sample(), {FIELD: field, PAGE: page, CATALOG: catalog})


def failed(data):
    """The one verdict on a file that must not pass, and was recognised as signed."""
    verdicts = judge(data)
    assert verdicts, "a signature was not seen"
    assert all(verdict.indication is not Indication.TOTAL_PASSED for verdict in verdicts)
    return verdicts[0]


def drawn(data):
    """Colours and words of the marks in a file."""
    forms = re.findall(rb"/Subtype /Form.*?stream\s(.*?)\sendstream", data, re.DOTALL)
    facts = json.loads(files("signing").joinpath("data/typeface/letters.json").read_text(encoding="utf-8"))
    letters = {b"%04X" % glyph: letter for letter, glyph in facts["glyphs"].items()}
    texts = [
        "".join(letters[text[start : start + 4]] for start in range(0, len(text), 4))
        for form in forms
        for text in re.findall(rb"<([0-9A-F]+)> Tj", form)
    ]
    return b" ".join(forms), " ".join(texts)
