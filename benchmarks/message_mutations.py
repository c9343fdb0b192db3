"""Makes mutants of edXML messages: of their elements, of the texts in them, and of their bytes.

The same random source gives the same mutants.
"""

import base64
import io
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from benchmarks.hostile_values import HOSTILE, TEXTS, values_for

__all__ = ["elements", "mutant", "restyled"]

NAMESPACE: Final = b"http://www.mic.gov.vn/TBT/QCVN_102_2016"
MAX_BYTES: Final = 256 * 1024
"""Mutants that grow beyond it only take longer."""
_TAG: Final = re.compile(rb"<(/?)([A-Za-z_][\w.:-]*)([^<>]*?)(/?)>")
_ODD_BYTES: Final = b"<>&/\"'=:;!?#[]-\x00\x01\x0b\x1f\x7f\x80\xbf\xc0\xc3\xed\xf0\xfe\xff \t\r\n09azAZ"
_NAMES: Final = (
    *(b"From", b"To", b"OrganId", b"DocumentId", b"Code", b"Subject", b"StatusCode", b"ResponseFor"),
    *(b"Bussiness", b"Business", b"BussinessDocType", b"TraceHeaderList", b"TraceHeader", b"Receiver"),
    *(b"ReplacementInfo", b"OrganIdList", b"AttachmentEncoded", b"Attachment", b"ContentId", b"edXML"),
    *(b"ContentTransferEncoded", b"edXMLEnvelope", b"edXMLHeader", b"edXMLBody", b"edXMLManifest"),
    *(b"Reference", b"Signature", b"DigitalSignature", b"MessageHeader", b"Timestamp", b"Description"),
    *(b"x", b"organid", "Đơn".encode(), b"a" * 5000, b"xml", b"a.b-c_d"),
)
_PREFIXES: Final = (b"", b"edXML:", b"xlink:", b"x:", b"xml:", b"xmlns:", b"edxml:", b"a:b:", b":")
_SPACES: Final = (
    *(b"", NAMESPACE, NAMESPACE + b"/", NAMESPACE.lower(), b"http://www.w3.org/1999/xlink", b" "),
    *(b"http://www.w3.org/2000/09/xmldsig#", b"http://www.w3.org/2000/xmlns/", b"&#x1;", b"a" * 3000),
)
_ATTRIBUTES: Final = (
    *(b' a="1"', b' a="1" a="2"', b" a=1", b' xlink:href="cid:1"', b' x:y="1"', b' xml:lang="vi"'),
    *(b' xsi:nil="true"', b' xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="cid:cid:1"'),
    b"".join(b" a%d=''" % number for number in range(70)),
    b"".join(b" xmlns:p%d='u'" % number for number in range(70)),
    *(b' xmlns:edXML=""', b' xmlns=""', b' xml:base="../"', b' version="9"', b' a="' + b"b" * 9000 + b'"'),
)
_INSIDE: Final = (
    *(b"<!-- -->", b"<!-- -- -->", b"<?pi a?>", b"<![CDATA[]]>", b"<![CDATA[a<b]]>", b"]]>", b"&amp;"),
    *(b"&lt;", b"&b;", b"&#0;", b"&#13;", b"&#xFFFE;", b"&#x10FFFF;", b"<x/>", b"<x>a</x>", b"&", b"<"),
    *(b"<!DOCTYPE a>", b"<!ENTITY a 'b'>", b'<xi:include href="/etc/passwd"/>', b"<a>" * 40, b"\x00"),
)
_HEADS: Final = (
    *(b"", b"\xef\xbb\xbf", b"\xff\xfe", b"junk ", b" \r\n\t", b"\x00", b"\xef\xbb\xbf\xef\xbb\xbf"),
    *(
        b"<!-- -->",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
        b"<?xml version='1.0'?>",
        b"\x1f\x8b\x08",
        b"PK\x03\x04",
    ),
    *(b"<?xml version='1.1'?>", b"<?xml version='1.0' encoding='UTF-16'?>", b"<?xml encoding='x'?>"),
    b"<?xml version='1.0' encoding='windows-1258' standalone='no'?>",
)
_ENCODINGS: Final = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "latin-1", "cp1258", "cp037")


class Element(NamedTuple):
    """Where an element stands: its whole, and what is between its tags."""

    start: int
    inner: int
    inner_end: int
    end: int
    name: bytes
    """With its prefix."""

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(b":")[2].decode("utf-8", "replace")


Change = Callable[[bytes, Sequence[Element], Sequence[bytes], random.Random], bytes]
"""Of a message, its elements, and other messages to take from."""


def elements(data: bytes) -> list[Element]:
    """Find the elements of a message, in the order of their ends; tags without a partner are left out."""
    found: list[Element] = []
    opened: list[tuple[bytes, int, int]] = []
    for tag in _TAG.finditer(data):
        closing, name, _, empty = tag.groups()
        if empty:
            found.append(Element(tag.start(), tag.end(), tag.end(), tag.end(), name))
        elif not closing:
            opened.append((name, tag.start(), tag.end()))
        elif opened and opened[-1][0] == name:
            _, start, inner = opened.pop()
            found.append(Element(start, inner, tag.start(), tag.end(), name))
    return found


def restyled(data: bytes, source: random.Random) -> bytes:
    """Write a message as another implementation would: with another prefix or none, or without line ends."""
    match source.randrange(6):
        case 0:
            data = data.replace(b"<edXML:", b"<").replace(b"</edXML:", b"</")
        case 1:
            data = re.sub(rb"(</?)edXML:", rb"\1ns2:", data).replace(b"xmlns:edXML=", b"xmlns:ns2=")
        case 2:
            data = re.sub(rb">\s+<", b"><", data)
        case 3:
            data = data.replace(b"\n", b"\r\n")
        case _:
            pass
    return data


def mutant(data: bytes, others: Sequence[bytes], source: random.Random) -> bytes:
    """Change a message; most mutants have a single change, some up to four."""
    for _ in range(1 + int(source.random() ** 3 * 4)):
        found = elements(data)
        if found and source.random() < 0.9:
            change = source.choices(_CHANGES, _WEIGHTS)[0]
            data = change(data, found, others, source)
        else:
            data = source.choice((_bytes, _bytes, _head, _encoding, _cut))(data, source)
        data = data[:MAX_BYTES]
    return data


def _swap_text(
    data: bytes, found: Sequence[Element], _others: Sequence[bytes], source: random.Random
) -> bytes:
    """Put another value into a field, most often one that its kind of field is known to suffer from."""
    fields = [each for each in found if data.find(b"<", each.inner, each.inner_end) < 0] or found
    field = source.choice(fields)
    if field.local == "ContentTransferEncoded":
        return _splice(data, field.inner, field.inner_end, _content(data, field, source))
    pick = source.random()
    if pick < 0.6:
        value = source.choice(values_for(field.local))
    elif pick < 0.8:
        value = source.choice(TEXTS)
    else:
        value = source.choice(source.choice(HOSTILE))
    return _splice(data, field.inner, field.inner_end, value)


def _drop(data: bytes, found: Sequence[Element], _others: Sequence[bytes], source: random.Random) -> bytes:
    one = source.choice(found)
    return _splice(data, one.start, one.end, b"")


def _empty(data: bytes, found: Sequence[Element], _others: Sequence[bytes], source: random.Random) -> bytes:
    one = source.choice(found)
    return _splice(data, one.inner, one.inner_end, b"")


def _double(data: bytes, found: Sequence[Element], _others: Sequence[bytes], source: random.Random) -> bytes:
    one = source.choice(found)
    times = source.choice((1, 1, 1, 2, 200))
    return _splice(data, one.end, one.end, data[one.start : one.end] * times)


def _move(data: bytes, found: Sequence[Element], _others: Sequence[bytes], source: random.Random) -> bytes:
    one, to = source.choice(found), source.choice(found)
    place = source.choice((to.start, to.inner, to.end))
    taken = data[one.start : one.end]
    if place >= one.end:
        return data[: one.start] + data[one.end : place] + taken + data[place:]
    if place <= one.start:
        return data[:place] + taken + data[place : one.start] + data[one.end :]
    return _splice(data, place, place, taken)


def _rename(data: bytes, found: Sequence[Element], _others: Sequence[bytes], source: random.Random) -> bytes:
    one = source.choice(found)
    prefix, colon, local = one.name.rpartition(b":")
    match source.randrange(4):
        case 0:
            name = source.choice(_PREFIXES) + local
        case 1:
            name = prefix + colon + source.choice(_NAMES)
        case 2:
            name = prefix + colon + source.choice(found).name.rpartition(b":")[2]
        case _:
            name = prefix + colon + source.choice((local.upper(), local + b"s", local[:-1], local[::-1]))
    opening = data[one.start : one.inner].replace(one.name, name, 1)
    closing = data[one.inner_end : one.end].replace(one.name, name, 1)
    return data[: one.start] + opening + data[one.inner : one.inner_end] + closing + data[one.end :]


def _nest(data: bytes, found: Sequence[Element], _others: Sequence[bytes], source: random.Random) -> bytes:
    one = source.choice(found)
    times = source.choice((1, 1, 2, 30, 300))
    opening, closing = data[one.start : one.inner], data[one.inner_end : one.end]
    return data[: one.start] + opening * times + data[one.start : one.end] + closing * times + data[one.end :]


def _attribute(
    data: bytes, found: Sequence[Element], _others: Sequence[bytes], source: random.Random
) -> bytes:
    one = source.choice(found)
    at = one.start + 1 + len(one.name)
    if source.random() < 0.5:
        return _splice(data, at, at, source.choice(_ATTRIBUTES))
    prefix = one.name.rpartition(b":")[0]
    declared = b":" + prefix if prefix and source.random() < 0.7 else b""
    return _splice(data, at, at, b" xmlns%b='%b'" % (declared, source.choice(_SPACES)))


def _inside(data: bytes, found: Sequence[Element], _others: Sequence[bytes], source: random.Random) -> bytes:
    one = source.choice(found)
    place = source.choice((one.start, one.inner, one.inner_end, one.end))
    return _splice(data, place, place, source.choice(_INSIDE))


def _graft(data: bytes, found: Sequence[Element], others: Sequence[bytes], source: random.Random) -> bytes:
    """Put an element of another message in the place of one, of the same name where there is one."""
    other = source.choice(others) if others else data
    donors = elements(other)
    if not donors:
        return data
    one = source.choice(found)
    alike = [each for each in donors if each.local == one.local]
    donor = source.choice(alike if alike and source.random() < 0.8 else donors)
    end = one.end if source.random() < 0.7 else one.start
    return _splice(data, one.start, end, other[donor.start : donor.end])


def _content(data: bytes, field: Element, source: random.Random) -> bytes:
    """Damage a file's base64, or the archive within it."""
    encoded = data[field.inner : field.inner_end]
    place = source.randrange(len(encoded) + 1)
    odd = source.choice((b"=", b"==", b"*", b" ", b"\n", b"-_", b"\xc3\xa9", b"A", b"AAAA", b"\r\n\t"))
    forms = (
        encoded[:place],
        encoded[:place] + odd + encoded[place:],
        encoded + odd,
        b"".join(encoded[at : at + 76] + b"\r\n" for at in range(0, len(encoded), 76)),
        b"",
        base64.b64encode(source.choice(_ARCHIVES)),
    )
    return source.choice(forms) if source.random() < 0.75 else _damaged(encoded, source)


def _damaged(encoded: bytes, source: random.Random) -> bytes:
    try:
        content = bytearray(base64.b64decode(encoded))
    except ValueError:
        return encoded[1:]
    for _ in range(source.randint(1, 3)):
        if content:
            content[source.randrange(len(content))] = source.randrange(256)
    return base64.b64encode(bytes(content))


def _packed(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in entries:
            entry = zipfile.ZipInfo(name)  # with a fixed time, so that a seed gives the same mutants
            entry.compress_type = method
            archive.writestr(entry, content)
    return packed.getvalue()


_ARCHIVES: Final = (
    _packed(("a", b"letter")),
    _packed(("../../a", b"letter")),
    _packed(("a", b"")),
    _packed(),
    _packed(("a", b"1"), ("b", b"2")),
    _packed(("a", bytes(3_000_000))),
    _packed(("a", b"letter"), method=zipfile.ZIP_LZMA),
    _packed(("a", b"letter"), method=zipfile.ZIP_BZIP2),
    _packed(("a.zip", _packed(("a", bytes(200_000))))),
    _packed(("a/", b"")),
    b"PK\x03\x04",
    b"PK\x05\x06" + bytes(18),
    b"%PDF-1.7 /ByteRange [0 1 2 3] /Sig",
    b"<a xmlns='http://www.w3.org/2000/09/xmldsig#'/>",
)


def _bytes(data: bytes, source: random.Random) -> bytes:
    at = source.randrange(len(data) + 1)
    match source.randrange(5):
        case 0:
            return _splice(data, at, at + 1, bytes((source.randrange(256),)))
        case 1:
            return _splice(data, at, at, bytes((source.choice(_ODD_BYTES),)))
        case 2:
            return _splice(data, at, at + source.randint(1, 60), b"")
        case 3:
            return _splice(data, at, at, data[at : at + source.randint(1, 80)])
        case _:
            return _splice(data, at, at, source.randbytes(source.randint(1, 12)))


def _head(data: bytes, source: random.Random) -> bytes:
    keep = data.find(b"?>") + 2 if source.random() < 0.5 else 0
    return source.choice(_HEADS) + data[keep:]


def _encoding(data: bytes, source: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(source.choice(_ENCODINGS), "replace")


def _cut(data: bytes, source: random.Random) -> bytes:
    return data[: source.randrange(len(data) + 1)]


def _splice(data: bytes, start: int, end: int, value: bytes) -> bytes:
    return data[:start] + value + data[end:]


_CHANGES: Final[tuple[Change, ...]] = (
    _swap_text,
    _drop,
    _empty,
    _double,
    _move,
    _rename,
    _nest,
    _attribute,
    _inside,
    _graft,
)
_WEIGHTS: Final = (60, 6, 4, 5, 5, 5, 2, 7, 8, 12)
