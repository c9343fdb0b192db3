"""A hub, provinces, a clock and faults in the words of tests.

`nodes.pytest_plugin` hands them out as fixtures.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any

from cryptography import x509

from axis.protocol.agency_codes import canonical
from axis.protocol.working_calendar import VIET_NAM
from nodes import hub_process as hubs
from nodes.answers import Answer, Answered, Arrived, Event, Sent
from nodes.client import Client
from nodes.document_writer import (
    Draft,
    SignedBy,
    main_attachment,
    sign_manifest,
    write_manifest,
)
from nodes.errors import FaultUnavailable
from nodes.faults.catalogue import CATALOGUE
from nodes.faults.injection import FaultResult, Powers, inject
from nodes.faults.planning import PlannedFault
from nodes.known_agencies import agency
from nodes.multipart import Attachment
from nodes.offices import Post, open_offices
from nodes.planner import plan
from nodes.sandbox import make_token, read_clock, reset, run_clock, set_clock
from nodes.scenario_reader import find
from nodes.simulation import Outcome, simulate
from nodes.stage import Stage
from signing.certificates import to_pem as certificate_to_pem
from signing.keys import to_pem

_SEED = 1


@dataclass(slots=True)
class Province:
    """An agency of the directory with its token, certificates and keys."""

    post: Post
    client: Client
    now: Callable[[], datetime]
    _last_number: int = 0
    _cursor: str | None = None

    @property
    def code(self) -> str:
        """Its canonical code."""
        return self.post.office.agency.code

    @property
    def token(self) -> str:
        """The token that it speaks with."""
        return self.post.token

    @property
    def certificate(self) -> x509.Certificate:
        """Its organisation's certificate."""
        identity = self.post.office.organisation
        assert identity is not None
        return identity.certificate

    @property
    def certificate_pem(self) -> bytes:
        """Its organisation's certificate, for other tools."""
        return certificate_to_pem(self.certificate)

    @property
    def key_pem(self) -> bytes:
        """Its organisation's private key, for other tools."""
        identity = self.post.office.organisation
        assert identity is not None
        return to_pem(identity.key)

    def send(
        self,
        *to: "Province | str",
        subject: str = "V/v trao đổi văn bản điện tử",
        number: str | None = None,
        signed_by: SignedBy = "organisation",
        files: Iterable[Attachment] = (),
        **members: Any,
    ) -> Sent:
        """Write, sign and send a letter; without `files` it brings a PDF of its own.

        `members`: others of the manifest, as `Draft` names them (`priority`, `action`, `refers_to`, …).
        Raises `ProblemError` when the hub refuses it.
        """
        at, office = self.now(), self.post.office
        self._last_number += 1
        recipients = tuple(each.code if isinstance(each, Province) else canonical(each) for each in to)
        draft = Draft(
            number=number or f"{self._last_number}/{office.agency.notation}-VP",
            issued_on=at.astimezone(VIET_NAM).date().isoformat(),
            type="cong-van",
            subject=subject,
            recipients=recipients,
            **members,
        )
        attachments = tuple(files) or (main_attachment(office, [agency(code) for code in recipients], draft),)
        manifest = write_manifest(self.code, draft, attachments, office.signer)
        signatures = sign_manifest(
            manifest, signed_by, organisation=office.organisation, person=office.person, at=at
        )
        return self.client.send(manifest, signatures, attachments)

    def inbox(self, wait_seconds: int = 0) -> list[Arrived]:
        """Return what arrived since the last call, waiting for the first item if told to."""
        page = self.client.inbox(self._cursor, wait_seconds=wait_seconds)
        self._cursor = page.next
        return list(page.items)

    def answer(self, delivery: Arrived | str, code: str, note: str | None = None) -> Answered:
        """Give a status; `refused` of the result is the problem's code where the hub does not take it."""
        given = delivery if isinstance(delivery, str) else delivery.id
        (answered,) = self.client.post_statuses([Answer(given, code, note)])
        return answered

    def events(self) -> list[Event]:
        """Return all events that concern it."""
        return list(self.client.events().items)


@dataclass(slots=True)
class BusinessClock:
    """The hub's business time."""

    sandbox: Client

    def now(self) -> datetime:
        """Return the business time, aware."""
        return datetime.fromisoformat(read_clock(self.sandbox)["at"])

    def set(self, at: datetime | str) -> None:
        """Move business time, on from there at real speed; a text is RFC 3339 with its zone."""
        set_clock(self.sandbox, datetime.fromisoformat(at) if isinstance(at, str) else at)

    def advance(self, **parts: float) -> None:
        """Move it on: `days`, `hours`, `minutes` or `seconds`, as of `timedelta`."""
        set_clock(self.sandbox, self.now() + timedelta(**parts))

    def run(self, factor: int) -> None:
        """Have it run so many times as fast as real time from now, at most 86,400: a day each second."""
        run_clock(self.sandbox, factor)

    def real(self) -> None:
        """Give it back to real time."""
        set_clock(self.sandbox, None)


@dataclass(slots=True)
class HubForTests:
    """A hub with a sandbox; empty whenever a test begins."""

    process: hubs.Hub
    sandbox: Client
    _clients: list[Client] = field(default_factory=list)
    _provinces: dict[str, Province] = field(default_factory=dict)
    _auditor: Client | None = None
    _faults: int = 0

    @property
    def url(self) -> str:
        """Where agencies call."""
        return self.process.url

    @property
    def sandbox_url(self) -> str:
        """Where its test powers are."""
        return self.process.sandbox_url

    @property
    def clock(self) -> BusinessClock:
        """Its business time."""
        return BusinessClock(self.sandbox)

    def reset(self) -> None:
        """Empty it: documents, agencies and tokens go, and its time is the real one."""
        self.close()
        reset(self.sandbox)

    def close(self) -> None:
        """Close the connections of provinces and auditor."""
        for client in self._clients:
            client.close()
        self._clients.clear()
        self._provinces.clear()
        self._auditor = None

    def client(self, token: str) -> Client:
        """Return a client that speaks with a token, closed at the next reset."""
        self._clients.append(Client(self.url, token))
        return self._clients[-1]

    def auditor(self) -> Client:
        """Return an auditor's client."""
        if self._auditor is None:
            self._auditor = self.client(make_token(self.sandbox, "auditor"))
        return self._auditor

    def statistics(self, kind: str = "signatures", **query: str) -> list[dict[str, Any]]:
        """Return the rows of `signatures` or `exchange`; `from` is given as `from_`."""
        return [dict(row) for row in self.auditor().statistics(kind, **query)["items"]]

    def province(self, code: str) -> Province:
        """Make an agency with keys and certificates, once until the next reset; raises `UnknownAgency`."""
        known = canonical(code)
        if known not in self._provinces:
            (post,) = open_offices(self.sandbox, [known], _SEED).values()
            self._provinces[known] = Province(post, self.client(post.token), self.clock.now)
        return self._provinces[known]

    def inject(self, name: str, sender: Province, recipient: Province, bystander: Province) -> FaultResult:
        """Have one fault happen; `met` of the result tells whether the hub did as documented.

        Raises `FaultUnavailable` for a name that is not in the catalogue.
        """
        if name not in CATALOGUE:
            near = get_close_matches(name, CATALOGUE, n=1)
            meant = f"; perhaps {near[0]}" if near else ""
            raise FaultUnavailable(f"no fault is called {name!r} (see: nodes faults list){meant}")
        self._faults += 1
        at = self.clock.now()
        planned = PlannedFault(
            at.date(), self._faults, CATALOGUE[name].name, sender.code, recipient.code, bystander.code
        )
        posts = {each.code: each.post for each in (sender, recipient, bystander)}
        operator = self.client(make_token(self.sandbox, "operator"))
        powers = Powers(operator, self.process)
        return inject(planned, posts, hub=self.url, sandbox=self.sandbox, powers=powers, at=at, seed=_SEED)

    def scenario(self, name_or_path: str, *, scale: str | None = None, seed: int = _SEED) -> Outcome:
        """Empty the hub and run a scenario on it: `result.met` of the outcome tells whether all came out."""
        self.reset()
        scenario = find(name_or_path)
        made = plan(scenario, scenario.scale if scale is None else type(scenario.scale)(scale), seed)
        powers = Powers(self.client(make_token(self.sandbox, "operator")), self.process)
        return simulate(
            made,
            Stage(self.url, self.sandbox, powers),
            auditor=lambda: Client(self.url, make_token(self.sandbox, "auditor")),
            progress=lambda _traffic, _day: None,
        )
