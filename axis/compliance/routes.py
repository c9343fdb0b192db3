"""Statistics over HTTP: signatures, exchange, deadlines and typed messages, each with its definition."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from axis.agencies.callers import AgencyOrAuditor
from axis.agencies.directory import DirectoryDep
from axis.clock import rfc3339
from axis.compliance.deadline_statistics import deadline_items
from axis.compliance.statistics import (
    BY,
    BY_OF_MESSAGES,
    Question,
    TooManyItemsError,
    exchange_items,
    signature_items,
)
from axis.compliance.statistics_definitions import DEADLINES, EXCHANGE, MESSAGES, SIGNATURES
from axis.compliance.statistics_periods import spans_of
from axis.compliance.statistics_table import statistics_columns
from axis.database import Database, Read
from axis.database.dependencies import ClockDep, DatabaseDep
from axis.database.snapshots import hold_snapshot
from axis.json_http import answer_json
from axis.problems import Language, declare, language_of
from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.document_types import DOCUMENT_TYPES, MESSAGE
from axis.protocol.errors import (
    NotAuthenticated,
    NotPermitted,
    Overloaded,
    Place,
    QueryInvalid,
    TooManyRows,
    shorten,
)
from axis.table_http import DESCRIPTION as TABLE_DESCRIPTION
from axis.table_http import TABLES, FormatName, Table, answer_table, form_asked, too_many_rows

router = APIRouter(tags=["statistics"])

_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def rows_of(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a statistic."""
    answer: dict[str, Any] = {"model": model, "description": "Rows and their definition."}
    answer["content"] = TABLES
    return {200: answer, **declare(NotAuthenticated, NotPermitted, QueryInvalid, TooManyRows, Overloaded)}


class PeriodQuery(BaseModel):
    """What may stand in the query of every statistic."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)

    first: Annotated[
        str | None,
        Field(
            alias="from", json_schema_extra={"pattern": _DAY}, description="First day, Viet Nam's; included."
        ),
    ] = None
    last: Annotated[
        str | None,
        Field(alias="to", json_schema_extra={"pattern": _DAY}, description="Last day, Viet Nam's; included."),
    ] = None
    by: Annotated[
        list[str],
        Field(max_length=8, description=f"One row for each: any of {', '.join(BY)}; with commas."),
    ] = []
    sender: Annotated[str | None, Field(max_length=32, description="Only what this agency sent.")] = None
    type: Annotated[
        str | None,
        Field(
            max_length=32,
            description=f"Only documents of this type; without it all but messages (`{MESSAGE}`).",
        ),
    ] = None
    format: Annotated[FormatName | None, Field(description=TABLE_DESCRIPTION)] = None


class StatisticsQuery(PeriodQuery):
    """What may stand in the query of a statistic that has recipients."""

    recipient: Annotated[
        str | None, Field(max_length=32, description="Only what was addressed to this agency.")
    ] = None
    agencies: Annotated[
        Literal["active", "all"],
        Field(
            description="With `by=agency`: `all` adds a row of zeros for each agency of the directory that "
            "has none, beside each month, day or type that occurs; only agencies that you may see."
        ),
    ] = "active"


class MessagesQuery(StatisticsQuery):
    """What may stand in the query of the statistic of messages."""

    by: Annotated[
        list[str],
        Field(max_length=8, description=f"One row for each: any of {', '.join(BY_OF_MESSAGES)}."),
    ] = []
    type: Annotated[Literal["thong-diep"], Field(description="The one type of messages.")] = "thong-diep"


class Row(BaseModel):
    """The members of a row that `by` asks for."""

    agency: str | None = None
    agency_name: str | None = None
    month: str | None = None
    day: str | None = None
    type: str | None = None
    level: int | None = None


class SignatureRow(Row):
    """Numbers of documents sent, by who signed them, and the rates."""

    sent: int
    signed: int
    both: int
    organisation: int
    person: int
    indeterminate: int
    failed: int
    unsigned: int
    rate: float | None
    rate_full: float | None
    rate_any: float | None


class ExchangeRow(Row):
    """What was sent, and what became of what was received."""

    sent: int
    addressed: int
    received: int
    handled: int
    pending: int
    refused: int
    withdrawn: int


class MessageRow(ExchangeRow):
    """The same of messages."""

    kind: str | None = None


class DeadlineRow(Row):
    """What was sent and answered in time or late, and what waits for an answer."""

    sent: int
    sent_in_time: int
    sent_late: int
    received: int
    answered_in_time: int
    answered_late: int
    overdue: int
    open: int
    rate_sent: float | None
    rate_answered: float | None


class SignatureStatistics(BaseModel):
    """The signed-document rate."""

    items: list[SignatureRow]
    definition: str


class ExchangeStatistics(BaseModel):
    """The exchange."""

    items: list[ExchangeRow]
    definition: str


class DeadlineStatistics(BaseModel):
    """Deadlines."""

    items: list[DeadlineRow]
    definition: str
    at: dt.datetime


class MessageStatistics(BaseModel):
    """The exchange of messages."""

    items: list[MessageRow]
    definition: str


@router.get(
    "/v1/statistics/signatures",
    summary="The signed-document rate",
    response_class=Response,
    responses=rows_of(SignatureStatistics),
)
def count_signatures(
    query: Annotated[StatisticsQuery, Query()],
    request: Request,
    database: DatabaseDep,
    caller: AgencyOrAuditor,
) -> Response:
    """Count sent documents by who signed them, from verified signatures only.

    An agency sees what it sent itself, and its subtree if it speaks for one; auditors see all.
    """
    question = question_of(query)
    return answer_statistic(
        request, database, query, SignatureRow, SIGNATURES, lambda tx: signature_items(tx, caller, question)
    )


@router.get(
    "/v1/statistics/exchange",
    summary="What was sent, and what became of it",
    response_class=Response,
    responses=rows_of(ExchangeStatistics),
)
def count_exchange(
    query: Annotated[StatisticsQuery, Query()],
    request: Request,
    database: DatabaseDep,
    directory: DirectoryDep,
    caller: AgencyOrAuditor,
) -> Response:
    """Count sent documents, and deliveries by their state.

    An agency sees what it is a party of, and its subtree if it speaks for one; auditors see all.
    """
    question = question_of(query)
    return answer_statistic(
        request,
        database,
        query,
        ExchangeRow,
        EXCHANGE,
        lambda tx: exchange_items(tx, directory, caller, question),
    )


@router.get(
    "/v1/statistics/deadlines",
    summary="What was sent and answered in time",
    response_class=Response,
    responses=rows_of(DeadlineStatistics),
)
def count_deadlines(
    query: Annotated[StatisticsQuery, Query()],
    request: Request,
    database: DatabaseDep,
    directory: DirectoryDep,
    clock: ClockDep,
    caller: AgencyOrAuditor,
) -> Response:
    """Count documents sent in time or late, and deliveries answered in time, late or not; as of `at`.

    An agency sees what it is a party of, and its subtree if it speaks for one; auditors see all.
    """
    question = question_of(query)
    if question.type == MESSAGE:
        place = Place("query:type", MESSAGE, "a kind of document that has deadlines; messages have none")
        raise QueryInvalid(place)
    now = clock.now()

    def count(tx: Read) -> list[dict[str, Any]]:
        hold_snapshot(tx)
        return deadline_items(tx, directory, caller, question, now)

    return answer_statistic(request, database, query, DeadlineRow, DEADLINES, count, at=rfc3339(now))


@router.get(
    "/v1/statistics/messages",
    summary="What messages were sent, and what became of them",
    response_class=Response,
    responses=rows_of(MessageStatistics),
)
def count_messages(
    query: Annotated[MessagesQuery, Query()],
    request: Request,
    database: DatabaseDep,
    directory: DirectoryDep,
    caller: AgencyOrAuditor,
) -> Response:
    """Count typed messages between systems as the exchange counts other documents, by kind too.

    An agency sees what it is a party of, and its subtree if it speaks for one; auditors see all.
    """
    question = question_of(query, BY_OF_MESSAGES)
    return answer_statistic(
        request,
        database,
        query,
        MessageRow,
        MESSAGES,
        lambda tx: exchange_items(tx, directory, caller, question),
    )


def question_of(query: StatisticsQuery, members: Sequence[str] = BY) -> Question:
    """Return what a query asks; `members` are what `by` may name.

    Raises:
        QueryInvalid: naming the member that cannot be understood.

    """
    by = members_by(query.by, members)
    if query.agencies == "all" and "agency" not in by:
        place = Place("query:agencies", query.agencies, "`by` with `agency`, since each gets a row")
        raise QueryInvalid(place)
    return Question(
        spans=spans_of(query.first, query.last, by_day="day" in by),
        by=by,
        type=known_type(query.type),
        sender=code_of("sender", query.sender),
        recipient=code_of("recipient", query.recipient),
        silent=query.agencies == "all",
    )


def members_by(named: Sequence[str], members: Sequence[str]) -> tuple[str, ...]:
    """Return what `by` names, each once; `members` are those it may name.

    Raises:
        QueryInvalid: when it names another.

    """
    by = tuple(dict.fromkeys(name for text in named for name in text.split(",") if name))
    unknown = [name for name in by if name not in members]
    if unknown:
        raise QueryInvalid(Place("query:by", shorten(unknown[0]), f"any of {', '.join(members)}"))
    return by


def known_type(text: str | None) -> str | None:
    """Return a type of documents as a query names it. Raises `QueryInvalid`."""
    if text is not None and text not in DOCUMENT_TYPES:
        raise QueryInvalid(Place("query:type", shorten(text), "the slug of a kind of document"))
    return text


def code_of(name: str, text: str | None) -> AgencyCode | None:
    """Return the agency's code that a member of the query has. Raises `QueryInvalid`."""
    if text is None:
        return None
    code = canonical_or_none(text)
    if code is None:
        raise QueryInvalid(Place(f"query:{name}", shorten(text), "an agency's code"))
    return code


def answer_statistic(
    request: Request,
    database: Database,
    query: PeriodQuery,
    row: type[BaseModel],
    definition: dict[Language, str],
    count: Callable[[Read], list[dict[str, Any]]],
    **more: str,
) -> Response:
    """Answer a statistic with its definition, as JSON or as the table that is asked for.

    Raises:
        QueryInvalid: when JSON would have more rows than an answer holds.
        TooManyRows: when a table would.

    """
    form = form_asked(request, query.format)
    with database.read() as tx:
        try:
            items = count(tx)
        except TooManyItemsError as error:
            if form is None:
                raise
            raise too_many_rows(form, "fewer members of `by`, a shorter period") from error
    language = language_of(request.headers.get("accept-language"))
    if form is not None:
        name = request.url.path.rpartition("/")[2]
        table = Table(name, statistics_columns(row, query.by), definition[language])
        return answer_table(request, form, table, language, [items])
    return answer_json(
        {"items": items, "definition": definition[language], **more},
        headers={"Content-Language": language, "Vary": "Accept, Accept-Language"},
    )
