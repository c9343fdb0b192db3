"""Each part of a file of trust material is read by itself."""

import pytest
from support import broken_trust, pki, raw_certificates, revocation_lists
from support.raw_cms import seq, tlv
from support.raw_revocation import extension

from signing import keys, material_parts
from signing.certificates import to_der, to_pem
from signing.material_parts import (
    Fault,
    Part,
    fault_of,
    is_list_of,
    is_self_issued,
    read_parts,
    revocation_places,
)

ROOT, ISSUING = pki.root().certificate, pki.issuing().certificate
BROKEN = broken_trust.pem_of(b"\x30\x03\x02\x01")


def kinds(data: bytes, **more) -> list[str]:
    return ["fault" if isinstance(each, Fault) else each.kind for each in read_parts(data, **more)]


def test_certificates_and_lists_of_a_bundle_are_told_apart_and_keys_passed_over():
    crl = broken_trust.list_in_pem(pki.crl())
    data = to_pem(ROOT) + keys.to_pem(pki.key("root")) + crl + to_pem(ISSUING)
    assert list(read_parts(data)) == [
        Part("certificate", to_der(ROOT)),
        Part("list", pki.crl()),
        Part("certificate", to_der(ISSUING)),
    ]


def test_a_broken_part_is_named_by_its_place_and_the_others_are_read():
    found = list(read_parts(to_pem(ROOT) + BROKEN + to_pem(ISSUING)))
    assert found[0] == Part("certificate", to_der(ROOT))
    assert found[1] == Fault(2, "it cannot be read as a certificate")
    assert found[2] == Part("certificate", to_der(ISSUING))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ["fault"]),
        (b"no certificate at all", ["fault"]),
        (to_pem(ROOT) + broken_trust.cut(to_pem(ISSUING)), ["certificate", "fault"]),
        (broken_trust.cut(to_pem(ISSUING)) + to_pem(ROOT), ["fault", "certificate"]),
        (to_pem(ROOT).replace(b"M", b"*"), ["fault"]),
        (to_der(ROOT), ["certificate"]),
        (to_der(ROOT)[:-1], ["fault"]),
        (to_der(ROOT) + b"\0", ["fault"]),
        (broken_trust.pem_of(broken_trust.unreadable_name()), ["fault"]),
        (broken_trust.pem_of(bytes(100_000)), ["fault"]),
        (keys.to_pem(pki.key("root")), []),
    ],
)
def test_what_is_broken_in_any_way_is_a_fault_and_no_error(data, expected):
    assert kinds(data) == expected


def test_a_file_in_der_is_of_the_kind_that_its_place_says():
    assert kinds(pki.crl(), expected="list") == ["list"]
    assert kinds(pki.crl()) == ["fault"]
    assert kinds(pki.crl()[:-1], expected="list") == ["fault"]
    assert kinds(revocation_lists.respond(revocation_lists.answer()), expected="response") == ["response"]
    assert kinds(b"\x30\x00", expected="response") == ["fault"]


@pytest.mark.parametrize(
    ("name", "oid", "good"),
    [
        ("basic_constraints", "2.5.29.19", "30030101ff"),
        ("extended_key_usage", "2.5.29.37", "300a06082b06010505070304"),
        ("policy_constraints", "2.5.29.36", "3003800100"),
        ("certificate_policies", "2.5.29.32", "300830060604551d2000"),
        ("name_constraints", "2.5.29.30", "3000"),
    ],
)
def test_an_extension_that_breaks_only_when_it_is_looked_into_is_a_fault(name, oid, good):
    sound = broken_trust.with_extension(oid, bytes.fromhex(good))
    assert fault_of("certificate", to_der(sound)) is None
    lazy = broken_trust.with_extension(oid, bytes.fromhex("3003a00105"))
    assert fault_of("certificate", to_der(lazy)) == f"its extension {name} cannot be read"


def test_a_text_for_people_in_a_policy_makes_no_authority_unusable():
    broken_notice = bytes.fromhex("301e301c0604551d20003014301206082b060105050702023006" + "0c04ff61ff61")
    certificate = broken_trust.with_extension("2.5.29.32", broken_notice)
    assert fault_of("certificate", to_der(certificate)) is None


def test_a_root_with_a_name_in_latin_1_can_be_used(tmp_path):
    (part,) = read_parts(broken_trust.latin1_root(tmp_path))
    assert isinstance(part, Part)
    assert is_self_issued(part.der)
    assert not is_self_issued(to_der(ISSUING))


def test_a_list_is_told_by_its_issuers_name_whatever_its_encoding(tmp_path):
    (part,) = read_parts(broken_trust.latin1_root(tmp_path))
    assert isinstance(part, Part)
    crl = broken_trust.latin1_list(tmp_path)
    assert is_list_of(crl, part.der)
    assert not is_list_of(crl, to_der(ROOT))
    assert is_list_of(pki.crl(pki.root()), to_der(ROOT))
    assert not is_list_of(b"no list", to_der(ROOT))


def test_a_file_of_too_many_parts_says_so_once(monkeypatch):
    monkeypatch.setattr(material_parts, "MAX_PARTS", 2)
    assert kinds(to_pem(*[ROOT] * 5)) == ["certificate", "certificate", "fault"]


def test_places_of_revocation_data_are_found_beside_what_cannot_be_read():
    here, there = b"http://ca.vn/a.crl", b"http://ca.vn/ocsp"
    places = seq(seq(tlv(0xA0, tlv(0xA0, tlv(0x86, here)))))
    ocsp, issuers = bytes.fromhex("06082b06010505073001"), bytes.fromhex("06082b06010505073002")
    accesses = seq(seq(issuers, tlv(0x86, here)), seq(ocsp, tlv(0x86, there)))
    odd = extension(raw_certificates.ALTERNATIVE_NAMES, seq(tlv(0x81, raw_certificates.LATIN_1)))
    signer = raw_certificates.signer(
        None,
        odd,
        extension(raw_certificates.LIST_PLACES, places),
        extension(raw_certificates.INFORMATION_ACCESS, accesses),
    )
    assert revocation_places(signer.der) == ("a", (here.decode(),), (there.decode(),))
    assert revocation_places(to_der(ROOT)) == ("1", (), ())
    assert revocation_places(b"\x30\x00") == ("", (), ())
