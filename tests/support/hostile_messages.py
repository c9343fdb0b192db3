"""Messages made to harm, none above a mebibyte on the wire, with what each has to be refused for."""

import base64
import functools
import struct
import zipfile

from support.edxml_messages import DOCUMENT, edited, with_file, zipped

from axis.protocol.edxml import NAMESPACE

MIB = 1024 * 1024
ROOT = b'<edXML xmlns="%b">' % NAMESPACE.encode()
LAUGHS = b"".join(
    b'<!ENTITY l%d "%b">' % (level, b"&l%d;" % (level - 1) * 10 if level else b"ha") for level in range(10)
)
CODE = "22"
"""Of a message that is no good edXML; 21 is a file's that cannot be opened, 10 one's that is no file."""


def in_document(doctype):
    """The good document behind a DOCTYPE, its subject an entity of it."""
    message = edited(DOCUMENT, ("<edXML:Subject>V/v kiểm tra đường truyền", "<edXML:Subject>&a;"))
    return message.replace(b"?>\n", b"?>\n" + doctype, 1)


def in_subject(text):
    return edited(DOCUMENT, ("<edXML:Subject>V/v kiểm tra đường truyền", b"<edXML:Subject>" + text))


def named(name):
    return with_file(name, b"a")


def with_files(count, name, content):
    """The document with so many files of one content."""
    encoded = base64.b64encode(content)
    reference = "<edXML:Reference><edXML:ContentId>cid:{0}</edXML:ContentId></edXML:Reference>"
    files = b"".join(
        b"<Attachment><ContentId>cid:%d</ContentId><AttachmentName>%d-%b</AttachmentName>"
        b"<edXML:ContentTransferEncoded xmlns:edXML='%b'>%b</edXML:ContentTransferEncoded></Attachment>"
        % (number, number, name.encode(), NAMESPACE.encode(), encoded)
        for number in range(2, count + 1)
    )
    references = "".join(reference.format(number) for number in range(2, count + 1)).encode()
    message = DOCUMENT.replace(b"</edXML:edXMLManifest>", references + b"</edXML:edXMLManifest>")
    return message.replace(b"</AttachmentEncoded>", files + b"</AttachmentEncoded>")


@functools.cache
def bomb(size, levels=1):
    """An archive of an archive … of so many zeros."""
    return zipped(("a", bytes(size) if levels == 1 else bomb(size, levels - 1)))


@functools.cache
def overlapping(size=20 * MIB, entries=10):
    """An archive whose entries are all one and the same stream."""
    archive = bytearray(zipped(("a", bytes(size))))
    start = archive.index(b"PK\x01\x02")
    end = archive.index(b"PK\x05\x06")
    directory, tail = bytes(archive[start:end]) * entries, bytearray(archive[end:])
    tail[8:20] = struct.pack("<HHII", entries, entries, len(directory), start)
    return bytes(archive[:start]) + directory + bytes(tail)


@functools.cache
def messages():
    """By name: the message or what makes it, the code, and a word of the reason; None where it is taken."""
    return _expanding() | _growing() | _named() | _filed()


@functools.cache
def message(name):
    """The message itself, its code and reason; bombs take seconds to make, so each is made when asked for."""
    made, code, reason = messages()[name]
    return made() if callable(made) else made, code, reason


def _expanding():
    """Messages that would grow or reach out if anything of a DOCTYPE were done."""
    types = {
        "billion laughs": b"<!DOCTYPE a [%b]>" % LAUGHS,
        "quadratic blow-up": b'<!DOCTYPE a [<!ENTITY a "%b">]>' % (b"a" * 400_000),
        "external entity": b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        "external entity of the net": b'<!DOCTYPE a [<!ENTITY a SYSTEM "http://192.0.2.1/a">]>',
        "external subset": b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd">',
        "parameter entity": b'<!DOCTYPE a [<!ENTITY %% b SYSTEM "http://192.0.2.1/a"> %%b;]>',
    }
    found = {name: (in_document(doctype), CODE, "xml-doctype") for name, doctype in types.items()}
    return found | {"entity nobody declared": (in_subject(b"&a;"), CODE, "xml-malformed")}


def _growing():
    """Messages of much of one thing."""
    attributes = b"".join(b" a%d=''" % number for number in range(90_000))
    prefixes = b"".join(b" xmlns:a%d='u'" % number for number in range(50_000))
    return {
        "depth": (b"<a>" * (MIB // 3), CODE, "xml-too-deep"),
        "depth within a field": (in_subject(b"<a>" * 300_000), CODE, "xml-too-deep"),
        "elements": (ROOT + b"<a/>" * 250_000 + b"</edXML>", CODE, "xml-too-large"),
        "attributes": (ROOT[:-1] + attributes + b"/>", CODE, "xml-too-large"),
        "prefixes": (ROOT[:-1] + prefixes + b"/>", CODE, "xml-too-large"),
        "comment": (ROOT + b"<!--" + b"a" * 900_000, CODE, "xml-too-large"),
        "name": (b"<" + b"a" * 900_000, CODE, "xml-too-large"),
        "long field": (in_subject(b"a" * 900_000), CODE, "field-too-long"),
        "references to characters": (in_subject(b"&#97;" * 180_000), CODE, "field-too-long"),
        "utf-16": (DOCUMENT.decode().encode("utf-16-be"), CODE, "encoding"),
    }


def _named():
    """Messages with a file of a name that would do harm."""
    names = {
        "path": "../../etc/cron.d/a",
        "absolute path": "/etc/passwd",
        "path of windows": "..\\..\\boot.ini",
        "drive": "C:\\boot.ini",
        "dots": "..",
        "name turned about": "a\u202efdp.exe",
        "line end in a name": "a&#10;b.txt",
        "long name": "a" * 60_000,
        "name of marks": "e" + "\u0300\u0316" * 30_000,
    }
    found = {case: (named(name), "21", "name-refused") for case, name in names.items()}
    return found | {
        "NUL in a name": (named("a\x00.txt"), CODE, "xml-malformed"),
        "NUL in a name, referred to": (named("a&#0;.txt"), CODE, "xml-malformed"),
    }


def _in_file(make):
    return with_file("so-lieu.txt", make(), "application/zip")


def _filed():
    """Messages with files that would come to much, and such as only look so."""
    two = with_files(2, "a.txt", b"a")
    contents = {
        "zip bomb": (lambda: bomb(400 * MIB), "21", "zip-bomb"),
        "zip bomb of bzip2": (
            lambda: zipped(("a", bytes(10 * MIB)), method=zipfile.ZIP_BZIP2),
            "21",
            "zip-unreadable",
        ),
        "zip bomb of lzma": (
            lambda: zipped(("a", bytes(10 * MIB)), method=zipfile.ZIP_LZMA),
            "21",
            "zip-unreadable",
        ),
        "zip bomb in many entries": (overlapping, None, ""),
        "archives within archives": (lambda: bomb(400 * MIB, 3), None, ""),
    }
    found = {
        name: (functools.partial(_in_file, make), code, reason)
        for name, (make, code, reason) in contents.items()
    }
    return found | {
        "archive sent as one": (
            lambda: with_file("42.zip", bomb(400 * MIB, 2), "application/zip"),
            None,
            "",
        ),
        "broken base64": (two.replace(b">YQ==<", b">Y*==<"), "21", "base64-broken"),
        "base64 of spaces": (
            two.replace(b">YQ==<", b">" + b"AB " * 300_000 + b"A<"),
            "21",
            "base64-broken",
        ),
        "three hundred files": (with_files(300, "a.txt", b"a"), "10", "too-many-attachments"),
        "files that come to much": (lambda: with_files(60, "a.txt", bomb(MIB)), "21", "zip-bomb"),
    }
