"""Signing PDF files keeps what was there, and equal arguments give equal bytes."""

import re
from datetime import datetime, timedelta

import pytest
from support import pdfs, pki, tsa
from support.pdfs import drawn

from signing.certificates import to_pem
from signing.cms.parse import parse
from signing.errors import CertificateKeyMismatch, InvalidTimes, SigningError, TimestampRefused, UnusablePdf
from signing.pades import read_pdf, sign_pdf
from signing.timestamps.attach import signature_value
from signing.verdict import Indication
from signing.verify import TrustedTime


def parse_stamp(signature):
    parsed = parse(signature, max_bytes=2**18, max_certificates=8, max_signers=1)
    (token,) = parsed.signers[0].unsigned.timestamps
    return token


def test_what_was_in_the_file_stays_byte_for_byte():
    assert pdfs.signed_by_person().startswith(pdfs.sample())
    assert pdfs.signed_by_both().startswith(pdfs.signed_by_person())


def test_a_person_then_an_organisation_both_pass_and_each_says_what_it_covers():
    person, organisation = pdfs.judge(pdfs.signed_by_both())
    assert (person.indication, person.kind) == (Indication.TOTAL_PASSED, "person")
    assert (organisation.indication, organisation.kind) == (Indication.TOTAL_PASSED, "organisation")
    assert pki.check(person, "pdf-coverage").found == "revision 2 of 3"
    assert pki.check(person, "later-changes").found == "form"
    assert pki.check(organisation, "pdf-coverage").found == "whole file"
    assert pki.check(organisation, "later-changes").found == "none"
    assert {person.format, organisation.format} == {"PAdES"}
    assert {person.covers, organisation.covers} == {"a.pdf"}


def test_the_checks_stand_in_the_order_of_the_procedure():
    for verdict in pdfs.judge(pdfs.signed_by_both()):
        steps = [check.step for check in verdict.checks]
        assert steps == sorted(steps)


def test_the_same_arguments_give_the_same_bytes():
    assert pdfs.sign(pdfs.sample()) == pdfs.sign(pdfs.sample())
    assert pdfs.sign(pdfs.sample()) != pdfs.sign(pdfs.sample(), "organisation")


@pytest.mark.parametrize("kind", ["rsa-2048", "rsa-3072"])
def test_rsa_keys_sign_as_well(kind):
    assert pdfs.words(pdfs.sign(pdfs.sample(), signer=pki.organisation(kind))) == ["passed"]


def test_the_time_of_signing_stands_in_the_file_and_not_in_the_signature():
    data = pdfs.signed_by_person()
    (verdict,) = pdfs.judge(data)
    assert verdict.claimed_time == pki.AT.replace(microsecond=0)
    (signature,) = read_pdf(data).signatures
    assert bytes.fromhex("06092a864886f70d010905") not in signature.cms


@pytest.mark.parametrize("kind", ["p256", "rsa-2048"])
def test_a_time_stamp_makes_pades_t_whose_time_is_believed(kind):
    data = pdfs.sign(pdfs.sample(), "organisation", pki.organisation(kind), stamp=tsa.stamp)
    later = TrustedTime(pki.AT + timedelta(days=1))
    (verdict,) = pdfs.judge(data, time=later)
    assert (verdict.indication, verdict.time_source) == (Indication.TOTAL_PASSED, "rfc3161")
    assert verdict.trusted_time == pki.AT
    (signature,) = read_pdf(data).signatures
    assert tsa.judge(parse_stamp(signature.cms), signature_value(signature.cms)).is_believed


def test_a_time_stamp_larger_than_its_room_is_refused_and_a_large_one_is_not():
    many = [pki.organisation(serial=100 + number).certificate for number in range(60)]

    def stamp(octets, count):
        return tsa.token(data=octets, certificates=[*pki.organisation().chain, *many[:count]])

    assert pdfs.words(pdfs.sign(pdfs.sample(), stamp=lambda octets: stamp(octets, 6))) == ["passed"]
    with pytest.raises(TimestampRefused, match="too-large"):
        pdfs.sign(pdfs.sample(), stamp=lambda octets: stamp(octets, 60))


def test_a_time_claimed_in_the_future_is_remarked_upon():
    (verdict,) = pdfs.judge(pdfs.handmade(more=b"/M(D:20300101000000Z)"))
    assert verdict.indication is Indication.TOTAL_PASSED
    assert pki.check(verdict, "claimed-time").outcome == "unknown"


def test_a_signature_without_a_mark_passes_too():
    data = pdfs.sign(pdfs.sample(), is_visible=False)
    assert drawn(data) == (b"", "")
    assert pdfs.words(data) == ["passed"]


def test_an_empty_field_is_not_filled_twice_under_one_name():
    with pytest.raises(UnusablePdf, match="field-taken"):
        pdfs.sign(pdfs.signed_by_person())
    assert pdfs.words(pdfs.sign(pdfs.signed_by_person(), field="Second")) == ["passed", "passed"]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"not a PDF", pdfs.sample()[:-30]])
def test_what_is_no_pdf_cannot_be_signed_and_is_called_so(data):
    with pytest.raises(UnusablePdf):
        pdfs.sign(data)


def test_a_wrong_key_or_a_time_without_zone_is_refused():
    by = pki.person()
    with pytest.raises(CertificateKeyMismatch):
        sign_pdf(pdfs.sample(), by.certificate, pki.key("other"), signing_time=pki.AT, kind="person")
    with pytest.raises(InvalidTimes):
        sign_pdf(pdfs.sample(), by.certificate, by.key, signing_time=datetime(2019, 6, 3), kind="person")  # noqa: DTZ001
    assert issubclass(UnusablePdf, SigningError)


@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_openssl_verifies_the_value_over_what_the_ranges_cover(kind, tmp_path):
    data = pdfs.sign(pdfs.sample(), kind)
    (signature,) = read_pdf(data).signatures
    begin, end = (int(number) for number in re.search(rb"/ByteRange \[0 (\d+) (\d+) ", data).groups())
    (tmp_path / "covered").write_bytes(data[:begin] + data[end:])
    (tmp_path / "value").write_bytes(signature.cms)
    (tmp_path / "root.pem").write_bytes(to_pem(pki.root().certificate))
    pki.openssl(
        tmp_path,
        *["cms", "-verify", "-binary", "-inform", "DER", "-in", "value", "-content", "covered"],
        *["-CAfile", "root.pem", "-purpose", "any", "-no_check_time", "-cades", "-out", "out"],
    )
    assert (tmp_path / "out").read_bytes() == (tmp_path / "covered").read_bytes()


def test_a_page_that_is_not_there_is_refused():
    with pytest.raises(UnusablePdf):
        pdfs.sign(pdfs.sample(), page=7)
