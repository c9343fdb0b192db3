"""Signatures that attachments carry: when they decide, when they are only reported, and how they count."""

from datetime import UTC, datetime

import pytest
from cryptography import x509

from nodes.pdf import Line, write_pdf
from signing import keys
from signing.pades import sign_pdf

OFFICE = "000.00.00.G22"
LETTER = "cong-van.pdf"


def holder(agency, person=None):
    item = agency.item["organisation"] if person is None else agency.item["persons"][person]
    chain = x509.load_pem_x509_certificates(item["certificate"].encode())
    return chain[0], keys.from_pem(item["key"].encode()), tuple(chain[1:])


def signed_pdf(data, agency, person=None):
    certificate, key, chain = holder(agency, person)
    kind = "organisation" if person is None else "person"
    return sign_pdf(data, certificate, key, chain, signing_time=datetime.now(UTC), kind=kind)


@pytest.fixture
def letter():
    return write_pdf("V/v thử", [Line("Kinh gui: Van phong Chinh phu")], day="2026-06-03")


def sent(world, files, **more):
    answer = world.sender.send(OFFICE, files=files, **{"signed": False, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["verdict"]


def test_a_pdf_signed_by_person_and_organisation_decides_where_the_manifest_is_not_signed(world, letter):
    both = signed_pdf(signed_pdf(letter, world.sender, person=0), world.sender)
    verdict = sent(world, {LETTER: both})
    assert (verdict["indication"], verdict["signed_by"]) == ("TOTAL-PASSED", "both")
    assert {each["covers"] for each in verdict["signatures"]} == {f"attachment:{LETTER}"}
    assert {each["format"] for each in verdict["signatures"]} == {"PAdES"}


def test_a_signed_pdf_altered_afterwards_is_refused(world, letter):
    altered = signed_pdf(letter, world.sender).replace(b"/Title", b"/Titel", 1)
    answer = world.sender.send(OFFICE, signed=False, files={LETTER: altered})
    assert (answer.status_code, answer.json()["code"]) == (403, "signature-rejected")
    assert answer.json()["verdict"]["sub_indication"] == "HASH_FAILURE"


def test_anothers_signed_pdf_is_reported_and_refuses_nothing(world, letter):
    verdict = sent(world, {LETTER: signed_pdf(letter, world.office)})
    assert (verdict["indication"], verdict["signed_by"]) == (None, "none")
    (reported,) = verdict["signatures"]
    assert (reported["sub_indication"], reported["agency"]) == ("SIG_CONSTRAINTS_FAILURE", OFFICE)


def test_an_altered_enclosure_beside_a_signed_manifest_is_reported_and_refuses_nothing(world, letter):
    altered = signed_pdf(letter, world.sender).replace(b"/Title", b"/Titel", 1)
    verdict = sent(world, {"a.pdf": letter, "b.pdf": altered}, signed=True)
    assert (verdict["indication"], verdict["signed_by"]) == ("TOTAL-PASSED", "organisation")
    assert [each["sub_indication"] for each in verdict["signatures"]] == [None, "HASH_FAILURE"]


def test_a_detached_signature_beside_the_main_attachment_decides(world, letter):
    verdict = sent(world, {LETTER: letter, f"{LETTER}.p7s": world.sender.sign(letter)})
    assert (verdict["indication"], verdict["signed_by"]) == ("TOTAL-PASSED", "organisation")
    assert [each["covers"] for each in verdict["signatures"]] == [f"attachment:{LETTER}"]


def test_a_detached_signature_over_another_attachment_is_reported_only(world, letter):
    appendix = b"phu luc"
    files = {LETTER: letter, "phu-luc.txt": appendix, "phu-luc.txt.p7s": world.sender.sign(appendix)}
    verdict = sent(world, files)
    assert (verdict["indication"], verdict["signed_by"]) == (None, "none")
    assert [each["indication"] for each in verdict["signatures"]] == ["TOTAL-PASSED"]


def test_an_attachment_cannot_pass_for_the_manifest(world, letter):
    verdict = sent(world, {LETTER: letter, "manifest": b"x", "manifest.p7s": world.sender.sign(b"x")})
    assert (verdict["indication"], verdict["signed_by"]) == (None, "none")


def test_a_large_file_is_judged_from_the_disk(world):
    large = b"v" * 3_000_000
    verdict = sent(world, {"lon.bin": large, "lon.bin.p7s": world.sender.sign(large)})
    assert (verdict["indication"], verdict["signed_by"]) == ("TOTAL-PASSED", "organisation")


def test_rates_count_what_the_main_attachment_carries(world, letter):
    def counted():
        answer = world.ask("auditor", "GET", f"/v1/statistics/signatures?sender={world.sender.code}")
        return answer.json()["items"][0]

    before = counted()
    sent(world, {LETTER: signed_pdf(letter, world.sender)})
    sent(world, {LETTER: signed_pdf(letter, world.office)})
    after = counted()
    assert after["signed"] - before["signed"] == 1
    assert after["unsigned"] - before["unsigned"] == 1
    assert after["sent"] - before["sent"] == 2
