"""Which keys signed a message: those alone whose signatures the hub passed, and that hold here as well."""

from cryptography.hazmat.primitives.hashes import SHA256
from support import pki

from nodes.document_writer import Draft, Identity, sign_manifest, write_manifest
from nodes.invented_texts import Signer
from nodes.multipart import Attachment
from nodes.systems.signers import keys_that_signed, public_key_digest

SIGNERS = (pki.person(), pki.organisation())
MESSAGE = b'{"choice":"agree"}'
FILE = Attachment("y-kien.json", MESSAGE, "application/vnd.axis.y-kien-thanh-vien.v1+json")
DRAFT = Draft("1/TĐ-TVCP", "2019-06-03", "thong-diep", "Ý kiến", ("000.00.00.G22",))
MANIFEST = write_manifest(pki.SENDER, DRAFT, [FILE], Signer("Nguyễn Văn An", "Chủ tịch"))
_PERSON, _ORGANISATION = (Identity(signer.certificate, signer.key) for signer in SIGNERS)
SIGNATURES = sign_manifest(MANIFEST, "both", person=_PERSON, organisation=_ORGANISATION, at=pki.AT)
PERSON, ORGANISATION = (public_key_digest(signer.key.public_key()) for signer in SIGNERS)


def verdict(*indications):
    return {
        "signatures": [
            {
                "indication": indication,
                "certificate": {"sha256": signer.certificate.fingerprint(SHA256()).hex()},
            }
            for signer, indication in zip(SIGNERS, indications, strict=True)
        ]
    }


PASSED = verdict("TOTAL-PASSED", "TOTAL-PASSED")


def keys(*, content=MESSAGE, manifest=MANIFEST, told=PASSED, sender=pki.SENDER):
    return keys_that_signed(content, manifest, SIGNATURES, told, sender=sender, at=pki.AT)


def test_both_keys_are_found_where_both_signatures_passed():
    assert keys() == {PERSON, ORGANISATION}


def test_what_the_hub_did_not_pass_is_no_signer():
    assert keys(told=verdict("INDETERMINATE", "TOTAL-PASSED")) == {ORGANISATION}
    assert keys(told={"signatures": [{"indication": "TOTAL-FAILED", "certificate": None}]}) == set()


def test_a_hub_that_passes_what_does_not_hold_is_not_believed():
    altered = MANIFEST.replace("1/TĐ-TVCP".encode(), "2/TĐ-TVCP".encode())
    assert keys(manifest=altered) == set()
    assert keys(content=MESSAGE + b" ") == set()
    assert keys(sender="000.00.00.H26") == set()
