"""`GET /v1/certificates`: the certificates with which documents were signed.

An auditor sees those of everybody, an agency its own.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from axis.agencies.callers import AgencyOrAuditor
from axis.agencies.directory import DirectoryDep
from axis.compliance.certificates.certificate_list import Asked, State, list_certificates
from axis.csv_and_xlsx import columns
from axis.database.dependencies import ClockDep, DatabaseDep
from axis.database.snapshots import hold_snapshot
from axis.documents.filters import Absent, AgencyFilter, LineFilter
from axis.json_http import answer_json
from axis.problems import Language, declare, language_of
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import NotAuthenticated, NotPermitted, Overloaded, QueryInvalid, TooManyRows
from axis.table_http import DESCRIPTION as TABLE_DESCRIPTION
from axis.table_http import TABLES, FormatName, Table, answer_table, form_asked

router = APIRouter(tags=["certificates"])


class CertificateQuery(BaseModel):
    """Which certificates are listed: those that pass all filters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: State = Field(
        "used",
        description="`used`: all; `expiring` within `within_days`; `expired`; `revoked-but-used`: a document "
        "signed with it was accepted after it was revoked.",
    )
    within_days: int = Field(30, ge=1, le=3_660, description="What `expiring` means, in days.")
    agency: AgencyFilter | Absent = Field(None, description="Only those of this agency and its persons.")
    kind: Literal["organisation", "person"] | Absent = Field(None, description="Whose they are.")
    issuer: LineFilter | Absent = Field(None, description="Their issuer, as verdicts name it.")
    after: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | Absent = Field(
        None, description="The `next` of the page before; nothing for the first page."
    )
    limit: int = Field(100, ge=1, le=1_000, description="Items in a page, at most.")
    format: FormatName | Absent = Field(None, description=TABLE_DESCRIPTION)


class ShownCertificate(BaseModel):
    """What a certificate says."""

    subject: str
    issuer: str
    serial: str
    sha256: str
    not_before: str
    not_after: str


class CertificateUse(BaseModel):
    """A certificate, whose it is, and how it was used."""

    certificate: ShownCertificate
    agency: str | None = Field(description="The agency it is bound to, by its subject or by registration.")
    kind: Literal["organisation", "person"] | None
    signer: str | None = Field(description="How it names its holder.")
    documents: int = Field(description="Documents with a signature made with it, whatever their verdicts.")
    first_used: str = Field(description="When the first of them was accepted.")
    last_used: str
    expired: bool
    revoked_at: str | None = Field(description="As the hub's authority or a list at hand says.")
    used_after_revocation: int = Field(description="Documents accepted after that.")
    links: dict[str, str]


class CertificateUses(BaseModel):
    """A page of certificates, in the order of their digests."""

    items: list[CertificateUse]
    next: str | None


@router.get(
    "/v1/certificates",
    summary="List certificates in use",
    response_class=Response,
    responses={
        200: {"model": CertificateUses, "description": "Certificates and their use.", "content": TABLES},
        **declare(NotAuthenticated, NotPermitted, QueryInvalid, TooManyRows, Overloaded),
    },
)
def read_certificates(
    query: Annotated[CertificateQuery, Query()],
    request: Request,
    database: DatabaseDep,
    directory: DirectoryDep,
    clock: ClockDep,
    caller: AgencyOrAuditor,
) -> Response:
    """List the certificates with which documents were signed: an agency its own, an auditor all.

    A page may have fewer items than `limit`, or none, where few certificates pass the filters. The list ends
    where `next` is null.
    """
    form = form_asked(request, query.format)
    now, lists = clock.now(), request.app.state.hub.trust.material.crls
    asked = asked_in(query)
    with database.read() as tx:
        hold_snapshot(tx)
        if form is None:
            items, following = list_certificates(tx, directory, caller, asked, now, lists)
            return answer_json({"items": items, "next": following})
        language = language_of(request.headers.get("accept-language"))

        def pages() -> Iterator[list[dict[str, Any]]]:
            after: str | None = ""
            while after is not None:
                page = replace(asked, after=after, limit=1_000)
                found, after = list_certificates(tx, directory, caller, page, now, lists)
                yield [{**item, **item["certificate"], "expired": int(item["expired"])} for item in found]

        return answer_table(request, form, _TABLES[language], language, pages())


def asked_in(query: CertificateQuery) -> Asked:
    """Return what a query asks for."""
    return Asked(
        state=query.state,
        within_days=query.within_days,
        agency=None if query.agency is None else AgencyCode(query.agency),
        kind=query.kind,
        issuer=query.issuer,
        after=query.after or "",
        limit=query.limit,
    )


_COLUMNS: Final = columns(
    agency="text",
    kind="text",
    signer="text",
    documents="integer",
    first_used="time",
    last_used="time",
    not_before="time",
    not_after="time",
    expired="integer",
    revoked_at="time",
    used_after_revocation="integer",
    subject="text",
    issuer="text",
    serial="text",
    sha256="text",
)
_TABLES: Final[dict[Language, Table]] = {
    "en": Table(
        "certificates",
        _COLUMNS,
        "A row for each certificate with which a document was signed, whatever its verdict. `documents` "
        "counts them; `used_after_revocation` those accepted after `revoked_at`.",
    ),
    "vi": Table(
        "certificates",
        _COLUMNS,
        "Mỗi dòng là một chứng thư số đã dùng để ký văn bản, bất kể kết quả xác thực. `documents` là số "
        "văn bản; `used_after_revocation` là số văn bản được tiếp nhận sau thời điểm thu hồi `revoked_at`.",
    ),
}
