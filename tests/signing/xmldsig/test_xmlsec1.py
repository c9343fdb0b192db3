"""Across modules: XML signatures held against xmlsec1, where it is installed.

What it calls valid passes here, and the reverse. It looks at values and digests alone; whether anything
stands beside what is signed is asked only here.
"""

import shutil
import subprocess

import pytest
from support import pki
from support.xml_by_hand import (
    DS,
    ENVELOPED,
    EXCLUSIVE,
    INCLUSIVE,
    NEWER,
    enveloped,
    reference,
    signature,
    signer,
)
from support.xml_signatures import LETTER, judge, sign, sign_xades

from signing.verdict_vocabulary import Indication

PROGRAM = shutil.which("xmlsec1")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="xmlsec1 is not installed")

INSTRUCTION = '<?xml-stylesheet href="letter.xsl" type="text/xsl"?>\n'
BODY = '<letter xmlns="urn:letter" xmlns:v="urn:v" Id="r" v:a="1"><to xml:lang="vi">Ủy ban</to>'
FORMS = {
    "inclusive": INCLUSIVE,
    "inclusive with comments": INCLUSIVE + "#WithComments",
    "newer": NEWER,
    "newer with comments": NEWER + "#WithComments",
    "exclusive": EXCLUSIVE,
    "exclusive with comments": EXCLUSIVE + "WithComments",
}
NAMESPACES = {"no prefix": ("", f' xmlns="{DS}"'), "prefix": ("ds:", f' xmlns:ds="{DS}"')}


def run(folder, *arguments):
    done = subprocess.run([PROGRAM, *arguments], cwd=folder, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


def is_valid_there(folder, data):
    """Whether xmlsec1 verifies the first signature of a document, whoever made it."""
    (folder / "file.xml").write_bytes(data)
    code, _, _ = run(folder, "--verify", "--insecure", "--id-attr:Id", "urn:letter:letter", "file.xml")
    return code == 0


def template(form, prefix, declared, uri="", transforms=(ENVELOPED,)):
    """Write a signature that is to be filled in."""
    p = prefix
    listed = "".join(f'<{p}Transform Algorithm="{each}"/>' for each in transforms)
    return (
        f'<{p}Signature{declared}><{p}SignedInfo><{p}CanonicalizationMethod Algorithm="{form}"/>'
        f'<{p}SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>'
        f'<{p}Reference URI="{uri}"><{p}Transforms>{listed}</{p}Transforms>'
        f'<{p}DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><{p}DigestValue/></{p}Reference>'
        f"</{p}SignedInfo><{p}SignatureValue/><{p}KeyInfo><{p}X509Data/></{p}KeyInfo></{p}Signature>"
    )


def signed_there(folder, text):
    signer().write(folder)
    (folder / "template.xml").write_text(text, encoding="utf-8")
    code, out, error = run(
        folder,
        "--sign",
        "--privkey-pem",
        "key.pem,cert.pem,chain.pem",
        "--id-attr:Id",
        "urn:letter:letter",
        "template.xml",
    )
    assert code == 0, error.decode(errors="replace")
    return out


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("names", NAMESPACES)
@pytest.mark.parametrize("uri", ["", "#r"], ids=["document", "root by Id"])
@pytest.mark.parametrize("before", ["", INSTRUCTION], ids=["", "instruction"])
def test_what_xmlsec1_signs_passes_and_altered_does_not(tmp_path, form, names, uri, before):
    prefix, declared = NAMESPACES[names]
    text = template(FORMS[form], prefix, declared, uri, (ENVELOPED, FORMS[form]))
    data = signed_there(tmp_path, before + BODY + text + "</letter>")
    verdict = judge(data)
    assert is_valid_there(tmp_path, data)
    if before and uri:  # the instruction is not signed
        assert verdict.indication is Indication.INDETERMINATE
    else:
        assert verdict.indication is Indication.TOTAL_PASSED
    for old, new in (("Ủy".encode(), "Ửy".encode()), (b'v:a="1"', b'v:a="2"'), (b"letter.xsl", b"other.xsl")):
        altered = data.replace(old, new)
        if altered != data and not (uri and b".xsl" in new):
            assert not is_valid_there(tmp_path, altered)
            assert judge(altered).indication is Indication.TOTAL_FAILED


LETTER_START = '<letter xmlns="urn:letter" Id="r"><to>H26</to>'


def by_id(before, after):
    made = signature(reference("#r", before + after, (ENVELOPED, EXCLUSIVE)), form=EXCLUSIVE)
    return (before + made + after).encode()


OURS = {
    "plain": lambda: sign(LETTER),
    "XAdES": lambda: sign_xades(LETTER),
    "RSA": lambda: sign(LETTER, pki.organisation("rsa-2048"), signature_algorithm="rsa-sha256"),
    "by hand, no prefix": lambda: enveloped(LETTER_START, "</letter>"),
    "by hand, after an instruction": lambda: enveloped(INSTRUCTION + LETTER_START, "</letter>\n<?end?>"),
    "by hand, by Id": lambda: by_id(LETTER_START, "</letter>"),
}


@pytest.mark.parametrize("name", OURS)
def test_what_is_signed_here_is_valid_there_and_altered_is_not(tmp_path, name):
    data = OURS[name]()
    assert judge(data).indication is Indication.TOTAL_PASSED
    assert is_valid_there(tmp_path, data)
    altered = data.replace(b"H26", b"H27")
    assert altered != data
    assert not is_valid_there(tmp_path, altered)
    assert judge(altered).indication is Indication.TOTAL_FAILED
