"""`GET` and `PUT /v1/targets`: targets of the signed-document rate, read with any token, set by operators."""

import math
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from axis.agencies.callers import AnyCaller, OperatorCaller
from axis.agencies.directory import DirectoryDep
from axis.clock import real_now
from axis.compliance.targets import (
    LEVELS,
    YEARS,
    Target,
    TargetFilter,
    list_targets,
    remove_target,
    set_target,
)
from axis.csv_and_xlsx import columns
from axis.database import Write
from axis.database.dependencies import DatabaseDep, SettingsDep
from axis.database.snapshots import hold_snapshot
from axis.documents.filters import Absent, AgencyFilter
from axis.json_http import answer_json, describe_body, page_members
from axis.problems import Language, declare, language_of
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import (
    NotAuthenticated,
    NotPermitted,
    Overloaded,
    Place,
    QueryInvalid,
    TooManyRows,
)
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.protocol.request_members import MembersReader
from axis.table_http import DESCRIPTION as TABLE_DESCRIPTION
from axis.table_http import TABLES, FormatName, Table, answer_table, form_asked, whole_list

router = APIRouter(tags=["statistics"])

_MEMBERS = ("agency", "level", "year", "rate")
_YEAR = f"a year from {YEARS[0]} to {YEARS[-1]}"
_LEVEL = f"a level from {LEVELS[0]} to {LEVELS[-1]}"

_ENTRY_SCHEMA = {
    "title": "TargetEntry",
    "type": "object",
    "additionalProperties": False,
    "required": ["year", "rate"],
    "properties": {
        "agency": {"type": "string", "description": "This, or `level`."},
        "level": {"type": "integer", "minimum": LEVELS[0], "maximum": LEVELS[-1]},
        "year": {"type": "integer", "minimum": YEARS[0], "maximum": YEARS[-1]},
        "rate": {
            "type": ["number", "null"],
            "minimum": 0,
            "maximum": 1,
            "description": "Null takes the target away.",
        },
    },
}


class TargetQuery(BaseModel):
    """Which targets are listed."""

    model_config = ConfigDict(extra="forbid")

    agency: AgencyFilter | Absent = Field(None, description="Only this agency's own.")
    level: Annotated[int, Field(ge=LEVELS[0], le=LEVELS[-1])] | Absent = Field(
        None, description="Only those of this level."
    )
    year: Annotated[int, Field(ge=YEARS[0], le=YEARS[-1])] | Absent = Field(
        None, description="Only this year's."
    )
    after: Annotated[str, Field(pattern=r"^[0-9]{4}~[0-9]~[0-9A-Za-z.]{0,32}$")] | Absent = Field(
        None, description="`next` of the page before."
    )
    limit: Annotated[int, Field(ge=1, le=1_000, description="Most items of the page.")] = 100
    format: FormatName | Absent = Field(None, description=TABLE_DESCRIPTION)


class TargetAnswer(BaseModel):
    """A target: of an agency, or of every agency of a level that has none of its own."""

    agency: str | None = Field(examples=["000.00.00.H62"])
    level: int | None
    year: int = Field(examples=[2020])
    rate: float | None = Field(description="From 0 to 1; null: there is none.", examples=[0.9])


class TargetList(BaseModel):
    """A page of targets, by year; agencies' own before those of levels."""

    items: list[TargetAnswer]
    next: str | None


@router.get(
    "/v1/targets",
    summary="The targets of the signed-document rate",
    response_class=Response,
    responses={
        200: {"model": TargetList, "content": TABLES, "description": "Targets in order of their years."},
        **declare(NotAuthenticated, QueryInvalid, TooManyRows, Overloaded),
    },
)
def read_targets(
    query: Annotated[TargetQuery, Query()], request: Request, database: DatabaseDep, _caller: AnyCaller
) -> Response:
    """List targets. Any token."""
    agency = None if query.agency is None else AgencyCode(query.agency)
    wanted = TargetFilter(query.year, agency, query.level, _place(query.after))
    form = form_asked(request, query.format)
    if form is not None:
        language = language_of(request.headers.get("accept-language"))
        with database.read() as tx:
            hold_snapshot(tx)
            pages = whole_list(
                lambda after, limit: list_targets(tx, replace(wanted, after=_place(after)), limit), _next
            )
            items = ([_answer(one, one.rate) for one in page] for page in pages)
            return answer_table(request, form, _TABLES[language], language, items)
    with database.read() as tx:
        found = list_targets(tx, wanted, query.limit + 1)
    return answer_json(page_members(found, query.limit, lambda one: _answer(one, one.rate), _next))


@router.put(
    "/v1/targets",
    summary="Set a target of the signed-document rate",
    response_class=Response,
    responses={
        200: {"model": TargetAnswer, "description": "The target as it is now."},
        **declare(*JSON_REFUSALS, NotAuthenticated, NotPermitted, QueryInvalid, Overloaded),
    },
    openapi_extra=describe_body(_ENTRY_SCHEMA, {"agency": "H62", "year": 2020, "rate": 0.9}),
)
async def put_target(
    request: Request,
    database: DatabaseDep,
    directory: DirectoryDep,
    settings: SettingsDep,
    _caller: OperatorCaller,
) -> Response:
    """Set the share of a year's documents that an agency, or each of a level, is to sign. Operators only."""
    target, rate = _read_target(await read_json(request, settings.json_bytes))

    def put(tx: Write) -> None:
        if target.agency is not None and directory.get(tx, target.agency) is None:
            raise QueryInvalid(Place("/agency", target.agency, "an agency of the directory"))
        if rate is None:
            remove_target(tx, target)
        else:
            set_target(tx, target, real_now())

    await run_in_threadpool(lambda: database.write(put))
    return answer_json(_answer(target, rate))


def _read_target(body: object) -> tuple[Target, float | None]:
    """Read a target and its rate, None where it is to be removed.

    Raises:
        QueryInvalid: naming everything that is wrong.

    """
    reader = MembersReader()
    members = reader.members(body, "", _MEMBERS)
    year, rate, level, code = (members.get(name) for name in ("year", "rate", "level", "agency"))
    if type(year) is not int or year not in YEARS:
        reader.wrong("/year", year, _YEAR)
    if "rate" not in members or not _is_rate(rate):
        reader.wrong("/rate", rate, "a share from 0 to 1, or null for none")
    if (code is None) == (level is None):
        reader.fault("", "neither" if code is None else "both", "one of `agency` and `level`")
    if level is not None and (type(level) is not int or level not in LEVELS):
        reader.wrong("/level", level, _LEVEL)
    agency = None if code is None else reader.code(code, "/agency", "an agency's code")
    reader.finish()
    return Target(int(members["year"]), rate or 0.0, agency, level), rate


def _is_rate(rate: object) -> bool:
    if rate is None:
        return True
    return (
        isinstance(rate, int | float)
        and not isinstance(rate, bool)
        and math.isfinite(rate)
        and 0 <= rate <= 1
    )


def _answer(target: Target, rate: float | None) -> dict[str, Any]:
    return {"agency": target.agency, "level": target.level, "year": target.year, "rate": rate}


_COLUMNS: Final = columns(agency="text", level="integer", year="integer", rate="share")
_TABLES: Final[dict[Language, Table]] = {
    "en": Table(
        "targets",
        _COLUMNS,
        "A row for each target: the share of a year's documents that an agency, or every agency of a level "
        "that has none of its own, is to sign.",
    ),
    "vi": Table(
        "targets",
        _COLUMNS,
        "Mỗi dòng là một chỉ tiêu: tỷ lệ văn bản phải ký số trong năm của một cơ quan, hoặc của mọi cơ quan "
        "thuộc một cấp mà không có chỉ tiêu riêng.",
    ),
}


def _place(after: str | None) -> tuple[int, int, str] | None:
    if after is None:
        return None
    year, level, agency = after.split("~")
    return int(year), int(level), agency


def _next(target: Target) -> str:
    return f"{target.year}~{target.level or 0}~{target.agency or ''}"
