"""The hub's own authority: what it issues and revokes."""

import datetime as dt
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from axis.authority import queries
from axis.authority.certificates import (
    Person,
    Request,
    UnknownSerialError,
    create_authority,
    issue,
    record,
    revoke,
    split_name,
)
from axis.authority.stored_authorities import ISSUING, ROOT, AuthorityError, open_authority
from axis.clock import Microseconds, real_now, to_datetime
from axis.database.secret_key import SecretKeyError
from axis.database.store_facts import version
from signing import keys
from signing.certificates import to_pem

URL = "http://axis.test"
DAY = 86_400_000_000

pytestmark = pytest.mark.usefixtures("authority")


def issued(database, secret, now, person=None, **times):
    with database.read() as tx:
        authority = open_authority(tx, ISSUING, secret)
    key = keys.generate("p256")
    request = Request("000.00.00.H24", "Hải Phòng", key.public_key(), person, **times)
    result = issue(authority, request, now, URL)
    database.write(lambda tx: record(tx, [result]))
    return result


def crl(database, name) -> x509.CertificateRevocationList:
    with database.read() as tx:
        return x509.load_der_x509_crl(queries.revocation_list(tx, name).der)


def test_a_store_has_one_authority(database, secret, now):
    with pytest.raises(AuthorityError, match="already"):
        database.write(lambda tx: create_authority(tx, now, secret, URL, kind="p256", sandbox=True))


def test_its_keys_are_not_in_the_store_in_the_clear(database, secret):
    with database.read() as tx:
        stored = queries.authority_row(tx, ROOT).encrypted_key
        key = keys.to_pem(open_authority(tx, ROOT, secret).key)
        assert key not in stored
        assert b"PRIVATE" not in stored
        with pytest.raises(SecretKeyError):
            open_authority(tx, ROOT, type(secret)(b"0" * 32))


def test_openssl_finds_the_way_from_an_organisation_to_the_root(database, secret, now, tmp_path):
    certificate = issued(database, secret, now)
    revoked = issued(database, secret, now)
    database.write(lambda tx: revoke(tx, revoked.serial, "keyCompromise", now, secret))
    with database.read() as tx:
        root = open_authority(tx, ROOT, secret).certificate
    (tmp_path / "root.pem").write_bytes(to_pem(root))
    (tmp_path / "rest.pem").write_bytes(to_pem(*certificate.issuers))
    lists = [crl(database, name).public_bytes(Encoding.PEM) for name in (ROOT, ISSUING)]
    (tmp_path / "lists.pem").write_bytes(b"".join(lists))

    def verify(each) -> subprocess.CompletedProcess:
        (tmp_path / "leaf.pem").write_bytes(to_pem(each.certificate))
        command = f"""openssl verify -attime {now // 1_000_000} -crl_check_all -CRLfile lists.pem
            -CAfile root.pem -untrusted rest.pem leaf.pem"""
        return subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)

    assert verify(certificate).returncode == 0, verify(certificate).stderr
    assert "revoked" in verify(revoked).stderr


def test_a_persons_certificate_holds_name_title_and_where_to_ask(database, secret, now):
    certificate = issued(database, secret, now, Person("Nguyễn Văn An", "Chủ tịch")).certificate
    values = {each.oid: each.value for each in certificate.subject}
    assert (values[NameOID.SURNAME], values[NameOID.GIVEN_NAME]) == ("Nguyễn", "Văn An")
    assert values[NameOID.TITLE] == "Chủ tịch"
    assert values[NameOID.ORGANIZATION_IDENTIFIER] == "GO:VN-000.00.00.H24"
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name[0].value == f"{URL}/v1/crl/issuing.crl"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Nguyễn Văn An", ("Nguyễn", "Văn An")),
        ("  Trần   Bình ", ("Trần", "Bình")),
        ("An", ("An", "An")),
    ],
)
def test_a_vietnamese_name_begins_with_the_surname(name, parts):
    assert split_name(name) == parts


def test_certificates_follow_the_business_clock(database, secret, now):
    certificate = issued(database, secret, now).certificate
    assert certificate.not_valid_before_utc == to_datetime(now) - dt.timedelta(hours=1)
    assert certificate.not_valid_after_utc.year == 2024
    chosen = issued(database, secret, now, not_after=Microseconds(now + DAY)).certificate
    assert chosen.not_valid_after_utc == to_datetime(now) + dt.timedelta(days=1)


def test_a_certificate_never_outlives_its_issuer_outside_a_sandbox(database, secret):
    database.write(lambda tx: tx.execute(queries.authorities.delete()))
    database.write(lambda tx: tx.execute(queries.revocation_lists.delete()))
    begin = real_now()
    database.write(lambda tx: create_authority(tx, begin, secret, URL, kind="p256", sandbox=False))
    late = Microseconds(begin + 14 * 365 * DAY)
    chain = issued(database, secret, late).chain
    assert chain[0].not_valid_after_utc == chain[1].not_valid_after_utc


def test_a_revocation_is_on_the_list_at_once_and_only_once(database, secret, now):
    certificate = issued(database, secret, now)
    with database.read() as tx:
        before = version(tx)
    shown = ":".join([f"0{certificate.serial}"])  # as tools show it, with a leading zero
    database.write(lambda tx: revoke(tx, shown.upper(), "superseded", now, secret))
    with database.read() as tx:
        assert version(tx) > before
    first = crl(database, ISSUING)
    (entry,) = list(first)
    assert entry.serial_number == certificate.certificate.serial_number
    assert entry.revocation_date_utc == to_datetime(now)
    database.write(lambda tx: revoke(tx, certificate.serial, "unspecified", Microseconds(now + DAY), secret))
    assert crl(database, ISSUING) == first


def test_the_issuing_authority_is_on_the_roots_list_when_it_is_revoked(database, secret, now):
    with database.read() as tx:
        serial = open_authority(tx, ISSUING, secret).certificate.serial_number
    database.write(lambda tx: revoke(tx, f"{serial:x}", "keyCompromise", now, secret))
    assert [entry.serial_number for entry in crl(database, ROOT)] == [serial]


def test_a_serial_number_nobody_issued_is_refused(database, secret, now):
    with pytest.raises(UnknownSerialError):
        database.write(lambda tx: revoke(tx, "abc", "unspecified", now, secret))
