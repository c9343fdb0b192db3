"""Across modules: pyHanko validates what we make, and we pass what it makes."""

import asyncio
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from asn1crypto import crl
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import (
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
)
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from support import pdfs, pki, tsa
from support.pyhanko_signatures import filled, private, sign_theirs, theirs

from signing import authority
from signing.certificate_subjects import authority_subject
from signing.verdict import Indication
from signing.verify import TrustedTime


def context() -> ValidationContext:
    return ValidationContext(
        trust_roots=[theirs(pki.root().certificate)],
        other_certs=[theirs(pki.issuing().certificate)],
        crls=[crl.CertificateList.load(pki.crl())],
        moment=pki.AT,
        allow_fetching=False,
    )


def statuses(data: bytes) -> list[Any]:
    reader = PdfFileReader(BytesIO(data))

    async def validate():
        return [
            await async_validate_pdf_signature(each, context()) for each in reader.embedded_regular_signatures
        ]

    return asyncio.run(validate())


@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_pyhanko_validates_each_signature_we_make(kind):
    (status,) = statuses(pdfs.sign(pdfs.sample(), kind))
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"


def test_pyhanko_validates_a_persons_signature_under_an_organisations():
    first, second = statuses(pdfs.signed_by_both())
    assert first.bottom_line
    assert second.bottom_line
    assert first.modification_level.name == "FORM_FILLING"


def test_pyhanko_believes_the_time_stamp_of_each_signature_we_make_with_one():
    data = pdfs.sign(pdfs.sign(pdfs.sample(), stamp=tsa.stamp), "organisation", stamp=tsa.stamp)
    for status in statuses(data):
        assert status.bottom_line
        assert status.timestamp_validity.valid
        assert status.timestamp_validity.trusted
        assert status.timestamp_validity.timestamp == pki.AT
    assert [verdict.time_source for verdict in pdfs.judge(data)] == ["rfc3161", "rfc3161"]
    (plain,) = statuses(pdfs.sign(pdfs.sample()))
    assert plain.timestamp_validity is None


def test_pyhanko_fails_what_we_fail():
    altered = pdfs.append(pdfs.signed_by_both(), {pdfs.TEXT: pdfs.stream(b"BT ET")})
    assert [status.bottom_line for status in statuses(altered)] == [False, False]
    assert pdfs.words(altered) == ["HASH_FAILURE", "HASH_FAILURE"]


@pytest.mark.parametrize("sub_filter", [SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED])
@pytest.mark.parametrize("key", ["p256", "rsa-2048"])
def test_both_encodings_of_pyhanko_pass(sub_filter, key):
    data = sign_theirs(pdfs.sample(), pki.organisation(key), "Theirs", subfilter=sub_filter)
    (verdict,) = pdfs.judge(data)
    assert verdict.indication is Indication.TOTAL_PASSED


def test_ours_over_theirs_and_theirs_over_ours_pass():
    theirs_first = sign_theirs(pdfs.sample(), pki.person(), "Theirs")
    assert pdfs.words(pdfs.sign(theirs_first, "organisation")) == ["passed", "passed"]
    theirs_last = sign_theirs(pdfs.signed_by_person(), pki.organisation(), "Theirs")
    assert pdfs.words(theirs_last) == ["passed", "passed"]
    assert all(status.bottom_line for status in statuses(theirs_last))


def test_a_file_with_compressed_objects_passes():
    writer = IncrementalPdfFileWriter(BytesIO(pdfs.sample()))
    writer.root["/Lang"] = pdf_string("vi")
    writer.update_root()
    out = BytesIO()
    writer.stream_xrefs = True
    writer.write(out)
    data = pdfs.sign(pdfs.sign(out.getvalue()), "organisation")
    assert pdfs.words(data) == ["passed", "passed"]
    assert all(status.bottom_line for status in statuses(data))


# Forms: what may be filled in after signing.


def test_a_field_filled_in_after_signing_is_allowed_where_the_sender_signs_it():
    both = pdfs.sign(filled(pdfs.sign(pdfs.form())), "organisation")
    assert pdfs.words(both) == ["passed", "passed"]
    assert all(status.bottom_line for status in statuses(both))


def test_a_field_left_empty_for_a_later_signature_may_be_signed_in():
    writer = IncrementalPdfFileWriter(BytesIO(pdfs.sample()))
    append_signature_field(writer, SigFieldSpec("Seal", box=(90, 60, 270, 140)))
    out = BytesIO()
    writer.write(out)
    certified = sign_theirs(
        out.getvalue(), pki.person(), "Certified", certify=True, docmdp_permissions=MDPPerm.FILL_FORMS
    )
    both = pdfs.sign(certified, "organisation", field="Seal")
    assert pdfs.words(both) == ["passed", "passed"]
    assert all(status.bottom_line for status in statuses(both))


def test_a_moved_field_is_not_filling_in():
    data = pdfs.sign(pdfs.form())
    moved = pdfs.current(data, pdfs.FIELD).replace(b"[300 300 400 320]", b"[0 0 595 842]")
    assert pdfs.words(pdfs.append(data, {pdfs.FIELD: moved})) == ["HASH_FAILURE"]


# Long-term forms: data for checking later, and time-stamps over the document.


def stamped(data, *, is_trusted=True, at=pki.AT):
    """A time-stamp over the document by an authority of ours, or by a certificate that may not stamp."""
    key = pki.key("rsa-2048-stamper")
    certificate = authority.issue_timestamp_authority(
        pki.issuing(), key.public_key(), authority_subject("Stamps", "Ban Cơ yếu"), pki.terms(77)
    )
    if not is_trusted:
        by = authority.create_root(key, authority_subject("Stranger", "X"), pki.terms(1))
        certificate = authority.issue_timestamp_authority(
            by, key.public_key(), authority_subject("Stamps", "X"), pki.terms(78)
        )
    stamper = DummyTimeStamper(theirs(certificate), private(key), fixed_dt=at)
    writer = IncrementalPdfFileWriter(BytesIO(data))
    return asyncio.run(signers.PdfTimeStamper(stamper).async_timestamp_pdf(writer, "sha256")).getvalue()


def test_a_document_time_stamp_settles_the_time_of_the_signatures_under_it():
    accepted = TrustedTime(pki.AT + timedelta(days=20))
    verdicts = pdfs.judge(stamped(pdfs.signed_by_both()), time=accepted)
    assert [verdict.kind for verdict in verdicts] == ["person", "organisation"]
    for verdict in verdicts:
        assert verdict.indication is Indication.TOTAL_PASSED
        assert pki.check(verdict, "later-changes").found in {"archive", "form"}
        assert (verdict.time_source, verdict.trusted_time) == ("rfc3161", pki.AT)
        assert pki.check(verdict, "document-timestamp").outcome == "passed"


@pytest.mark.parametrize(
    ("is_trusted", "at"), [(False, pki.AT), (True, pki.AT + timedelta(days=21))], ids=["stranger", "later"]
)
def test_a_document_time_stamp_that_is_not_believed_settles_nothing(is_trusted, at):
    accepted = TrustedTime(pki.AT + timedelta(days=20))
    data = stamped(pdfs.signed_by_person(), is_trusted=is_trusted, at=at)
    (verdict,) = pdfs.judge(data, time=accepted)
    assert verdict.indication is Indication.TOTAL_PASSED
    assert verdict.trusted_time == accepted.at
    assert pki.check(verdict, "document-timestamp").outcome == "unknown"


def test_a_document_time_stamp_says_nothing_of_a_signature_made_after_it():
    data = pdfs.sign(stamped(pdfs.signed_by_person()), "organisation")
    person, organisation = pdfs.judge(data, time=TrustedTime(pki.AT + timedelta(days=20)))
    assert (person.time_source, organisation.time_source) == ("rfc3161", "acceptance")


def test_a_store_of_data_for_checking_later_breaks_nothing():
    data = pdfs.signed_by_person()
    writer = IncrementalPdfFileWriter(BytesIO(data))
    store = DictionaryObject({pdf_name("/Type"): pdf_name("/DSS"), pdf_name("/Certs"): ArrayObject()})
    writer.root["/DSS"] = writer.add_object(store)
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    (verdict,) = pdfs.judge(out.getvalue())
    assert verdict.indication is Indication.TOTAL_PASSED
    assert pki.check(verdict, "later-changes").found == "archive"


def test_an_encrypted_file_is_left_open_and_never_passes():
    encrypt = b"<</Filter/Standard/V 2/R 3/Length 128/P -4/O<%s>/U<%s>>>" % (b"00" * 32, b"00" * 32)
    data = pdfs.append(pdfs.signed_by_person(), {91: encrypt}, b"/Encrypt 91 0 R/ID[<00><00>]")
    (verdict,) = pdfs.judge(data)
    assert verdict.indication is Indication.INDETERMINATE
    assert verdict.sub_indication == "GENERIC"
    assert "encrypted" in verdict.to_json("en")["sentence"]
