"""`axis verify` judges files offline, and its exit status says what came of it."""

import base64
import json
import re

import pytest
from support import broken_trust, containers, hostile_workers, pki, xml_signatures
from support.pki import openssl

from axis.cli import main, verify_files
from axis.judging import workers
from nodes.pdf import Line, write_pdf
from signing.certificates import to_der, to_pem
from signing.cms import sign
from signing.pades.make import sign_pdf
from signing.verdict import Indication
from signing.xmldsig import reading

PASSED, FAILED, UNDECIDED, NO_SIGNATURE, REFUSED = range(5)
CONTENT = pki.CONTENT
AT = "2019-06-03T02:11:09Z"


@pytest.fixture
def folder(tmp_path):
    """A signer's key and certificate, what to trust, and a file to sign."""
    pki.organisation().write(tmp_path)
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "root.pem").write_bytes(to_pem(pki.root().certificate))
    (trust / "issuing.crt").write_bytes(to_der(pki.issuing().certificate))
    (trust / "issuing.crl").write_bytes(pki.crl())
    (trust / "root.crl").write_bytes(pki.crl(pki.root()))
    (tmp_path / "thư.txt").write_bytes(CONTENT)
    return tmp_path


@pytest.fixture
def verify(folder, monkeypatch):
    """Call the command in the folder; trust and time are given."""
    monkeypatch.chdir(folder)

    def call(*arguments, at=AT, crl="trust"):
        lists = ["--crl", crl] if crl else []
        time = ["--at", at] if at else []
        return main(["verify", *arguments, "--trust", "trust", *lists, *time])

    return call


def openssl_sign(folder, out, *more):
    openssl(
        folder, "cms", "-sign", "-binary", "-md", "sha256", "-signer", "cert.pem", "-inkey", "key.pem",
        "-certfile", "chain.pem", "-in", "thư.txt", "-outform", "DER", "-out", out, *more,
    )  # fmt: skip


def test_a_detached_signature_beside_the_file_is_found_and_passes(folder, verify, capsys):
    openssl_sign(folder, "thư.txt.p7s")
    assert verify("thư.txt") == PASSED
    assert capsys.readouterr().out.startswith("thư.txt: valid\n  TOTAL-PASSED: ")


def test_the_signature_itself_may_be_named(folder, verify):
    openssl_sign(folder, "thư.txt.p7s")
    assert verify("thư.txt.p7s") == PASSED


@pytest.mark.parametrize("encoding", ["DER", "PEM"])
def test_a_signature_of_any_name_is_given_with_its_option(folder, verify, encoding):
    openssl_sign(folder, "other", "-outform", encoding)
    assert verify("thư.txt", "--signature", "other") == PASSED
    assert verify("thư.txt") == NO_SIGNATURE


@pytest.mark.parametrize("name", ["letter.p7m", "letter.cms"])
def test_a_signature_that_carries_its_content_passes(folder, verify, name):
    openssl_sign(folder, name, "-nodetach")
    assert verify(name) == PASSED


def test_a_large_file_inside_a_signature_passes(folder, verify):
    (folder / "thư.txt").write_bytes(CONTENT * 20_000)
    openssl_sign(folder, "large.p7m", "-nodetach")
    assert verify("large.p7m") == PASSED


def test_lists_in_the_folder_of_roots_count_too(folder, verify):
    openssl_sign(folder, "thư.txt.p7s")
    assert verify("thư.txt", crl=None) == PASSED


def test_a_list_that_ran_out_is_named_by_its_file(folder, verify, capsys):
    openssl_sign(folder, "thư.txt.p7s")
    assert verify("thư.txt", at="2023-12-01T00:00:00Z") == UNDECIDED
    shown = capsys.readouterr().out
    assert "TRY_LATER" in shown
    assert ".crl; " in shown
    assert "ran out on 20" in shown


def test_a_signature_whose_content_is_not_there_is_undecided(folder, verify):
    openssl_sign(folder, "lost.p7s")
    assert verify("lost.p7s") == UNDECIDED


def test_an_altered_file_fails_and_the_report_says_why(folder, verify, capsys):
    openssl_sign(folder, "thư.txt.p7s")
    (folder / "thư.txt").write_bytes(CONTENT + b"!")
    assert verify("thư.txt") == FAILED
    assert "HASH_FAILURE" in capsys.readouterr().out


def test_a_signed_xml_passes_and_an_altered_one_fails(folder, verify):
    signed = xml_signatures.sign(xml_signatures.LETTER)
    (folder / "good.xml").write_bytes(signed)
    (folder / "bad.xml").write_bytes(signed.replace(b"H26", b"H27"))
    assert verify("good.xml") == PASSED
    assert verify("bad.xml") == FAILED
    assert verify("good.xml", "bad.xml") == FAILED


def test_a_pdf_signed_by_person_and_organisation_passes_and_an_altered_one_fails(folder, verify, capsys):
    pdf = write_pdf("V/v kiểm tra", [Line("Số tiền: 1.000.000 đồng")], day="2019-06-03")
    for signer, kind in ((pki.person(), "person"), (pki.organisation(), "organisation")):
        pdf = sign_pdf(pdf, signer.certificate, signer.key, signer.chain, signing_time=pki.AT, kind=kind)
    (folder / "good.pdf").write_bytes(pdf)
    (folder / "bad.pdf").write_bytes(pdf.replace(b"/MediaBox", b"/MediaBix", 1))
    assert verify("good.pdf", "--json") == PASSED
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert [each["kind"] for each in file["signatures"]] == ["person", "organisation"]
    assert verify("bad.pdf") == FAILED


def test_without_a_revocation_list_it_is_undecided(folder, verify):
    openssl_sign(folder, "thư.txt.p7s")
    for path in (folder / "trust").glob("*.crl"):
        path.unlink()
    assert verify("thư.txt") == UNDECIDED


def test_a_revoked_certificate_fails(folder, verify):
    openssl_sign(folder, "thư.txt.p7s")
    revoked = pki.Revocation(10, pki.BEGIN)
    (folder / "trust" / "issuing.crl").write_bytes(pki.crl(revoked=[revoked]))
    assert verify("thư.txt") == FAILED


def test_a_file_without_signature_has_its_own_status(verify, capsys):
    assert verify("thư.txt", "--lang", "vi") == NO_SIGNATURE
    assert "Không tìm thấy chữ ký nào." in capsys.readouterr().out


def test_a_file_without_signature_beside_a_passed_one_is_told(folder, verify):
    openssl_sign(folder, "letter.p7m", "-nodetach")
    assert verify("letter.p7m", "thư.txt") == NO_SIGNATURE


def test_a_signature_of_another_agency_than_asked_for_is_undecided(folder, verify):
    openssl_sign(folder, "thư.txt.p7s")
    assert verify("thư.txt", "--sender", "H24") == PASSED
    assert verify("thư.txt", "--sender", "H26") == UNDECIDED


def test_the_whole_report_comes_in_json(folder, verify, capsys):
    openssl_sign(folder, "thư.txt.p7s")
    assert verify("thư.txt", "--json") == PASSED
    answer = json.loads(capsys.readouterr().out)
    assert answer["indication"] == "TOTAL-PASSED"
    assert answer["policy"] == "axis-2019"
    assert re.fullmatch("[0-9a-f]{64}", answer["trust"])
    (file,) = answer["files"]
    assert file["file"] == "thư.txt"
    assert [each["step"] for each in file["signatures"][0]["checks"]] == sorted(
        each["step"] for each in file["signatures"][0]["checks"]
    )


def test_the_checks_are_shown_in_their_order(folder, verify, capsys):
    openssl_sign(folder, "thư.txt.p7s")
    verify("thư.txt", "--detail")
    steps = re.findall(r"^    (\d) \[", capsys.readouterr().out, re.MULTILINE)
    assert steps == sorted(steps)
    assert set(steps) == set("01234567")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_needs_nothing_else_and_escapes_what_it_shows(folder, verify, language):
    (folder / "<b>&.xml").write_bytes(xml_signatures.sign(xml_signatures.LETTER))
    assert verify("<b>&.xml", "--html", "out.html", "--lang", language) == PASSED
    page = (folder / "out.html").read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in page
    assert "&lt;b&gt;&amp;.xml" in page
    assert "<b>&" not in page
    assert not re.search(r"(?:src|href)=|url\(|@import|<script", page)
    assert pki.NAME in page


def test_control_characters_of_a_name_do_not_reach_the_terminal(folder, verify, capsys):
    (folder / "a\x1b[2J.txt").write_bytes(b"")
    assert verify("a\x1b[2J.txt") == NO_SIGNATURE
    assert "\x1b" not in capsys.readouterr().out


def test_a_file_too_long_to_hold_is_judged_by_its_digests(folder, verify, monkeypatch):
    openssl_sign(folder, "thư.txt.p7s")
    monkeypatch.setattr(verify_files, "HELD_BYTES", 10)
    assert verify("thư.txt") == PASSED
    (folder / "thư.txt").write_bytes(CONTENT + b"!")
    assert verify("thư.txt") == FAILED


def test_what_takes_too_long_to_read_is_undecided(folder, verify, monkeypatch, capsys):
    (folder / "good.xml").write_bytes(xml_signatures.sign(xml_signatures.LETTER))
    monkeypatch.setattr(reading, "read_xml", hostile_workers.slow)
    monkeypatch.setattr(workers, "WAITING_SECONDS", 0.5)
    assert verify("good.xml") == UNDECIDED
    assert "was stopped to protect the computer" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ("missing.txt",),
        ("thư.txt", "--signature", "missing"),
        ("thư.txt", "cert.pem", "--signature", "cert.pem"),
        ("thư.txt", "--no-such-option"),
        ("thư.txt", "--policy", "none"),
        ("thư.txt", "--intermediates", "thư.txt"),
        (),
    ],
)
def test_what_cannot_be_understood_or_read_has_a_status_of_its_own(verify, arguments):
    try:
        status = verify(*arguments)
    except SystemExit as stopped:
        status = stopped.code
    assert status == REFUSED


def test_a_time_without_zone_is_refused(verify):
    with pytest.raises(SystemExit) as stopped:
        verify("thư.txt", at="2019-06-03T02:11:09")
    assert stopped.value.code == REFUSED


def test_the_present_is_judged_by_where_no_time_is_given(folder, verify):
    openssl_sign(folder, "thư.txt.p7s")
    assert verify("thư.txt", at=None) in {FAILED, UNDECIDED}  # the certificate has long expired


def test_our_own_signatures_pass_and_openssl_agrees(folder, verify):
    signer = pki.organisation()
    made = sign(CONTENT, signer.certificate, signer.key, chain=signer.chain, signing_time=pki.AT)
    (folder / "thư.txt.p7s").write_bytes(made)
    assert verify("thư.txt") == PASSED
    openssl(
        folder, "cms", "-verify", "-binary", "-inform", "DER", "-in", "thư.txt.p7s", "-content", "thư.txt",
        "-CAfile", "trust/root.pem", "-purpose", "any", "-attime", "1559527869", "-out", "out.txt",
    )  # fmt: skip
    assert (folder / "out.txt").read_bytes() == CONTENT


def test_no_indication_is_left_without_a_status():
    from axis.cli.verify import EXIT  # noqa: PLC0415 - beside what it is about

    assert set(EXIT) == {*Indication, None}
    assert sorted(EXIT.values()) == [PASSED, FAILED, UNDECIDED, NO_SIGNATURE]


@pytest.mark.parametrize("option", ["--trust", "--intermediates", "--crl"])
def test_material_that_cannot_be_used_is_refused_by_file_and_reason(folder, verify, capsys, option):
    openssl_sign(folder, "thư.txt.p7s")
    broken = broken_trust.pem_of(b"\x30\x03\x02\x01")
    (folder / "all.pem").write_bytes(to_pem(pki.root().certificate) + broken)
    assert verify("thư.txt", option, "all.pem") == REFUSED
    assert capsys.readouterr().err == "axis: all.pem, part 2: it cannot be read as a certificate\n"


def test_a_root_with_a_name_in_latin_1_stands_beside_the_others(folder, verify):
    openssl_sign(folder, "thư.txt.p7s")
    (folder / "trust" / "teletex.pem").write_bytes(broken_trust.latin1_root(folder))
    assert verify("thư.txt") == PASSED


def test_containers_messages_and_bare_base64_are_judged_by_their_first_bytes(folder, verify):
    good, bad = containers.asic_e(), {**containers.asic_e(), containers.LETTER: b"forged"}
    (folder / "good.bin").write_bytes(containers.pack(good))
    (folder / "bad.bin").write_bytes(containers.pack(bad))
    assert verify("good.bin") == PASSED
    assert verify("bad.bin") == FAILED
    (folder / "letter").write_bytes(containers.mail(folder, CONTENT))
    assert verify("letter") == PASSED
    openssl_sign(folder, "der")
    (folder / "thư.txt.p7s").write_bytes(base64.encodebytes((folder / "der").read_bytes()))
    assert verify("thư.txt") == PASSED
    (folder / "thư.txt.p7s").write_bytes(b"see: " + base64.encodebytes((folder / "der").read_bytes()))
    assert verify("thư.txt") == FAILED


@pytest.mark.parametrize(
    "data",
    [
        containers.pack({"_xmlsignatures/sig1.xml": b"<a/>"}),
        b"-----BEGIN PGP SIGNED MESSAGE-----\n",
        b"eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
    ],
)
def test_what_is_signed_in_another_format_is_said_to_be_so(folder, verify, capsys, data):
    (folder / "file").write_bytes(data)
    assert verify("file") == UNDECIDED
    assert "signed in a format that is not judged here" in capsys.readouterr().out


def test_an_encrypted_cms_is_said_to_be_so_and_certificates_alone_are_unsigned(folder, verify, capsys):
    pki.organisation("rsa-2048").write(folder)
    openssl(
        folder, "cms", "-encrypt", "-aes256", "-in", "thư.txt", "-outform", "DER", "-out", "a.p7m", "cert.pem"
    )
    assert verify("a.p7m") == UNDECIDED
    assert "encrypted" in capsys.readouterr().out
    openssl(folder, "crl2pkcs7", "-nocrl", "-certfile", "cert.pem", "-outform", "DER", "-out", "a.p7b")
    assert verify("a.p7b") == NO_SIGNATURE
