"""A document's signatures judged with what the hub trusts now."""

import asyncio
import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from axis.authority import queries as authority_queries
from axis.authority.certificates import Person, Request, issue, record, revoke
from axis.authority.revocation_lists import list_url, renew_lists
from axis.authority.stored_authorities import ISSUING, ROOT, open_authority
from axis.clock import Microseconds, to_datetime
from axis.database.store_facts import raise_version
from axis.judging import workers
from axis.judging.judge import Signed, Trust
from axis.settings import Settings
from axis.trust import queries
from axis.trust.registered_certificates import register
from signing import authority as ca
from signing import cms, keys
from signing.authority import CertificateTerms
from signing.certificate_subjects import authority_subject
from signing.certificates import fingerprint, to_pem

URL = "http://axis.test"
DAY = 86_400_000_000
MANIFEST = b'{"from": "000.00.00.H24"}'
HAI_PHONG, HAI_DUONG = "000.00.00.H24", "000.00.00.H25"

pytestmark = [pytest.mark.usefixtures("authority"), pytest.mark.stores("sqlite")]


@pytest.fixture
def trust(database, database_url, tmp_path):
    (tmp_path / "trust").mkdir()
    trust = Trust(database, Settings(database_url=database_url, trust_dir=tmp_path / "trust"))
    yield trust
    trust.close()


@pytest.fixture
def signer(database, secret, now):
    def sign(person=None, agency=HAI_PHONG, manifest=MANIFEST) -> tuple[bytes, str]:
        with database.read() as tx:
            authority = open_authority(tx, ISSUING, secret)
        key = keys.generate("p256")
        issued = issue(authority, Request(agency, "Cơ quan", key.public_key(), person), now, URL)
        database.write(lambda tx: record(tx, [issued]))
        signature = cms.sign(manifest, issued.certificate, key, chain=issued.issuers)
        return signature, issued.serial

    return sign


def reload(database, trust):
    with database.read() as tx:
        trust.reload(tx)


def judge(trust, signatures, at, sender=HAI_PHONG, manifest=MANIFEST):
    return asyncio.run(trust.judge(Signed(manifest, signatures, sender, at))).verdict


def test_organisation_and_person_together_pass(trust, signer, now):
    signatures = [signer()[0], signer(Person("Nguyễn Văn An", "Chủ tịch"))[0]]
    verdict = judge(trust, signatures, now)
    assert (verdict.indication, verdict.signed_by) == ("TOTAL-PASSED", "both")
    assert verdict.trust == trust.material.digest
    assert [len(each.chain) for each in verdict.signatures] == [3, 3]


def test_nothing_signed_is_a_verdict_too(trust, now):
    verdict = judge(trust, [], now)
    assert (verdict.indication, verdict.signed_by) == (None, "none")


def test_a_known_path_is_judged_on_the_spot(trust, signer, now, monkeypatch):
    signature, _serial = signer()
    judge(trust, [signature], now)
    monkeypatch.setattr(trust, "judge_blocking", None)  # a thread would call it
    assert judge(trust, [signature], Microseconds(now + DAY)).indication == "TOTAL-PASSED"
    altered = judge(trust, [signature], now, manifest=MANIFEST + b" ")
    assert (altered.indication, altered.sub_indication) == ("TOTAL-FAILED", "HASH_FAILURE")


def test_a_revocation_binds_once_the_store_is_read_again(trust, signer, database, secret, now):
    signature, serial = signer()
    assert judge(trust, [signature], now).indication == "TOTAL-PASSED"
    database.write(lambda tx: revoke(tx, serial, "keyCompromise", now, secret))
    reload(database, trust)
    verdict = judge(trust, [signature], Microseconds(now + DAY))
    assert (verdict.indication, verdict.sub_indication) == ("TOTAL-FAILED", "REVOKED")
    earlier = judge(trust, [signature], Microseconds(now - DAY // 48))  # before it was revoked
    assert earlier.indication == "TOTAL-PASSED"


def test_a_list_that_ran_out_leaves_the_verdict_open_until_it_is_renewed(
    trust, signer, database, secret, now
):
    signature, _serial = signer()
    later = Microseconds(now + 40 * DAY)
    verdict = judge(trust, [signature], later)
    assert (verdict.indication, verdict.sub_indication) == ("INDETERMINATE", "TRY_LATER")
    database.write(lambda tx: renew_lists(tx, later, secret))
    reload(database, trust)
    assert judge(trust, [signature], later).indication == "TOTAL-PASSED"


def test_a_certificate_of_another_agency_does_not_speak_for_the_sender(trust, signer, now):
    verdict = judge(trust, [signer(agency=HAI_DUONG)[0]], now)
    assert (verdict.indication, verdict.sub_indication) == ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE")


def test_registration_says_whose_a_certificate_is_and_never_makes_it_trusted(trust, database, now, tmp_path):
    at = to_datetime(now)
    years = (at.replace(year=2015), at.replace(year=2030))
    name = authority_subject("Gốc", "Khác")
    root = ca.create_root(keys.generate("p256"), name, CertificateTerms(*years, 1))
    key = keys.generate("p256")
    bare = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Con dấu")])
    certificate = ca.issue(root, key.public_key(), bare, CertificateTerms(*years, 2))
    signature = cms.sign(MANIFEST, certificate, key)

    unknown = judge(trust, [signature], now)
    assert unknown.sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"
    database.write(lambda tx: register(tx, certificate, HAI_PHONG, "organisation", now))
    reload(database, trust)
    assert judge(trust, [signature], now).sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"

    folder = tmp_path / "trust"
    crl = ca.issue_crl(root, 1, at.replace(day=1), at.replace(day=28))
    (folder / "root.pem").write_bytes(to_pem(root.certificate))
    (folder / "root.crl").write_bytes(crl)
    assert trust.reload_changed_files()
    assert not trust.reload_changed_files()
    passed = judge(trust, [signature], now)
    assert (passed.indication, passed.signed_by) == ("TOTAL-PASSED", "organisation")
    (folder / "root.pem").unlink()
    assert trust.reload_changed_files()
    assert judge(trust, [signature], now).sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"


def test_files_that_cannot_be_read_are_left_out_and_the_rest_counts(trust, signer, now, tmp_path, caplog):
    folder = tmp_path / "trust"
    (folder / "broken.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    (folder / "half.crl").write_bytes(b"\x30\x82\xff")
    (folder / "empty.crt").write_bytes(b"")
    (folder / "notes.txt").write_text("not looked at")
    assert trust.reload_changed_files()
    assert len([each for each in caplog.records if "left out" in each.message]) == 3
    assert judge(trust, [signer()[0]], now).indication == "TOTAL-PASSED"


def test_lists_in_pem_are_read_beside_their_issuer(trust, database, secret, tmp_path):
    with database.read() as tx:
        root = open_authority(tx, ROOT, secret)
        list_der = authority_queries.revocation_list(tx, ROOT).der
    pem = x509.load_der_x509_crl(list_der).public_bytes(Encoding.PEM)
    before = trust.material
    (tmp_path / "trust" / "all.pem").write_bytes(to_pem(root.certificate) + pem + pem)
    trust.reload_changed_files()
    assert trust.material == before  # all of it was known, and is held once


def test_a_stopped_worker_leaves_the_verdict_open_and_soon_it_is_judged_again(
    trust, signer, now, monkeypatch
):
    monkeypatch.setattr(workers, "WAITING_SECONDS", 0.0)
    signature, _serial = signer()
    verdict = judge(trust, [signature], now)
    assert (verdict.indication, verdict.sub_indication) == ("INDETERMINATE", "GENERIC")
    assert "stopped to protect the computer" in verdict.to_json("en")["sentence"]
    monkeypatch.undo()
    assert judge(trust, [signer()[0]], now).indication == "TOTAL-PASSED"  # by a new worker
    assert judge(trust, [signature], now) == verdict  # sent again at once, it costs no second worker
    trust._paths._stopped = {key: (0.0, kept) for key, (_until, kept) in trust._paths._stopped.items()}
    assert judge(trust, [signature], now).indication == "TOTAL-PASSED"  # later, as of the same time


def test_closing_leaves_no_process_behind(trust, signer, now):
    trust.warm_up()
    judge(trust, [signer()[0]], now)
    processes = [each.process for each in list(trust._workers._idle.queue) if each is not None]
    assert processes
    trust.close()
    for process in processes:
        assert not process.is_alive()


def test_documents_of_one_signer_at_once_validate_its_path_once(trust, signer, now, monkeypatch):
    asked = []
    validate = trust._path_workers.validate
    monkeypatch.setattr(
        trust._path_workers,
        "validate",
        lambda *question: asked.append(1) or validate(*question),
    )
    signature, _serial = signer()

    async def all_at_once():
        return await asyncio.gather(
            *(trust.judge(Signed(MANIFEST, [signature], HAI_PHONG, now)) for _ in range(20))
        )

    verdicts = asyncio.run(all_at_once())
    assert {judged.verdict.indication for judged in verdicts} == {"TOTAL-PASSED"}
    assert len(asked) == 1


def test_a_registration_is_forgotten_with_the_stores_next_version(trust, database, secret, now):
    with database.read() as tx:
        authority = open_authority(tx, ISSUING, secret)
    nameless = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Con dấu")])
    key, begin = keys.generate("p256"), to_datetime(now)
    end = begin + dt.timedelta(days=365)
    terms = CertificateTerms(begin, end, 7, crl_urls=[list_url(URL, ISSUING)])
    certificate = ca.issue(authority, key.public_key(), nameless, terms)
    sha256 = fingerprint(certificate)
    signature = cms.sign(MANIFEST, certificate, key)
    assert judge(trust, [signature], now).sub_indication == "SIG_CONSTRAINTS_FAILURE"
    database.write(lambda tx: register(tx, certificate, HAI_PHONG, "organisation", now))
    reload(database, trust)
    assert judge(trust, [signature], now).indication == "TOTAL-PASSED"
    database.write(lambda tx: (queries.remove_registration(tx, HAI_PHONG, sha256), raise_version(tx)))
    reload(database, trust)
    assert judge(trust, [signature], now).sub_indication == "SIG_CONSTRAINTS_FAILURE"
