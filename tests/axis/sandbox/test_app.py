"""Over HTTP: the second listener, and who may call it."""

import dataclasses

import pytest
from support.asgi import AsgiClient

from axis.database.store_facts import SANDBOX, store
from axis.sandbox.app import create_sandbox, open_sandbox
from axis.sandbox.state import SandboxRefusedError

HAI_PHONG = {"code": "H24", "name": "Ủy ban nhân dân thành phố Hải Phòng"}
ROUTES = [
    ("POST", "/sandbox/agencies"),
    ("POST", "/sandbox/certificates"),
    ("DELETE", "/sandbox/certificates/1"),
    ("GET", "/sandbox/clock"),
    ("PUT", "/sandbox/clock"),
    ("GET", "/sandbox/faults"),
    ("PUT", "/sandbox/faults"),
    ("POST", "/sandbox/reset"),
    ("GET", "/sandbox/run"),
    ("PUT", "/sandbox/run"),
    ("PUT", "/sandbox/runs/demo/parts/1"),
    ("POST", "/sandbox/sign-in-codes"),
    ("POST", "/sandbox/tokens"),
]


def provision(tester, *wanted, status=201):
    reply = tester.post("/sandbox/agencies", json={"agencies": list(wanted)})
    assert reply.status_code == status, reply.text
    return reply.json()


def test_every_route_of_the_listener_is_in_the_table(sandbox):
    served = {
        (method.upper(), path)
        for path, methods in create_sandbox(sandbox).openapi()["paths"].items()
        for method in methods
    }
    patterns = {"certificates/1": "certificates/{serial}", "demo/parts/1": "{run}/parts/{part}"}
    asked = "\n".join(f"{method} {path}" for method, path in ROUTES)
    for called, pattern in patterns.items():
        asked = asked.replace(called, pattern)
    assert {f"{method} {path}" for method, path in served} == set(asked.splitlines())


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic x", "Bearer é"])
def test_nobody_comes_in_without_the_token_of_this_start(sandbox, method, path, header):
    client = AsgiClient(create_sandbox(sandbox))
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    reply = client.request(method, path, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (401, "not-authenticated")
    assert reply.json()["request_id"]
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_the_token_is_new_at_each_start_and_its_file_is_its_owners_alone(sandbox, settings, watching):
    path = settings.sandbox_token_file
    first = path.read_text(encoding="utf-8")
    open_sandbox(sandbox.database, settings, sandbox.clock, watching)
    assert path.read_text(encoding="utf-8") != first
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_store_that_was_not_made_as_a_sandbox_stays_none(database, settings, clock, watching):
    database.write(lambda tx: tx.execute(store.delete().where(store.c.key == SANDBOX)))
    with pytest.raises(SandboxRefusedError, match="not made as a sandbox"):
        open_sandbox(database, settings, clock, watching)
    assert not settings.sandbox_token_file.exists()


def test_on_postgresql_the_tokens_place_must_be_given(database, settings, clock, watching):
    elsewhere = dataclasses.replace(
        settings, database_url="postgresql+psycopg://nowhere/axis", sandbox_token_file=None
    )
    with pytest.raises(SandboxRefusedError, match="AXIS_SANDBOX_TOKEN_FILE"):
        open_sandbox(database, elsewhere, clock, watching)


def test_what_this_process_remembers_follows_at_once(tester, watching):
    provision(tester, HAI_PHONG)
    tester.put("/sandbox/clock", json={"at": None})
    tester.post("/sandbox/reset")
    assert watching.looks == 3
