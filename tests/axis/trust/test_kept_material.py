"""What a verdict rested on is kept once, with the verdict, for ever: tried through whole recordings."""

import dataclasses
import functools
import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update
from support import pki, tsa
from support.exchange import A, Exchange

from axis.clock import from_datetime
from axis.compliance.rejudging import rejudge_some
from axis.compliance.store_checks.kept_material import check_material
from axis.compliance.supplied_material import Supplies, record_all_supplied
from axis.documents.new_documents import NewRefusal
from axis.documents.queries import verdict_rows
from axis.documents.tables import refusals, verdicts
from axis.intake.document_records import document_record
from axis.intake.recording import record_documents, record_refusals
from axis.judging.judge import Signed, Trust
from axis.objects.store import Objects
from axis.settings import Settings
from axis.trust.kept_material import TrustIndex
from axis.trust.tables import kept_material
from signing import cms
from signing.authority import Revocation
from signing.certificates import to_pem
from signing.timestamps.attach import signature_value, with_signature_timestamp
from signing.verdict import DocumentVerdict

ROOT, ISSUING = (tsa.der(pki.Signer(each.certificate, each.key)) for each in (pki.root(), pki.issuing()))


def sha256(der):
    return hashlib.sha256(der).hexdigest()


class Hub:
    """An exchange whose documents are signed and judged by what lies in a trust folder."""

    def __init__(self, database, database_url, folder):
        self.exchange = Exchange(database)
        self.exchange.clock.at = from_datetime(pki.AT)
        self.database = database
        self.folder = folder
        folder.mkdir()
        (folder / "authorities.pem").write_bytes(to_pem(pki.root().certificate, pki.issuing().certificate))
        self.put_list(pki.crl())
        self.trust = Trust(database, Settings(database_url=database_url, trust_dir=folder))

    def put_list(self, der):
        (self.folder / "issuing.crl").write_bytes(der)

    def judged(self, who=None, *, stamped=False):
        """A document, signed by somebody and judged."""
        new = self.exchange.new_document()
        signatures = []
        if who is not None:
            signatures = [cms.sign(new.manifest_bytes, who.certificate, who.key, chain=who.chain)]
        if stamped:
            token = tsa.token(data=signature_value(signatures[0]))
            signatures = [with_signature_timestamp(signatures[0], token)]
        judged = self.trust.judge_blocking(Signed(new.manifest_bytes, signatures, A, new.accepted_at))
        return dataclasses.replace(
            new,
            signatures=tuple((each, sha256(each)) for each in signatures),
            verdict=judged.verdict,
            find_material=judged.find_material,
        )

    def accept(self, new):
        (accepted,) = self.accept_all(new)
        return accepted.position

    def accept_all(self, *those):
        supplies = [
            Supplies(functools.partial(document_record, new), new.verdict, new.find_material) for new in those
        ]
        recorded = record_all_supplied(self.exchange.recorder, record_documents, supplies)
        return [each.result for each in recorded]

    def verdicts(self, position):
        with self.database.read() as tx:
            return [DocumentVerdict.from_stored(row.report) for row in verdict_rows(tx, position)]

    def kept(self):
        with self.database.read() as tx:
            return {row.sha256: (row.kind, row.der) for row in tx.execute(select(kept_material))}

    def differences(self):
        with self.database.read() as tx:
            return list(check_material(tx))

    def change(self, statement):
        self.database.write(lambda tx: tx.execute(statement) and None)


@pytest.fixture
def hub(database, database_url, tmp_path):
    hub = Hub(database, database_url, tmp_path / "trust")
    yield hub
    hub.trust.close()


def named(verdict):
    return {sha256 for signature in verdict.signatures for _, sha256 in signature.material}


def test_an_acceptance_keeps_the_certificates_of_the_path_and_the_list_and_nothing_else(hub):
    signer, revoked = pki.organisation(), pki.crl(pki.root())
    (hub.folder / "not-asked.crl").write_bytes(
        pki.crl(pki.issuing(), this_update=pki.AT - timedelta(days=90))
    )
    (hub.folder / "root.crl").write_bytes(revoked)
    hub.trust.reload_changed_files()
    position = hub.accept(hub.judged(signer))
    (verdict,) = hub.verdicts(position)
    assert verdict.indication == "TOTAL-PASSED"
    expected = {sha256(der) for der in (signer.der, ISSUING, ROOT, pki.crl(), revoked)}
    assert hub.kept().keys() == named(verdict) == expected
    assert all(sha256(der) == digest for digest, (_, der) in hub.kept().items())
    assert sorted(kind for kind, _ in hub.kept().values()) == ["certificate"] * 3 + ["crl"] * 2
    assert hub.differences() == []


def test_what_is_kept_already_is_not_kept_twice(hub):
    first, second = pki.organisation(), pki.person()
    for who in (first, first, second):
        hub.accept(hub.judged(who))
    assert len(hub.accept_all(hub.judged(first), hub.judged(second))) == 2
    assert len(hub.kept()) == 5
    assert hub.differences() == []


def test_a_timestamped_signature_keeps_the_token_and_its_authoritys_path(hub):
    stamper = tsa.stamper()
    position = hub.accept(hub.judged(pki.organisation(), stamped=True))
    (verdict,) = hub.verdicts(position)
    assert verdict.signatures[0].time_source == "rfc3161"
    kept = hub.kept()
    (token,) = [der for kind, der in kept.values() if kind == "timestamp"]
    assert token in hub.judged(pki.organisation(), stamped=True).signatures[0][0] or token
    assert sha256(stamper.der) in kept
    assert kept.keys() == named(verdict)
    assert hub.differences() == []


def test_an_unsigned_document_keeps_nothing(hub):
    hub.accept(hub.judged())
    assert hub.kept() == {}
    assert hub.differences() == []


def test_a_refusal_keeps_what_its_verdict_rested_on(hub):
    new = hub.judged(pki.organisation())

    def refusal(verdict, supplied):
        return NewRefusal("id", A, None, new.accepted_at, "code", None, "{}", verdict, supplied=supplied)

    supplies = Supplies(refusal, new.verdict, new.find_material)
    record_all_supplied(hub.exchange.recorder, record_refusals, [supplies])
    assert hub.kept().keys() == named(new.verdict) != set()
    hub.change(delete(kept_material).where(kept_material.c.kind == "crl"))
    (missing,) = hub.differences()
    assert missing.where == "refusal id verdict material"
    hub.change(update(refusals).values(verdict=None))
    assert {each.found for each in hub.differences()} == {"named by no verdict"}


def test_a_list_that_is_replaced_stays_beside_the_one_that_decided_later(hub):
    signer = pki.organisation()
    held = Revocation(signer.certificate.serial_number, pki.AT - timedelta(hours=9), "certificateHold")
    old = pki.crl(revoked=[held])
    hub.put_list(old)
    hub.trust.reload_changed_files()
    position = hub.accept(hub.judged(signer))
    assert hub.verdicts(position)[0].sub_indication == "TRY_LATER"
    new = pki.crl(this_update=pki.AT - timedelta(hours=1))
    hub.put_list(new)
    hub.trust.reload_changed_files()
    assert rejudge_some(Objects(hub.database), hub.trust, hub.exchange.recorder) == 1
    first, second = hub.verdicts(position)
    assert second.indication == "TOTAL-PASSED"
    assert (sha256(old) in named(first), sha256(new) in named(first)) == (True, False)
    assert (sha256(old) in named(second), sha256(new) in named(second)) == (False, True)
    assert {sha256(old), sha256(new)} <= hub.kept().keys()
    assert hub.differences() == []


def test_a_transaction_undone_keeps_nothing_and_the_next_one_keeps_all(hub, monkeypatch):
    new = hub.judged(pki.organisation())
    with monkeypatch.context() as patched:
        patched.setattr("axis.intake.recording._route", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            hub.accept(new)
    assert hub.kept() == {}
    hub.accept(new)
    assert hub.kept().keys() == named(new.verdict)


def test_what_another_process_emptied_is_kept_anew(hub):
    """A sandbox's reset: nothing that was known before may be taken for kept."""
    hub.accept(hub.judged(pki.organisation()))
    waiting = hub.judged(pki.organisation())
    hub.change(delete(kept_material))
    hub.accept(waiting)
    assert hub.kept().keys() == named(waiting.verdict)


def test_a_verdict_whose_material_is_not_at_hand_says_not_kept(hub, caplog):
    new = dataclasses.replace(hub.judged(pki.organisation()), find_material=lambda _digests: {})
    position = hub.accept(new)
    (verdict,) = hub.verdicts(position)
    assert verdict == dataclasses.replace(
        new.verdict, signatures=tuple(each._replace(material=None) for each in new.verdict.signatures)
    )
    assert "not at hand" in caplog.text
    assert hub.differences() == []


def test_a_missing_and_an_altered_piece_are_found(hub):
    position = hub.accept(hub.judged(pki.organisation()))
    with hub.database.read() as tx:
        assert list(check_material(tx)) == []
    hub.change(delete(kept_material).where(kept_material.c.sha256 == sha256(ROOT)))
    hub.change(update(kept_material).where(kept_material.c.kind == "crl").values(der=b"altered"))
    missing, altered = hub.differences()
    assert missing.where.endswith("verdict 0 material")
    assert (missing.found, missing.expected) == ("not kept", f"certificate {sha256(ROOT)}")
    assert altered.where == f"kept material {sha256(pki.crl())}"
    assert (altered.found, altered.expected) == (sha256(b"altered"), sha256(pki.crl()))
    assert position == 0


def test_a_row_that_was_added_or_is_of_another_kind_is_found(hub):
    hub.accept(hub.judged(pki.organisation()))
    added = {"sha256": sha256(b"list"), "kind": "crl", "der": b"list", "kept_at": 1}
    hub.change(insert(kept_material).values(**added))
    (orphan,) = hub.differences()
    assert (orphan.where, orphan.found) == (f"kept material {sha256(b'list')}", "named by no verdict")
    hub.change(delete(kept_material).where(kept_material.c.sha256 == sha256(b"list")))
    hub.change(update(kept_material).where(kept_material.c.kind == "crl").values(kind="ocsp"))
    (other,) = hub.differences()
    assert other.found == "kept as ocsp"
    assert other.expected.startswith("crl ")


@pytest.mark.parametrize("taken", ["certificate", "crl", "all"])
def test_a_verdict_that_was_made_to_name_less_is_found(hub, taken):
    position = hub.accept(hub.judged(pki.organisation()))
    (verdict,) = hub.verdicts(position)
    left = [
        None if taken == "all" else tuple(each for each in one.material if each[0] != taken)
        for one in verdict.signatures
    ]
    altered = dataclasses.replace(
        verdict,
        signatures=tuple(
            one._replace(material=less) for one, less in zip(verdict.signatures, left, strict=True)
        ),
    )
    hub.change(update(verdicts).values(report=altered.to_stored()))
    found = {each.found for each in hub.differences()}
    assert "named by no verdict" in found
    assert ("not named" in found) is (taken == "certificate")


@pytest.mark.parametrize("bytes_", ["'abc'", "CAST(x'30ff80' AS TEXT)", "x''"])
def test_a_piece_that_sqlite_was_made_to_hold_as_text_is_found(hub, bytes_):
    if hub.database.dialect == "postgresql":
        pytest.skip("PostgreSQL holds bytes where it was told to")
    hub.accept(hub.judged(pki.organisation()))
    hub.change(text(f"UPDATE kept_material SET der = {bytes_} WHERE sha256 = '{sha256(ROOT)}'"))
    (found,) = hub.differences()
    assert found.where == f"kept material {sha256(ROOT)}"


def test_pages_of_verdicts_are_all_looked_at(hub, monkeypatch):
    monkeypatch.setattr("axis.compliance.store_checks.kept_material.PAGE", 2)
    for _ in range(5):
        hub.accept(hub.judged(pki.organisation()))
    hub.change(delete(kept_material).where(kept_material.c.sha256 == sha256(ROOT)))
    assert len(hub.differences()) == 5


def test_the_parts_of_the_trust_material_are_hashed_once(monkeypatch):
    index, trust = TrustIndex(), pki.trust()
    parts = index.parts(trust)
    assert parts == {sha256(der): der for der in (*trust.roots, *trust.intermediates, *trust.crls)}
    more = dataclasses.replace(trust, crls=(*trust.crls, b"another list"))
    hashed = []
    monkeypatch.setattr(
        "axis.trust.kept_material._sha256", lambda der: hashed.append(der) or hashlib.sha256(der).hexdigest()
    )
    assert index.parts(more).keys() == parts.keys() | {sha256(b"another list")}
    assert hashed == [b"another list"]
