"""The composition root: builds the parts of the hub, and mounts the rooms' routes on one application.

Background work is listed in `axis.background_chores`. The sandbox is an application of its own,
in `axis.sandbox.app`. Commands that listen are `axis.cli.single_process` and `axis.cli.front_process`.
"""

import contextlib
import functools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

import axis.agencies.oauth_routes
import axis.agencies.routes
import axis.alerts.routes
import axis.authority.routes
import axis.compliance.certificates.routes
import axis.compliance.reconciliation.routes
import axis.compliance.routes
import axis.compliance.target_routes
import axis.compliance.verdict_routes
import axis.compliance.verifications.routes
import axis.deliveries.list_routes
import axis.deliveries.routes
import axis.documents.routes
import axis.evidence.routes
import axis.exports.routes
import axis.health
import axis.intake.bulk_routes
import axis.intake.routes
import axis.intake.upload_routes
import axis.jobs.routes
import axis.ledger.cosignature_routes
import axis.ledger.earlier_routes
import axis.ledger.receipt_routes
import axis.ledger.routes
import axis.push.routes
import axis.trust.anchor_routes
import axis.trust.certificate_request_routes
import axis.trust.routes
import axis.vxp.routes
import axis.web.api_reference
import axis.web.asset_routes
import axis.web.centre_page
import axis.web.front
import axis.web.openapi_description
import axis.web.page_routes
import axis.web.pages
from axis import problem_pages, problems
from axis.agencies.admission import Admission
from axis.agencies.callers import Callers
from axis.agencies.directory import Directory
from axis.background_chores import background_chores
from axis.background_tasks import Watch
from axis.clock import Clock
from axis.compliance.reconciliation.reconciliation_job import reconciliation
from axis.compliance.verifications.verification_job import verifying
from axis.database import Database
from axis.database.engine import sqlite_path
from axis.database.key_files import mark_used
from axis.database.store import open_store
from axis.database.store_facts import clock_setting
from axis.database.writer_client import WriterAddress
from axis.deliveries.waiting_readers import WaitingReaders
from axis.documents.manifest_settings import manifest_limits
from axis.exports.export_job import exporting
from axis.head_requests import HeadRequests
from axis.intake.bulk_workers import BulkWorkers
from axis.intake.context import IntakeContext
from axis.jobs.kinds import kinds_of
from axis.jobs.leases import CHORES, Lease
from axis.jobs.runner import Runner
from axis.judging.judge import Trust
from axis.ledger.key import key_finder, open_key
from axis.ledger.key_changes import ledger_keys
from axis.ledger.recorder import Recorder
from axis.ledger.setup import current_key, has_ledger, open_ledger
from axis.objects.store import Objects, open_objects
from axis.outbound.guarded_http import Addresses, public_addresses
from axis.protocol.manifest_schema import manifest_schema
from axis.push.context import PushContext, build_push, webhook_posts
from axis.push.webhook_work import WorkParts
from axis.settings import Settings
from axis.store_secrets import check_secret, open_secret
from axis.telemetry import Metrics, Telemetry
from axis.vxp.calling_systems import Systems
from axis.vxp.context import VxpContext
from axis.vxp.failed_calls import Failures
from axis.web.hot_routes import HotRoutes
from signing.notes import NoteSigner

HOT_ROUTES = {
    ("POST", "/v1/documents"): axis.intake.routes.send_directly,
    ("GET", "/v1/inbox"): axis.deliveries.routes.poll_inbox_directly,
    ("GET", "/v1/events"): axis.deliveries.routes.poll_events_directly,
}
"""What is called so often that the framework's way to it would cost more than the route."""


@dataclass(frozen=True, slots=True)
class Hub:
    """Everything a running hub is made of."""

    settings: Settings
    database: Database
    clock: Clock
    directory: Directory
    callers: Callers
    trust: Trust
    recorder: Recorder
    waiting_readers: WaitingReaders
    failures: Failures
    jobs: Runner
    watch: Watch
    metrics: Metrics
    admission: Admission
    bulk_admission: Admission
    bulk_workers: BulkWorkers
    intake: IntakeContext
    vxp: VxpContext
    push: PushContext

    @property
    def objects(self) -> Objects:
        """Where large contents lie."""
        return self.intake.objects

    @property
    def systems(self) -> Systems:
        """The systems of the old protocol."""
        return self.vxp.systems

    def close(self) -> None:
        """Finish what is queued, then close the store."""
        self.bulk_workers.close()
        self.trust.close()
        self.database.close()


def build(
    settings: Settings,
    *,
    sandbox: bool = False,
    addresses: Addresses = public_addresses,
    writer: str | None = None,
) -> Hub:
    """Open the store and build every part of the hub. `sandbox`: a new SQLite store is made a sandbox.

    `addresses` resolves and allows hosts to fetch from. `writer`: the writer process's socket, in a front.
    """
    directory = Directory()
    address = None if writer is None else WriterAddress(writer, {"directory": directory})
    database = open_store(settings, sandbox=sandbox, writer=address)
    clock, signer = open_keys(database, settings)
    objects = _open_objects(database, settings)
    callers = Callers(database, _hub_id(database, signer))
    trust = Trust(database, settings)
    recorder = Recorder(database, signer, clock, key_finder(settings, signer.name))
    systems = Systems(database, settings)
    failures = Failures(database)

    def on_change(version: int) -> None:
        _learn(database, version, (directory, callers, systems), clock, trust, recorder)

    kinds = kinds_of(reconciliation(database), exporting(objects, recorder), verifying(objects, trust))
    jobs = Runner(database, kinds, at_once=settings.jobs_at_once, lease_seconds=settings.lease_seconds)
    metrics = _measure(objects, trust)
    unstored = (failures, callers.last_calls)
    chores = background_chores(settings, objects, clock, trust, recorder, unstored, metrics, addresses)
    watch = Watch(database, on_change, Lease(database, CHORES, settings.lease_seconds), chores)
    waiting_readers = WaitingReaders(database, at_once=settings.readers, most_waiting=settings.reads_waiting)
    admission = Admission(settings.requests_in_flight, settings.requests_per_caller)
    database.expect(admission.under_way)
    limits = manifest_limits(settings)
    intake = IntakeContext(database, clock, settings, directory, trust, recorder, limits, objects)
    posts = webhook_posts(database, settings)
    pushing = WorkParts(database, clock, waiting_readers, posts, metrics.count_webhook_attempt)
    secret = functools.partial(open_secret, settings=settings)
    return Hub(
        settings=settings,
        database=database,
        clock=clock,
        directory=directory,
        callers=callers,
        trust=trust,
        recorder=recorder,
        waiting_readers=waiting_readers,
        failures=failures,
        jobs=jobs,
        watch=watch,
        metrics=metrics,
        admission=admission,
        bulk_admission=Admission(settings.bulk_at_once, max(1, settings.bulk_at_once // 2)),
        bulk_workers=BulkWorkers(settings, trust),
        intake=intake,
        vxp=VxpContext(intake, waiting_readers, systems, failures, callers.last_calls),
        push=build_push(pushing, directory, settings, secret, watch.lease.is_held),
    )


def create_app(hub: Hub) -> FastAPI:
    """Build the public application: every route that agencies, auditors and operators call."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        attached = hub.database.attached(hub.waiting_readers.note_commit, hub.watch.look)
        watching, waiting = hub.watch.running(), hub.waiting_readers.running()
        async with attached, watching, waiting, hub.jobs.running(), hub.push.pusher.running():
            hub.trust.warm_up()
            yield
        await run_in_threadpool(hub.failures.flush)
        axis.web.page_routes.close(app)

    app = FastAPI(
        title="The axis",
        summary="Routes documents between agencies, verifies their signatures and proves its figures.",
        version=axis.health.VERSION,
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=axis.web.openapi_description.operation_id,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # `axis.telemetry` has ours
    )
    app.state.hub = hub
    _include_exchange(app)  # documents, deliveries, and what is counted and judged of them
    app.include_router(axis.agencies.oauth_routes.router)
    app.include_router(axis.agencies.routes.router)  # the directory
    app.include_router(axis.trust.routes.router)  # certificates and revocation lists
    app.include_router(axis.authority.routes.router)  # time-stamps, OCSP
    app.include_router(axis.trust.certificate_request_routes.router)
    app.include_router(axis.trust.anchor_routes.router)  # and what they are judged by
    app.include_router(axis.ledger.routes.router)  # checkpoint, tiles, keys
    app.include_router(axis.ledger.earlier_routes.router)  # and of ledgers before a restore
    app.include_router(axis.ledger.receipt_routes.router)  # receipts of what was lost then
    app.include_router(axis.ledger.cosignature_routes.router)  # and what witnesses say of it
    app.include_router(axis.exports.routes.router)  # lists as files
    app.include_router(axis.jobs.routes.router)  # long work, and how far it is
    app.include_router(axis.alerts.routes.router)  # what an operator should look at
    app.include_router(axis.push.routes.router)  # where agencies are told of what concerns them
    app.include_router(axis.vxp.routes.router)  # the same exchange in the real axis's own protocol
    app.include_router(problem_pages.router)  # a page for every refusal
    app.include_router(axis.web.front.router)  # /
    app.include_router(axis.web.api_reference.router)  # /docs
    for pages in axis.web.pages.ROUTERS:
        app.include_router(pages)
    app.include_router(axis.web.asset_routes.router)  # and what they are drawn with
    app.include_router(axis.health.router)
    manifest = manifest_schema(hub.intake.limits)
    axis.web.openapi_description.install(app, public_url=hub.settings.public_url, schemas=[manifest])
    problems.install(app)
    axis.web.page_routes.install(app)
    axis.web.centre_page.install(app)
    app.add_middleware(HeadRequests)
    app.add_middleware(HotRoutes, handlers=HOT_ROUTES)
    app.add_middleware(Telemetry, metrics=hub.metrics)
    return app


def _include_exchange(app: FastAPI) -> None:
    """Add the routes of documents, deliveries and figures."""
    app.include_router(axis.intake.routes.router)  # documents come in
    app.include_router(axis.intake.bulk_routes.router)  # by the thousand
    app.include_router(axis.intake.upload_routes.router)  # and large attachments ahead of them
    app.include_router(axis.documents.routes.router)  # and are read and searched
    app.include_router(axis.evidence.routes.router)  # and proven
    app.include_router(axis.deliveries.routes.router)  # inbox, statuses, events
    app.include_router(axis.deliveries.list_routes.router)  # deliveries
    app.include_router(axis.compliance.routes.router)  # statistics
    app.include_router(axis.compliance.verdict_routes.router)  # and what verdicts found
    app.include_router(axis.compliance.target_routes.router)  # and what they should be
    app.include_router(axis.compliance.reconciliation.routes.router)  # and whether they are true
    app.include_router(axis.compliance.certificates.routes.router)  # whose certificates signed
    app.include_router(axis.compliance.verifications.routes.router)  # and what verdicts would be


def open_keys(database: Database, settings: Settings) -> tuple[Clock, NoteSigner]:
    """Give the store's clock and what signs its ledger, once both keys are found to be the store's own."""
    try:
        with database.read() as tx:
            clock = Clock(*clock_setting(tx))
            check_secret(tx, settings)
            begun = has_ledger(tx)
            signing = current_key(tx)
        if signing is not None:  # a change of keys may have been cut off before the files were moved
            key_finder(settings, signing.name)(signing.key_id.hex())
        key = open_key(settings.ledger_key_file, sqlite_path(settings.database_url), make=not begun)
        signer = database.write(lambda tx: open_ledger(tx, key, settings.public_url, clock.now()))
    except BaseException:
        database.close()
        raise
    mark_used(settings)
    return clock, signer


def _hub_id(database: Database, signer: NoteSigner) -> str:
    """Return what tells this hub from another on the same host: the first key of its ledger."""
    with database.read() as tx:
        return ledger_keys(tx, signer.verifier)[-1].verifier.key_id.hex()


def _learn(
    database: Database,
    version: int,
    caches: tuple[Directory, Callers, Systems],
    clock: Clock,
    trust: Trust,
    recorder: Recorder,
) -> None:
    """Learn what other processes have changed in the store."""
    with database.read() as tx:
        clock.move(*clock_setting(tx))
        database.faults.follow(tx)
        for cache in caches:
            cache.forget(version)
        trust.reload(tx)
        recorder.follow_key(current_key(tx))


def _open_objects(database: Database, settings: Settings) -> Objects:
    try:
        return open_objects(database, settings)
    except BaseException:
        database.close()
        raise


def _measure(objects: Objects, trust: Trust) -> Metrics:
    metrics = Metrics()
    metrics.trust_left_out.set_function(lambda: len(trust.left_out))
    metrics.store_failing.set_function(lambda: objects.database.failing)
    for service in ("disk", "store"):
        metrics.injected_faults.labels(service).set_function(
            partial(objects.database.faults.met.__getitem__, service)
        )
    metrics.objects_failing.set_function(lambda: objects.failing)
    return metrics
