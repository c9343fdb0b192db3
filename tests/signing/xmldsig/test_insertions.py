"""Across modules: whatever is put into a signed document, and wherever, it does not pass."""

import pytest
from lxml import etree
from support import pki
from support.xml_by_hand import enveloped, x509_data
from support.xml_signatures import LETTER, sign, sign_xades

from signing.algorithms import verify_value
from signing.certificates import read_certificate
from signing.xmldsig.reading import read_xml

INSERTIONS = {
    "an element": lambda each: each.append(etree.Element("pay")),
    "an element of its own namespace": lambda each: each.append(etree.Element(each.tag)),
    "text": lambda each: setattr(each, "text", (each.text or "") + "pay 9"),
    "text behind": lambda each: setattr(each, "tail", (each.tail or "") + "pay 9"),
    "an attribute": lambda each: each.set("pay", "9"),
    "a language": lambda each: each.set("{http://www.w3.org/XML/1998/namespace}lang", "pay 9"),
    "a comment": lambda each: each.append(etree.Comment("pay 9")),
    "an instruction": lambda each: each.insert(0, etree.ProcessingInstruction("pay", "9")),
    "an instruction behind": lambda each: each.addnext(etree.ProcessingInstruction("pay", "9")),
}
SUBJECT = pki.organisation("rsa-2048").certificate.subject.rfc4514_string()
SIGNED = {
    "plain": sign(LETTER),
    "by Id": sign(LETTER, uri="#letter"),
    "XAdES": sign_xades(LETTER),
    "with the subject": enveloped(
        "<a><b>1</b>", "</a>", key_info=x509_data(f"<X509SubjectName>{SUBJECT}</X509SubjectName>")
    ),
}


def passes(data):
    """Whether a signature is right in all that concerns XML; who signed is not asked."""
    for read in read_xml(data).signatures:
        if read.digests_right and not read.unsigned_rest and not read.fault and read.method is not None:
            key = read_certificate(read.certificates[0]).key
            if verify_value(key, read.method, read.value, read.signed):
                return True
    return False


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("insertion", INSERTIONS)
def test_nothing_can_be_put_in_anywhere(name, insertion):
    assert passes(SIGNED[name])
    passed = []
    for place in range(sum(1 for _ in etree.fromstring(SIGNED[name]).iter("*"))):
        root = etree.fromstring(SIGNED[name])
        element = list(root.iter("*"))[place]
        if element is root and insertion == "text behind":
            continue
        INSERTIONS[insertion](element)
        if passes(etree.tostring(root.getroottree())):
            passed.append(element.tag)
    assert not passed
