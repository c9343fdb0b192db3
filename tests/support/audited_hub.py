"""A hub to be audited, asked without a socket: documents really signed, and an operator who lies.

The operator has the store and the ledger's key, so lies may be as thorough as they like.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import delete
from support import pki
from support.application import application
from support.exchange import PASSED, A, B, Exchange, Sent

import axis.compliance.routes
import axis.deliveries.routes
import axis.documents.routes
import axis.evidence.routes
import axis.ledger.cosignature_routes
import axis.ledger.earlier_routes
import axis.ledger.routes
from axis.agencies.tokens import Grant, create_tokens
from axis.audit.audit_folder import opened_state
from axis.audit.document_checks import Judge
from axis.audit.hub_client import HubClient
from axis.audit.procedure import Outcome, audit
from axis.clock import real_now
from axis.compliance.new_verdicts import NewVerdict, record_verdicts
from axis.counters.counter_changes import CounterChanges, apply
from axis.database import Database, Write
from axis.deliveries.waiting_readers import WaitingReaders
from axis.documents.tables import documents
from axis.ledger.queries import add_checkpoint, add_entries, put_tiles, read_entries, set_head
from axis.ledger.tables import ledger_checkpoints, ledger_entries, ledger_tiles
from axis.ledger.tiles import extended_tiles
from signing import cms
from signing.merkle import Frontier, leaf_hash
from signing.notes import Checkpoint, NoteSigner, VerifierKey
from signing.verdict import DocumentVerdict

KEPT_HEADERS = {"content-type", "retry-after"}


class Asgi(httpx.BaseTransport):
    """Asks an application without a socket, from any thread; notes what was asked."""

    def __init__(self, app: Any, database: Database) -> None:
        self.app = app
        self.database = database
        self.asked: list[str] = []
        self.most: int | None = None
        """After so many requests nothing is answered any more."""
        self.change: Callable[[str, bytes], bytes] = lambda _path, body: body
        """What is answered in place of a body: a lie that needs no store."""
        self.status: Callable[[str, int], int] = lambda _path, status: status

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.most is not None and len(self.asked) >= self.most:
            raise httpx.ConnectError("the hub is gone")
        self.asked.append(request.url.path)

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            self.app.state.hub.waiting_readers = WaitingReaders(self.database)
            async with (
                self.app.state.hub.waiting_readers.running(),
                httpx.AsyncClient(transport=transport, base_url="http://axis.test") as client,
            ):
                return await client.request(
                    request.method,
                    request.url.raw_path.decode(),
                    headers=request.headers,
                    content=request.read(),
                )

        answer = asyncio.run(ask())
        body = self.change(request.url.path, answer.content)
        headers = {name: value for name, value in answer.headers.items() if name in KEPT_HEADERS}
        return httpx.Response(
            self.status(request.url.path, answer.status_code), headers=headers, content=body
        )


class AuditedHub:
    """A hub with an auditor before it."""

    def __init__(self, exchange: Exchange, judge: Judge) -> None:
        self.exchange = exchange
        self.judge = judge
        app = application(
            exchange.database,
            axis.documents.routes.router,
            axis.deliveries.routes.router,
            axis.evidence.routes.router,
            axis.compliance.routes.router,
            axis.ledger.routes.router,
            axis.ledger.earlier_routes.router,
            axis.ledger.cosignature_routes.router,
            clock=exchange.clock,
            directory=exchange.directory,
            recorder=exchange.recorder,
        )
        self.transport = Asgi(app, exchange.database)
        grant = Grant("auditor", name="Thanh tra")
        (self.token,) = exchange.database.write(lambda tx: create_tokens(tx, [grant], real_now()))

    def send(self, signed: str = "organisation", to: Sequence[Any] = (B,), **members: object) -> Sent:
        """Send a document of A, with the signatures that its verdict speaks of."""
        new = self.exchange.new_document(A, to, signed=signed, **members)
        signers = {"organisation": [pki.organisation()], "both": [pki.organisation(), pki.person()]}
        made = [self.sign(new.manifest_bytes, each) for each in signers.get(signed, [])]
        new = replace(new, signatures=tuple((each, hashlib.sha256(each).hexdigest()) for each in made))
        recorded = self.exchange.record(new).result()
        return Sent(new.id, recorded.result.position, new.manifest.number)

    @staticmethod
    def sign(content: bytes, signer: pki.Signer) -> bytes:
        return cms.sign(content, signer.certificate, signer.key, chain=signer.chain, signing_time=pki.AT)

    def client(self, sleep: Callable[[float], None] = lambda _seconds: None) -> HubClient:
        return HubClient("http://axis.test", self.token, transport=self.transport, sleep=sleep)

    def audit(self, folder: Path, sample: int | None = None, keys: tuple[VerifierKey, ...] = ()) -> Outcome:
        """Audit the hub."""
        with self.client() as client, opened_state(folder) as state:
            return audit(
                state,
                client,
                self.judge,
                keys=keys,
                sample=sample,
                roots_taken=False,
                seen=lambda _what, _done, _of: None,
            )

    # What a lying operator does

    def change(self, work: Callable[[Write], object]) -> None:
        """Change the store behind the hub's back."""
        self.exchange.database.write(work)

    def count_as(self, tx: Write, before: str, after: str) -> None:
        """Move a document of A to B from one class to another in the counters."""
        changes = CounterChanges()
        changes.class_moved("2019-06-03", A, "cong-van", [B], before, after)  # type: ignore[arg-type]
        apply(tx, changes)

    def append_verdict(self, sent: Sent) -> None:
        """Have an unsigned document judged as signed, with all that the hub does then."""

        def undecided(tx: Write) -> None:
            tx.execute(
                documents.update()
                .where(documents.c.position == sent.position)
                .values(indication="INDETERMINATE")
            )
            self.count_as(tx, "unsigned", "indeterminate")

        self.change(undecided)
        verdict = DocumentVerdict(PASSED, None, "organisation", (), "axis-2019", "00" * 32)
        new = NewVerdict(sent.position, verdict)
        assert self.exchange.recorder.record(record_verdicts, new).result().result

    def rewrite(self, change: Callable[[list[bytes]], list[bytes]], origin: str | None = None) -> None:
        """Write the ledger anew with other leaves, and sign it with its own key."""

        def work(tx: Write) -> None:
            leaves = change([leaf for _, leaf in read_entries(tx, 0, 10_000)])
            for table in (ledger_entries, ledger_tiles, ledger_checkpoints):
                tx.execute(delete(table))
            growth = Frontier().append([leaf_hash(leaf) for leaf in leaves])
            add_entries(tx, 0, leaves)
            put_tiles(tx, 1, extended_tiles(tx, 1, growth))
            set_head(tx, growth.frontier.size, growth.frontier.to_bytes())
            name = origin or self.exchange.verifier.name
            text = Checkpoint(name, growth.frontier.size, growth.frontier.root()).text()
            note = NoteSigner(name, self.exchange.key).sign(text)
            add_checkpoint(tx, growth.frontier.size, note, self.exchange.clock.now())

        self.change(work)
