"""`GET /v1/statistics/verdicts`: documents by what their newest verdicts found of them and their signatures.

The other statistics are in `axis.compliance.routes`.
"""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from axis.agencies.callers import AgencyOrAuditor
from axis.compliance.routes import (
    PeriodQuery,
    Row,
    answer_statistic,
    code_of,
    known_type,
    members_by,
    rows_of,
)
from axis.compliance.statistics_definitions import VERDICTS
from axis.compliance.statistics_periods import spans_of
from axis.compliance.verdict_statistics import (
    ASKED,
    BY_OF_VERDICTS,
    VerdictQuestion,
    verdict_items,
)
from axis.database.dependencies import DatabaseDep
from axis.documents.filters import (
    AlgorithmFilter,
    IndicationFilter,
    LineFilter,
    SignatureKindFilter,
    SignedByFilter,
    SubIndicationFilter,
)

router: Final = APIRouter(tags=["statistics"])


class VerdictsQuery(PeriodQuery):
    """What may stand in the query of the statistic of verdicts: filters are those of `GET /v1/documents`."""

    by: Annotated[
        list[str],
        Field(
            default_factory=list,
            max_length=16,
            description=f"One row for each: any of {', '.join(BY_OF_VERDICTS)}; with commas.",
        ),
    ]
    indication: Annotated[
        IndicationFilter | None, Field(description="Only this one; `none`: nothing was signed.")
    ] = None
    sub_indication: Annotated[
        SubIndicationFilter | None, Field(description="Only this one; `none`: it has none.")
    ] = None
    signed_by: Annotated[SignedByFilter | None, Field(description="Whose signatures passed.")] = None
    signature_kind: Annotated[
        SignatureKindFilter | None, Field(description="Whose certificate one of its signatures has.")
    ] = None
    algorithm: Annotated[
        AlgorithmFilter | None, Field(description="Of one of its signatures, and the same one.")
    ] = None
    issuer: Annotated[LineFilter | None, Field(description="Of the certificate of this signature.")] = None


class VerdictRow(Row):
    """A number of documents, and what their verdicts found alike."""

    indication: Literal["TOTAL-PASSED", "TOTAL-FAILED", "INDETERMINATE"] | None = None
    sub_indication: str | None = None
    signed_by: Literal["both", "organisation", "person", "none"] | None = None
    signature_kind: Literal["organisation", "person"] | None = None
    algorithm: str | None = None
    issuer: str | None = None
    documents: int


class VerdictStatistics(BaseModel):
    """Documents by verdict."""

    items: list[VerdictRow]
    definition: str


@router.get(
    "/v1/statistics/verdicts",
    summary="What verdicts found",
    response_class=Response,
    responses=rows_of(VerdictStatistics),
)
def count_verdicts(
    query: Annotated[VerdictsQuery, Query()],
    request: Request,
    database: DatabaseDep,
    caller: AgencyOrAuditor,
) -> Response:
    """Count sent documents by indication, sub-indication, and kind, algorithm and issuer of their signatures.

    An agency sees what it sent itself, and its subtree if it speaks for one; auditors see all.
    """
    question = verdict_question_of(query)
    return answer_statistic(
        request, database, query, VerdictRow, VERDICTS, lambda tx: verdict_items(tx, caller, question)
    )


def verdict_question_of(query: VerdictsQuery) -> VerdictQuestion:
    """Return what a query asks.

    Raises:
        QueryInvalid: naming the member that cannot be understood.

    """
    by = members_by(query.by, BY_OF_VERDICTS)
    asked = {name: getattr(query, name) for name in ASKED}
    return VerdictQuestion(
        spans=spans_of(query.first, query.last, by_day="day" in by),
        by=by,
        sender=code_of("sender", query.sender),
        type=known_type(query.type),
        asked={name: value for name, value in asked.items() if value is not None},
    )
