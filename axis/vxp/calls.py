"""Handles one call of the old protocol from headers to reply: authentication, rights, and failures.

The operations get an `Asked` and return a reply, or raise. Headers are checked before the body is read, by
real time.
"""

import contextlib
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, TypeAlias

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from axis.agencies.admission import Admission, owner_of
from axis.agencies.callers import Caller
from axis.clock import Microseconds, real_now, to_datetime
from axis.database import Database, Write
from axis.problems import RETRY_AFTER_SECONDS, of_fault
from axis.protocol.agency_codes import canonical
from axis.protocol.errors import AxisError, Overloaded
from axis.protocol.request_bodies import read_bytes
from axis.protocol.vxp import OPERATIONS, Call, Operation, VxpRefused, prove, read_claim
from axis.settings import Settings
from axis.vxp.calling_systems import KnownSystem
from axis.vxp.context import Asked, VxpContext
from axis.vxp.failed_calls import UNKNOWN
from axis.vxp.queries import drop_used_headers, use_header
from axis.vxp.replies import CODE_HEADER, NOT_AUTHENTICATED, Code, Refused, failed, refused_by

# Every failure has the members that the real client reads in replies of that operation, since the client
# breaks on nulls.

Perform: TypeAlias = Callable[[Asked], Awaitable[Response]]
"""An operation."""

FAILURE_MEMBERS: Final[dict[str, dict[str, object]]] = {
    "sendEdoc": {"DocId": ""},
    "getReceivedEdocList": {"data": []},
    "getSentEdocList": {"data": []},
    "getEdoc": {"data": ""},
    "updateStatus": {},
    "getAgenciesList": {"data": []},
    "getAgenciesListQD20": {"data": []},
    "getSynchronizeUnit": {"data": []},
    "registerAgency": {},
    "deleteAgency": {},
    "countReceiveEdoc": {"count": 0},
    "countReceiveStatus": {"count": 0},
    "downloadEdoc": {},
}
"""The members that the client reads besides status, code and description, as they are in a failure."""
SENDING: Final = frozenset({"sendEdoc", "registerAgency", "deleteAgency"})
"""The operations that a locked agency may not call."""
READING_BODIES: Final = frozenset({"sendEdoc", "registerAgency"})
"""Operations that read their body. That of every other operation is ignored."""
FORGOTTEN_AFTER: Final = dt.timedelta(days=1)
"""How long signed headers are remembered beyond the window of the setting: time zones make the real window
longer."""

_log = logging.getLogger("axis.vxp")


class NotProved(Refused):
    """The headers do not prove the call. Which part was wrong is told to the operator alone."""

    def __init__(self, system: str, fault: str, detail: str) -> None:
        super().__init__(Code.NOT_AUTHENTICATED, NOT_AUTHENTICATED)
        self.system = system
        self.fault = fault
        self.detail = detail


async def answer(request: Request, operation: Operation, perform: Perform) -> Response:
    """Answer one call. Whatever goes wrong becomes a reply of the protocol."""
    context: VxpContext = request.app.state.hub.vxp
    try:
        asked = await _authenticate(context, request, operation)
        with _place(asked):
            if operation.name not in READING_BODIES:
                await read_bytes(request, context.intake.settings.json_bytes)
            response = await perform(asked)
    except ClientDisconnect:
        raise
    except Refused as refused:
        if isinstance(refused, NotProved):
            _note(context, operation, refused)
        response = _failure(request, operation, refused)
    except AxisError as error:
        response = _failure(request, operation, refused_by(error))
        if isinstance(error, Overloaded):  # the published client does not look at it; others may
            response.headers["Retry-After"] = str(
                error.params.get("retry_after_seconds", RETRY_AFTER_SECONDS)
            )
    except Exception as error:  # noqa: BLE001 - a fault of ours: logged whole, and never shown
        _log.exception("an operation failed", extra={"facts": {"operation": operation.name}})
        response = _failure(request, operation, refused_by(of_fault(error)))
    code = response.headers.get(CODE_HEADER, Code.FINE)
    request.app.state.hub.metrics.vxp_calls.labels(operation.name, code).inc()
    return response


def refuse_method(request: Request, operation: Operation) -> Response:
    """Answer a call with the wrong HTTP method, of which nothing was read."""
    refused = Refused(Code.SYSTEM_ERROR, f"{operation.name} is called by {' or '.join(operation.methods)}.")
    request.app.state.hub.metrics.vxp_calls.labels(operation.name, refused.code).inc()
    return _failure(request, operation, refused)


async def check_known(asked: Asked) -> None:
    """Refuse a call whose system was revoked since the call began: a body may come slowly.

    Raises:
        NotProved: when it was.

    """
    system = await asked.context.systems.find(asked.call.system_id)
    if not isinstance(system, KnownSystem) or asked.caller.token_id != _token_id(system):
        raise NotProved(canonical(asked.call.system_id), "revoked", "while its body came in")


def use_once(tx: Write, call: Call, now: Microseconds) -> None:
    """Record in the operation's transaction that a call's signed headers were used. `now` is real time.

    Raises:
        NotProved: when they were used before.

    """
    if not use_header(tx, call.signed_digest, now):
        raise NotProved(canonical(call.system_id), "replayed", f"signed text {call.signed_digest}")


def sweep_used_headers(database: Database, settings: Settings) -> None:
    """Forget signed headers that are too old to prove anything."""
    kept = _window(settings) + FORGOTTEN_AFTER
    before = Microseconds(real_now() - kept // dt.timedelta(microseconds=1))
    database.write(lambda tx: drop_used_headers(tx, before))


def _token_id(system: KnownSystem) -> str:
    return f"vxp:{system.id}"


def _window(settings: Settings) -> dt.timedelta:
    return dt.timedelta(hours=settings.vxp_window_hours)


async def _authenticate(context: VxpContext, request: Request, operation: Operation) -> Asked:
    """Return the calling system, if it may call this operation.

    Raises:
        NotProved: when the headers do not prove the call, or the system may not make it.
        Refused: when the system's agency is locked and the operation sends something.

    """
    try:
        claim = read_claim(request.headers.raw)
    except VxpRefused as fault:
        raise NotProved(UNKNOWN, fault.fault, fault.detail) from None
    system = await context.systems.find(claim.system_id)
    if not isinstance(system, KnownSystem):
        if system.revoked:
            raise NotProved(canonical(claim.system_id), "revoked", "")
        raise NotProved(UNKNOWN, "unknown-id", claim.system_id)
    now, window = to_datetime(real_now()), _window(context.intake.settings)
    try:
        call = prove(claim, system.secret, operation, now, window)
    except VxpRefused as fault:
        raise NotProved(system.agency, fault.fault, fault.detail) from None
    if operation.once and not system.may_register:
        raise NotProved(system.agency, "not-granted", "")
    if system.locked and operation.name in SENDING:
        raise Refused(
            Code.UNKNOWN_SENDER, "The agency of this system is locked: it may read, and send nothing."
        )
    caller = Caller("agency", system.agency, True, None, _token_id(system), system.locked)
    request.state.caller = caller  # for the log
    context.last_calls.note(caller)
    return Asked(context, call, caller, system.may_register, request)


@contextlib.contextmanager
def _place(asked: Asked) -> Iterator[None]:
    """Hold a place for a document to be received, if the call sends one."""
    if asked.call.operation is not OPERATIONS["sendEdoc"]:
        yield
        return
    admission: Admission = asked.request.app.state.hub.admission
    with admission.one(owner_of(asked.caller)):
        yield


def _note(context: VxpContext, operation: Operation, refused: NotProved) -> None:
    context.failures.note(refused.system, operation.name, refused.fault, refused.detail, real_now())
    facts = {
        "operation": operation.name,
        "system": refused.system,
        "fault": refused.fault,
        "detail": refused.detail,
    }
    _log.warning("a call proves nothing", extra={"facts": facts})


def _failure(request: Request, operation: Operation, refused: Refused) -> Response:
    if operation.name == "downloadEdoc":  # the client takes any body for the file
        response = Response(status_code=404, headers={CODE_HEADER: refused.code})
    else:
        response = failed(refused.code, refused.description, **FAILURE_MEMBERS[operation.name])
    if "expect" in request.headers:
        response.headers["Connection"] = "close"  # or it would be read as the next request
    if not isinstance(refused, NotProved):
        facts = {
            "operation": operation.name,
            "caller": getattr(getattr(request.state, "caller", None), "agency", None),
            "error_code": refused.code,
            "description": refused.description,
        }
        _log.info("an operation was refused", extra={"facts": facts})
    return response
