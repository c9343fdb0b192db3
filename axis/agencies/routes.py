"""The directory over HTTP: searched by anyone with a token, changed by operators."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from axis.agencies import queries
from axis.agencies.callers import AnyCaller, OperatorCaller, RelayCaller
from axis.agencies.contacts import CONTACTS, MAIL_CHARACTERS, NUMBER_CHARACTERS
from axis.agencies.directory import Agency, DirectoryDep, agency_of, search
from axis.agencies.directory_changes import DEFAULT, AgencyEntry, put_agencies
from axis.agencies.last_calls import last_seen
from axis.agencies.list_tables import AGENCIES
from axis.agencies.tables import RELAY_CHARACTERS
from axis.clock import Microseconds, real_now, rfc3339
from axis.database import Read, Write
from axis.database.dependencies import DatabaseDep, SettingsDep
from axis.database.snapshots import hold_snapshot
from axis.json_http import answer_json, describe_body, page_members
from axis.problems import declare, language_of
from axis.protocol.agency_codes import canonical_or_none, short_form
from axis.protocol.errors import (
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Overloaded,
    QueryInvalid,
    TooManyRows,
)
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.protocol.request_members import MembersReader
from axis.table_http import DESCRIPTION as TABLE_DESCRIPTION
from axis.table_http import TABLES, FormatName, answer_table, form_asked, whole_list

router = APIRouter(tags=["agencies"])

MOST_DAYS = 36_500
"""The longest silence that can be asked for."""
NO_CONTROL = r"^[^\x00-\x1f]*$"
"""Text without control characters: PostgreSQL cannot store U+0000."""

CodePath = Annotated[
    str, Path(description="The agency's code, in canonical or short form.", examples=["000.00.00.H24", "H24"])
]


def _contact(characters: int) -> dict[str, Any]:
    kinds = ["string", "null"]
    return {"type": kinds, "maxLength": characters, "description": "Null: none. Left out: as it was."}


_ENTRY_SCHEMA = {
    "title": "AgencyEntry",
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 500},
        "parent": {"type": ["string", "null"], "description": "Left out: as it was."},
        "locked": {"type": "boolean", "description": "Left out: as it was."},
        "mail": _contact(MAIL_CHARACTERS),
        "mobile": _contact(NUMBER_CHARACTERS),
        "fax": _contact(NUMBER_CHARACTERS),
        "via": {
            "type": ["string", "null"],
            "maxLength": RELAY_CHARACTERS,
            "description": "The relay that reaches it on another hub. Null: this hub. Left out: as it was.",
        },
    },
}


class AgencyQuery(BaseModel):
    """What may stand in the query of the directory's list."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[
        str,
        Field(
            max_length=200,
            pattern=NO_CONTROL,
            description="Words of the name or of the code; diacritics, đ and case fold.",
        ),
    ] = ""
    via: Annotated[
        str | None,
        Field(
            max_length=RELAY_CHARACTERS,
            pattern=NO_CONTROL,
            description="A relay: only agencies that it reaches.",
        ),
    ] = None
    silent_days: Annotated[
        int | None,
        Field(
            ge=1,
            le=MOST_DAYS,
            description="Only agencies that have not called for so many days of business time, or never.",
        ),
    ] = None
    after: Annotated[
        str, Field(max_length=32, pattern=NO_CONTROL, description="`next` of the page before.")
    ] = ""
    limit: Annotated[int, Field(ge=1, le=1_000, description="Most items of the page.")] = 100
    format: Annotated[FormatName | None, Field(description=TABLE_DESCRIPTION)] = None


class AgencyAnswer(BaseModel):
    """An agency as the directory shows it."""

    code: str = Field(examples=["000.00.00.H24"])
    short_code: str = Field(examples=["H24"])
    name: str = Field(examples=["UBND thành phố Hải Phòng"])
    parent: str | None
    level: int
    locked: bool
    mail: str | None = Field(examples=["vanthu@haiphong.example"])
    mobile: str | None
    fax: str | None
    via: str | None = Field(description="The relay that reaches it on another hub.", examples=["national"])
    last_seen: str | None = Field(
        description="When it, or who speaks for it, last called: business time, to a minute; null: never."
    )


class RelayAnswer(BaseModel):
    """A relay, as it is called here."""

    name: str = Field(examples=["h26"])


class AgencyList(BaseModel):
    """A page of the directory, in order of codes."""

    items: list[AgencyAnswer]
    next: str | None


@router.get(
    "/v1/agencies",
    summary="Search the directory",
    response_class=Response,
    responses={
        200: {
            "model": AgencyList,
            "content": TABLES,
            "description": "Agencies in order of their codes.",
        },
        **declare(NotAuthenticated, QueryInvalid, TooManyRows, Overloaded),
    },
)
def list_agencies(
    query: Annotated[AgencyQuery, Query()], request: Request, database: DatabaseDep, _caller: AnyCaller
) -> Response:
    """List agencies whose name or code holds every word of `q`; all of them without it. Any token."""
    form = form_asked(request, query.format)
    if form is not None:
        language = language_of(request.headers.get("accept-language"))
        with database.read() as tx:
            hold_snapshot(tx)
            pages = whole_list(
                lambda after, limit: search(
                    tx, query.q, after or "", limit, via=query.via, silent_days=query.silent_days
                ),
                lambda agency: agency.code,
            )
            items = (_rows(tx, page) for page in pages)
            return answer_table(request, form, AGENCIES[language], language, items)
    with database.read() as tx:
        found = search(
            tx, query.q, query.after, query.limit + 1, via=query.via, silent_days=query.silent_days
        )
        seen = last_seen(tx, [agency.code for agency in found])
    return answer_json(
        page_members(
            found,
            query.limit,
            lambda agency: answer_of(agency, seen.get(agency.code)),
            lambda agency: agency.code,
        )
    )


@router.get(
    "/v1/agencies/{code}",
    summary="Look an agency up",
    response_class=Response,
    responses={
        200: {"model": AgencyAnswer, "description": "The agency."},
        **declare(NotAuthenticated, NotFound),
    },
)
def get_agency(
    code: CodePath, database: DatabaseDep, directory: DirectoryDep, _caller: AnyCaller
) -> Response:
    """Return one agency. Any token."""
    known = canonical_or_none(code)
    with database.read() as tx:
        agency = directory.get(tx, known) if known is not None else None
        if agency is None:
            raise NotFound
        seen = last_seen(tx, [agency.code])
    return answer_json(answer_of(agency, seen.get(agency.code)))


@router.get(
    "/v1/relay",
    summary="Who am I, as a relay?",
    response_class=Response,
    responses={
        200: {"model": RelayAnswer, "description": "The relay of the token."},
        **declare(NotAuthenticated, NotPermitted),
    },
)
async def read_relay(caller: RelayCaller) -> Response:
    """Name the relay, as the directory marks agencies `via` it. Relays only."""
    return answer_json({"name": caller.relay})


@router.put(
    "/v1/agencies/{code}",
    summary="Add or change an agency",
    response_class=Response,
    responses={
        200: {"model": AgencyAnswer, "description": "The agency was known and is now as sent."},
        201: {"model": AgencyAnswer, "description": "The agency is new."},
        **declare(*JSON_REFUSALS, NotAuthenticated, NotPermitted, QueryInvalid, Overloaded),
    },
    openapi_extra=describe_body(
        _ENTRY_SCHEMA, {"name": "UBND thành phố Hải Phòng", "parent": None, "locked": False}
    ),
)
async def put_agency(
    code: CodePath, request: Request, database: DatabaseDep, settings: SettingsDep, _caller: OperatorCaller
) -> Response:
    """Set an agency's name, parent, lock, contacts and relay. Operators only.

    A member that is left out stays as it was. The parent of a new agency is the nearest agency above it by
    its code. A deleted agency is restored.
    """
    entry = read_entry(code, await read_json(request, settings.json_bytes))
    agency, seen, added = await run_in_threadpool(
        lambda: database.write(lambda tx: _put(tx, entry, real_now()))
    )
    return answer_json(answer_of(agency, seen), 201 if added else 200)


def read_entry(code: str, body: object) -> AgencyEntry:
    """Read the entry that a body asks for; `code` comes from the path.

    Raises:
        QueryInvalid: naming everything that is wrong.

    """
    reader = MembersReader()
    known = canonical_or_none(code)
    if known is None:
        reader.fault("path:code", code, "an agency code")
    members = reader.members(body, "", ("name", "parent", "locked", "via", *CONTACTS))
    name, parent, locked = members.get("name"), members.get("parent", DEFAULT), members.get("locked")
    if not isinstance(name, str):
        reader.wrong("/name", name, "a name")
        name = ""
    if parent is not None and parent is not DEFAULT:
        parent = reader.code(parent, "/parent", "an agency code or null")
    if "locked" in members:
        reader.flag(locked, "/locked")
    contacts = {member: members[member] for member in (*CONTACTS, "via") if member in members}
    for member, value in contacts.items():
        if not isinstance(value, str | None):
            reader.wrong(f"/{member}", value, "a text or null")
    reader.finish()
    assert known is not None  # else there was a fault
    return AgencyEntry(known, name, parent, locked, **contacts)


def _rows(tx: Read, page: Sequence[Agency]) -> list[dict[str, Any]]:
    seen = last_seen(tx, [agency.code for agency in page])
    return [_cells(agency, seen.get(agency.code)) for agency in page]


def _cells(agency: Agency, seen: Microseconds | None) -> dict[str, Any]:
    members = answer_of(agency, seen)
    return {**members, "locked": int(members["locked"])}


def answer_of(agency: Agency, seen: Microseconds | None) -> dict[str, Any]:
    """Return an agency as the directory shows it; `seen`: when it last called."""
    return {
        "code": agency.code,
        "short_code": short_form(agency.code),
        "name": agency.name,
        "parent": agency.parent,
        "level": agency.level,
        "locked": agency.locked,
        "mail": agency.mail,
        "mobile": agency.mobile,
        "fax": agency.fax,
        "via": agency.via,
        "last_seen": None if seen is None else rfc3339(seen),
    }


def _put(tx: Write, entry: AgencyEntry, now: Microseconds) -> tuple[Agency, Microseconds | None, bool]:
    put = put_agencies(tx, [entry], now, pointer="")
    (row,) = queries.agency_rows(tx, [entry.code])
    return agency_of(row), last_seen(tx, [entry.code]).get(entry.code), put.added > 0
