"""Who is calling, by the request's headers, and the dependencies by which a route says who may call it.

Callers send a token (RFC 6750), or an access token bought with one (`axis.agencies.access_tokens`). A browser
that has signed in sends a session's cookie in its place, on GET and HEAD. For which agencies a caller may
speak is in `axis.agencies.directory`.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param
from sqlalchemy import Row

from axis.agencies import queries
from axis.agencies.access_tokens import access_token_row
from axis.agencies.last_calls import LastCalls
from axis.agencies.sessions import session_row
from axis.agencies.tokens import PREFIX, Role, digest_of
from axis.agencies.versioned_cache import Missing, VersionedCache
from axis.clock import Microseconds, real_now
from axis.database import Database
from axis.database.store_facts import version
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import NotAuthenticated, NotPermitted, Place

KNOWN_TOKENS = 65_536
UNKNOWN_TOKENS = 4_096
"""Unknown tokens have a smaller cache of their own, so that invented tokens push no real one out."""
TOKEN_CHARACTERS = 128
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
"""The methods that change nothing, RFC 9110, section 9.2.1: a session's cookie is enough for them."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling. `agency` is set for the role agency alone; `subtree`: it speaks for all below too."""

    role: Role
    agency: AgencyCode | None
    subtree: bool
    name: str | None
    token_id: str
    locked: bool = False
    """The agency is locked: it may read what it has, and send nothing."""
    expires_at: Microseconds | None = None
    contents: bool = False
    """An auditor reads the contents of messages, too."""

    @property
    def relay(self) -> str | None:
        """The name of the relay that is calling; it speaks for every agency marked `via` this name."""
        return self.name if self.role == "relay" else None


class Callers:
    """Looks tokens up, and remembers both those that exist and those that do not."""

    def __init__(self, database: Database, hub_id: str = "") -> None:
        """Look up in a store; `hub_id` tells hubs on one host apart, whose ports share cookies."""
        self._database = database
        self.last_calls: Final = LastCalls()
        """Who called in this process, until it is stored."""
        self.session_cookie: Final = f"axis-session-{hub_id}"
        """The name of the cookie that holds a session's secret."""
        self._known: VersionedCache[str, Caller] = VersionedCache(KNOWN_TOKENS)
        self._unknown: VersionedCache[str, None] = VersionedCache(UNKNOWN_TOKENS)

    def forget(self, version: int) -> None:
        """Forget what was read before the store came to this version."""
        self._known.forget(version)
        self._unknown.forget(version)

    async def identify(self, authorization: str | None) -> Caller:
        """Return the caller that an `Authorization` header names.

        Raises:
            NotAuthenticated: when there is none, or its token is unknown, revoked or expired.

        """
        digest = _digest_in(authorization)
        if digest is None:
            raise _refusal()
        known = self._known.get(digest)
        if isinstance(known, Missing):
            if self._unknown.get(digest) is None:
                raise _refusal()
            found = await to_thread.run_sync(self._look_up, digest)
            if found is None:
                raise _refusal()
            known = found
        if known.expires_at is not None and real_now() >= known.expires_at:
            raise _refusal()
        self.last_calls.note(known)
        return known

    def known(self, authorization: str | None) -> Caller | None:
        """Return the caller that `identify` would, where that takes no look at the store.

        None does not mean that there is none: `identify` decides that.
        """
        digest = _digest_in(authorization)
        found = None if digest is None else self._known.get(digest)
        if found is None or isinstance(found, Missing):
            return None
        if found.expires_at is not None and real_now() >= found.expires_at:
            return None
        self.last_calls.note(found)
        return found

    async def identify_session(self, secret: str | None) -> Caller | None:
        """Return the caller that signed in, None where the session does not hold.

        The store is asked each time, so that a session ends with its token at once.
        """
        if not secret or len(secret) > TOKEN_CHARACTERS:
            return None
        return await to_thread.run_sync(self._look_session_up, secret)

    def _look_session_up(self, secret: str) -> Caller | None:
        with self._database.read() as tx:
            row = session_row(tx, secret, real_now())
        if row is None:
            return None
        caller = _caller_of(row, locked=False)
        self.last_calls.note(caller)
        return caller

    def _look_up(self, digest: str) -> Caller | None:
        with self._database.read() as tx:
            at_version = version(tx)
            row = queries.token_row(tx, digest)
            bought = access_token_row(tx, digest) if row is None else None
        found = row if bought is None else bought
        if found is None or found.revoked_at is not None:
            self._unknown.put(at_version, digest, None)
            return None
        caller = _caller_of(found, locked=bool(found.locked))
        if bought is not None:
            caller = replace(caller, expires_at=Microseconds(bought.until))
        self._known.put(at_version, digest, caller)
        return caller


def _caller_of(row: Row[Any], *, locked: bool) -> Caller:
    return Caller(
        role=row.role,
        agency=row.agency,
        subtree=row.subtree,
        name=row.name,
        token_id=row.id,
        locked=locked,
        expires_at=row.expires_at,
        contents=row.contents,
    )


def _digest_in(authorization: str | None) -> str | None:
    """Return the digest of the token in an `Authorization` header; None where it holds none of ours."""
    scheme, token = get_authorization_scheme_param(authorization)
    if scheme.lower() != "bearer" or not token.startswith(PREFIX) or len(token) > TOKEN_CHARACTERS:
        return None
    return digest_of(token)


def _refusal() -> NotAuthenticated:
    expected = "Bearer axis_…, a token made by the hub"
    return NotAuthenticated(Place("header:Authorization", "no valid token", expected))


_bearer = HTTPBearer(
    auto_error=False, scheme_name="token", description="A token of `axis token create`, as `Bearer axis_…`."
)
"""It only describes the scheme in OpenAPI. `Callers` reads the header and refuses."""


async def any_caller(request: Request, _described: Annotated[object, Security(_bearer)]) -> Caller:
    """Let anyone with a valid token pass, and a browser that signed in with one and only reads."""
    callers: Callers = request.app.state.hub.callers
    authorization = request.headers.get("authorization")
    caller = None
    if authorization is None and request.method in SAFE_METHODS:
        caller = await callers.identify_session(request.cookies.get(callers.session_cookie))
    if caller is None:
        caller = await callers.identify(authorization)
    request.state.caller = caller
    return caller


def _one_of(*roles: Role, sending: bool = False) -> Callable[[Caller], Coroutine[Any, Any, Caller]]:
    async def permitted(caller: Annotated[Caller, Depends(any_caller)]) -> Caller:
        if caller.role not in roles:
            raise NotPermitted(role=caller.role, needed=list(roles))
        if sending and caller.locked:
            raise NotPermitted(
                Place("header:Authorization", "a token of a locked agency", "an agency that is not locked"),
                role=caller.role,
                needed=list(roles),
            )
        return caller

    return permitted


agency_only = _one_of("agency")
"""Dependency: an agency, locked or not."""
agency_sending = _one_of("agency", sending=True)
"""Dependency: an agency that is not locked."""
auditor_only = _one_of("auditor")
"""Dependency: an auditor."""
operator_only = _one_of("operator")
"""Dependency: an operator."""
agency_or_auditor = _one_of("agency", "auditor")
"""Dependency: an agency, or an auditor."""
operator_or_auditor = _one_of("operator", "auditor")
"""Dependency: an operator, or an auditor."""
agency_or_operator = _one_of("agency", "operator")
"""Dependency: an agency, or an operator."""
agency_sending_or_operator = _one_of("agency", "operator", sending=True)
"""Dependency: an agency that is not locked, or an operator."""
relay_only = _one_of("relay")
"""Dependency: a relay."""
speaking = _one_of("agency", "relay")
"""Dependency: who speaks for agencies, an agency or a relay, locked or not."""
speaking_sending = _one_of("agency", "relay", sending=True)
"""Dependency: who speaks for agencies, and is not locked."""
party_or_auditor = _one_of("agency", "relay", "auditor")
"""Dependency: who speaks for agencies, or an auditor."""

AnyCaller = Annotated[Caller, Depends(any_caller)]
AgencyCaller = Annotated[Caller, Depends(agency_only)]
SendingAgency = Annotated[Caller, Depends(agency_sending)]
AuditorCaller = Annotated[Caller, Depends(auditor_only)]
OperatorCaller = Annotated[Caller, Depends(operator_only)]
AgencyOrAuditor = Annotated[Caller, Depends(agency_or_auditor)]
OperatorOrAuditor = Annotated[Caller, Depends(operator_or_auditor)]
AgencyOrOperator = Annotated[Caller, Depends(agency_or_operator)]
SendingAgencyOrOperator = Annotated[Caller, Depends(agency_sending_or_operator)]
RelayCaller = Annotated[Caller, Depends(relay_only)]
SpeakingCaller = Annotated[Caller, Depends(speaking)]
SendingCaller = Annotated[Caller, Depends(speaking_sending)]
PartyOrAuditor = Annotated[Caller, Depends(party_or_auditor)]
