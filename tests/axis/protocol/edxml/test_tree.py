"""A message's XML: order, prefixes, encodings, and where a fault stands."""

import re

import pytest
from support.edxml_messages import (
    DOCUMENT,
    edited,
    fault_of,
    line_of,
)

from axis.protocol.edxml import (
    NAMESPACE,
    read,
)


def test_the_order_of_elements_does_not_matter():
    subject = "<edXML:Subject>V/v kiểm tra đường truyền</edXML:Subject>"
    data = edited(DOCUMENT, (subject, ""), ("<edXML:From>", subject + "<edXML:From>"))
    trace = re.search(rb"<edXML:TraceHeaderList>.*</edXML:TraceHeaderList>", data, re.DOTALL)[0].decode()
    data = edited(data, (trace, ""), ("<edXML:MessageHeader>", trace + "<edXML:MessageHeader>"))
    encoded = re.search(rb"<AttachmentEncoded>.*</AttachmentEncoded>", data, re.DOTALL)[0].decode()
    data = edited(data, (encoded, ""), ("<edXML:edXMLEnvelope", encoded + "<edXML:edXMLEnvelope"))
    assert read(data).message == read(DOCUMENT).message


@pytest.mark.parametrize("prefix", ["", "ns2:", "edxml:"])
def test_the_prefix_does_not_matter(prefix):
    declared = f'xmlns{":" if prefix else ""}{prefix.rstrip(":")}="{NAMESPACE}"'
    data = DOCUMENT.replace(b"edXML:", prefix.encode()).replace(b"xmlns:edXML=", b"xmlns:unused=")
    data = edited(data, ("<edXML xmlns", f"<edXML {declared} xmlns")) if prefix else data
    assert read(data).message == read(DOCUMENT).message


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        (f'<edXML xmlns="{NAMESPACE}"', '<edXML xmlns="urn:other"', "edXML"),
        (f'<edXML xmlns="{NAMESPACE}"', "<edXML", "edXML"),
        ("<AttachmentEncoded>", '<AttachmentEncoded xmlns="urn:other">', "AttachmentEncoded"),
        ("<edXML:Subject>", '<edXML:Subject xmlns:edXML="urn:other">', "Subject"),
    ],
)
def test_the_namespace_does_matter(old, new, element):
    fault = fault_of(edited(DOCUMENT, (old, new)))
    assert (fault.code, fault.element) == ("element-unexpected", element)
    assert fault.expected == f"{{{NAMESPACE}}}{element}"


def test_text_that_is_not_utf_8_is_refused_where_it_stands():
    data = edited(DOCUMENT, ("Hà Nội", "Hà Nội".encode("cp1258", "replace")))
    fault = fault_of(data)
    assert (fault.code, fault.line, fault.element) == (
        "xml-malformed",
        line_of(DOCUMENT, "Hà Nội"),
        "Place",
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_refused_with_a_mark_and_without(encoding):
    text = DOCUMENT.decode()
    assert fault_of(text.encode(encoding)).code == "encoding"
    assert fault_of(text.partition("?>\n")[2].encode(encoding)).code == "encoding"
    assert fault_of(b"\xef\xbb\xbf" + text.encode("utf-16-le")).code == "encoding"
