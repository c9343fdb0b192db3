"""Who looks at a page and in which language, and the dependencies by which a page says whom it is for.

A visitor has a session, a token in the `Authorization` header, or neither.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from axis.agencies.callers import Caller, Callers
from axis.agencies.sessions import form_token
from axis.agencies.tokens import Role
from axis.problems import Language, page_language
from axis.protocol.errors import NotPermitted


class SignInNeeded(Exception):
    """The page is for those who signed in; the browser is sent to do so, and back."""


PEOPLE: Final[tuple[Role, ...]] = ("agency", "auditor", "operator")
"""The roles that read pages. A relay is a program."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page."""

    language: Language
    caller: Caller | None = None
    """None: nobody in particular."""
    session: str | None = None
    """The secret of a session that holds."""

    @property
    def form_token(self) -> str | None:
        """What a form of this visitor's pages brings along; None without a session."""
        return None if self.session is None else form_token(self.session)

    @property
    def role(self) -> Role | None:
        """The role signed in with."""
        return None if self.caller is None else self.caller.role


@dataclass(frozen=True, slots=True)
class SignedIn(Visitor):
    """A visitor with a caller."""

    caller: Caller


async def any_visitor(request: Request) -> Visitor:
    """Let anyone pass."""
    language = page_language(request)
    callers: Callers = request.app.state.hub.callers
    authorization = request.headers.get("authorization")
    if authorization is not None:
        caller = await callers.identify(authorization)
        request.state.caller = caller
        return Visitor(language, caller)
    secret = request.cookies.get(callers.session_cookie)
    found = await callers.identify_session(secret)
    if found is None:
        return Visitor(language)
    request.state.caller = found
    return Visitor(language, found, secret)


AnyVisitor = Annotated[Visitor, Depends(any_visitor)]


async def signed_in(visitor: AnyVisitor) -> SignedIn:
    """Let those who signed in pass, in whatever role of people: relays read no pages."""
    if visitor.caller is None:
        raise SignInNeeded
    if visitor.caller.relay is not None:
        raise NotPermitted(role=visitor.caller.role, needed=list(PEOPLE))
    return SignedIn(visitor.language, visitor.caller, visitor.session)


SignedInVisitor = Annotated[SignedIn, Depends(signed_in)]


def _one_of(*roles: Role) -> Callable[[SignedIn], Coroutine[Any, Any, SignedIn]]:
    async def permitted(visitor: SignedInVisitor) -> SignedIn:
        if visitor.caller.role not in roles:
            raise NotPermitted(role=visitor.caller.role, needed=list(roles))
        return visitor

    return permitted


page_readers = _one_of("agency", "auditor")
"""Dependency: those who may read documents."""
PageReader = Annotated[SignedIn, Depends(page_readers)]
page_agencies = _one_of("agency")
"""Dependency: an agency."""
PageAgency = Annotated[SignedIn, Depends(page_agencies)]
page_auditors = _one_of("auditor")
"""Dependency: an auditor."""
PageAuditor = Annotated[SignedIn, Depends(page_auditors)]
page_watchers = _one_of("auditor", "operator")
"""Dependency: an auditor, or an operator."""
PageWatcher = Annotated[SignedIn, Depends(page_watchers)]
page_operators = _one_of("operator")
"""Dependency: an operator."""
PageOperator = Annotated[SignedIn, Depends(page_operators)]
