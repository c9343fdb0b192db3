"""What an XML signature covers is read, and can be handed between processes."""

import pickle

import pytest
from signxml import methods
from support.xml_signatures import BOX, LETTER, judge, judge_all, sign

from signing.verdict import Indication, SubIndication
from signing.xmldsig.reading import XmlSignatures, read_xml

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"


def outcome(verdict):
    return verdict.indication, verdict.sub_indication


PASSED = (Indication.TOTAL_PASSED, None)
IN_PART = (Indication.INDETERMINATE, SubIndication.SIG_CONSTRAINTS_FAILURE)


def test_a_reference_to_the_roots_own_id_covers_the_whole_document():
    verdict = judge(sign(LETTER, uri="#letter"))
    assert (outcome(verdict), verdict.covers) == (PASSED, "letter.xml")


def test_a_signed_part_is_named_and_stays_open_since_the_roots_name_is_not_signed():
    verdict = judge(sign(BOX, uri="#letter"))
    assert (outcome(verdict), verdict.covers) == (IN_PART, "letter.xml#letter")


def test_an_enveloping_signature_passes_and_names_its_object():
    verdict = judge(sign(LETTER, method=methods.enveloping))
    assert (outcome(verdict), verdict.covers) == (PASSED, "letter.xml#object")


def test_only_what_was_signed_is_given_back():
    signed = sign(BOX, uri="#letter", c14n_algorithm=EXCLUSIVE)
    (read,) = read_xml(signed, with_content=True).signatures
    assert [each.data for each in read.references] == [
        b'<letter xmlns="urn:letter" Id="letter"><to>H26</to></letter>'
    ]


@pytest.mark.parametrize("data", [b"", b"not XML", b"<letter>", b"\x00" * 100, b"%PDF-1.7"])
def test_what_is_no_xml_has_no_verdict_either(data):
    assert judge_all(data) == ()


def test_what_was_read_travels_between_processes():
    read = read_xml(sign(LETTER))
    assert pickle.loads(pickle.dumps(read)) == read
    assert isinstance(read, XmlSignatures)
