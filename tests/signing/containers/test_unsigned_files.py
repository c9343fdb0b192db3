"""Which files of a container need no signature, and which only look like it."""

import re

import pytest
from support.containers import (
    FILES,
    LISTED,
    PASSED,
    UNSIGNED,
    asic_e,
    asic_xades,
    manifest,
    outcome,
    pack,
)

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
