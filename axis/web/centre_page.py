"""`/centre`: the operations centre, with what happens today, this month and this year, and the hub's state.

Its figures are those of the statistics. They are read and drawn at most every `SECONDS`, so that one more
screen costs little.
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Annotated, Any, Final

from fastapi import FastAPI, Query, Request, Response
from markupsafe import Markup

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory, DirectoryDep, names_of
from axis.alerts.queries import open_counts
from axis.clock import Clock, day_of, rfc3339
from axis.compliance.deadline_statistics import deadline_items
from axis.compliance.reconciliation.ledger_health import describe_health
from axis.compliance.statistics import Item, Question, exchange_items, signature_items
from axis.compliance.statistics_periods import spans_of
from axis.database import Database, Read
from axis.database.dependencies import ClockDep, DatabaseDep
from axis.database.snapshots import hold_snapshot
from axis.documents.filters import DocumentQuery
from axis.documents.listing import Back, list_documents
from axis.jobs.queries import state_figures
from axis.ledger.queries import count_entries
from axis.problems import Language
from axis.protocol.document_types import MESSAGE
from axis.web.catalogues import N_
from axis.web.monthly_chart import monthly_chart
from axis.web.page_routes import page_router
from axis.web.province_map import province_map
from axis.web.rendering import render, render_part
from axis.web.visitors import SignedInVisitor

router = page_router()

SECONDS: Final = 5.0
"""How old figures may be."""
NEWEST: Final = 8
"""How many of the newest documents are shown."""
RANKED: Final = 10
"""How many of the best agencies a ranking shows, and of the last."""
RANKED_ON_WALL: Final = 3
MONTHS: Final = 12
VIEWS_KEPT: Final = 256
"""For how many callers figures are kept, and what is drawn of them."""


@dataclass(frozen=True, slots=True)
class Period:
    """What was sent and received in a period, and the documents behind it."""

    name: str
    """A text of the catalogue."""
    first: str
    last: str
    signatures: Item
    exchange: Item
    deadlines: Item
    messages: int
    """Typed messages between systems that were sent."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """The figures of documents that a caller may see."""

    periods: Sequence[Period]
    agencies: Sequence[Item]
    """The rates of this year, the best first."""
    months: Sequence[Item]
    messages: Sequence[Item]
    """The exchange of this year's messages by kind, the most frequent first."""
    newest: Sequence[Mapping[str, Any]]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Centre:
    """Everything the page shows, and when it was read."""

    at: str
    today: str
    size: int
    health: Mapping[str, Any]
    jobs: Mapping[str, int]
    alerts: int | None
    """How many stand open; None for who may not see them."""
    traffic: Traffic | None
    """None for operators, who read no documents."""


class RecentFigures:
    """Keeps the figures of each view for a moment, and what is drawn of them.

    One reads them while the others wait for it.
    """

    def __init__(self) -> None:
        self._kept: dict[object, tuple[float, Centre]] = {}
        self._drawn: dict[object, tuple[Centre, Markup]] = {}
        self._lock = Lock()

    def get(self, view: object, read: Callable[[], Centre]) -> Centre:
        """Return the figures of a view, read anew where they are older than `SECONDS`."""
        with self._lock:
            read_at, centre = self._kept.get(view, (0.0, None))
            if centre is None or time.monotonic() - read_at > SECONDS:
                if len(self._kept) >= VIEWS_KEPT:
                    self._kept.clear()
                centre = read()
                self._kept[view] = (time.monotonic(), centre)
            return centre

    def draw(self, look: object, centre: Centre, drawing: Callable[[], Markup]) -> Markup:
        """Return what was drawn of these figures for a look (a view, language and size), or draw it."""
        with self._lock:
            drawn_of, drawn = self._drawn.get(look, (None, Markup()))
            if drawn_of is not centre:
                if len(self._drawn) >= VIEWS_KEPT:
                    self._drawn.clear()
                drawn = drawing()
                self._drawn[look] = (centre, drawn)
            return drawn


def install(app: FastAPI) -> None:
    """Give the application a place for figures."""
    app.state.recent_figures = RecentFigures()


@router.get("/centre", summary="The operations centre")
def show_centre(
    request: Request,
    visitor: SignedInVisitor,
    database: DatabaseDep,
    directory: DirectoryDep,
    clock: ClockDep,
    is_wall: Annotated[bool, Query(alias="wall")] = False,
) -> Response:
    """Show what the hub does now, as far as the caller may see it; `wall` has it fill a screen."""
    caller = visitor.caller
    recent: RecentFigures = request.app.state.recent_figures
    view = (caller.role, caller.agency, caller.subtree)
    centre = recent.get(view, lambda: _read(database, directory, clock, caller))
    shared = recent.draw(
        (view, visitor.language, is_wall),
        centre,
        lambda: _drawn(centre, visitor.language, visitor.role, is_wall=is_wall),
    )
    return render(request, visitor, "centre.html", shared=shared, is_wall=is_wall)


def _drawn(centre: Centre, language: Language, role: str | None, *, is_wall: bool) -> Markup:
    traffic = centre.traffic
    return render_part(
        language,
        "centre_main.html",
        role=role,
        centre=centre,
        ranked=RANKED_ON_WALL if is_wall else RANKED,
        is_wall=is_wall,
        chart=None if traffic is None else monthly_chart(traffic.months, language),
        map=None if traffic is None else province_map(traffic.agencies, centre.today),
    )


def _read(database: Database, directory: Directory, clock: Clock, caller: Caller) -> Centre:
    now = clock.now()
    today = day_of(now)
    with database.read() as tx:
        hold_snapshot(tx)
        size = count_entries(tx)
        traffic = None if caller.role == "operator" else _traffic(tx, directory, caller, clock)
        return Centre(
            at=rfc3339(now),
            today=today,
            size=size,
            health=describe_health(tx),
            jobs={state: count for state, (count, _) in state_figures(tx).items()},
            alerts=None if caller.role == "agency" else sum(open_counts(tx).values()),
            traffic=traffic,
        )


def _traffic(tx: Read, directory: Directory, caller: Caller, clock: Clock) -> Traffic:
    today = dt.date.fromisoformat(day_of(clock.now()))
    year = f"{today.year:04}-01-01"
    periods = [
        _period(tx, directory, caller, clock, name, first, f"{today}")
        for name, first in (
            (N_("Today"), f"{today}"),
            (N_("This month"), f"{today:%Y-%m}-01"),
            (N_("This year"), year),
        )
    ]
    this_year = Question(spans=spans_of(year, f"{today}", by_day=False), by=("agency",))
    back = today.year * 12 + today.month - MONTHS
    first_month = f"{back // 12:04}-{back % 12 + 1:02}-01"
    course = replace(this_year, spans=spans_of(first_month, f"{today}", by_day=False), by=("month",))
    newest, _ = list_documents(tx, DocumentQuery.model_validate({"limit": NEWEST}), caller, back=Back(None))
    agencies = [row for row in signature_items(tx, caller, this_year) if row["sent"]]
    by_kind = Question(spans=this_year.spans, by=("kind",), type=MESSAGE)
    kinds = exchange_items(tx, directory, caller, by_kind)
    return Traffic(
        periods,
        sorted(agencies, key=lambda row: (-(row["rate"] or 0), -row["sent"])),
        signature_items(tx, caller, course),
        sorted(kinds, key=lambda row: (-row["sent"], row["kind"])),
        newest,
        names_of(tx, {code for item in newest for code in (item["from"], *item["to"])}),
    )


def _period(
    tx: Read, directory: Directory, caller: Caller, clock: Clock, name: str, first: str, last: str
) -> Period:
    question = Question(spans=spans_of(first, last, by_day=False))
    return Period(
        name,
        first,
        last,
        signature_items(tx, caller, question)[0],
        exchange_items(tx, directory, caller, question)[0],
        deadline_items(tx, directory, caller, question, clock.now())[0],
        exchange_items(tx, directory, caller, replace(question, type=MESSAGE))[0]["sent"],
    )
