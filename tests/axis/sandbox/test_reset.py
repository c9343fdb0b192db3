"""Over HTTP: a reset leaves an empty sandbox."""

import asyncio

import pytest
from sqlalchemy import select

from axis.agencies.callers import Callers
from axis.authority import queries as authority_queries
from axis.authority.tables import authorities
from axis.database import metadata
from axis.database.store_facts import SANDBOX, get_fact, version
from axis.protocol.errors import NotAuthenticated
from axis.trust.tables import kept_material
from signing import keys

HAI_PHONG = {"code": "H24", "name": "Ủy ban nhân dân thành phố Hải Phòng"}


def provision(tester, *wanted, status=201):
    reply = tester.post("/sandbox/agencies", json={"agencies": list(wanted)})
    assert reply.status_code == status, reply.text
    return reply.json()


def kept(name="Ủy ban nhân dân thành phố Hải Phòng", key=None):
    pem = keys.public_to_pem((key or keys.derive_p256(b"kept")).public_key()).decode()
    person = {"name": "Nguyễn Văn An", "title": "Chủ tịch", "public_key": pem}
    return {"code": "H24", "name": name, "organisation": {"public_key": pem}, "persons": [person]}


def test_a_reset_leaves_an_empty_sandbox_with_a_new_ledger_and_authority(tester, database, clock):
    token = provision(tester, HAI_PHONG)["items"][0]["token"]
    tester.put("/sandbox/clock", json={"at": "2019-03-12T01:00:00Z"})
    kept = {"sha256": "00" * 32, "kind": "crl", "der": b"a list", "kept_at": 1}
    database.write(lambda tx: tx.execute(kept_material.insert(), kept) and None)
    with database.read() as tx:
        before = version(tx)
        root = authority_queries.authority_row(tx, "root").certificate
    assert tester.post("/sandbox/reset").status_code == 204
    with database.read() as tx:
        assert get_fact(tx, SANDBOX) is not None
        assert version(tx) > before
        assert authority_queries.authority_row(tx, "root").certificate != root
        filled = {table.name for table in metadata.sorted_tables if tx.execute(select(table)).first()}
    assert filled == {
        "store",
        "ledger_head",
        "ledger_checkpoints",
        authorities.name,
        "issued_certificates",
        "revocation_lists",
    }
    assert not clock.moved
    with pytest.raises(NotAuthenticated):
        asyncio.run(Callers(database).identify(f"Bearer {token}"))
    provision(tester, {**HAI_PHONG, "organisation": {}})
