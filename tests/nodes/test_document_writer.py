"""Documents as agencies write them: read back by the axis's own rules, and checked by openssl."""

import json
import subprocess
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from support.offices import office_of

from axis.protocol.manifest import parse_manifest
from nodes.document_writer import Draft, Reference, number_of, sign_manifest, write_document, write_manifest
from nodes.invented_texts import MATTERS, Matter
from nodes.known_agencies import agency

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
DRAFT = Draft(
    "123/UBND-VX", "2019-06-03", "cong-van", "V/v phòng, chống dịch", ("000.00.00.G22", "000.00.00.H26")
)
RECIPIENTS = [agency("G22"), agency("H26")]


def write(signed_by, draft=DRAFT):
    return write_document(office_of("H24"), RECIPIENTS, draft, signed_by, at=AT)


def test_the_axis_reads_the_manifest_and_finds_nothing_wrong():
    written = write("none")
    manifest = parse_manifest(written.manifest)
    assert (manifest.sender, manifest.number) == ("000.00.00.H24", "123/UBND-VX")
    assert list(manifest.to) == ["000.00.00.G22", "000.00.00.H26"]


def test_the_manifest_binds_the_attachment():
    written = write("none")
    (declared,) = json.loads(written.manifest)["attachments"]
    (attachment,) = written.attachments
    assert declared["sha256"] == sha256(attachment.content).hexdigest()
    assert declared["size"] == len(attachment.content)
    assert declared["name"] == attachment.name == "123-UBND-VX.pdf"


@pytest.mark.parametrize(
    ("signed_by", "count"), [("none", 0), ("person", 1), ("organisation", 1), ("both", 2)]
)
def test_it_carries_as_many_signatures_as_signers(signed_by, count):
    assert len(write(signed_by).signatures) == count


def test_the_person_signs_before_the_organisation():
    person, organisation = write("both").signatures
    assert (person,) == write("person").signatures
    assert (organisation,) == write("organisation").signatures


def test_the_same_document_has_the_same_bytes_signatures_included():
    assert write("both") == write("both")


def test_who_has_no_certificate_cannot_sign():
    with pytest.raises(ValueError, match="certificate"):
        sign_manifest(b"{}", "organisation", organisation=None, person=None, at=AT)


@pytest.mark.parametrize("signed_by", ["person", "organisation"])
def test_openssl_verifies_what_we_sign(signed_by, tmp_path):
    written = write(signed_by)
    (tmp_path / "manifest").write_bytes(written.manifest)
    (tmp_path / "signature").write_bytes(written.signatures[0])
    done = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "manifest",
         "-noverify", "-out", "out"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out").read_bytes() == written.manifest


@pytest.mark.parametrize("matter", MATTERS, ids=lambda matter: matter.subject[:20])
def test_every_matter_has_a_kind_the_axis_knows_and_words_it_takes(matter):
    draft = Draft(number_of(7, agency("H24"), matter), "2019-06-03", matter.type, matter.subject, ("H26",))
    parse_manifest(write("none", draft).manifest)


def test_numbers_follow_the_kind():
    assert number_of(5, agency("H24"), Matter("cong-van", "VX", "")) == "5/UBND-VX"
    assert number_of(5, agency("G12"), Matter("bao-cao", "VX", "")) == "5/BC-BTC"


def test_a_recall_names_what_it_recalls():
    draft = Draft("9/UBND", "2019-06-04", "cong-van", "Thu hồi", ("H26",), action="recall",
                  refers_to=(Reference("000.00.00.H24", "1/UBND-VX", "2019-06-03"),))  # fmt: skip
    manifest = parse_manifest(write_manifest("000.00.00.H24", draft, ()))
    assert manifest.action == "recall"
    assert manifest.refers_to[0].number == "1/UBND-VX"
