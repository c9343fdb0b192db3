"""Adds, changes and deletes agencies below a system's own, over the old protocol.

The call's headers are checked by `axis.vxp.calls`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from axis.agencies import queries
from axis.agencies.contacts import CONTACTS
from axis.agencies.directory_changes import (
    DEFAULT,
    AgencyEntry,
    Default,
    above,
    delete_agency,
    name_fault,
    put_agencies,
)
from axis.clock import real_now
from axis.database import Write
from axis.database.store_facts import version
from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.errors import Place, QueryInvalid, shorten
from axis.protocol.request_bodies import read_bytes
from axis.protocol.strict_json import loads
from axis.protocol.text_normalisation import nfc
from axis.vxp.calls import check_known, use_once
from axis.vxp.context import Asked
from axis.vxp.replies import Code, Refused, fine

# Each call is one transaction, which first records that its signed headers were used: the signature covers no
# body, so a recorded call must not work again. A refused call leaves its headers unused.

_MEMBERS: Final = ("id", "pcode", "code", "name", *CONTACTS)
_AN_AGENCY_CODE: Final = "an agency code, as 000.00.00.H49 or H49"


@dataclass(frozen=True, slots=True)
class Registration:
    """An agency to be added or changed. `parent` None: as it was, or the nearest above by its code."""

    code: AgencyCode
    parent: AgencyCode | None
    name: str
    contacts: dict[str, Any]


async def register(asked: Asked) -> Response:
    """Add an agency below the system's own, or change one there.

    Raises:
        Refused: when a member of the body is invalid, or the agency or its parent is not below the system's
        own.

    """
    body = await read_bytes(asked.request, asked.context.intake.settings.json_bytes)
    await check_known(asked)
    wish = read_registration(loads(body))
    await _change(asked, lambda tx: _register(tx, asked, wish))
    return fine()


async def delete(asked: Asked) -> Response:
    """Delete an agency below the system's own that has none below it.

    Raises:
        Refused: when it is not in the directory, not below the system's own, or has others below it.

    """
    await _change(asked, lambda tx: _delete(tx, asked))
    return fine()


def read_registration(value: object) -> Registration:
    """Read the body of a registration. What is left out stays as it was; an empty contact is removed.

    Unknown members are ignored: clients send what their directory holds.

    Raises:
        Refused: naming everything that is wrong.

    """
    if not isinstance(value, Mapping):
        raise _refusal([Place("", type(value).__name__, "a JSON object")])
    members = {name: value[name] for name in _MEMBERS if value.get(name) is not None}
    texts = {name: nfc(text.strip()) for name, text in members.items() if isinstance(text, str)}
    faults = [
        Place(f"/{name}", type(member).__name__, "a text")
        for name, member in members.items()
        if name not in texts
    ]
    wrong = {place.pointer for place in faults}
    given = {name: _code(texts[name], name, faults) for name in ("id", "pcode", "code") if texts.get(name)}
    if not texts.get("code") and "/code" not in wrong:
        faults.append(Place("/code", "nothing", _AN_AGENCY_CODE))
    code, identity, name = given.get("code"), given.get("id"), texts.get("name", "")
    if code and identity not in (None, code):
        faults.append(Place("/id", identity, f"nothing, or {code}: an agency's id is its code"))
    if (expected := name_fault(name)) and "/name" not in wrong:
        faults.append(Place("/name", shorten(name) or "nothing", expected))
    contacts = {member: texts[member] or None for member in CONTACTS if member in texts}
    faults += [
        Place(f"/{member}", shorten(text), expected)
        for member, text in contacts.items()
        if text is not None and (expected := CONTACTS[member](text))
    ]
    if faults or code is None:
        raise _refusal(faults)
    return Registration(code, given.get("pcode"), name, contacts)


async def _change(asked: Asked, work: Callable[[Write], None]) -> None:
    """Do the work once for these headers, and let this process follow the change at once."""

    def once(tx: Write) -> int:
        use_once(tx, asked.call, real_now())
        work(tx)
        return version(tx)

    intake = asked.context.intake
    changed_at = await run_in_threadpool(intake.database.write, once)
    intake.directory.forget(changed_at)
    asked.context.systems.forget(changed_at)


def _register(tx: Write, asked: Asked, wish: Registration) -> None:
    own = asked.own
    rows = queries.agency_rows(tx, [wish.code], deleted=True)
    if rows:
        _check_within(tx, own, wish.code, "code")
    else:
        higher = queries.agency_rows(tx, above(wish.code))
        nearest = max(higher, key=lambda row: row.level, default=None)
        if nearest is not None:
            _check_within(tx, own, nearest.code, "code")
    parent: AgencyCode | Default = DEFAULT
    if wish.code == own:
        if wish.parent is not None and [wish.parent] != [row.parent for row in rows]:
            raise Refused(Code.UNKNOWN_SENDER, f"pcode: {own} cannot move itself below {wish.parent}.")
    elif wish.parent is not None:
        _check_within(tx, own, wish.parent, "pcode")
        parent = wish.parent
    entry = AgencyEntry(wish.code, wish.name, parent, **wish.contacts)
    try:
        put_agencies(tx, [entry], asked.context.intake.clock.now(), pointer="")
    except QueryInvalid as error:
        raise _refusal(error.places) from None
    if wish.code != own:
        (row,) = queries.agency_rows(tx, [wish.code])
        _check_within(tx, own, row.parent, "pcode")


def _delete(tx: Write, asked: Asked) -> None:
    own, said = asked.own, asked.call.first("AgencyCode")
    code = canonical_or_none(said)
    if code is None or not queries.agency_rows(tx, [code]):
        raise Refused(Code.UNKNOWN_RECIPIENT, f"AgencyCode: {shorten(said)} is not in the directory.")
    _check_within(tx, own, code, "AgencyCode")
    if code == own:
        raise Refused(Code.UNKNOWN_SENDER, f"AgencyCode: {own} is the system's own and cannot delete itself.")
    try:
        delete_agency(tx, code, asked.context.intake.clock.now())
    except QueryInvalid as error:
        raise _refusal(error.places) from None


def _check_within(tx: Write, own: AgencyCode, code: AgencyCode | None, member: str) -> None:
    """Refuse an agency outside the subtree of the system's own; None stands for no agency."""
    if code is None:
        expected = "the code of an agency above it"
        raise Refused(Code.UNKNOWN_SENDER, f"{member}: found nothing, expected {expected}.")
    if not queries.is_descendant(tx, own, code):
        raise Refused(Code.UNKNOWN_SENDER, f"{member}: {code} is no agency that {own} may speak for.")


def _code(text: str, name: str, faults: list[Place]) -> AgencyCode | None:
    code = canonical_or_none(text)
    if code is None:
        faults.append(Place(f"/{name}", shorten(text), _AN_AGENCY_CODE))
    return code


def _refusal(places: Iterable[Place]) -> Refused:
    """Return the refusal that names each place by its member. The client calls `parent` `pcode`."""
    named = (
        ("pcode" if place.pointer == "/parent" else place.pointer.lstrip("/") or "body", place)
        for place in places
    )
    said = (f"{member}: found {place.found}, expected {place.expected}." for member, place in named)
    return Refused(Code.SYSTEM_ERROR, " ".join(said))
