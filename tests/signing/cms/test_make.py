"""What we sign openssl verifies, with revocation lists."""

import pytest
from support import pki

from signing import cms
from signing.certificates import to_pem

KINDS = ["p256", "rsa-2048", "rsa-3072"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "content").write_bytes(pki.CONTENT)
    (tmp_path / "root.pem").write_bytes(to_pem(pki.root().certificate))
    return tmp_path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("signed_attributes", [True, False])
def test_what_we_sign_openssl_verifies_with_revocation_lists(folder, kind, signed_attributes):
    signer = pki.organisation(kind)
    signature = cms.sign(
        pki.CONTENT, signer.certificate, signer.key, chain=signer.chain, signing_time=pki.AT,
        signed_attributes=signed_attributes,
    )  # fmt: skip
    (folder / "signature").write_bytes(signature)
    for name, by in {"issuing": pki.issuing(), "root": pki.root()}.items():
        (folder / f"{name}.der").write_bytes(pki.crl(by))
        pki.openssl(folder, "crl", "-inform", "DER", "-in", f"{name}.der", "-out", f"{name}.crl")
    anchors = [(folder / name).read_bytes() for name in ("root.pem", "issuing.crl", "root.crl")]
    (folder / "anchors.pem").write_bytes(b"".join(anchors))
    pki.openssl(
        folder, "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "content",
        "-CAfile", "anchors.pem", "-crl_check_all", "-attime", str(int(pki.AT.timestamp())), "-out", "out",
        "-x509_strict",
    )  # fmt: skip
    assert (folder / "out").read_bytes() == pki.CONTENT
    assert pki.judge(signature).indication == "TOTAL-PASSED"
