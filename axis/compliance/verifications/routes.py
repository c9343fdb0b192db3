"""`POST /v1/verifications` for auditors, and the list of what the verdicts would be.

The work is a job, in `axis.compliance.verifications.verification_job`.
"""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from sqlalchemy import Row

from axis.agencies.callers import AuditorCaller
from axis.clock import rfc3339
from axis.compliance.verifications.queries import what_if_page
from axis.compliance.verifications.verification_job import KIND
from axis.compliance.verifications.verification_requests import BODY_SCHEMA, EXAMPLE, read_verification
from axis.csv_and_xlsx import columns
from axis.database import Read
from axis.database.dependencies import DatabaseDep, SettingsDep
from axis.database.snapshots import hold_snapshot
from axis.documents.filters import Absent, PageQuery, YesNo
from axis.documents.listing import whole_list
from axis.jobs.answers import Job, answer_new_job
from axis.jobs.job_queue import find_job
from axis.json_http import answer_json, describe_body
from axis.problems import Language, declare, language_of
from axis.protocol.errors import (
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Overloaded,
    QueryInvalid,
    TooManyRequests,
    TooManyRows,
)
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.table_http import TABLES, Table, answer_table, form_asked
from signing.verdict import DocumentVerdict

router = APIRouter(tags=["verifications"])


class WhatIfQuery(PageQuery):
    """Which documents of a verification are listed."""

    changed: YesNo | Absent = Field(
        None, description="Only those whose verdict would be another one, or would be the same."
    )


class Outcome(BaseModel):
    """What a verdict comes to."""

    indication: str | None
    sub_indication: str | None
    signed_by: Literal["both", "organisation", "person", "none"]


class WhatIf(BaseModel):
    """A document, its newest verdict of that moment, and what it would be."""

    document: str
    sender: str = Field(alias="from")
    number: str
    issued_on: str
    accepted_at: str
    changed: bool
    before: Outcome
    after: Outcome
    sentence: str = Field(description="What would be said of it.")


class WhatIfPage(BaseModel):
    """A page of a verification, in the order in which its documents were accepted."""

    items: list[WhatIf]
    next: str | None


@router.post(
    "/v1/verifications",
    summary="Ask what verdicts would be",
    status_code=202,
    response_class=Response,
    responses={
        202: {"model": Job, "description": "A job; its result counts outcomes before and after."},
        **declare(NotAuthenticated, NotPermitted, QueryInvalid, TooManyRequests, Overloaded, *JSON_REFUSALS),
    },
    openapi_extra=describe_body(BODY_SCHEMA, EXAMPLE),
)
async def verify(request: Request, settings: SettingsDep, caller: AuditorCaller) -> Response:
    """Judge a selection of documents again under another policy, without some roots, or as of another time.

    It is a job. What it finds is no verdict: it enters no list, filter, evidence, counter, event or leaf.
    Auditors.
    """
    body = await read_json(request, settings.json_bytes)
    read_verification(body)
    return await run_in_threadpool(answer_new_job, request, KIND, body, caller.token_id)


@router.get(
    "/v1/verifications/{job}/documents",
    summary="List what verdicts would be",
    response_class=Response,
    responses={
        200: {"model": WhatIfPage, "description": "Documents with both outcomes.", "content": TABLES},
        **declare(NotAuthenticated, NotPermitted, NotFound, QueryInvalid, TooManyRows, Overloaded),
    },
)
def list_what_ifs(
    job: Annotated[str, Path(description="The id of the job that verified.")],
    query: Annotated[WhatIfQuery, Query()],
    request: Request,
    database: DatabaseDep,
    _caller: AuditorCaller,
) -> Response:
    """List the documents of a verification, as far as it is, with the verdicts they have and would have.

    Auditors.
    """
    language = language_of(request.headers.get("accept-language"))
    form = form_asked(request, query.format)
    with database.read() as tx:
        hold_snapshot(tx)
        if find_job(tx, job, None).kind != KIND:
            raise NotFound
        if form is not None:
            pages = whole_list(query, lambda page: _page(tx, job, page, language))
            flat = ([_cells(item) for item in page] for page in pages)
            return answer_table(request, form, _TABLES[language], language, flat)
        items, following = _page(tx, job, query, language)
    return answer_json({"items": items, "next": following})


def _page(
    tx: Read, job: str, query: WhatIfQuery, language: Language
) -> tuple[list[dict[str, Any]], str | None]:
    changed = None if query.changed is None else query.changed == "true"
    rows = what_if_page(tx, job, changed=changed, after=query.after_position, most=query.limit + 1)
    shown = rows[: query.limit]
    following = str(shown[-1].document) if len(rows) > query.limit else None
    return [_item(row, language) for row in shown], following


def _item(row: Row[Any], language: Language) -> dict[str, Any]:
    verdict = DocumentVerdict.from_stored(row.report)
    return {
        "document": row.id,
        "from": row.sender,
        "number": row.number,
        "issued_on": row.issued_on,
        "accepted_at": rfc3339(row.accepted_at),
        "changed": bool(row.changed),
        "before": {
            "indication": row.before_indication,
            "sub_indication": row.before_sub_indication,
            "signed_by": row.before_signed_by,
        },
        "after": {
            "indication": row.indication,
            "sub_indication": row.sub_indication,
            "signed_by": row.signed_by,
        },
        "sentence": verdict.to_json(language)["sentence"],
    }


def _cells(item: dict[str, Any]) -> dict[str, Any]:
    return {
        **item,
        "changed": int(item["changed"]),
        **{f"before_{name}": value for name, value in item["before"].items()},
        **item["after"],
    }


_COLUMNS: Final = columns(
    document="text",
    from_="text",
    number="text",
    issued_on="day",
    accepted_at="time",
    changed="integer",
    before_indication="text",
    before_sub_indication="text",
    before_signed_by="text",
    indication="text",
    sub_indication="text",
    signed_by="text",
    sentence="text",
)
_TABLES: Final[dict[Language, Table]] = {
    "en": Table(
        "verification",
        _COLUMNS,
        "A row for each document judged again. `before_…`: its newest verdict under the standing policy; "
        "`indication` …: what it would be under what was supposed. The latter is no verdict of the hub.",
    ),
    "vi": Table(
        "verification",
        _COLUMNS,
        "Mỗi dòng là một văn bản được kiểm tra lại. `before_…`: kết quả xác thực mới nhất theo chính sách "
        "hiện hành; `indication` …: kết quả sẽ có theo giả định, không phải là kết quả xác thực "
        "của trục.",
    ),
}
