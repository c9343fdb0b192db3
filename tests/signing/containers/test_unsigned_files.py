"""Which files of a container need no signature, and which only look like it."""

import re

import pytest
from support.containers import (
    ASIC_E,
    FILES,
    LETTER,
    asic_e,
    manifest,
    outcome,
    pack,
    xml_signature,
)

from signing.verdict_vocabulary import SubIndication

XADES_ROOT = 'asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#"'
LISTED = (
    '<?xml version="1.0"?>\n<m:manifest m:version="1.2" '
    'xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">\n'
    '<m:file-entry m:full-path="/" m:media-type="application/vnd.etsi.asic-e+zip"/>\n'
    f'<m:file-entry m:full-path="{LETTER}" m:media-type="text/plain"/>\n</m:manifest>'
).encode()
PASSED = (None, None)
UNSIGNED = (SubIndication.SIG_CONSTRAINTS_FAILURE, "container-unsigned")


def asic_xades(files=FILES):
    return {
        "mimetype": ASIC_E,
        **files,
        "META-INF/manifest.xml": LISTED,
        "META-INF/signatures0.xml": xml_signature(files, XADES_ROOT),
    }


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
