"""Certificate requests over HTTP: agencies ask with PKCS #10, operators decide, and both see what came of it.

What is decided, and on what grounds, is in `axis.trust.certificate_requests`.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from axis.agencies.callers import AnyCaller, Caller, OperatorCaller, SendingAgency
from axis.agencies.directory import Agency, Directory, DirectoryDep
from axis.agencies.routes import CodePath
from axis.authority import queries as authority_queries
from axis.authority.stored_authorities import ISSUING
from axis.clock import Microseconds
from axis.database import Read, Write
from axis.database.dependencies import ClockDep, DatabaseDep, SettingsDep
from axis.database.store_facts import SANDBOX, get_fact
from axis.json_http import answer_json, describe_body, page_members
from axis.problems import declare
from axis.protocol.agency_codes import canonical_or_none
from axis.protocol.errors import (
    CertificateRequestDecided,
    CertificateRequestInvalid,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    NotYourAgency,
    Overloaded,
    Place,
    QueryInvalid,
    TooLarge,
    UnsupportedMediaType,
)
from axis.protocol.request_bodies import JSON_REFUSALS, media_type_of, read_bytes, read_json
from axis.protocol.request_members import MembersReader
from axis.trust import queries
from axis.trust.certificate_requests import (
    REASON_CHARACTERS,
    Asked,
    State,
    approve,
    ask,
    find_request,
    refuse,
    request_members,
)
from signing.certificate_requests import REQUEST_BYTES, CertificateRequest, read_certificate_request
from signing.certificates import load_certificate, to_pem
from signing.errors import SigningError
from signing.keys import KEY_KINDS

router = APIRouter(tags=["trust"])

REQUEST_TYPES: Final = ("application/pkcs10", "application/x-pem-file", "application/octet-stream")
"""Of a request in DER or PEM: RFC 5967, the type of certificates in PEM, and that of generated clients."""
SANDBOX_POLICY: Final = "the sandbox"
"""Who decides where a sandbox issues at once."""
CURSOR: Final = r"^(|[0-9]{1,16}\.[0-9a-f-]{36})$"
"""When the last request of a page was made, in microseconds, and its id; or nothing."""

RequestId = Annotated[str, Path(description="The request's id.")]


class RequestsQuery(BaseModel):
    """Which certificate requests are listed."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[State | None, Field(description="Only those in this state.")] = None
    after: Annotated[str, Field(max_length=64, pattern=CURSOR, description="`next` of the page before.")] = ""
    limit: Annotated[int, Field(ge=1, le=1_000, description="Most items of the page.")] = 100


class KeyAsked(BaseModel):
    """The key to be certified."""

    kind: str = Field(description="One of: " + ", ".join(KEY_KINDS))
    sha256: str = Field(description="SHA-256 of its SubjectPublicKeyInfo in DER, in hexadecimal.")


class CertificateRequestAnswer(BaseModel):
    """A certificate request, and what came of it."""

    id: str
    agency: str
    state: State
    key: KeyAsked
    asked_at: str
    decided_at: str | None
    decided_by: str | None
    reason: str | None = Field(description="Why it was refused.")
    serial: str | None = Field(description="Of the certificate, in hexadecimal.")
    certificate: str | None = Field(description="PEM: the certificate, then its issuer; null until issued.")


class CertificateRequestList(BaseModel):
    """A page of certificate requests, oldest first."""

    items: list[CertificateRequestAnswer]
    next: str | None


_REFUSAL: dict[str, Any] = {
    "title": "CertificateRequestRefusal",
    "type": "object",
    "additionalProperties": False,
    "required": ["reason"],
    "properties": {
        "reason": {
            "type": "string",
            "minLength": 1,
            "maxLength": REASON_CHARACTERS,
            "description": "For the agency: what to do instead.",
        }
    },
}


@router.post(
    "/v1/agencies/{code}/certificates/requests",
    summary="Ask for a certificate",
    status_code=202,
    response_class=Response,
    responses={
        202: {"model": CertificateRequestAnswer, "description": "It waits for an operator's decision."},
        201: {"model": CertificateRequestAnswer, "description": "A sandbox issued the certificate."},
        200: {"model": CertificateRequestAnswer, "description": "This key was asked for before."},
        **declare(
            UnsupportedMediaType,
            TooLarge,
            NotAuthenticated,
            NotPermitted,
            NotYourAgency,
            NotFound,
            CertificateRequestInvalid,
            Overloaded,
        ),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-pem-file": {"schema": {"type": "string"}},
                "application/pkcs10": {"schema": {"type": "string", "format": "binary"}},
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
async def ask_for_certificate(
    code: CodePath,
    request: Request,
    database: DatabaseDep,
    settings: SettingsDep,
    clock: ClockDep,
    directory: DirectoryDep,
    caller: SendingAgency,
) -> Response:
    """Ask with PKCS #10, PEM or DER, for the certificate by which an agency signs.

    Of the request the key alone is used: the subject is the agency as it stands in the directory. The key
    never leaves its owner. An operator decides; a sandbox issues at once.
    """
    media_type_of(request, REQUEST_TYPES)
    wanted = await run_in_threadpool(_read, await read_bytes(request, REQUEST_BYTES))

    def work() -> tuple[Asked, Row[Any]]:
        with database.read() as tx:
            agency = _own_agency(tx, directory, caller, code)
            is_sandbox = get_fact(tx, SANDBOX) is not None
        asked = database.write(lambda tx: ask(tx, agency, wanted, caller.token_id, clock.now()))
        if asked.row.state == "waiting" and is_sandbox and settings.sandbox_requests == "issue":
            return asked, approve(database, settings, clock, agency, asked.row.id, SANDBOX_POLICY)
        return asked, asked.row

    asked, row = await run_in_threadpool(work)
    status = 200 if not asked.is_new else 202 if row.state == "waiting" else 201
    with database.read() as tx:
        return answer_json(_members(tx, row), status, {"Location": _address(row)})


@router.get(
    "/v1/agencies/{code}/certificates/requests",
    summary="List certificate requests",
    response_class=Response,
    responses={
        200: {"model": CertificateRequestList, "description": "Those of the agency, oldest first."},
        **declare(NotAuthenticated, NotFound, QueryInvalid),
    },
)
def list_requests(
    code: CodePath,
    query: Annotated[RequestsQuery, Query()],
    database: DatabaseDep,
    directory: DirectoryDep,
    caller: AnyCaller,
) -> Response:
    """List an agency's requests: for those who speak for it, for operators and auditors."""
    at, _, identity = query.after.partition(".")
    after = (Microseconds(int(at)), identity) if at else None
    with database.read() as tx:
        agency = _seen_agency(tx, directory, caller, code)
        rows = queries.certificate_request_rows(tx, agency.code, query.state, after, query.limit + 1)
        return answer_json(
            page_members(
                rows, query.limit, lambda row: _members(tx, row), lambda row: f"{row.asked_at}.{row.id}"
            )
        )


@router.get(
    "/v1/agencies/{code}/certificates/requests/{identity}",
    summary="Read a certificate request",
    response_class=Response,
    responses={
        200: {"model": CertificateRequestAnswer, "description": "The request, and what came of it."},
        **declare(NotAuthenticated, NotFound),
    },
)
def read_request(
    code: CodePath, identity: RequestId, database: DatabaseDep, directory: DirectoryDep, caller: AnyCaller
) -> Response:
    """Return a request, with the certificate once it is issued."""
    with database.read() as tx:
        agency = _seen_agency(tx, directory, caller, code)
        return answer_json(_members(tx, find_request(tx, agency.code, identity)))


@router.post(
    "/v1/agencies/{code}/certificates/requests/{identity}/approval",
    summary="Issue the certificate asked for",
    status_code=201,
    response_class=Response,
    responses={
        201: {"model": CertificateRequestAnswer, "description": "The certificate is issued."},
        **declare(
            NotAuthenticated,
            NotPermitted,
            NotFound,
            CertificateRequestDecided,
            CertificateRequestInvalid,
            Overloaded,
        ),
    },
)
def approve_request(
    code: CodePath,
    identity: RequestId,
    database: DatabaseDep,
    settings: SettingsDep,
    clock: ClockDep,
    directory: DirectoryDep,
    caller: OperatorCaller,
) -> Response:
    """Issue the certificate: the agency's of the directory, for the key of the request. Operators only."""
    with database.read() as tx:
        agency = _known_agency(tx, directory, code)
    row = approve(database, settings, clock, agency, identity, caller.name or caller.token_id)
    with database.read() as tx:
        return answer_json(_members(tx, row), 201)


@router.post(
    "/v1/agencies/{code}/certificates/requests/{identity}/refusal",
    summary="Refuse a certificate request",
    response_class=Response,
    responses={
        200: {"model": CertificateRequestAnswer, "description": "It is refused; its agency reads why."},
        **declare(
            *JSON_REFUSALS,
            NotAuthenticated,
            NotPermitted,
            NotFound,
            CertificateRequestDecided,
            QueryInvalid,
            Overloaded,
        ),
    },
    openapi_extra=describe_body(_REFUSAL, {"reason": "Khóa đã được dùng ở nơi khác; hãy tạo khóa mới."}),
)
async def refuse_request(
    code: CodePath,
    identity: RequestId,
    request: Request,
    database: DatabaseDep,
    settings: SettingsDep,
    clock: ClockDep,
    directory: DirectoryDep,
    caller: OperatorCaller,
) -> Response:
    """Refuse a request, with a reason for its agency. Operators only."""
    reason = _reason(await read_json(request, settings.json_bytes))

    def decide(tx: Write) -> dict[str, Any]:
        agency = _known_agency(tx, directory, code).code
        row = refuse(tx, agency, identity, reason, caller.name or caller.token_id, clock.now())
        return _members(tx, row)

    return answer_json(await run_in_threadpool(lambda: database.write(decide)))


def _read(data: bytes) -> CertificateRequest:
    try:
        return read_certificate_request(data)
    except SigningError as error:
        expected = f"PKCS #10 in PEM or DER, signed by its own key: {', '.join(KEY_KINDS)}"
        raise CertificateRequestInvalid(Place("", str(error), expected)) from None


def _reason(body: object) -> str:
    reader = MembersReader()
    reason = reader.members(body, "", ("reason",)).get("reason")
    if not isinstance(reason, str) or not 0 < len(reason.strip()) <= REASON_CHARACTERS or "\0" in reason:
        reader.wrong("/reason", reason, f"text of 1 to {REASON_CHARACTERS} characters")
    reader.finish()
    return str(reason).strip()


def _own_agency(tx: Read, directory: Directory, caller: Caller, code: str) -> Agency:
    """Return an agency for which the caller speaks, and which is not locked."""
    agency = _known_agency(tx, directory, code)
    if not directory.may_speak_for(tx, caller, agency.code):
        raise NotYourAgency(Place("path:code", code, "an agency this token speaks for"), agency=code)
    if agency.locked:
        place = Place("path:code", "a locked agency", "an agency that is not locked")
        raise NotPermitted(place, role=caller.role, needed=["agency"])
    return agency


def _seen_agency(tx: Read, directory: Directory, caller: Caller, code: str) -> Agency:
    """Return an agency whose requests the caller may see."""
    agency = _known_agency(tx, directory, code)
    if caller.role not in {"operator", "auditor"} and not directory.may_speak_for(tx, caller, agency.code):
        raise NotFound
    return agency


def _known_agency(tx: Read, directory: Directory, code: str) -> Agency:
    known = canonical_or_none(code)
    agency = None if known is None else directory.get(tx, known)
    if agency is None:
        raise NotFound
    return agency


def _address(row: Row[Any]) -> str:
    return f"/v1/agencies/{row.agency}/certificates/requests/{row.id}"


def _members(tx: Read, row: Row[Any]) -> dict[str, Any]:
    certificate = None if row.certificate is None else _chain(tx, row.certificate)
    return {**request_members(row), "certificate": certificate}


def _chain(tx: Read, der: bytes) -> str:
    """Return the certificate and its issuer in PEM, as signers send them."""
    issuer = authority_queries.authority_certificates(tx)[ISSUING]
    return to_pem(load_certificate(der), load_certificate(issuer)).decode()
