"""Messages are read whole, in any order and under any prefix, and in the one namespace alone."""

import re

import pytest
from support.edxml_messages import (
    DOCUMENT,
    STATUS,
    edited,
    fault_of,
)

from axis.protocol.edxml import (
    NAMESPACE,
    read,
)


@pytest.mark.parametrize("message", [DOCUMENT, STATUS], ids=["document", "status"])
def test_a_good_message_warns_of_nothing(message):
    assert read(message).warnings == ()


def test_the_files_may_stand_under_the_prefix_too():
    names = rb"(</?)(AttachmentEncoded|Attachment|ContentId|AttachmentName|Description|ContentType)>"
    data = re.sub(names, rb"\1edXML:\2>", DOCUMENT)
    data = data.replace(b'<edXML xmlns="', b'<edXML:edXML xmlns:edXML="').replace(
        b"</edXML>", b"</edXML:edXML>"
    )
    assert b"<edXML:Attachment>" in data
    assert read(data).message == read(DOCUMENT).message


@pytest.mark.parametrize(
    ("old", "new", "code", "element"),
    [
        ("<edXML:OrganId>000.00.00.H94</edXML:OrganId>\n          <edXML:OrganName>", "<edXML:OrganName>",
         "element-missing", "To"),
        ("000.00.00.G94,2027/01/15,217/SGD-VP", "", "field-empty", "DocumentId"),
        ("000.00.00.G94,2027/01/15,217/SGD-VP", "x" * 256, "field-too-long", "DocumentId"),
        ("<edXML:Subject>", "<edXML:DocumentId>b</edXML:DocumentId><edXML:Subject>",
         "element-twice", "DocumentId"),
        ("BussinessDocType>0<", "BussinessDocType>7<", "code-unknown", "BussinessDocType"),
        ("V/v kiểm tra đường truyền</edXML:Subject>", "<b/>thử</edXML:Subject>",
         "element-unexpected", "Subject"),
        ("</edXML:Subject>", "</edXML:Subjekt>", "xml-malformed", "Subject"),
        ("<edXML:Subject>", "<edXML:Subject>&nbsp;", "xml-malformed", "Subject"),
        ("<edXML:Subject>", "<other:Subject>", "prefix-undeclared", "MessageHeader"),
        ("<edXML:Subject>", '<edXML:Subject odd:a="1">', "prefix-undeclared", "MessageHeader"),
    ],
)  # fmt: skip
def test_a_fault_names_line_and_element(old, new, code, element):
    data = edited(DOCUMENT, (old, new))
    fault = fault_of(data)
    assert (fault.code, fault.element) == (code, element)
    first_difference = next(
        number
        for number, (was, now) in enumerate(
            zip(DOCUMENT.split(b"\n"), data.split(b"\n"), strict=False), start=1
        )
        if was != now
    )
    assert abs(fault.line - first_difference) <= 1
    assert fault.found
    assert fault.expected
    assert str(fault).startswith(f"line {fault.line}, {element}: found ")


@pytest.mark.parametrize("namespace", [NAMESPACE, "http://www.w3.org/2000/09/xmldsig#"])
def test_an_envelope_signature_is_seen_and_not_read(namespace):
    signature = f'<s:Signature xmlns:s="{namespace}"><s:Odd>1</s:Odd></s:Signature></edXML:edXMLHeader>'
    reading = read(edited(DOCUMENT, ("</edXML:edXMLHeader>", signature)))
    assert reading.signed
    assert reading.warnings == ()
    assert not read(DOCUMENT).signed
