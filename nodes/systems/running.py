"""Takes systems through a simulation: each reads its messages, takes a step, and signs and sends what comes.

Each system's step is its own; what its hub counted is set beside its register.
"""

import json
import sqlite3
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path
from random import Random

from axis.protocol.document_types import MESSAGE, message_kind
from axis.protocol.messages import media_type_of, message_faults
from axis.protocol.working_calendar import VIET_NAM
from nodes.answers import Arrived
from nodes.client import Client
from nodes.document_writer import Draft, sign_manifest, write_manifest
from nodes.errors import HubFailed
from nodes.multipart import Attachment
from nodes.offices import Post
from nodes.planner import Plan
from nodes.stage import Stage
from nodes.systems.catalogue import wishes
from nodes.systems.register import digest, open_register
from nodes.systems.system import Figure, Incoming, Outgoing, Setting, Wish

_MOST_SHOWN = 4  # systems of one kind that are shown one by one
EVENING = time(17, 0)
"""When systems do their day's work: as offices close."""


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

    wish: Wish
    post: Post
    client: Client
    register: sqlite3.Connection
    seed: int
    cursor: str | None = None

    def turn(self, now: datetime) -> None:
        """Read what came, take one step, and send; the register is committed when all is sent.

        Where that fails the register stays as it was, and what came is read again next time.
        """
        before = self.cursor
        try:
            self._turn(now)
        except BaseException:
            self.cursor = before
            if self.register.in_transaction:
                self.register.execute("ROLLBACK")
            raise

    def _turn(self, now: datetime) -> None:
        arrived = list(self._arrived()) if self.wish.system.reads else []
        system, agency = self.wish.system, self.wish.agency
        rng = Random(f"system {self.seed} {system.name} {agency} {now.isoformat()}")  # noqa: S311 - repeated
        self.register.execute("BEGIN")
        taken = [message for item in arrived if (message := self._taken(item, now)) is not None]
        for outgoing in system.step(self.register, taken, now, rng):
            self.send(outgoing, now)
        self.register.execute("COMMIT")

    def _arrived(self) -> Iterator[Arrived]:
        while True:
            page = self.client.inbox(self.cursor)
            self.cursor = page.next
            yield from (item for item in page.items if item.type == MESSAGE)
            if not page.items:
                return

    def _taken(self, item: Arrived, now: datetime) -> Incoming | None:
        """Fetch a message and check it; one that breaks its schema is noted with its places."""
        kind = message_kind(item.type, [each["media_type"] for each in item.attachments])
        if kind is None or kind not in self.wish.system.reads:
            return None
        with self.client.attachment(item.document, 0) as chunks:
            content = b"".join(chunks)
        faults = message_faults(kind, content)
        self.register.execute(
            "INSERT INTO taken_messages VALUES (?, ?, ?, ?, ?, ?)",  # numbers come again each year
            (item.sender, item.issued_on, item.number, kind, sha256(content).hexdigest(), item.indication),
        )
        for fault in faults:
            place = f"{item.sender} {item.number}: {fault.pointer}"
            self.register.execute(
                "INSERT INTO refusals (at, rule, place, found, expected) VALUES (?, ?, ?, ?, ?)",
                (now.isoformat(), "message-schema", place, fault.found, fault.expected),
            )
        if faults:
            return None
        body = json.loads(content)
        return Incoming(kind, item.sender, item.number, item.accepted_at, body, item.indication)

    def send(self, message: Outgoing, now: datetime) -> None:
        """Sign a message as the organisation and send it; raises `HubFailed` where it does not pass."""
        content = json.dumps(message.body, ensure_ascii=False, separators=(",", ":")).encode()
        if message.kind not in self.wish.system.sends:
            raise HubFailed(f"{self.wish.system.name} sends no messages of the kind {message.kind}")
        (last,) = self.register.execute("SELECT coalesce(max(number), 0) FROM sent_messages").fetchone()
        number, office = last + 1, self.post.office
        draft = Draft(
            number=f"{number}/TĐ-{self.wish.system.abbreviation}",
            issued_on=now.date().isoformat(),
            type=MESSAGE,
            subject=message.subject,
            recipients=message.recipients,
        )
        file = Attachment(f"{message.kind}.json", content, media_type_of(message.kind))
        manifest = write_manifest(office.agency.code, draft, [file], office.signer)
        signatures = sign_manifest(
            manifest, "organisation", organisation=office.organisation, person=None, at=now
        )
        sent = self.client.send(manifest, signatures, [file])
        if sent.verdict.indication != "TOTAL-PASSED":
            raise HubFailed(f"{draft.number}: found {sent.verdict.indication}, expected TOTAL-PASSED")
        self.register.execute(
            "INSERT INTO sent_messages VALUES (?, ?, ?, ?)",
            (number, message.kind, ",".join(message.recipients), sha256(content).hexdigest()),
        )


@dataclass(frozen=True, slots=True)
class Systems:
    """The systems of a run."""

    running: tuple[RunningSystem, ...]
    days: deque[date]
    """Working days of the period that are still to come."""
    carry: Callable[[], None] = lambda: None
    """Has the relay carry what was sent, where there is one."""

    def work_until(self, day: date) -> None:
        """Have each system do the work of all days up to `day`, in the order of the scenario."""
        while self.days and self.days[0] <= day:
            now = datetime.combine(self.days.popleft(), EVENING, VIET_NAM)
            for each in self.running:
                each.turn(now)
                self.carry()

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
    if plan is None or not (wanted := wishes(plan)):
        yield Systems((), deque())
        return
    with ExitStack() as opened:
        folder = stage.registers
        if folder is None:
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="nodes-")))
        folder.mkdir(parents=True, exist_ok=True)
        running = [_opened(wish, plan, posts, stage, folder, opened) for wish in wanted]
        scenario = plan.scenario
        days = deque(scenario.habits.hours.days(scenario.first, scenario.last))
        yield Systems(tuple(running), days, stage.carry)


def _opened(
    wish: Wish, plan: Plan, posts: Mapping[str, Post], stage: Stage, folder: Path, opened: ExitStack
) -> RunningSystem:
    scenario, post = plan.scenario, posts[wish.agency]
    register = open_register(folder / f"{wish.system.name}-{wish.agency}.sqlite", wish.system.tables)
    opened.callback(register.close)
    register.execute("BEGIN")
    wish.prepare(
        register, Setting(wish.agency, scenario.first, scenario.last, scenario.habits.hours, plan.seed)
    )
    register.execute("COMMIT")
    hub = stage.site_of(wish.agency).hub
    client = opened.enter_context(Client(hub, post.token, retries=stage.retries))
    return RunningSystem(wish, post, client, register, plan.seed)


def _result(each: RunningSystem, auditor: Client, *, is_cut: bool) -> SystemResult:
    system, agency = each.wish.system, each.wish.agency
    figures: list[Figure] = list(each.wish.report(each.register))
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
