"""Over HTTP: the evidence of a document, for each of those it concerns."""

import json
import shutil
import subprocess

import pytest
from cryptography import x509
from support import pki
from support.agency import Agency
from support.evidence import BAC_NINH, FILES, OFFICE, unpacked
from support.xml_signatures import LETTER
from support.xml_signatures import sign as sign_xml

from axis.evidence.archive import read_archive
from axis.evidence.parts import ALWAYS, place_of
from signing import cms, keys

pytestmark = pytest.mark.slow


def commands(readme: str) -> str:
    """The lines that the instructions give to the shell."""
    return "\n".join(line[4:] for line in readme.splitlines() if line.startswith("    "))


@pytest.mark.parametrize("name", ["signed", "unsigned", "large"])
def test_the_instructions_work_as_printed(world, name, tmp_path):
    folder = unpacked(world.evidence(name), tmp_path / "evidence")
    script = commands((folder / "README.txt").read_text(encoding="utf-8"))
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("OK\n")
    assert "WARNING" not in done.stderr
    assert ("cms -verify" in script) == (name != "unsigned")


def holder(agency):
    """An agency's certificate, its key, and its issuers."""
    chain = x509.load_pem_x509_certificates(agency.item["organisation"]["certificate"].encode())
    return chain[0], keys.from_pem(agency.item["organisation"]["key"].encode()), tuple(chain[1:])


def instructions(world, answer, folder):
    """Run the instructions of a document's evidence; return the folder, the script and what came of it."""
    assert answer.status_code == 201, answer.text
    found = world.auditor.get(f"/v1/documents/{answer.json()['id']}/evidence").content
    folder = unpacked(found, folder)
    script = commands((folder / "README.txt").read_text(encoding="utf-8"))
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    return folder, script, done


def of_rsa(world, letter):
    code = "000.00.00.H01"
    items = world.hub.provision({"code": code, "name": "Sở", "organisation": {"key": "rsa-2048"}})
    agency = Agency(world.hub.url, items[code])
    with agency.client:
        manifest = agency.manifest(OFFICE, letter)
        return agency.post(manifest, [agency.sign(manifest)], letter)


def without_issuers(world, letter):
    manifest = world.sender.manifest(OFFICE, letter)
    certificate, key, _ = holder(world.sender)
    return world.sender.post(manifest, [cms.sign(manifest, certificate, key, signing_time=pki.AT)], letter)


def detached(world, letter):
    ((name, content),) = letter.items()
    return world.sender.send(
        OFFICE, signed=False, files={**letter, f"{name}.p7s": world.sender.sign(content)}
    )


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize("send", [of_rsa, without_issuers, detached])
def test_the_instructions_verify_each_signature_that_openssl_can_read(world, send, tmp_path):
    letter = {"công văn 'số 1'.pdf": b"%PDF-1.7\n%%EOF\n"}
    _, script, done = instructions(world, send(world, letter), tmp_path / "evidence")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("OK\n")
    assert script.count("cms -verify") == 1
    assert "checked/signer.pem: OK" in done.stdout


@pytest.mark.stores("sqlite")
def test_the_instructions_prepare_what_xmlsec1_needs(world, tmp_path):
    certificate, key, chain = holder(world.sender)
    signed = sign_xml(LETTER, pki.Signer(certificate, key, chain))
    answer = world.sender.send(OFFICE, signed=False, files={"don.xml": signed})
    folder, _, done = instructions(world, answer, tmp_path / "evidence")
    assert done.returncode == 0, done.stderr
    _, _, text = (folder / "README.txt").read_text(encoding="utf-8").partition("TZ=UTC0 ")
    command = "TZ=UTC0 " + text.partition("attachments/0-don.xml")[0]
    command += "--id-attr:Id urn:letter:letter attachments/0-don.xml"
    if shutil.which("xmlsec1"):
        verified = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, check=False)
        assert verified.returncode == 0, verified.stderr


@pytest.mark.parametrize(
    ("place", "failing"),
    [
        ("manifest.json", "sha256sum"),
        ("attachments/0-Văn bản số 1.pdf", "sha256sum"),
        ("SHA256SUMS", "sha256sum"),
    ],
)
def test_the_instructions_end_with_an_error_where_a_part_was_altered(world, place, failing, tmp_path):
    folder = unpacked(world.evidence("signed"), tmp_path / "evidence")
    script = commands((folder / "README.txt").read_text(encoding="utf-8"))
    altered = bytearray((folder / place).read_bytes())
    altered[3] ^= 1
    (folder / place).write_bytes(altered)
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert failing in done.stderr


def test_the_time_of_the_signature_decides_and_not_the_day_of_the_check(world, tmp_path):
    folder = unpacked(world.evidence("signed"), tmp_path / "evidence")
    script = commands((folder / "README.txt").read_text(encoding="utf-8"))
    assert script.count("-attime ") == 2
    assert script.count("-crl_check") == 2
    without_time = script.replace("-attime ", "-attime 3")  # in a thousand years they would not
    done = subprocess.run(["bash", "-c", without_time], cwd=folder, capture_output=True, check=False)
    assert done.returncode != 0


def test_the_same_state_gives_the_same_bytes_and_their_number_ahead(world):
    path = f"/v1/documents/{world.documents['signed']['id']}/evidence"
    first, again = world.auditor.get(path), world.sender.client.get(path)
    assert first.content == again.content
    assert int(first.headers["content-length"]) == len(first.content)
    assert int(world.auditor.head(path).headers["content-length"]) == len(first.content)
    assert first.headers["content-type"] == "application/zip"


def test_parts_stand_in_their_order_and_hold_what_was_sent(world, tmp_path):
    archive = world.evidence("signed")
    packed = tmp_path / "evidence.zip"
    packed.write_bytes(archive)
    with packed.open("rb") as file:
        names = [each.entry.name for each in read_archive(file, "README.txt")]
    assert set(ALWAYS) <= set(names)
    places = [place_of(name) for name in names]
    assert places == sorted(places)
    folder = unpacked(archive, tmp_path / "unpacked")
    for ordinal, (name, content) in enumerate(FILES.items()):
        assert (folder / f"attachments/{ordinal}-{name}").read_bytes() == content
    verdicts = json.loads((folder / "verdicts.json").read_text())
    material = {
        piece["sha256"] for signature in verdicts["items"][0]["signatures"] for piece in signature["material"]
    }
    assert material == {path.name[:64] for path in (folder / "material").iterdir()}
    assert {path.suffix for path in (folder / "material").iterdir()} == {".crt", ".crl"}


def test_a_recipient_gets_what_happened_to_its_own_delivery_alone(world, tmp_path):
    whole = unpacked(world.evidence("signed"), tmp_path / "whole")
    own = unpacked(world.evidence("signed", world.province.client), tmp_path / "own")
    told = json.loads((own / "statuses.json").read_text())
    assert [each["to"] for each in told["deliveries"]] == [BAC_NINH]
    assert not told["complete"]
    everything = json.loads((whole / "statuses.json").read_text())
    assert [each["to"] for each in everything["deliveries"]] == [OFFICE, BAC_NINH]
    assert len(list((whole / "receipts").iterdir())) == 4
    assert len(list((own / "receipts").iterdir())) == 2
    assert "Đã vào sổ văn bản đến" not in (own / "index.html").read_text(encoding="utf-8")


def test_strangers_and_unknown_documents_get_the_same_answer(world):
    path = f"/v1/documents/{world.documents['unsigned']['id']}/evidence"
    nobody = "/v1/documents/00000000-0000-0000-0000-000000000000/evidence"
    assert world.province.client.get(path).status_code == 404
    assert world.auditor.get(nobody).status_code == 404


def test_the_page_says_in_both_languages_who_sent_signed_and_answered(world, tmp_path):
    folder = unpacked(world.evidence("signed"), tmp_path / "evidence")
    page = (folder / "index.html").read_text(encoding="utf-8")
    for said in (
        "<bdi>UBND thành phố Hải Phòng</bdi> (000.00.00.H24)",
        "<bdi>Văn phòng Chính phủ</bdi> (000.00.00.G22)",
        "Nguyễn Văn An",
        "Đã vào sổ văn bản đến",
        "02 · Từ chối tiếp nhận",
        "03 · accepted",
        "(giờ Việt Nam)",
        "UTC+07:00",
        "Văn bản số 1.pdf",
    ):
        assert said in page
    assert "<script" not in page
