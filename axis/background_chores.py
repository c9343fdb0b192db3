"""What a hub does in the background, and how often: the list of its chores with their intervals.

They are run by `axis.background_tasks`. The parts of the hub that they work with come from `axis.app`.
"""

from axis.agencies.last_calls import LastCalls
from axis.agencies.sessions import sweep_sessions
from axis.alert_checks.checks import AlertChecks
from axis.alert_checks.clocks import note_clock
from axis.alert_checks.room import disk_room
from axis.alert_checks.sight import Sight
from axis.alerts.catalogue import KINDS as ALERT_KINDS
from axis.alerts.queries import open_counts
from axis.authority.revocation_lists import renew_revocation_lists
from axis.background_tasks import Chore
from axis.clock import Clock, real_now
from axis.compliance.rejudging import note_stopped, rejudge_some
from axis.compliance.verifications.queries import sweep_what_ifs
from axis.database import Database, Write
from axis.database.database_clock import database_now
from axis.deliveries.expiry import expire_some
from axis.exports.queries import sweep_exports
from axis.exports.tables import EXPORT_CLAIMS
from axis.intake.uploads import sweep_uploads
from axis.jobs.job_queue import sweep_jobs
from axis.jobs.queries import state_figures
from axis.judging.judge import Trust
from axis.ledger.recorder import Recorder
from axis.objects.store import Objects
from axis.outbound.guarded_http import Addresses
from axis.settings import Settings
from axis.telemetry import Metrics
from axis.trust.revocation_fetching import fetch_some, note_wanted
from axis.vxp.calls import sweep_used_headers
from axis.vxp.failed_calls import Failures


def background_chores(
    settings: Settings,
    objects: Objects,
    clock: Clock,
    trust: Trust,
    recorder: Recorder,
    unstored: tuple[Failures, LastCalls],
    metrics: Metrics,
    addresses: Addresses,
) -> tuple[Chore, ...]:
    """Return what is done in the background, and how often."""
    database = objects.database
    failures, last_calls = unstored

    def renew_lists() -> None:
        renew_revocation_lists(database, settings, clock)

    def expire() -> None:
        expire_some(database, clock, recorder, settings.expiry_days)

    def sweep_abandoned() -> None:
        sweep_uploads(objects, real_now(), settings.uploads_hours, EXPORT_CLAIMS)

    def sweep_signed_in() -> None:
        database.write(lambda tx: sweep_sessions(tx, real_now()))

    def sweep_ended() -> None:
        database.write(lambda tx: _sweep_jobs(tx, settings.jobs_kept_days))

    checks = AlertChecks(Sight(database, clock, settings, lambda: trust.material, disk_room))
    hosts = frozenset(settings.revocation_hosts or ())
    return (
        # What a process remembers by itself
        Chore("probe", 1, database.probe),
        Chore("probe of objects", 1, objects.probe),
        Chore("trust folder", 0.5, trust.reload_changed_files),
        Chore("wanted revocation data", 1, lambda: note_wanted(database, trust.wanted)),
        Chore("stopped judging", 5, lambda: note_stopped(database, trust)),
        Chore("failures", 1, failures.flush),
        Chore("last calls", 1, lambda: last_calls.store(database, clock)),
        *_figures(database, settings, clock, metrics),
        # What one does for all
        Chore("revocation lists", 1, renew_lists, by_holder=True),
        Chore("revocation data", 1, lambda: fetch_some(database, hosts, addresses), by_holder=True),
        Chore("rejudge", 5, lambda: rejudge_some(objects, trust, recorder), by_holder=True),
        Chore("expiry", 5, expire, by_holder=True),
        Chore("alerts", 5, checks.run_due, by_holder=True),
        Chore("objects", 600, sweep_abandoned, by_holder=True),
        Chore("used headers", 600, lambda: sweep_used_headers(database, settings), by_holder=True),
        Chore("ended jobs", 600, sweep_ended, by_holder=True),
        Chore("ended sessions", 600, sweep_signed_in, by_holder=True),
    )


def _figures(database: Database, settings: Settings, clock: Clock, metrics: Metrics) -> tuple[Chore, ...]:
    """Return what keeps the metrics of this process up to date."""

    def count_jobs() -> None:
        with database.read() as tx:
            metrics.count_jobs(state_figures(tx), database_now(tx))

    def count_alerts() -> None:
        with database.read() as tx:
            counts = open_counts(tx)
        metrics.count_alerts({name: counts.get(name, 0) for name in ALERT_KINDS})

    def look_at_clock() -> None:
        metrics.clock_offset.set(note_clock(database, clock, settings.alert_clock_seconds))

    return (
        Chore("jobs in figures", 5, count_jobs),
        Chore("alerts in figures", 5, count_alerts),
        Chore("clock", 10, look_at_clock),
    )


def _sweep_jobs(tx: Write, kept_days: int) -> int:
    """Forget jobs that ended long ago, and what belongs to them."""
    return sweep_jobs(tx, kept_days) + sweep_exports(tx) + sweep_what_ifs(tx)
