"""Manifests of ASiC containers that name no files, weak digests or other files."""

from support.containers import (
    FILES,
    LETTER,
    asic_e,
    cms,
    manifest,
    outcome,
    pack,
)

from signing.verdict_vocabulary import SubIndication

ALTERED = (SubIndication.HASH_FAILURE, "container-altered")


def test_a_manifest_altered_to_fit_an_altered_file_fails():
    files = {**FILES, LETTER: b"forged"}
    forged = {**asic_e(), **files, "META-INF/ASiCManifest001.xml": manifest(files)}
    assert outcome(pack(forged))[0] is SubIndication.HASH_FAILURE


def test_a_second_manifest_does_not_lend_its_files_a_signature():
    files = {**asic_e(), LETTER: b"forged"}
    files["META-INF/ASiCManifest002.xml"] = manifest({**FILES, LETTER: b"forged"})
    assert outcome(pack(files)) == ALTERED


def test_a_weak_digest_in_the_manifest_proves_nothing():
    weak = manifest(FILES).replace(b"2001/04/xmlenc#sha256", b"2000/09/xmldsig#sha1")
    files = {**asic_e(), "META-INF/ASiCManifest001.xml": weak, "META-INF/signature001.p7s": cms(weak)}
    assert outcome(pack(files)) == (SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "digest")


def test_a_manifest_of_no_files_is_none():
    empty = manifest({})
    files = {"META-INF/ASiCManifest.xml": empty, "META-INF/signature001.p7s": cms(empty)}
    assert outcome(pack(files)) == (SubIndication.GENERIC, "container-manifest")
