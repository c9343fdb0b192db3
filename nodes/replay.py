"""Feeds the record of a run to another hub, and compares outcome with outcome.

The same manifests are sent again, signed with keys of this hub. In a sandbox the clock follows the record's
days; elsewhere documents are sent now, without faults.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from axis.protocol.working_calendar import VIET_NAM
from nodes.answers import Answer
from nodes.client import Client
from nodes.document_writer import Draft, Identity, Office, attachments_of, sign_manifest
from nodes.errors import ProblemError, RecordUnreadable
from nodes.faults.injection import Powers, inject
from nodes.faults.planning import PlannedFault
from nodes.invented_texts import Signer
from nodes.known_agencies import agency
from nodes.offices import Post, open_offices
from nodes.recording import Line, Record
from nodes.sandbox import set_clock
from signing.certificates import load_certificates
from signing.errors import SigningError
from signing.keys import from_pem

_SENDING, _ANSWERING = time(9, 0), time(15, 0)


@dataclass(frozen=True, slots=True)
class Difference:
    """One outcome that is another than the record's."""

    what: str
    recorded: str
    replayed: str

    def __str__(self) -> str:
        return f"{self.what}: recorded {self.recorded}, replayed {self.replayed}"


@dataclass(slots=True)
class Replayed:
    """What a replay compared."""

    documents: int = 0
    answers: int = 0
    faults: int = 0
    faults_left_out: int = 0
    figures: int = 0
    differences: list[Difference] = field(default_factory=list)

    def compare(self, what: str, recorded: object, replayed: object) -> None:
        """Note a difference, if there is one."""
        if recorded != replayed:
            self.differences.append(Difference(what, _told(recorded), _told(replayed)))


@dataclass(slots=True)
class _Stage:
    """Where a record is replayed."""

    hub: str
    posts: Mapping[str, Post]
    sandbox: Client | None
    powers: Powers
    seed: int
    clients: dict[str, Client] = field(default_factory=dict)
    deliveries: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """Id of the delivery of whose document of which number to whom."""
    cursors: dict[str, str | None] = field(default_factory=dict)

    def client(self, code: str) -> Client:
        if code not in self.clients:
            self.clients[code] = Client(self.hub, self.posts[code].token)
        return self.clients[code]

    def now(self, day: date, at: time) -> datetime:
        """Move the sandbox's clock there; elsewhere it is the time it is."""
        if self.sandbox is None:
            return datetime.now(VIET_NAM)
        moment = datetime.combine(day, at, VIET_NAM)
        set_clock(self.sandbox, moment)
        return moment


def replay(
    record: Record,
    *,
    hub: str,
    sandbox: Client | None = None,
    posts: Mapping[str, Post] | None = None,
    powers: Powers | None = None,
    auditor: Callable[[], Client] | None = None,
) -> Replayed:
    """Replay on `hub`: in its sandbox, or with `posts` of one's own.

    Figures are compared if there is an auditor and a sandbox's clock. Raises `RecordUnreadable` when posts
    are missing, and `NodesError` when the hub cannot be reached.
    """
    run = record.run
    if sandbox is not None:
        first = datetime.combine(date.fromisoformat(run["from"]), time(), VIET_NAM)
        set_clock(sandbox, first - timedelta(days=1))
        posts = open_offices(sandbox, run["agencies"], run["seed"])
    missing = [code for code in run["agencies"] if code not in (posts or {})]
    if posts is None or missing:
        raise RecordUnreadable(f"no keys were given for {', '.join(missing)}, whom the record needs")
    stage = _Stage(hub, posts, sandbox, powers or Powers(), run["seed"])
    result = Replayed()
    try:
        for day, documents, faults, answers in _days(record):
            at = stage.now(day, _SENDING)
            for line in documents:
                _send(stage, result, line, at)
            for line in faults:
                _inject(stage, result, line, at)
            stage.now(day, _ANSWERING)
            _answer(stage, result, answers)
    finally:
        for client in stage.clients.values():
            client.close()
    if auditor is not None and sandbox is not None:
        with auditor() as client:
            _compare_figures(client, record, result)
    return result


def posts_of(folder: Path, codes: Sequence[str]) -> dict[str, Post]:
    """Read keys of one's own: of each agency from a folder named by its short code.

    It holds `token`, `organisation.pem`, `organisation.key`, `person.pem` and `person.key`. Raises
    `RecordUnreadable` for what is not there.
    """
    posts = {}
    for code in codes:
        known, place = agency(code), folder / code.rpartition(".")[2]
        try:
            token = (place / "token").read_text(encoding="ascii").strip()
            organisation, person = _identity(place, "organisation"), _identity(place, "person")
        except (OSError, ValueError, SigningError) as error:
            raise RecordUnreadable(f"{place}: {error}") from error
        posts[code] = Post(Office(known, Signer("", ""), organisation, person), token)
    return posts


def _identity(place: Path, who: str) -> Identity:
    chain = load_certificates((place / f"{who}.pem").read_bytes())
    return Identity(chain[0], from_pem((place / f"{who}.key").read_bytes()))


def _days(record: Record) -> Iterator[tuple[date, list[Line], list[Line], list[Line]]]:
    """Group the lines by day; they stand in order of it."""
    parts: list[dict[str, list[Line]]] = [
        {day: list(lines) for day, lines in groupby(each, key=lambda line: str(line["day"]))}
        for each in (record.documents, record.faults, record.answers)
    ]
    for day in sorted(set().union(*parts)):
        documents, faults, answers = (part.get(day, []) for part in parts)
        yield date.fromisoformat(day), documents, faults, answers


def _send(stage: _Stage, result: Replayed, line: Line, at: datetime) -> None:
    manifest = line["manifest"].encode()
    told = json.loads(manifest)
    office = stage.posts[line["sender"]].office
    signer = told.get("signer")
    writer = Office(office.agency, Signer(signer["name"], signer["position"])) if signer else office
    draft = Draft(
        told["number"],
        told["issued_on"],
        told["type"],
        told["subject"],
        tuple(told["to"]),
        pages=line["pages"],
        appendix_kilobytes=line["appendix_kilobytes"],
    )
    attachments = attachments_of(writer, [agency(code) for code in told["to"]], draft)
    what = f"document {told['number']} of {line['sender']}"
    if [each.digest() for each in attachments] != [each["sha256"] for each in told["attachments"]]:
        raise RecordUnreadable(f"{what}: this version writes another file than the manifest names")
    signatures = sign_manifest(
        manifest, line["signed_by"], organisation=office.organisation, person=office.person, at=at
    )
    result.documents += 1
    try:
        sent = stage.client(line["sender"]).send(manifest, signatures, attachments)
    except ProblemError as refused:
        result.compare(what, line["outcome"], {"refused": refused.code})
        return
    outcome = {"indication": sent.verdict.indication, "deliveries": len(sent.deliveries)}
    result.compare(what, line["outcome"], outcome)
    for delivery in sent.deliveries:
        stage.deliveries[line["sender"], told["number"], delivery.to] = delivery.id


def _inject(stage: _Stage, result: Replayed, line: Line, at: datetime) -> None:
    names = (line["name"], line["sender"], line["recipient"], line["bystander"])
    planned = PlannedFault(date.fromisoformat(line["day"]), line["place"], *names)
    if stage.sandbox is None or planned.fault.needs not in {None, *stage.powers.given}:
        result.faults_left_out += 1
        return
    result.faults += 1
    injected = inject(
        planned,
        stage.posts,
        hub=stage.hub,
        sandbox=stage.sandbox,
        powers=stage.powers,
        at=at,
        seed=stage.seed,
    )
    result.compare(f"fault {line['name']} of {line['sender']}", line["outcome"], list(injected.observed))


def _answer(stage: _Stage, result: Replayed, lines: Sequence[Line]) -> None:
    for by, own in groupby(lines, key=lambda line: str(line["by"])):
        _learn(stage, by)
        answers = []
        for line in own:
            delivery = stage.deliveries.get((line["sender"], line["number"], by))
            if delivery is None:
                result.compare(_about(line), line["outcome"], {"refused": "no such delivery"})
            else:
                answers.append((line, Answer(delivery, line["code"], line["note"])))
        result.answers += len(answers)
        outcomes = stage.client(by).post_statuses([answer for _, answer in answers])
        for (line, _), outcome in zip(answers, outcomes, strict=True):
            result.compare(_about(line), line["outcome"], {"refused": outcome.refused})


def _learn(stage: _Stage, by: str) -> None:
    """Learn of deliveries that no document of the record made: those of faults."""
    while True:
        page = stage.client(by).inbox(stage.cursors.get(by))
        stage.cursors[by] = page.next
        for item in page.items:
            stage.deliveries.setdefault((item.sender, item.number, by), item.id)
        if not page.items:
            return


def _about(line: Line) -> str:
    return f"status {line['code']} by {line['by']} on {line['number']} of {line['sender']}"


def _compare_figures(auditor: Client, record: Record, result: Replayed) -> None:
    period = {"from_": record.run["from"], "to": record.run["to"], "by": "agency"}
    rows = {row["agency"]: row for row in auditor.statistics("exchange", **period)["items"]}
    for line in record.figures:
        result.figures += 1
        row: Mapping[str, Any] = rows.get(line["agency"], {})
        for name in ("sent", "received"):
            result.compare(f"{name} by {line['agency']}", line[name], row.get(name, 0))


def _told(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
