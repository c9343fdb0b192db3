"""References find what they name: in the document, or in the package it stands in."""

import pytest
from support import pki
from support.xml_by_hand import DS, EXCLUSIVE, INCLUSIVE, reference, signature
from support.xml_signatures import judge

from signing.content import Content
from signing.verdict_vocabulary import Check, Indication, SubIndication
from signing.xmldsig import references
from signing.xmldsig.judging import judge_xml_signature
from signing.xmldsig.reading import read_xml
from signing.xmldsig.relationships import TRANSFORM

PARTS = {"letter.txt": b"H26\r\n", "Công văn.xml": b"<a   b='1'/>", "word/document.xml": b"<w/>"}


def package(*made):
    """Write a signature file as ASiC has it, with a wrapper that nobody signs."""
    return f"<XAdESSignatures>{signature(*made)}</XAdESSignatures>".encode()


def read_one(data, parts=PARTS):
    (read,) = read_xml(data, parts=parts).signatures
    return read


SIGNED = package(
    reference("letter.txt", "H26\r\n", ()),
    reference("C%C3%B4ng%20v%C4%83n.xml", '<a b="1"></a>', (INCLUSIVE,)),
    reference("/word/document.xml?ContentType=application/xml", "<w/>", ()),
)


def test_entries_of_a_package_are_found_compared_and_named():
    read = read_one(SIGNED)
    assert (read.fault, read.digests_right, read.unsigned_rest) == ((), True, ())
    assert read.entries == ("letter.txt", "Công văn.xml", "word/document.xml")


@pytest.mark.parametrize("name", PARTS)
def test_an_altered_entry_is_told(name):
    assert read_one(SIGNED, {**PARTS, name: b"<other/>"}).digests_right is False


def test_an_entry_that_is_not_there_leaves_it_open():
    fault = dict(read_one(SIGNED, {"letter.txt": b"H26\r\n"}).fault)
    assert fault["reason"] == "xml-reference-missing"


def test_an_entry_that_is_no_xml_any_more_is_altered():
    assert read_one(SIGNED, {**PARTS, "Công văn.xml": b"H26"}).digests_right is False


def test_a_document_on_its_own_refers_to_nothing_outside():
    verdict = judge(SIGNED)
    assert (verdict.indication, verdict.sub_indication) == (
        Indication.INDETERMINATE,
        SubIndication.GENERIC,
    )
    assert dict(verdict.params)["found"] == "letter.txt"


def test_a_package_says_itself_what_is_covered():
    def look(findings, read):
        missing = sorted(set(PARTS) - set(read.entries))
        if missing:
            check = Check(2, "coverage", "failed", ", ".join(missing))
            findings.fail(SubIndication.SIG_CONSTRAINTS_FAILURE, check, ("reason", "part"))

    def judged(data):
        (read,) = read_xml(data, parts=PARTS).signatures
        question = pki.context().question(Content(b""), "letters.asice")
        return judge_xml_signature(question, read, "ASiC", look)

    verdict = judged(SIGNED)
    assert (verdict.indication, verdict.format, verdict.covers) == (
        Indication.TOTAL_PASSED,
        "ASiC",
        "letters.asice",
    )
    partial = judged(package(reference("letter.txt", "H26\r\n", ())))
    assert partial.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
RELATIONSHIPS = PACKAGE + "relationships"
OFFICE = {
    "word/document.xml": b"<w/>",
    "_rels/.rels": (
        f'<?xml version="1.0"?>\n<Relationships xmlns="{RELATIONSHIPS}">\n'
        '<Relationship Id="rId2" Type="t" Target="b"/><!-- c -->'
        '<Relationship Id="rId1" Type="t" Target="a" TargetMode="External"/>'
        '<Relationship Id="rId9" Type="signature" Target="_xmlsignatures"/></Relationships>'
    ).encode(),
}
CHOSEN = (
    f'<Relationships xmlns="{RELATIONSHIPS}">'
    '<Relationship Id="rId1" Target="a" TargetMode="External" Type="t"></Relationship>'
    '<Relationship Id="rId2" Target="b" TargetMode="Internal" Type="t"></Relationship></Relationships>'
)


def office(*identifiers):
    """Write a signature as Word does: an Object with a Manifest of the package's parts."""
    chosen = "".join(
        f'<m:RelationshipReference xmlns:m="{PACKAGE}digital-signature" SourceId="{each}">'
        "</m:RelationshipReference>"
        for each in identifiers
    )
    transform = f'<Transform Algorithm="{TRANSFORM}">{chosen}</Transform>'
    listed = reference("/word/document.xml?ContentType=a/b", "<w/>", ()) + reference(
        "/_rels/.rels?ContentType=a/b", CHOSEN, (INCLUSIVE,)
    ).replace("<Transforms>", "<Transforms>" + transform)
    held = f'<Object{{}} Id="o"><Manifest>{listed}</Manifest></Object>'
    signed = held.format(f' xmlns="{DS}"')
    made = signature(reference("#o", signed, ()), objects=held.format(""))
    return made.encode()


def test_what_a_signed_manifest_lists_in_a_package_is_compared_and_named():
    read = read_one(office("rId1", "rId2"), OFFICE)
    assert (read.fault, read.digests_right) == ((), True)
    assert read.entries == ("word/document.xml",)
    assert [each.entry for each in read.references if each.is_partial] == ["_rels/.rels"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("word/document.xml", b"<x/>"),
        ("_rels/.rels", OFFICE["_rels/.rels"].replace(b'Target="a"', b'Target="evil"')),
        ("_rels/.rels", OFFICE["_rels/.rels"].replace(b'Id="rId9"', b'Id="rId1"')),
        ("_rels/.rels", b"no XML"),
    ],
)
def test_what_was_altered_of_a_manifests_list_is_told(name, data):
    assert read_one(office("rId1", "rId2"), {**OFFICE, name: data}).digests_right is False


def test_relationships_that_are_not_signed_may_change_and_are_no_part_of_what_is_covered():
    data = OFFICE["_rels/.rels"].replace(b'"_xmlsignatures"', b'"evil"')
    read = read_one(office("rId1", "rId2"), {**OFFICE, "_rels/.rels": data})
    assert read.digests_right is True
    assert "_rels/.rels" not in read.entries


def test_the_relationships_transform_means_nothing_outside_of_a_package():
    verdict = judge(office("rId1"))
    assert verdict.indication is not Indication.TOTAL_FAILED
    alone = signature(reference("", "", (TRANSFORM,)))
    assert dict(judge(f"<a>{alone}</a>".encode()).params)["reason"] == "xml-transform"


def test_canonical_forms_may_follow_each_other():
    before, after = '<a xmlns:n="urn:n"><b>1</b>', "</a>"
    enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
    made = reference("", "<a><b>1</b></a>", (enveloped, INCLUSIVE, EXCLUSIVE))
    options = {"form": EXCLUSIVE}
    signed = (before + signature(made, **options) + after).encode()
    assert judge(signed).indication is Indication.TOTAL_PASSED
    assert judge(signed.replace(b">1<", b">9<")).sub_indication is SubIndication.HASH_FAILURE


def test_work_past_its_limit_is_undecided_whatever_the_machine(monkeypatch):
    monkeypatch.setattr(references, "MAX_WRITTEN_BYTES", 10)
    fault = dict(read_one(SIGNED).fault)
    assert (fault["reason"], fault["limit"]) == ("xml-too-much-work", "10")
