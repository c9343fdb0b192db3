"""One item of the trust material that cannot be used is left out and named; all others are read."""

import asyncio
import base64
import logging
import os
from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import update
from support import broken_trust, pki
from support.waiting import until

from axis.app import build, create_app
from axis.authority import queries as authority_queries
from axis.clock import from_datetime, real_now
from axis.judging.judge import Signed, Trust
from axis.settings import Settings
from axis.trust import material, queries
from axis.trust.anchors import add_anchor
from axis.trust.material import NOTHING, folder_state, read_folder, read_material
from axis.trust.revocation_fetching import note_sources
from axis.trust.revocation_sources import Source
from axis.trust.tables import revocation_sources
from signing import cms
from signing.authority import Revocation
from signing.certificates import to_der, to_pem

ROOT, ISSUING = pki.root().certificate, pki.issuing().certificate
BROKEN = broken_trust.pem_of(b"\x30\x03\x02\x01")


@pytest.fixture
def folder(tmp_path):
    """A trust folder with a root, an issuer and a list."""
    folder = tmp_path / "trust"
    folder.mkdir()
    (folder / "root.pem").write_bytes(to_pem(ROOT))
    (folder / "issuing.crt").write_bytes(to_der(ISSUING))
    (folder / "issuing.crl").write_bytes(pki.crl())
    return folder


def _directory(folder):
    (folder / "bad.pem").mkdir()


def _no_link(folder):
    (folder / "bad.pem").symlink_to(folder / "nowhere")


def _fifo(folder):
    os.mkfifo(folder / "bad.pem")


def _writes(data):
    return lambda folder: (folder / "bad.pem").write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "item", "reason"),
    [
        (_writes(BROKEN), "bad.pem#1", "it cannot be read as a certificate"),
        (_writes(to_pem(ROOT) + BROKEN), "bad.pem#2", "it cannot be read as a certificate"),
        (_writes(broken_trust.cut(to_pem(ROOT))), "bad.pem#1", "its PEM has no end, or is broken"),
        (_writes(b""), "bad.pem", "it is empty"),
        (_writes(b"\x30\x82\xff"), "bad.pem", "it cannot be read as a certificate"),
        (_writes(bytes(10_001)), "bad.pem", "it has more than 10000 bytes"),
        (_directory, "bad.pem", "it is not a file"),
        (_fifo, "bad.pem", "it is not a file"),
        (_no_link, "bad.pem", "it cannot be read: No such file or directory"),
    ],
)
def test_a_bad_file_is_left_out_and_named_and_the_others_count(folder, spoil, item, reason, monkeypatch):
    monkeypatch.setattr(material, "MAX_FILE_BYTES", 10_000)
    good = read_folder(folder)
    assert good.left_out == ()
    assert len(good.material.roots) == len(good.material.intermediates) == len(good.material.crls) == 1
    spoil(folder)
    spoilt = read_folder(folder)
    assert spoilt.material == good.material
    assert spoilt.left_out == ((item, reason),)


def test_lists_are_named_by_their_files(folder):
    assert read_folder(folder).material.names == {pki.crl(): "issuing.crl"}


def test_a_folder_that_is_not_there_is_named_too(tmp_path):
    left_out = read_folder(tmp_path / "nowhere").left_out
    assert left_out == (("nowhere", "it cannot be read: No such file or directory"),)


@pytest.mark.skipif(os.geteuid() == 0, reason="whoever is root may read everything")
def test_a_file_that_may_not_be_read_is_named_until_it_may(folder):
    (folder / "root.pem").chmod(0)
    assert read_folder(folder).left_out == (("root.pem", "it cannot be read: Permission denied"),)
    before = folder_state(folder)
    (folder / "root.pem").chmod(0o600)
    assert folder_state(folder) != before
    assert read_folder(folder).left_out == ()


def test_a_file_name_cannot_write_lines_of_its_own(folder):
    (folder / "a\nready\udcff.pem").write_bytes(b"")
    assert read_folder(folder).left_out[0].item == "a\\u000aready\\udcff.pem"


def test_rows_of_the_store_that_cannot_be_read_are_left_out_and_named(database):
    now = real_now()
    for certificate in (ROOT, ISSUING):
        database.write(lambda tx, it=certificate: add_anchor(tx, it, None, now))
    source = Source("crl", "http://ca.test/a.crl", to_der(ISSUING))
    database.write(lambda tx: note_sources(tx, [source], now))
    bad = {"sha256": "0" * 64, "role": "root", "der": b"\x30\x00", "added_at": now}
    row = {"authority": "other", "number": 1, "der": b"", "this_update": now, "next_update": now}
    fetched = update(revocation_sources).values(der=b"no list", fetched_at=now)
    database.write(lambda tx: queries.put_trusted(tx, bad))
    database.write(lambda tx: authority_queries.put_revocation_list(tx, row))
    database.write(lambda tx: tx.execute(fetched))
    with database.read() as tx:
        found = read_material(tx, NOTHING)
    assert (found.material.roots, found.material.intermediates) == ((to_der(ROOT),), (to_der(ISSUING),))
    assert sorted(each.item for each in found.left_out) == [
        "fetched: http://ca.test/a.crl",
        f"store: certificate {'0' * 64}",
        "store: list of other",
    ]


def test_it_is_logged_once_and_again_when_it_is_mended(folder, database, caplog):
    caplog.set_level(logging.INFO, logger="axis.trust")
    (folder / "bad.crl").write_bytes(b"half")
    trust = Trust(database, Settings(trust_dir=folder))
    try:
        for _ in range(3):
            with database.read() as tx:
                trust.reload(tx)
        assert len(_told(caplog, "left out")) == 1
        assert trust.left_out == (("bad.crl", "it cannot be read as a revocation list"),)
        (folder / "bad.crl").write_bytes(pki.crl(pki.root()))
        assert trust.reload_changed_files()
        assert trust.left_out == ()
        assert len(_told(caplog, "left out no more")) == 1
    finally:
        trust.close()


def _told(caplog, words):
    return [each for each in caplog.records if each.message.endswith(words)]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("spoil", [_writes(BROKEN), _directory], ids=["certificate", "directory"])
def test_a_hub_starts_beside_a_bad_file_names_it_and_a_new_list_binds(folder, database_url, spoil, tmp_path):
    spoil(folder)
    (folder / "teletex.pem").write_bytes(broken_trust.latin1_root(tmp_path))
    (folder / "root.crl").write_bytes(pki.crl(pki.root()))
    keys = {"ledger_key_file": tmp_path / "ledger.pem", "secret_key_file": tmp_path / "secret"}
    (tmp_path / "ledger.pem").write_bytes(_ledger_key())
    (tmp_path / "secret").write_bytes(base64.b64encode(bytes(32)))
    hub = build(Settings(database_url=database_url, trust_dir=folder, **keys))
    try:
        asyncio.run(_revoke_while_running(hub, folder))
    finally:
        hub.close()


async def _revoke_while_running(hub, folder):
    app = create_app(hub)
    signer = pki.organisation()
    signature = cms.sign(pki.CONTENT, signer.certificate, signer.key, chain=signer.chain)
    signed = Signed(pki.CONTENT, [signature], pki.SENDER, from_datetime(pki.AT))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://axis.test") as client,
    ):
        assert (await hub.trust.judge(signed)).verdict.indication == "TOTAL-PASSED"
        ready = await client.get("/readyz")
        assert ready.status_code == 200
        first, named = ready.text.splitlines()
        assert first == "ready"
        assert named.startswith("trust material left out: bad.pem")
        assert "axis_trust_left_out 1.0" in (await client.get("/metrics")).text
        revoked = [Revocation(signer.certificate.serial_number, pki.AT - timedelta(days=1), "keyCompromise")]
        (folder / "issuing.crl").write_bytes(pki.crl(revoked=revoked))
        (folder / "half.crl").write_bytes(b"half")  # last: once it is known, the list is too
        await until(lambda: len(hub.trust.left_out) == 2, "what is left out to be known")
        assert (await hub.trust.judge(signed)).verdict.sub_indication == "REVOKED"
        assert "axis_trust_left_out 2.0" in (await client.get("/metrics")).text


def _ledger_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
