"""Who may add to a signed PDF: the same sender, by a later signature that itself passes, and nobody else."""

import re
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from support import pdfs, pki

from signing import authority
from signing.authority import Revocation
from signing.certificate_subjects import authority_subject
from signing.judging_context import Owner

OTHER_AGENCY = "000.00.00.G22"
OVER_THE_TEXT = (60, 600, 400, 700)
NOTE = b"<</Type/Annot/Subtype/Text/Rect[10 10 30 30]/Contents(approved)/P 3 0 R>>"


def stranger():
    return pki.organisation("stranger", agency=OTHER_AGENCY, serial=30)


def nameless(name, serial):
    """A certificate of the trusted authority that names an organisation, and no agency."""
    attributes = [(NameOID.ORGANIZATION_NAME, "Công ty A"), (NameOID.COMMON_NAME, name)]
    subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in attributes])
    certificate = authority.issue(
        pki.issuing(), pki.key(name).public_key(), subject, pki.terms(serial, end=pki.END - timedelta(days=1))
    )
    return pki.Signer(certificate, pki.key(name), (pki.issuing().certificate,))


def untrusted(agency=pki.SENDER):
    root = authority.create_root(pki.key("x"), authority_subject("X", "X"), pki.terms(1))
    issuer = authority.create_issuing(root, pki.key("y"), authority_subject("Y", "Y"), pki.terms(2))
    return pki.organisation("z", issuer=issuer, agency=agency)


def filled(data, value=b"(after)"):
    field = re.sub(rb"/V ?\(\w+\)", b"/V" + value, pdfs.current(data, pdfs.FIELD))
    return pdfs.append(data, {pdfs.FIELD: field})


def noted(data, number=91, note=NOTE):
    """A note laid on the page in a revision of its own."""
    page = re.sub(rb"/Annots ?\[(.*?)\]", rb"/Annots[\1 %d 0 R]" % number, pdfs.current(data, pdfs.PAGE))
    return pdfs.append(data, {number: note, pdfs.PAGE: page})


def words(data, **more):
    return [verdict.sub_indication or "passed" for verdict in pdfs.judge(data, **more)]


ANYBODY = {"sender": None}


@pytest.mark.parametrize("sender", [pki.SENDER, None])
def test_the_red_seal_over_the_blue_signature_is_allowed_and_said(sender):
    data = pdfs.sign(pdfs.signed_by_person(), "organisation", box=(320, 70, 520, 150))
    person, organisation = pdfs.judge(data, sender=sender)
    assert person.sub_indication is None
    assert pki.check(person, "later-changes").found == "form"
    assert pki.check(person, "later-signers").found == pki.NAME
    assert pki.NAME in person.to_json("en")["sentence"]
    assert pki.NAME in person.to_json("vi")["sentence"]
    assert "added" in person.to_json("en")["sentence"]
    assert "added" not in organisation.to_json("en")["sentence"]
    assert set(organisation.material) <= set(person.material)


@pytest.mark.parametrize("sender", [pki.SENDER, None])
@pytest.mark.parametrize("box", [OVER_THE_TEXT, (10, 10, 20, 20), (0, 0, 595, 842)], ids=str)
def test_a_strangers_mark_on_the_page_is_altered(box, sender):
    """Even where the stranger is trusted, and wherever the mark lies."""
    data = pdfs.sign(pdfs.signed_by_person(), "organisation", stranger(), box=box)
    first, second = words(data, sender=sender)
    assert first == "HASH_FAILURE"
    assert second == ("passed" if sender is None else "SIG_CONSTRAINTS_FAILURE")


def test_a_strangers_signature_without_a_mark_changes_nothing_that_is_seen():
    data = pdfs.sign(pdfs.signed_by_person(), "organisation", stranger(), is_visible=False)
    assert words(data) == ["passed", "SIG_CONSTRAINTS_FAILURE"]
    assert words(data, **ANYBODY) == ["passed", "passed"]


def test_a_strangers_mark_that_the_sender_seals_is_the_senders():
    data = pdfs.sign(pdfs.signed_by_person(), "person", stranger(), field="Stranger")
    assert words(pdfs.sign(data, "organisation"), **ANYBODY) == ["passed", "HASH_FAILURE", "passed"]


def test_a_mark_over_most_of_a_page_is_left_open_even_where_it_is_the_senders():
    data = pdfs.sign(pdfs.signed_by_person(), "organisation", box=(0, 0, 595, 700))
    assert words(data) == ["GENERIC", "passed"]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (untrusted(), ["GENERIC", "NO_CERTIFICATE_CHAIN_FOUND"]),
        (untrusted(OTHER_AGENCY), ["HASH_FAILURE", "NO_CERTIFICATE_CHAIN_FOUND"]),
    ],
    ids=["names the sender", "names another"],
)
def test_a_mark_by_an_untrusted_certificate_does_not_pass(by, expected):
    data = pdfs.sign(pdfs.signed_by_person(), "organisation", by, box=OVER_THE_TEXT)
    assert words(data, **ANYBODY) == expected


def test_a_seal_that_was_revoked_covers_nothing():
    revoked = pki.crl(revoked=[Revocation(10, pki.AT - timedelta(days=2))])
    assert words(pdfs.signed_by_both(), material=pki.trust(revoked)) == ["HASH_FAILURE", "REVOKED"]


def test_a_seal_whose_certificate_has_run_out_leaves_the_signature_under_it_open():
    seal = pki.organisation("short", end=pki.AT - timedelta(days=1), serial=31)
    data = pdfs.sign(pdfs.signed_by_person(), "organisation", seal)
    assert words(data) == ["GENERIC", "EXPIRED"]


def test_a_seal_that_waits_for_its_list_lets_the_signature_under_it_wait():
    issuer = authority.create_issuing(
        pki.root(), pki.key("other-issuing"), authority_subject("Other", "X"), pki.terms(3)
    )
    data = pdfs.sign(pdfs.signed_by_person(), "organisation", pki.organisation("o", issuer=issuer))
    first, second = pdfs.judge(data)
    assert (first.sub_indication, second.sub_indication) == ("TRY_LATER", "TRY_LATER")
    for language in ("en", "vi"):
        assert first.to_json(language)["sentence"] != second.to_json(language)["sentence"]


# Certificates that name no agency.


def test_two_parties_of_whom_nothing_tells_whether_they_are_one_are_left_open():
    data = pdfs.sign(pdfs.sign(pdfs.sample(), "person", nameless("a", 40)), "organisation", nameless("b", 41))
    first, second = pdfs.judge(data, **ANYBODY)
    assert (first.sub_indication, second.sub_indication) == ("GENERIC", None)
    assert "same sender" in first.to_json("en")["sentence"]


def test_the_same_certificate_twice_is_one_signer():
    one = nameless("a", 40)
    data = pdfs.sign(pdfs.sign(pdfs.sample(), "person", one), "organisation", one)
    assert words(data, **ANYBODY) == ["passed", "passed"]


@pytest.mark.parametrize(
    ("agency", "expected"),
    [(pki.SENDER, ["passed", "passed"]), (OTHER_AGENCY, ["HASH_FAILURE", "SIG_CONSTRAINTS_FAILURE"])],
)
def test_a_registration_tells_whose_a_certificate_is(agency, expected):
    data = pdfs.sign(pdfs.signed_by_person(), "organisation", nameless("b", 41))
    owner = Owner(agency, "organisation")
    assert words(data, binder=lambda _certificate: owner) == expected


def test_a_certificate_that_is_nobodys_is_a_strangers_where_the_sender_is_known():
    data = pdfs.sign(pdfs.signed_by_person(), "organisation", nameless("b", 41))
    assert words(data) == ["HASH_FAILURE", "SIG_CONSTRAINTS_FAILURE"]
    assert words(data, **ANYBODY) == ["GENERIC", "passed"]


# Form values and notes.


@pytest.mark.parametrize("change", [filled, noted])
def test_what_the_senders_later_signature_covers_is_allowed(change):
    data = pdfs.sign(pdfs.form())
    assert words(change(data)) == ["HASH_FAILURE"]
    assert words(pdfs.sign(change(data), "organisation")) == ["passed", "passed"]
    assert words(pdfs.sign(change(data), "organisation", is_visible=False)) == ["passed", "passed"]


@pytest.mark.parametrize("change", [filled, noted])
def test_what_a_stranger_signs_is_not(change):
    data = pdfs.sign(change(pdfs.sign(pdfs.form())), "organisation", stranger(), is_visible=False)
    assert words(data, **ANYBODY) == ["HASH_FAILURE", "passed"]


@pytest.mark.parametrize("change", [filled, noted])
def test_what_comes_after_the_last_signature_fails_all_under_it(change):
    both = pdfs.sign(pdfs.sign(pdfs.form()), "organisation")
    assert words(change(both)) == ["HASH_FAILURE", "HASH_FAILURE"]
    # … though the first addition was signed.
    first = pdfs.sign(filled(pdfs.sign(pdfs.form())), "organisation")
    assert words(change(filled(first, b"(again)"))) == ["HASH_FAILURE", "HASH_FAILURE"]


def test_an_altered_page_is_not_mended_by_the_senders_later_signature():
    other = pdfs.stream(b"BT /F1 12 Tf 72 700 Td (9.999.999 dong) Tj ET")
    data = pdfs.append(pdfs.signed_by_person(), {pdfs.TEXT: other})
    assert words(pdfs.sign(data, "organisation")) == ["HASH_FAILURE", "passed"]


def test_a_later_signature_that_is_itself_broken_covers_nothing():
    data = bytearray(pdfs.sign(filled(pdfs.sign(pdfs.form())), "organisation"))
    at = data.rindex(b"(after)")
    data[at + 1] ^= 1
    assert words(bytes(data)) == ["HASH_FAILURE", "HASH_FAILURE"]


def test_the_last_of_several_signatures_covers_what_came_between_them():
    both = pdfs.sign(pdfs.sign(pdfs.form()), "organisation")
    three = pdfs.sign(filled(both), "person", field="Third")
    assert words(three) == ["passed", "passed", "passed"]
