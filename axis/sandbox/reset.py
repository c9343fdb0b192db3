"""`POST /sandbox/reset`: empties the sandbox without a restart.

The ledger and the authority begin anew, and business time is real time again. The ledger keeps its name and
key.
"""

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import delete

from axis.authority.certificates import create_authority
from axis.clock import real_now
from axis.database import Write, metadata
from axis.database.engine import sqlite_path
from axis.database.store_facts import OLDEST_HUB, SANDBOX, VERSION, raise_version, store
from axis.ledger.key import open_key
from axis.ledger.setup import ORIGIN, open_ledger
from axis.problems import declare
from axis.protocol.errors import NotAuthenticated, Overloaded
from axis.sandbox.state import Sandbox, SandboxDep

router = APIRouter(tags=["sandbox"])

KEPT = (SANDBOX, VERSION, ORIGIN, OLDEST_HUB)


@router.post(
    "/sandbox/reset",
    summary="Empty the sandbox",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "Everything is gone: agencies, tokens, documents, certificates, the ledger."},
        **declare(NotAuthenticated, Overloaded),
    },
)
async def reset_sandbox(sandbox: SandboxDep) -> Response:
    """Empty the store, in one transaction. The sandbox's operator."""
    await run_in_threadpool(reset, sandbox)
    return Response(status_code=204)


def reset(sandbox: Sandbox) -> None:
    """Empty every table, and begin ledger and authority anew."""
    settings = sandbox.settings
    key = open_key(settings.ledger_key_file, sqlite_path(settings.database_url))

    def work(tx: Write) -> None:
        tx.passes_faults = True
        for table in reversed(metadata.sorted_tables):
            statement = delete(table)
            tx.execute(statement.where(store.c.key.not_in(KEPT)) if table is store else statement)
        now = real_now()
        open_ledger(tx, key, settings.public_url, now)
        create_authority(tx, now, sandbox.secret, settings.public_url, kind="p256", sandbox=True)
        raise_version(tx)

    sandbox.database.write(work)
    sandbox.look()
