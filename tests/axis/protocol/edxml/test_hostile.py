"""Across modules: messages made to harm are refused at once and cheaply."""

import random
import struct
import tracemalloc
import zipfile

import pytest
from support.counted_calls import calls_of
from support.edxml_messages import (
    DOCUMENT,
    STATUS,
    edited,
    fault_of,
    with_file,
    zipped,
)
from support.effort import times

from axis.protocol.edxml import (
    NAMESPACE,
    AttachmentInvalid,
    EdxmlInvalid,
    EdxmlLimits,
    read,
)

ROOT = f'<edXML xmlns="{NAMESPACE}">'.encode()
DOCTYPE = b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 1000 + b'">]>'
EXPANSION = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;"><!ENTITY d "&c;&c;">]><a>&d;</a>'
EXTERNAL = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'


def lying(archive, size):
    """The archive with another size declared for its entry, in its list and before the entry."""
    data = bytearray(archive)
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.index(mark) + offset
        data[at : at + 4] = struct.pack("<I", size)
    return bytes(data)


STEPS = 300_000
"""Some three for each of the elements that a message may have; most messages here take under 3,000."""
BOMB = zipped(("a", bytes(60_000_000)))
HOSTILE = {
    "doctype": (DOCTYPE + b"<a/>", "xml-doctype"),
    "entity expansion": (EXPANSION, "xml-doctype"),
    "external entity": (EXTERNAL, "xml-doctype"),
    "external doctype": (b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>', "xml-doctype"),
    "doctype before the declaration": (DOCTYPE + DOCUMENT, "xml-doctype"),
    "doctype behind the declaration": (DOCUMENT.replace(b"?>\n", b"?>\n" + DOCTYPE, 1), "xml-doctype"),
    "depth": (b"<a>" * 1_000_000, "xml-too-deep"),
    "elements": (ROOT + b"<a/>" * 1_000_000 + b"</edXML>", "xml-too-large"),
    "attributes": (b"<edXML " + b" ".join(b"a%d=''" % n for n in range(300_000)) + b"/>", "xml-too-large"),
    "prefixes": (
        b"<edXML " + b" ".join(b"xmlns:a%d='u'" % n for n in range(64)) + b"/>",
        "xml-too-large",
    ),
    "a comment": (ROOT + b"<!--" + b"a" * 10_000_000, "xml-too-large"),
    "a name": (b"<" + b"a" * 10_000_000, "xml-too-large"),
    "a long field": (
        DOCUMENT.replace(b"<edXML:Subject>", b"<edXML:Subject>" + b"a" * 10_000_000),
        "field-too-long",
    ),
    "zip bomb": (with_file("ghi.txt", BOMB, "application/zip"), "zip-bomb"),
    "zip bomb that lies": (with_file("ghi.txt", lying(BOMB, 100), "application/zip"), "zip-unreadable"),
    "broken zip": (
        with_file("ghi.txt", zipped(("a", b"letter"), method=0).replace(b"letter", b"Letter")),
        "zip-unreadable",
    ),
    "exotic zip": (with_file("ghi.txt", zipped(("a", b"b"), method=zipfile.ZIP_LZMA)), "zip-unreadable"),
    "path": (with_file("../../etc/passwd", b"a"), "name-refused"),
    "absolute path": (with_file("/etc/passwd", b"a"), "name-refused"),
    "path of windows": (with_file("..\\boot.ini", b"a"), "name-refused"),
    "dots": (with_file("..", b"a"), "name-refused"),
    "turned name": (with_file("a\u202efdp.exe", b"a"), "name-refused"),
    "long name": (with_file("a" * 256, b"a"), "name-refused"),
    "nothing": (b"", "xml-malformed"),
    "broken base64": (edited(DOCUMENT, ("JVBERi0xLjcKJSVFT0YK", "JVBERi0*LjcKJSVFT0YK")), "base64-broken"),
    "cut base64": (edited(DOCUMENT, ("JVBERi0xLjcKJSVFT0YK", "JVBERi0xLjcKJSVFT0")), "base64-broken"),
    "no file": (edited(DOCUMENT, ("<edXML:ContentId>cid:1", "<edXML:ContentId>cid:2")), "attachment-missing"),
    "no id": (edited(DOCUMENT, ("<ContentId>cid:1", "<ContentId>cid:cid:")), "content-id-missing"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_it_is_refused_for_its_reason_in_few_steps_and_64_mib(case):
    data, code = HOSTILE[case]
    fault_of(data)  # what is made once is made
    tracemalloc.start()
    fault = fault_of(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fault.code == code
    assert calls_of(fault_of, data) <= STEPS
    assert peak < 64 * 2**20


def test_limits_hold():
    assert fault_of(DOCUMENT, EdxmlLimits(message_bytes=100)).code == "too-large"
    assert fault_of(DOCUMENT, EdxmlLimits(attachments=0)).code == "too-many-attachments"
    assert fault_of(DOCUMENT, EdxmlLimits(content_bytes=14)).code == "content-too-large"
    assert read(DOCUMENT, EdxmlLimits(len(DOCUMENT), 1, 15)).warnings == ()
    inner = with_file("ghi.txt", zipped(("a", b"b" * 1000)))
    assert fault_of(inner, EdxmlLimits(content_bytes=999)).code == "zip-bomb"


def test_the_largest_message_of_many_recipients_is_read():
    recipient = "<edXML:To><edXML:OrganId>000.00.00.H94</edXML:OrganId></edXML:To>"
    data = edited(DOCUMENT, ("<edXML:Subject>", recipient * 5000 + "<edXML:Subject>"))
    assert len(read(data).message.recipients) == 5001


def test_whatever_is_done_to_a_message_it_is_read_or_refused():
    random_source = random.Random(20)
    pieces = [
        b"<",
        b">",
        b"&",
        b"/",
        b'"',
        b"\x00",
        b"\xff",
        b"edXML:",
        b"</edXML>",
        b"<!--",
        b"cid:",
        b"&#13;",
    ]
    refused = 0
    for round_number in range(times(4000)):
        data = bytearray((DOCUMENT, STATUS)[round_number % 2])
        for _ in range(random_source.randint(1, 4)):
            at, length = random_source.randrange(len(data)), random_source.randrange(30)
            data[at : at + length] = random_source.choice([*pieces, bytes(data[at : at + 60]), b""])
        try:
            read(bytes(data))
        except EdxmlInvalid:
            refused += 1
    assert 0 < refused < times(4000)


def test_faults_of_files_can_be_told_from_those_of_the_message():
    assert isinstance(fault_of(HOSTILE["path"][0]), AttachmentInvalid)
    assert not isinstance(fault_of(HOSTILE["depth"][0]), AttachmentInvalid)
