"""The ledger over HTTP: public hashes, entries for auditors, and a proof made from tiles alone."""

import asyncio
import base64

import httpx
import pytest
from support.application import application

from axis.agencies.callers import any_caller
from axis.ledger import routes
from signing.merkle import inclusion_proof, leaf_hash, node_hash, verify_inclusion
from signing.notes import open_note, read_checkpoint, read_verifier_key
from signing.tiles import TILE_HEIGHT, tile_path


class Caller:
    def __init__(self, role):
        self.role = role
        self.locked = False


@pytest.fixture
def app(ledger):
    return application(ledger.database, routes.router, recorder=ledger.recorder)


class Client:
    """Asks the application without a socket."""

    def __init__(self, app):
        self.app = app

    def get(self, path, headers=None):
        async def ask():
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://axis.example") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(ask())


@pytest.fixture
def client(app):
    return Client(app)


def as_role(app, role):
    app.dependency_overrides[any_caller] = lambda: Caller(role)


def test_the_checkpoint_is_signed_by_the_key_that_is_served(ledger, client):
    ledger.append(5)
    answer = client.get("/v1/ledger/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    (key,) = client.get("/v1/ledger/keys").json()["items"]
    verifier = read_verifier_key(key["vkey"])
    assert read_checkpoint(open_note(answer.text, verifier)).size == 5
    assert (key["origin"], key["algorithm"]) == (ledger.signer.name, "Ed25519")
    assert base64.b64decode(key["public_key"]) == verifier.public_key
    assert key["key_id"] == verifier.key_id.hex()


def test_the_key_comes_as_a_bare_line_to_who_takes_plain_text(ledger, client):
    answer = client.get("/v1/ledger/keys", headers={"Accept": "text/plain"})
    assert answer.text == f"{ledger.signer.verifier}\n"
    assert answer.headers["vary"] == "Accept"


def test_anyone_can_prove_an_entry_from_checkpoint_and_tiles_alone(ledger, client):
    for count in (300, 1, 255, 77):
        sealed = ledger.append(count)
    checkpoint = read_checkpoint(open_note(client.get("/v1/ledger/checkpoint").text, ledger.signer.verifier))

    def read(height, index):
        level, above = divmod(height, TILE_HEIGHT)
        number, start = divmod(index << above, 256)
        width = min(256, (checkpoint.size >> level * TILE_HEIGHT) - number * 256)
        answer = client.get(f"/v1/ledger/tile/{level}/{tile_path(number, width)}")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        row = [answer.content[at : at + 32] for at in range(0, len(answer.content), 32)]
        assert len(row) == width
        row = row[start : start + (1 << above)]
        while len(row) > 1:
            row = [node_hash(*row[at : at + 2]) for at in range(0, len(row), 2)]
        return row[0]

    for position in (556, 600, 632):
        digest = leaf_hash(sealed.leaves[position - sealed.first])
        proof = inclusion_proof(read, position, checkpoint.size)
        assert verify_inclusion(digest, position, checkpoint.size, proof, checkpoint.root)


NOT_THERE = ["0/001.p/45", "0/001", "0/002.p/1", "1/000.p/2", "63/000"]
NO_TILES = ["64/000", "00/000", "x/000", "-1/000", "0/0", "0/000.p/256", "0/000.p/0", "0/"]
TOO_LARGE = ["0/x999/x999/x999/x999/x999/999"]


@pytest.mark.parametrize("path", [*NOT_THERE, *NO_TILES, *TOO_LARGE])
def test_a_tile_that_is_not_there_or_no_tiles_name_is_not_found(ledger, client, path):
    ledger.append(300)
    answer = client.get(f"/v1/ledger/tile/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_entries_are_for_auditors_alone(ledger, app, client):
    ledger.append(3)
    path = "/v1/ledger/tile/entries/000.p/3"
    assert client.get(path).status_code == 401
    for role in ("agency", "operator"):
        as_role(app, role)
        assert client.get(path).json()["code"] == "not-permitted"
    as_role(app, "auditor")
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    first = int.from_bytes(answer.content[:2], "big")
    tile = client.get("/v1/ledger/tile/0/000.p/3").content
    assert leaf_hash(answer.content[2 : 2 + first]) == tile[:32]
    assert client.get("/v1/ledger/tile/entries/000.p/4").status_code == 404
