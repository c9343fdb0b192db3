"""`axis edxml` checks, shows and makes messages, and says exactly what it cannot take."""

import json

import pytest
from support.edxml_messages import DOCUMENT, PDF, STATUS, edited

from axis.cli import main
from axis.protocol.edxml import DocumentKind, Priority, read

OK, PROBLEMS, REFUSED = range(3)
MAKE = ("--from", "000.00.00.G94", "--to", "H94", "--to", "H95", "--number", "5/SGD-VP", "--subject", "Thử")


@pytest.fixture
def edxml(tmp_path, monkeypatch, capsys):
    """Run the command in a folder with a document, a status and a PDF; returns status, output and errors."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "thư.edxml").write_bytes(DOCUMENT)
    (tmp_path / "03.edxml").write_bytes(STATUS)
    (tmp_path / "5.pdf").write_bytes(PDF)

    def run(*arguments):
        status = main(["edxml", *arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_check_names_what_it_read(edxml):
    status, out, _ = edxml("check", "thư.edxml", "03.edxml")
    assert status == OK
    assert out.splitlines() == [
        "thư.edxml: document 000.00.00.G94,2027/01/15,217/SGD-VP (cong-van, 1 file), no warnings",
        "03.edxml: status 03 from 000.00.00.H94 about 000.00.00.G94,2027/01/15,217/SGD-VP, no warnings",
    ]


def test_check_tells_warnings_and_faults_by_line(edxml, tmp_path):
    (tmp_path / "odd.edxml").write_bytes(edited(STATUS, ("Code>03<", "Code>3<")))
    (tmp_path / "bad.edxml").write_bytes(edited(DOCUMENT, ("Type>0<", "Type>8<")))
    status, out, _ = edxml("check", "odd.edxml", "bad.edxml")
    assert status == PROBLEMS
    assert "1 warning\n  line 28, StatusCode: status-one-digit: 3\n" in out
    assert "bad.edxml: refused: code-unknown: line 66, BussinessDocType: found 8, expected one of 0" in out
    status, out, _ = edxml("check", "--json", "odd.edxml", "bad.edxml")
    odd, bad = json.loads(out)["items"]
    assert (odd["readable"], odd["warnings"][0]["line"]) == (True, 28)
    assert (bad["readable"], bad["fault"]["line"], bad["fault"]["found"]) == (False, 66, "8")


def test_show_tells_every_field_and_no_content(edxml):
    status, out, _ = edxml("show", "thư.edxml")
    assert status == OK
    assert "  subject: V/v kiểm tra đường truyền\n" in out
    assert "    promulgated_on: 2027-01-05\n" in out
    _, out, _ = edxml("show", "--json", "thư.edxml")
    shown = json.loads(out)
    assert (shown["kind"], shown["signature"]) == ("document", False)
    assert shown["message"]["other"]["priority"] == {"code": 0, "name": "normal"}
    assert shown["message"]["attachments"][0]["content"]["size"] == len(PDF)


def test_show_can_write_the_files_and_overwrites_none(edxml, tmp_path):
    assert edxml("show", "thư.edxml", "--extract", "out")[0] == OK
    assert (tmp_path / "out/217-SGD-VP.pdf").read_bytes() == PDF
    assert edxml("show", "thư.edxml", "--extract", "out")[0] == REFUSED


def test_new_makes_a_document_that_is_read_without_a_warning(edxml, tmp_path):
    options = ("--type", "to-trinh", "--on", "2027-02-01", "--priority", "2", "--out", "new.edxml", "5.pdf")
    assert edxml("new", *MAKE, *options) == (OK, "", "")
    reading = read((tmp_path / "new.edxml").read_bytes())
    document = reading.message
    assert reading.warnings == ()
    assert document.document_id == "000.00.00.G94,2027/02/01,5/SGD-VP"
    assert [party.organ_id for party in document.recipients] == ["H94", "H95"]
    assert document.kind == DocumentKind("2", "16", "Tờ trình")
    assert document.other.priority is Priority.VERY_URGENT
    assert document.attachments[0].content == PDF


def test_new_makes_a_status_about_a_document(edxml, tmp_path):
    status = ("--status", "02", "--about", "thư.edxml", "--from", "000.00.00.H94", "--out", "02.edxml")
    assert edxml("new", *status)[0] == REFUSED
    assert edxml("new", *status, "--note", "Sai nơi nhận")[0] == OK
    made = read((tmp_path / "02.edxml").read_bytes()).message
    assert (made.code, made.description) == ("02", "Sai nơi nhận")
    assert made.about == read(STATUS).message.about


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("new", "--from", "A", "--out", "x"), "--to, --number, --subject"),
        (("new", "--from", "A", "--out", "x", "--status", "03"), "--about FILE"),
        (("new", "--from", "A", "--out", "x", "--status", "03", "--about", "03.edxml"), "itself a status"),
        (("new", *MAKE, "--subject", "a\x01", "--out", "x"), "writing, Subject: found U+0001"),
        (("show", "5.pdf"), "5.pdf: line 1: found"),
        (("check", "absent"), "absent"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_line(edxml, tmp_path, arguments, reason):
    status, out, err = edxml(*arguments)
    assert (status, out) == (REFUSED, "")
    assert reason in err
    assert err.count("\n") == 1
    assert not (tmp_path / "x").exists()
