"""Messages made to harm, none above a mebibyte on the wire, with what each has to be refused for."""

import base64
import functools
import struct
import zipfile

from support.edxml_messages import DOCUMENT, edited, with_file, zipped

from axis.protocol.edxml import NAMESPACE

MIB = 1024 * 1024
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
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
    """By name: the message, the code, and a word of the reason."""
    deep = b"<a>" * (MIB // 3)
    elements = ROOT + b"<a/>" * 250_000 + b"</edXML>"
    attributes = ROOT[:-1] + b"".join(b" a%d=''" % number for number in range(90_000)) + b"/>"
    spaces = b"".join(b" xmlns:a%d='u'" % number for number in range(50_000))
    files = {
        "zip bomb": (bomb(400 * MIB), "21", "zip-bomb"),
        "zip bomb in many entries": (overlapping(), None, ""),
        "zip bomb of bzip2": (
            zipped(("a", bytes(10 * MIB)), method=zipfile.ZIP_BZIP2),
            "21",
            "zip-unreadable",
        ),
        "zip bomb of lzma": (
            zipped(("a", bytes(10 * MIB)), method=zipfile.ZIP_LZMA),
            "21",
            "zip-unreadable",
        ),
    }
    return {
        "billion laughs": (in_document(b"<!DOCTYPE a [%b]>" % LAUGHS), CODE, "xml-doctype"),
        "quadratic blow-up": (
            in_document(b'<!DOCTYPE a [<!ENTITY a "%b">]>' % (b"a" * 400_000)),
            CODE,
            "xml-doctype",
        ),
        "external entity": (
            in_document(b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>'),
            CODE,
            "xml-doctype",
        ),
        "external entity of the net": (
            in_document(b'<!DOCTYPE a [<!ENTITY a SYSTEM "http://192.0.2.1/a">]>'),
            CODE,
            "xml-doctype",
        ),
        "external subset": (
            in_document(b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd">'),
            CODE,
            "xml-doctype",
        ),
        "parameter entity": (
            in_document(b'<!DOCTYPE a [<!ENTITY %% b SYSTEM "http://192.0.2.1/a"> %%b;]>'),
            CODE,
            "xml-doctype",
        ),
        "entity nobody declared": (in_subject(b"&a;"), CODE, "xml-malformed"),
        "depth": (deep, CODE, "xml-too-deep"),
        "depth within a field": (in_subject(b"<a>" * 300_000), CODE, "xml-too-deep"),
        "elements": (elements, CODE, "xml-too-large"),
        "attributes": (attributes, CODE, "xml-too-large"),
        "prefixes": (ROOT[:-1] + spaces + b"/>", CODE, "xml-too-large"),
        "comment": (ROOT + b"<!--" + b"a" * 900_000, CODE, "xml-too-large"),
        "name": (b"<" + b"a" * 900_000, CODE, "xml-too-large"),
        "long field": (in_subject(b"a" * 900_000), CODE, "field-too-long"),
        "references to characters": (in_subject(b"&#97;" * 180_000), CODE, "field-too-long"),
        "utf-16": (DOCUMENT.decode().encode("utf-16-be"), CODE, "encoding"),
        "NUL in a name": (named("a\x00.txt"), CODE, "xml-malformed"),
        "NUL in a name, referred to": (named("a&#0;.txt"), CODE, "xml-malformed"),
        "path": (named("../../etc/cron.d/a"), "21", "name-refused"),
        "absolute path": (named("/etc/passwd"), "21", "name-refused"),
        "path of windows": (named("..\\..\\boot.ini"), "21", "name-refused"),
        "drive": (named("C:\\boot.ini"), "21", "name-refused"),
        "dots": (named(".."), "21", "name-refused"),
        "name turned about": (named("a\u202efdp.exe"), "21", "name-refused"),
        "line end in a name": (named("a&#10;b.txt"), "21", "name-refused"),
        "long name": (named("a" * 60_000), "21", "name-refused"),
        "name of marks": (named("e" + "\u0300\u0316" * 30_000), "21", "name-refused"),
        "broken base64": (with_files(2, "a.txt", b"a").replace(b">YQ==<", b">Y*==<"), "21", "base64-broken"),
        "base64 of spaces": (
            with_files(2, "a.txt", b"a").replace(b">YQ==<", b">" + b"AB " * 300_000 + b"A<"),
            "21",
            "base64-broken",
        ),
        "three hundred files": (with_files(300, "a.txt", b"a"), "10", "too-many-attachments"),
        "files that come to much": (with_files(60, "a.txt", bomb(MIB)), "21", "zip-bomb"),
        **{
            name: (with_file("so-lieu.txt", content, "application/zip"), code, word)
            for name, (content, code, word) in files.items()
        },
        "archives within archives": (with_file("a.txt", bomb(400 * MIB, 3), "application/zip"), None, ""),
        "archive sent as one": (with_file("42.zip", bomb(400 * MIB, 2), "application/zip"), None, ""),
    }
