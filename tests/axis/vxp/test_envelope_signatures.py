"""A signature over a message's envelope is told of, and never required."""

from support.edxml_messages import edited
from support.old_protocol_exchange import (
    LETTER,
)
from support.xml_signatures import DS, sign

from axis.protocol import edxml

WRITTEN = edxml.write(LETTER)


def test_envelope_signature_that_is_none_is_told_and_never_required(axis):
    dummy = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>eA==</SignatureValue></Signature>'
    signed = edited(WRITTEN, ("</edXML:edXMLHeader>", f"{dummy}</edXML:edXMLHeader>"))
    reply = axis.send(signed)
    assert reply["status"] == "OK"
    assert "the envelope's Signature" in reply["ErrorDesc"]
    assert axis.document(reply["DocId"])["verdict"]["signed_by"] == "none"


def test_envelope_signature_is_judged_and_told(axis):
    place = f'<ds:Signature xmlns:ds="{DS}" Id="placeholder"/>'
    signed = sign(edited(WRITTEN, ("</edXML:edXMLHeader>", f"{place}</edXML:edXMLHeader>")))
    whole = axis.send(signed)
    assert "the envelope's Signature cannot be verified (NO_CERTIFICATE_CHAIN_FOUND)" in whole["ErrorDesc"]
    altered = axis.send(edited(signed, ("217/SGD-VP</edXML:DocumentId", "218/SGD-VP</edXML:DocumentId")))
    assert "the envelope's Signature failed (HASH_FAILURE)" in altered["ErrorDesc"]
    assert altered["status"] == "OK"
