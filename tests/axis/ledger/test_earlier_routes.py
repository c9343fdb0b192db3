"""The ledgers of a hub that was restored, over HTTP."""

import pytest
from support.application import application

from axis.ledger import earlier_routes, routes
from axis.ledger.next_ledger import open_next_ledger
from axis.ledger.recorder import Recorder
from signing.notes import open_note, read_checkpoint, read_verifier_key

from .test_routes import Client, as_role


@pytest.mark.stores("sqlite")
def test_each_ledger_is_read_under_its_number(ledger):
    ledger.append(300)
    signer = ledger.database.write(lambda tx: open_next_ledger(tx, ledger.signer, None, ledger.clock))
    recorder = Recorder(ledger.database, signer, ledger.clock)
    app = application(ledger.database, routes.router, earlier_routes.router, recorder=recorder)
    client = Client(app)
    first, second = client.get("/v1/ledgers").json()["items"]
    assert (first["number"], first["origin"], first["size"], first["known_size"]) == (
        1,
        ledger.signer.name,
        300,
        300,
    )
    assert first["ended_at"] is not None
    assert (second["origin"], second["first_position"], second["size"]) == (signer.name, 2**40, 1)
    assert (second["known_size"], second["ended_at"]) == (None, None)
    keys = [read_verifier_key(item["vkey"]) for item in client.get("/v1/ledger/keys").json()["items"]]
    assert [key.name for key in keys] == [signer.name, ledger.signer.name]
    notes = [client.get(f"/v1/ledgers/{number}/checkpoint").text for number in (2, 1)]
    sizes = [read_checkpoint(open_note(note, key)).size for note, key in zip(notes, keys, strict=True)]
    assert sizes == [1, 300]
    assert client.get("/v1/ledger/checkpoint").text == notes[0]
    assert (
        client.get("/v1/ledgers/2/tile/0/000.p/1").content == client.get("/v1/ledger/tile/0/000.p/1").content
    )
    assert len(client.get("/v1/ledgers/1/tile/0/001.p/44").content) == 44 * 32
    as_role(app, "auditor")
    assert client.get("/v1/ledgers/1/tile/entries/001.p/44").status_code == 200
    for path in ("0/checkpoint", "3/checkpoint", "01/checkpoint", "x/tile/0/000.p/1", "1/tile/0/001.p/45"):
        assert client.get(f"/v1/ledgers/{path}").status_code == 404, path
    as_role(app, "agency")
    assert client.get("/v1/ledgers/1/tile/entries/001.p/44").status_code == 403
