"""A signature in a container passes only where it covers every file as it is there."""

import io
import zipfile

import pytest
from support.containers import (
    ASIC_S,
    FILES,
    LETTER,
    LISTED,
    PASSED,
    TEXT,
    UNSIGNED,
    asic_e,
    asic_s,
    asic_xades,
    cms,
    judge,
    judge_all,
    manifest,
    outcome,
    pack,
    xml_signature,
)
from support.xml_by_hand import INCLUSIVE

from signing.verdict_vocabulary import Indication, SubIndication

KINDS = {"E-CAdES": asic_e, "S-CAdES": asic_s, "E-XAdES": asic_xades}


@pytest.mark.parametrize("kind", KINDS)
def test_a_container_whose_every_file_is_signed_passes(kind):
    verdict = judge(pack(KINDS[kind]()))
    assert verdict.indication is Indication.TOTAL_PASSED
    assert (verdict.covers, verdict.format) == ("f", f"ASiC-{kind[0]}")
    assert [check.step for check in verdict.checks] == sorted(check.step for check in verdict.checks)


@pytest.mark.parametrize("kind", KINDS)
def test_an_altered_file_fails(kind):
    verdict = judge(pack({**KINDS[kind](), LETTER: TEXT + b"!"}))
    assert verdict.sub_indication is SubIndication.HASH_FAILURE


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["quyết định.txt", "META-INF/letter.pdf", "META-INF/manifest.xml.pdf"])
def test_a_file_that_was_added_is_named_and_leaves_it_open(kind, name):
    verdict = judge(pack({**KINDS[kind](), name: b"new"}))
    assert (verdict.sub_indication, dict(verdict.params)["reason"]) == UNSIGNED
    assert dict(verdict.params)["found"] == name
    assert verdict.covers.startswith("f#")


@pytest.mark.parametrize("kind", ["E-CAdES", "E-XAdES"])
def test_a_signed_file_that_is_gone_leaves_it_open(kind):
    files = KINDS[kind]()
    del files[LETTER]
    assert judge(pack(files)).indication is Indication.INDETERMINATE


def test_a_simple_container_with_two_files_names_the_one_that_is_not_signed():
    verdict = judge(pack({"mimetype": ASIC_S, "a.txt": b"added", **asic_s()}))
    assert (verdict.sub_indication, dict(verdict.params)["found"]) == (UNSIGNED[0], "a.txt")


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        (b"", PASSED),
        (b"mimetype=application/vnd.etsi.asic-e+zip", PASSED),
        (b"see the other letter", (SubIndication.SIG_CONSTRAINTS_FAILURE, "container-comment")),
    ],
)
def test_an_archives_comment_is_something_to_read(comment, expected):
    assert outcome(pack(asic_e(), comment=comment)) == expected


ODF_ROOT = 'document-signatures xmlns="urn:oasis:names:tc:opendocument:xmlns:digitalsignature:1.0"'
ODF = {
    "mimetype": b"application/vnd.oasis.opendocument.text",
    "content.xml": b"<office><text>V/v</text></office>",
    "Pictures/1.png": b"png",
    "META-INF/manifest.xml": b"<manifest></manifest>",
}


def odf(files=ODF, forms=None):
    return {**files, "META-INF/documentsignatures.xml": xml_signature(files, ODF_ROOT, forms or {})}


def test_an_opendocument_signed_in_all_its_files_passes_and_an_altered_one_fails():
    verdict = judge(pack(odf()))
    assert (verdict.indication, verdict.format) == (Indication.TOTAL_PASSED, "OpenDocument")
    altered = {**odf(), "content.xml": b"<office><text>X</text></office>"}
    assert judge(pack(altered)).sub_indication is SubIndication.HASH_FAILURE


def test_comments_that_a_canonical_form_leaves_out_are_not_signed():
    signed = odf(forms={"content.xml": INCLUSIVE})
    assert outcome(pack(signed)) == PASSED
    reworded = {**signed, "content.xml": b"<office><text >V/v</text></office>"}
    assert outcome(pack(reworded)) == PASSED
    commented = {**signed, "content.xml": b"<office><text>V/v<!-- x --></text></office>"}
    assert outcome(pack(commented)) == UNSIGNED


@pytest.mark.parametrize("name", ["mimetype", "META-INF/manifest.xml", "Pictures/1.png"])
def test_an_opendocument_of_which_a_file_is_not_signed_stays_open(name):
    signed = {each: data for each, data in ODF.items() if each != name}
    files = {**ODF, "META-INF/documentsignatures.xml": xml_signature(signed, ODF_ROOT)}
    assert outcome(pack(files)) == UNSIGNED


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"[Content_Types].xml": b"<a/>", "_xmlsignatures/sig1.xml": b"<a/>"}, "Office Open XML"),
        ({"[Content_Types].xml": b"<a/>", "_XmlSignatures/sig1.xml": b"<a/>"}, "Office Open XML"),
        ({"a": b"", "package/services/digital-signature/1.psdsxs": b""}, "Open Packaging Conventions"),
        ({"a.class": b"", "META-INF/MANIFEST.MF": b"", "META-INF/K.SF": b"", "META-INF/K.RSA": b""}, "JAR"),
        ({"a.dll": b"", ".signature.p7s": b""}, "NuGet"),
        ({"a.pdf": b"", "META-INF/timestamp.tst": b""}, "ASiC time-stamp"),
    ],
)
def test_archives_signed_in_other_ways_are_never_called_unsigned(files, name):
    verdict = judge(pack(files))
    assert (verdict.sub_indication, verdict.format) == (SubIndication.GENERIC, name)
    assert name in verdict.to_json("en")["sentence"]
    assert name in verdict.to_json("vi")["sentence"]


@pytest.mark.parametrize(
    "name", ["META-INF/chữ-ký.bin", "meta-inf/so/văn-thư.xml", "META-INF/signatures", "META-INF/a.sig"]
)
@pytest.mark.parametrize("signature", ["XML", "CMS", "XML that no parser takes"])
def test_a_signature_of_another_name_is_never_called_none(name, signature):
    made = {
        "XML": xml_signature(ODF, ODF_ROOT),
        "CMS": cms(ODF["content.xml"]),
        "XML that no parser takes": xml_signature(ODF, ODF_ROOT) + b"</a>",
    }[signature]
    verdict = judge(pack({**ODF, name: made}))
    assert dict(verdict.params) == {"reason": "unjudged-format", "found": f"OpenDocument, {name}"}
    assert name in verdict.to_json("vi")["sentence"]


def test_what_only_speaks_of_digests_in_xml_is_no_signature():
    listed = manifest(FILES)
    assert judge_all(pack({**FILES, "META-INF/list.xml": listed, "META-INF/rdf.bin": b"0\x80"})) == ()


@pytest.mark.parametrize("files", [ODF, {"a": b"x"}, {"_xmlsignatures/origin.sigs": b"", "word/a.xml": b""}])
def test_archives_without_a_signature_have_none(files):
    assert judge_all(pack(files)) == ()


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        (b"", PASSED),
        (b"LIBDIGIDOCPP/3.14.10.1123 OS: Windows", PASSED),
        (b"LIB DigiDoc4j/5.2.0 format: application/vnd.etsi.asic-e+zip", PASSED),
        (b"Pay 9.999.999", (SubIndication.SIG_CONSTRAINTS_FAILURE, "container-comment")),
    ],
)
def test_comments_of_the_archive_and_of_its_files_count_as_text(comment, expected):
    assert outcome(pack(asic_e(), comment=comment)) == expected
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in asic_e().items():
            entry = zipfile.ZipInfo(name)
            entry.comment = comment
            archive.writestr(entry, data)
    assert outcome(made.getvalue()) == expected


def test_a_folder_counts_as_text_where_no_file_lies_in_it():
    assert outcome(pack({"phụ lục/": b"", **asic_e(), "META-INF/": b""})) == PASSED
    assert outcome(pack({**asic_e(), "Pay 9.999.999/": b""})) == UNSIGNED


def test_an_encrypted_document_is_said_to_be_so_where_no_signature_is_seen():
    listed = LISTED.replace(b'"text/plain"/>', b'"text/plain"><m:encryption-data/></m:file-entry>')
    files = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        LETTER: b"x",
        "META-INF/manifest.xml": listed,
    }
    assert outcome(pack(files)) == (SubIndication.GENERIC, "container-encrypted")
