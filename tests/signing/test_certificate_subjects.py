"""Subjects of certificates name the agency, and whoever names none or two is nobody's."""

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from support import pki

from signing import authority
from signing.certificate_subjects import organisation_subject, person_subject, read_subject
from signing.errors import (
    InvalidName,
)


def test_an_agency_is_read_back_from_its_certificate():
    found = read_subject(pki.organisation().certificate)
    assert (found.kind, found.agency, found.name) == ("organisation", pki.SENDER, pki.NAME)


def test_a_person_is_read_back_from_its_certificate():
    found = read_subject(pki.person().certificate)
    assert (found.kind, found.agency) == ("person", pki.SENDER)
    assert (found.name, found.title) == ("Nguyễn Văn An", "Chủ tịch")


def test_the_subject_has_the_shape_of_the_contract():
    subject = organisation_subject(pki.NAME, pki.SENDER)
    (identifier,) = subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
    assert identifier.value == "GO:VN-000.00.00.H24"
    assert identifier.oid.dotted_string == "2.5.4.97"
    of_person = person_subject(pki.NAME, pki.SENDER, "Nguyễn", "Văn An", "Chủ tịch")
    for oid in (NameOID.SURNAME, NameOID.GIVEN_NAME, NameOID.TITLE, NameOID.ORGANIZATION_NAME):
        assert len(of_person.get_attributes_for_oid(oid)) == 1


def test_names_are_kept_in_nfc():
    decomposed = "U\u0309y ban"
    (name,) = organisation_subject(decomposed, pki.SENDER).get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert name.value == "\u1ee6y ban"


@pytest.mark.parametrize("name", ["", " ", "a" * 301, "a\x00b", "\ud800"])
def test_a_name_that_cannot_stand_in_a_certificate_is_refused(name):
    with pytest.raises(InvalidName):
        organisation_subject(name, pki.SENDER)


@pytest.mark.parametrize("code", ["", "a b", "x" * 65, "a\n"])
def test_a_code_that_cannot_stand_in_a_certificate_is_refused(code):
    with pytest.raises(InvalidName):
        organisation_subject(pki.NAME, code)


def test_a_long_name_of_an_agency_still_fits():
    name = "Ủy ban " * 40
    subject = organisation_subject(name, pki.SENDER)
    assert len(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value.encode()) <= 64
    assert subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == name.strip()


@pytest.mark.parametrize(
    "identifiers", [[], ["VATVN-123"], ["GO:VN-"], ["GO:VN-000.00.00.H24", "GO:VN-000.00.00.H26"]]
)
def test_a_subject_without_exactly_one_agency_is_nobodys(identifiers):
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, each) for each in identifiers]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Somebody"), *attributes])
    certificate = authority.issue(pki.issuing(), pki.key("x").public_key(), name, pki.terms(5))
    found = read_subject(certificate)
    assert (found.kind, found.agency, found.name) == (None, None, "Somebody")
