"""Takes systems through a simulation: each reads its messages, takes a step, and signs and sends what comes.

Each system's step is its own; what its hub counted is set beside its register.
"""

import sqlite3
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from axis.protocol.working_calendar import VIET_NAM
from nodes.answers import Arrived
from nodes.client import Client
from nodes.document_writer import Identity
from nodes.offices import Post
from nodes.planner import Plan
from nodes.sandbox import WantedPerson, issue_certificate
from nodes.stage import Stage
from nodes.systems.catalogue import planned_systems
from nodes.systems.incoming_messages import arrived, taken
from nodes.systems.outgoing_documents import Sender
from nodes.systems.register import digest, open_register
from nodes.systems.signers import SystemPerson
from nodes.systems.system import Figure, Outgoing, OutgoingDocument, PlannedSystem, Setting
from signing.certificates import load_certificates
from signing.keys import public_to_pem

_MOST_SHOWN = 4  # systems of one kind that are shown one by one
EVENING = time(17, 0)
"""When systems do their day's work: as offices close."""
_VALID_BEYOND = timedelta(days=365)
"""So long persons' certificates hold beyond the period."""


@dataclass(frozen=True, slots=True)
class SystemResult:
    """What a system's register says when a run is over."""

    name: str
    """As in the catalogue."""
    agency: str
    figures: tuple[Figure, ...]
    digest: str
    """Of the register's canonical dump."""

    @property
    def met(self) -> bool:
        """Whether all figures came out."""
        return all(figure.met for figure in self.figures)


@dataclass(slots=True)
class RunningSystem:
    """A system with its register, and its agency's connection to a hub."""

    planned: PlannedSystem
    post: Post
    client: Client
    register: sqlite3.Connection
    seed: int
    persons: Mapping[str, Identity] = field(default_factory=dict)
    """Certificates and keys of those who sign for it, by the codes the planned system gives them."""
    newer_codes: Decimal = Decimal(0)
    """Share of its messages that name agencies by codes of the newer form."""
    cursor: str | None = None
    committed: str | None = None
    """The cursor behind what the register has taken for good."""

    def turn(self, now: datetime) -> None:
        """Read what came, take one step, and send; the register is committed when all is sent.

        Where that fails the register stays as it was last committed, and what came since is read again.
        """
        try:
            self._turn(now)
        except BaseException:
            self.cursor = self.committed
            if self.register.in_transaction:
                self.register.execute("ROLLBACK")
            raise

    def _turn(self, now: datetime) -> None:
        system, agency = self.planned.system, self.planned.agency
        items: list[Arrived] = []
        if system.reads:
            items, self.cursor = arrived(self.client, self.cursor)
        rng = Random(f"system {self.seed} {system.name} {agency} {now.isoformat()}")  # noqa: S311 - repeated
        self.register.execute("BEGIN")
        read = [taken(system, self.register, self.client, item, now) for item in items]
        inbox = [message for message in read if message is not None]
        told = list(system.step(self.register, inbox, now, rng))
        if system.commits_before_sending:
            self._commit()
            self.register.execute("BEGIN")
        for outgoing in told:
            self.send(outgoing, now)
        self._commit()

    def send(self, outgoing: Outgoing | OutgoingDocument, now: datetime) -> None:
        """Sign a message or document and send it; raises `HubFailed` where it does not pass."""
        sender = Sender(self.planned, self.post.office, self.persons, self.client, self.newer_codes)
        sender.send(self.register, outgoing, now)

    def _commit(self) -> None:
        self.register.execute("COMMIT")
        self.committed = self.cursor


@dataclass(frozen=True, slots=True)
class Systems:
    """The systems of a run."""

    running: tuple[RunningSystem, ...]
    days: deque[date]
    """Working days of the period that are still to come."""
    stage: Stage

    def work_until(self, day: date) -> None:
        """Have each system do the work of all days up to `day`, each in its evening by the hub's clock.

        They work one after the other, in the order of the scenario.
        """
        while self.days and self.days[0] <= day:
            now = datetime.combine(self.days.popleft(), EVENING, VIET_NAM)
            self.stage.move_clocks(now)
            for each in self.running:
                each.turn(now)
                self.stage.carry()

    def results(
        self, auditor: Callable[[], Client] | None, *, is_cut: bool = False
    ) -> tuple[SystemResult, ...]:
        """Report each register, and how many messages the hub counted beside how many it says it sent.

        Of a run that `is_cut` nothing else is expected.
        """
        if auditor is None or not self.running:
            return ()
        with auditor() as client:
            return tuple(_result(each, client, is_cut=is_cut) for each in self.running)


@contextmanager
def systems_of(plan: Plan | None, posts: Mapping[str, Post], stage: Stage) -> Iterator[Systems]:
    """Open the registers of a plan's systems, in the stage's folder or in one that goes afterwards.

    Without a plan, or where it has none, there are none.
    """
    if plan is None or not (wanted := planned_systems(plan)):
        yield Systems((), deque(), stage)
        return
    with ExitStack() as opened:
        folder = stage.registers
        if folder is None:
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="nodes-")))
        folder.mkdir(parents=True, exist_ok=True)
        running = [_opened(planned, plan, posts, stage, folder, opened) for planned in wanted]
        scenario = plan.scenario
        days = deque(scenario.habits.hours.days(scenario.first, scenario.last))
        yield Systems(tuple(running), days, stage)


def _opened(
    planned: PlannedSystem,
    plan: Plan,
    posts: Mapping[str, Post],
    stage: Stage,
    folder: Path,
    opened: ExitStack,
) -> RunningSystem:
    scenario, post = plan.scenario, posts[planned.agency]
    register = open_register(folder / f"{planned.system.name}-{planned.agency}.sqlite", planned.system.tables)
    opened.callback(register.close)
    register.execute("BEGIN")
    planned.prepare(
        register, Setting(planned.agency, scenario.first, scenario.last, scenario.habits.hours, plan.seed)
    )
    register.execute("COMMIT")
    site = stage.site_of(planned.agency)
    client = opened.enter_context(Client(site.hub, post.token, retries=stage.retries))
    begin = datetime.combine(scenario.first, time(), VIET_NAM) - timedelta(days=1)
    persons = {
        each.code: _certified(site.sandbox, planned.agency, each, begin, scenario.last)
        for each in planned.persons
    }
    newer = scenario.behaviour.newer_codes
    return RunningSystem(planned, post, client, register, plan.seed, persons, newer)


def _certified(sandbox: Client, agency: str, person: SystemPerson, begin: datetime, last: date) -> Identity:
    """Have a person certified for the whole of a period."""
    pem = public_to_pem(person.key.public_key()).decode("ascii")
    issued = issue_certificate(
        sandbox,
        agency,
        pem,
        person=WantedPerson(person.signer.name, person.signer.title, pem),
        not_before=begin,
        not_after=datetime.combine(last, time(), VIET_NAM) + _VALID_BEYOND,
    )
    return Identity(load_certificates(issued.certificate.encode())[0], person.key)


def _result(each: RunningSystem, auditor: Client, *, is_cut: bool) -> SystemResult:
    system, agency = each.planned.system, each.planned.agency
    figures: list[Figure] = list(each.planned.report(each.register))
    if is_cut:
        figures = [replace(figure, expected=None) for figure in figures]
    counted = {
        row["kind"]: row["sent"] for row in auditor.statistics("messages", by="kind", sender=agency)["items"]
    }
    said = dict(each.register.execute("SELECT kind, count(*) FROM sent_messages GROUP BY kind").fetchall())
    figures += [
        Figure(f"messages {kind}, as the hub counted", counted.get(kind, 0), said.get(kind, 0))
        for kind in sorted(system.sends)
    ]
    if not system.sends:  # it comes after those that send, and has read whatever came
        rows = auditor.statistics("messages", by="kind", recipient=agency)["items"]
        came = {row["kind"]: row["received"] for row in rows}
        taken = dict(
            each.register.execute("SELECT kind, count(*) FROM taken_messages GROUP BY kind").fetchall()
        )
        figures += [
            Figure(f"messages {kind} read, as the hub counted", came.get(kind, 0), taken.get(kind, 0))
            for kind in sorted(system.reads)
        ]
    if each.planned.beside_the_hub is not None and not is_cut:
        figures += each.planned.beside_the_hub(each.register, auditor)
    return SystemResult(system.name, agency, tuple(figures), digest(each.register))


def together(results: Sequence[SystemResult]) -> list[tuple[str, tuple[Figure, ...]]]:
    """Put systems of one kind together where they are many and all is met; each with what to call it.

    Figures are added up by their names.
    """
    shown: list[tuple[str, tuple[Figure, ...]]] = []
    of_kind: dict[str, list[SystemResult]] = {}
    for result in results:
        of_kind.setdefault(result.name, []).append(result)
    for name, alike in of_kind.items():
        alone = [each for each in alike if len(alike) <= _MOST_SHOWN or not each.met]
        rest = [each for each in alike if each not in alone]
        shown += [(f"{name} of {each.agency} · register {each.digest[:16]}", each.figures) for each in alone]
        if rest:
            sums: dict[str, Figure] = {}
            for figure in (figure for each in rest for figure in each.figures):
                before = sums.get(figure.name, Figure(figure.name, 0, None if figure.expected is None else 0))
                expected = None if figure.expected is None else (before.expected or 0) + figure.expected
                sums[figure.name] = Figure(figure.name, before.measured + figure.measured, expected)
            shown.append((f"{name} of {len(rest)} agencies together", tuple(sums.values())))
    return shown


def systems_table(results: Sequence[SystemResult]) -> str:
    """Write what registers say as lines, the published figures beside."""
    lines: list[str] = []
    for heading, figures in together(results):
        lines += ["", heading]
        for figure in figures:
            beside = "" if figure.expected is None else f"  expected {figure.expected:>9,}"
            mark = "" if figure.met else "  ✗"
            lines.append(f"  {figure.name:<58}{figure.measured:>9,}{beside}{mark}")
    return "\n".join(lines)
