"""`axis verify` over a manifest: its files are compared, and a receipt says as of when."""

import hashlib
import json
import unicodedata

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support import manifests, pki

from axis.cli import main
from axis.ledger.leaves import canonical_json
from signing.certificates import to_pem
from signing.cms import sign
from signing.merkle import leaf_hash
from signing.notes import Checkpoint, NoteSigner, write_receipt

PASSED, FAILED, UNDECIDED, UNCOVERED, REFUSED = range(5)
AT = "2019-06-03T02:11:09Z"
LETTER, ANNEX = b"%PDF-1.7 letter", b"annex"
NAMES = ("Công văn.pdf", "annex.txt")
LEDGER = NoteSigner("axis.test/v1/ledger", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A manifest of two files, its signature, the files, and what to trust."""
    signer = pki.organisation()
    declared = [
        manifests.attachment(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
        for name, data in zip(NAMES, (LETTER, ANNEX), strict=True)
    ]
    manifest = json.dumps(manifests.manifest(attachments=declared), ensure_ascii=False).encode()
    (tmp_path / "manifest.json").write_bytes(manifest)
    signature = sign(manifest, signer.certificate, signer.key, chain=signer.chain)
    (tmp_path / "manifest.p7s").write_bytes(signature)
    (tmp_path / NAMES[0]).write_bytes(LETTER)
    (tmp_path / NAMES[1]).write_bytes(ANNEX)
    (tmp_path / "root.pem").write_bytes(to_pem(pki.root().certificate))
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "issuing.crl").write_bytes(pki.crl())
    (tmp_path / "lists" / "root.crl").write_bytes(pki.crl(pki.root()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def verify(*arguments, at=AT):
    time = ["--at", at] if at else []
    fixed = ["--signature", "manifest.p7s", "--trust", "root.pem", "--crl", "lists"]
    return main(["verify", "manifest.json", *fixed, *arguments, *time])


@pytest.mark.usefixtures("folder")
def test_files_that_are_what_the_manifest_names_pass_with_it(capsys):
    assert verify(*NAMES) == PASSED
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "manifest.json: valid"
    assert lines[-2:] == [f"  {name}: is the file that the manifest names" for name in NAMES]


@pytest.mark.parametrize("altered", [LETTER[:-1] + b"!", LETTER + b" ", b""])
def test_an_altered_file_fails_though_the_signature_holds(folder, capsys, altered):
    (folder / NAMES[0]).write_bytes(altered)
    assert verify(*NAMES, "--json") == FAILED
    answer = json.loads(capsys.readouterr().out)
    assert (answer["indication"], answer["files"][0]["indication"]) == ("TOTAL-FAILED", "TOTAL-FAILED")
    assert [each["outcome"] for each in answer["files"][0]["attachments"]] == ["altered", "same"]
    assert answer["files"][0]["signatures"][0]["indication"] == "TOTAL-PASSED"


@pytest.mark.usefixtures("folder")
def test_files_that_were_not_given_are_named_and_change_no_status(capsys):
    assert verify(NAMES[0]) == PASSED
    assert "annex.txt: was not given: nothing is said about its content" in capsys.readouterr().out
    assert verify() == PASSED
    assert capsys.readouterr().out.count("was not given") == 2


def test_a_file_that_the_manifest_does_not_name_is_covered_by_nothing(folder, capsys):
    (folder / "other.pdf").write_bytes(LETTER)
    assert verify(*NAMES, "other.pdf") == UNCOVERED
    assert "other.pdf: is not named by the manifest" in capsys.readouterr().out


def test_names_are_the_same_in_either_unicode_form(folder):
    decomposed = unicodedata.normalize("NFD", NAMES[0])
    (folder / NAMES[0]).rename(folder / decomposed)
    assert verify(decomposed, NAMES[1]) == PASSED


def test_an_altered_manifest_fails_whatever_its_files_are(folder):
    manifest = (folder / "manifest.json").read_bytes()
    (folder / "manifest.json").write_bytes(manifest.replace(b"123/UBND", b"124/UBND"))
    assert verify(*NAMES) == FAILED


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_shows_the_files_too(folder, language):
    (folder / NAMES[0]).write_bytes(b"another")
    assert verify(NAMES[0], "--html", "page.html", "--lang", language) == FAILED
    page = (folder / "page.html").read_text(encoding="utf-8")
    words = {
        "en": ("was changed", "was not given"),
        "vi": ("đã bị thay đổi", "không được đưa vào"),
    }
    assert all(each in page for each in words[language])
    assert NAMES[0] in page


def receipt(folder, **changes) -> None:
    """A receipt over the manifest and its signature, in a ledger of one leaf, with changes to the leaf."""
    digests = [
        hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("manifest.json", "manifest.p7s")
    ]
    leaf = {
        "v": 1, "event": "acceptance", "at": AT, "clock": "real", "document": "d1", "manifest": digests[0],
        "signatures": [digests[1]], **changes,
    }  # fmt: skip
    data = canonical_json(leaf)
    note = LEDGER.sign(Checkpoint(LEDGER.name, 1, leaf_hash(data)).text())
    (folder / "receipt").write_text(write_receipt(data, 0, [], note), encoding="utf-8")
    (folder / "vkey").write_text(f"{LEDGER.verifier}\n", encoding="utf-8")


def test_a_receipt_says_as_of_when_years_later(folder, capsys):
    receipt(folder)
    (folder / "answer.json").write_text(
        json.dumps({"id": "d1", "receipt": (folder / "receipt").read_text(encoding="utf-8")}),
        encoding="utf-8",
    )
    assert verify(*NAMES, at="2036-06-03T00:00:00Z") == UNDECIDED  # its issuers have expired
    assert "--receipt" in capsys.readouterr().out
    for given, key in (("receipt", "vkey"), ("answer.json", str(LEDGER.verifier))):
        assert verify(*NAMES, "--receipt", given, "--ledger-key", key, at=None) == PASSED
        assert "2019-06-03T02:11:09Z (the time that the receipt proves)" in capsys.readouterr().out
    assert verify("--receipt", "receipt", "--ledger-key", "vkey", "--json", at=None) == PASSED
    proof = json.loads(capsys.readouterr().out)["receipt"]
    assert proof == {"at": AT, "ledger": "axis.test/v1/ledger", "document": "d1", "clock": "real"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"manifest": "0" * 64}, "is about another manifest than manifest.json"),
        ({"event": "refusal"}, "is about another manifest than manifest.json"),
        ({"signatures": []}, "does not say that manifest.p7s was there"),
        ({"at": "once"}, "names no time"),
    ],
)
def test_a_receipt_of_something_else_proves_no_time(folder, capsys, changes, words):
    receipt(folder, **changes)
    assert verify("--receipt", "receipt", "--ledger-key", "vkey", at=None) == REFUSED
    assert words in capsys.readouterr().err


def test_a_receipt_of_another_key_or_altered_proves_nothing(folder, capsys):
    receipt(folder)
    other = NoteSigner(LEDGER.name, Ed25519PrivateKey.from_private_bytes(bytes(32))).verifier
    assert verify("--receipt", "receipt", "--ledger-key", str(other), at=None) == REFUSED
    assert "proves nothing: note-not-trusted" in capsys.readouterr().err
    text = (folder / "receipt").read_text(encoding="utf-8")
    (folder / "receipt").write_text(text.replace("extra e", "extra f"), encoding="utf-8")
    assert verify("--receipt", "receipt", "--ledger-key", "vkey", at=None) == REFUSED


@pytest.mark.parametrize(
    "arguments",
    [
        ("--receipt", "receipt"),
        ("--ledger-key", "vkey"),
        ("--receipt", "receipt", "--ledger-key", "vkey", "--at", AT),
        ("--receipt", "root.pem", "--ledger-key", "vkey"),
        ("--receipt", "receipt", "--ledger-key", "no key"),
        ("--receipt", "missing", "--ledger-key", "vkey"),
    ],
)
def test_a_receipt_that_cannot_be_meant_is_refused(folder, arguments):
    receipt(folder)
    assert verify(*arguments, at=None) == REFUSED
