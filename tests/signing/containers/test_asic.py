"""Across modules: a signature in a container passes only where it covers every file as it is there."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from support import pki
from support.containers import (
    ASIC_E,
    ASIC_S,
    FILES,
    LETTER,
    TEXT,
    asic_e,
    asic_s,
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

XADES_ROOT = 'asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#"'
LISTED = (
    '<?xml version="1.0"?>\n<m:manifest m:version="1.2" '
    'xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">\n'
    '<m:file-entry m:full-path="/" m:media-type="application/vnd.etsi.asic-e+zip"/>\n'
    f'<m:file-entry m:full-path="{LETTER}" m:media-type="text/plain"/>\n</m:manifest>'
).encode()
PASSED = (None, None)
UNSIGNED = (SubIndication.SIG_CONSTRAINTS_FAILURE, "container-unsigned")
ALTERED = (SubIndication.HASH_FAILURE, "container-altered")


def asic_xades(files=FILES):
    return {
        "mimetype": ASIC_E,
        **files,
        "META-INF/manifest.xml": LISTED,
        "META-INF/signatures0.xml": xml_signature(files, XADES_ROOT),
    }


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


def test_a_manifest_altered_to_fit_an_altered_file_fails():
    files = {**FILES, LETTER: b"forged"}
    forged = {**asic_e(), **files, "META-INF/ASiCManifest001.xml": manifest(files)}
    assert outcome(pack(forged))[0] is SubIndication.HASH_FAILURE


def test_a_second_manifest_does_not_lend_its_files_a_signature():
    files = {**asic_e(), LETTER: b"forged"}
    files["META-INF/ASiCManifest002.xml"] = manifest({**FILES, LETTER: b"forged"})
    assert outcome(pack(files)) == ALTERED


def test_two_signers_of_the_same_files_both_pass():
    second = manifest(FILES, "META-INF/signature002.p7s")
    files = {
        **asic_e(),
        "META-INF/ASiCManifest002.xml": second,
        "META-INF/signature002.p7s": cms(second, pki.person()),
    }
    verdicts = judge_all(pack(files))
    assert {each.kind: each.sub_indication for each in verdicts} == {"organisation": None, "person": None}


def test_a_simple_container_with_two_files_names_the_one_that_is_not_signed():
    verdict = judge(pack({"mimetype": ASIC_S, "a.txt": b"added", **asic_s()}))
    assert (verdict.sub_indication, dict(verdict.params)["found"]) == (UNSIGNED[0], "a.txt")


def test_a_weak_digest_in_the_manifest_proves_nothing():
    weak = manifest(FILES).replace(b"2001/04/xmlenc#sha256", b"2000/09/xmldsig#sha1")
    files = {**asic_e(), "META-INF/ASiCManifest001.xml": weak, "META-INF/signature001.p7s": cms(weak)}
    assert outcome(pack(files)) == (SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "digest")


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


def test_a_signature_by_another_agency_is_not_the_senders():
    other = pki.organisation("other", agency="000.00.00.H26")
    verdict = judge(pack(asic_e(signer=other)))
    assert (verdict.sub_indication, verdict.of_sender) == (SubIndication.SIG_CONSTRAINTS_FAILURE, False)


def test_an_expired_certificate_fails_as_in_any_format():
    assert judge(pack(asic_e()), at=pki.END - timedelta(hours=1)).sub_indication is SubIndication.EXPIRED


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


@pytest.mark.parametrize("files", [ODF, {"a": b"x"}, {"_xmlsignatures/origin.sigs": b"", "word/a.xml": b""}])
def test_archives_without_a_signature_have_none(files):
    assert judge_all(pack(files)) == ()


TOKEN = b"\x30\x03\x02\x01\x01"
RECORD = b'<EvidenceRecord xmlns="urn:ietf:params:xml:ns:ers" Version="1.0"/>'
FOR_PROGRAMS = {
    "META-INF/manifest.xml": LISTED,
    "META-INF/timestamp.tst": TOKEN,
    "META-INF/evidencerecord.ers": TOKEN,
    "META-INF/evidencerecord.xml": RECORD,
    "META-INF/ASiCArchiveManifest001.xml": manifest(FILES),
}


@pytest.mark.parametrize("name", FOR_PROGRAMS)
def test_what_tells_programs_of_the_files_needs_no_signature_and_hides_no_text(name):
    good = FOR_PROGRAMS[name]
    assert outcome(pack({**asic_e(), name: good})) == PASSED
    for bad in (
        b"Pay 9.999.999",
        b"<a>Pay 9.999.999</a>",
        good + b"<!-- Pay 9.999.999 -->",
        re.sub(rb"</(?=[^<]*$)", b"Pay 9.999.999!</", good),
        re.sub(rb'"[^"]*"(?=/>)', b'"Pay 9.999.999 now"', good),
        good + b"Pay 9.999.999",
    ):
        if bad != good:
            assert outcome(pack({**asic_e(), name: bad})) == UNSIGNED


@pytest.mark.parametrize(
    "name",
    [
        "META-INF/signatures9.xml",
        "META-INF/container.xml",
        "META-INF/metadata.xml",
        "META-INF/ASiCManifest9.xml",
    ],
)
def test_a_file_that_is_only_called_like_a_signature_or_manifest_has_to_be_signed(name):
    data = manifest(FILES, "META-INF/gone.p7s") if "Manifest" in name else b"<letter>Pay 9.999.999</letter>"
    assert outcome(pack({**asic_e(), name: data})) == UNSIGNED
    assert outcome(pack({**asic_xades(), name: data})) == UNSIGNED


def test_a_manifest_of_no_files_is_none():
    empty = manifest({})
    files = {"META-INF/ASiCManifest.xml": empty, "META-INF/signature001.p7s": cms(empty)}
    assert outcome(pack(files)) == (SubIndication.GENERIC, "container-manifest")


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
