"""`axis verify FILE.zip` says what came of checking evidence, and what it took on its own word."""

import io
import json
import zipfile

import pytest
from support.evidence import contents, forged, ledger_signer, proven

from axis.cli import main
from axis.evidence.parts import part, written

HOLDS, ALTERED, UNSAID, REFUSED = 0, 1, 2, 4
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with evidence, the root and the ledger's key, and no hub any more."""
    place = tmp_path_factory.mktemp("auditor")
    hub = tmp_path_factory.mktemp("hub")
    with proven(hub, f"sqlite:///{hub}/axis.db") as found:
        for name in found.documents:
            (place / f"{name}.zip").write_bytes(found.evidence(name))
        (place / "root.crt").write_bytes(found.auditor.get("/v1/ca/root.crt").content)
        signer = ledger_signer(found)
        (place / "ledger.vkey").write_text(f"{signer.verifier}\n")
        parts = contents((place / "signed.zip").read_bytes())
        parts["index.html"] += b" "
        (place / "lying.zip").write_bytes(forged(parts, signer))
    return place


@pytest.fixture
def verify(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)

    def call(*arguments):
        status = main(["verify", *arguments])
        return status, capsys.readouterr()

    return call


def test_one_command_checks_everything(verify):
    status, printed = verify("signed.zip", "--trust", "root.crt", "--ledger-key", "ledger.vkey")
    assert status == HOLDS
    assert printed.out.startswith("signed.zip: everything in it holds\n")
    assert "UBND thành phố Hải Phòng sent " in printed.out
    assert "Signatures: valid." in printed.out
    assert "Taken on its own word" not in printed.out


def test_what_is_taken_on_the_archives_word_is_said(verify):
    status, printed = verify("signed.zip")
    assert status == HOLDS
    assert "Taken on its own word:" in printed.out
    assert "--ledger-key" in printed.out
    assert "--trust" in printed.out
    status, printed = verify("unsigned.zip", "--ledger-key", "ledger.vkey")
    assert status == HOLDS
    assert "Signatures: not signed." in printed.out
    assert "own word" not in printed.out


def test_it_speaks_vietnamese(verify):
    status, printed = verify("signed.zip", "--lang", "vi")
    assert status == HOLDS
    assert "mọi thứ trong hồ sơ đều đúng" in printed.out
    assert "Chữ ký số: hợp lệ." in printed.out


def test_it_answers_in_json(verify):
    _, printed = verify("signed.zip", "--json")
    answer = json.loads(printed.out)
    assert answer["result"] == "holds"
    assert answer["indication"] == "TOTAL-PASSED"
    assert answer["findings"] == []
    assert len(answer["taken_on_its_word"]) == 2


def test_what_contradicts_is_named(verify):
    status, printed = verify("lying.zip", "--ledger-key", "ledger.vkey")
    assert status == ALTERED
    assert "index.html says something else" in printed.out


def test_an_altered_byte_is_named_by_its_part(verify, folder):
    content = bytearray((folder / "signed.zip").read_bytes())
    at = content.index("Văn phòng Chính phủ".encode())
    content[at] ^= 1
    (folder / "altered.zip").write_bytes(bytes(content))
    status, printed = verify("altered.zip", "--json")
    assert status == ALTERED
    (finding,) = json.loads(printed.out)["findings"]
    assert finding["code"] == "digest"
    assert finding["place"] == "index.html"


def zipped(name, content, **options):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as made:
        made.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is no ZIP archive"),
        (b"%PDF-1.7\n", "it is no ZIP archive"),
        (b"PK\3\4", "it ends or goes on within a header"),
        (zipped("README.txt", bytes(200_000_000)), "README.txt is compressed"),
        (zipped("../../etc/passwd", b"x"), "its first part is ../../etc/passwd and not README.txt"),
    ],
    ids=["empty", "pdf", "cut", "bomb", "climbing"],
)
def test_what_is_no_evidence_archive_gets_one_sentence(verify, folder, content, reason):
    (folder / "other.zip").write_bytes(content)
    status, printed = verify("other.zip")
    assert status == REFUSED
    assert printed.err.startswith("axis: other.zip is no evidence archive of an axis: ")
    assert reason in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_of_many_parts_that_were_added_some_are_named_and_all_counted(verify, folder):
    parts = contents((folder / "unsigned.zip").read_bytes())
    parts |= {f"stranger-{number}": b"" for number in range(1_000)}
    made = [part(name, content) for name, content in parts.items()]
    (folder / "many.zip").write_bytes(b"".join(written(made)))
    status, printed = verify("many.zip")
    lines = printed.out.splitlines()
    assert status == ALTERED
    assert lines[1] == "  stranger-0 was added: no evidence archive has such a part."
    assert lines[21:] == ["  … and 980 more findings, which --json names."]


def test_options_of_other_files_do_not_go_with_evidence(verify):
    status, printed = verify("signed.zip", "--at", "2019-06-03T02:11:09Z")
    assert status == REFUSED
    assert "--at does not go with an evidence archive" in printed.err


def test_other_files_still_need_roots(verify, folder):
    (folder / "letter.txt").write_text("letter")
    status, printed = verify("letter.txt")
    assert status == REFUSED
    assert "--trust is needed" in printed.err
