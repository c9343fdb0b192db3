"""Reads what web pages and one-stop systems tell a measuring system over HTTP: steps of dossiers, and visits.

Names of members are read without regard to case, and values as text or number: clients write both.
docs/neighbours/measuring.md.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from nodes.systems.dossiers import DossierRefused
from nodes.systems.system import Refused

STEP_BYTES: Final = 64 * 1024
"""Of one step."""
PAGE_LETTERS: Final = 2_000
"""Of the address of a page."""
_TEXT_LETTERS: Final = 1_000
_OTHER, _RECEIVED, _PROCESSING, _RETURNED, _ASSIGNED = range(5)
SERVICES: Final = {0: "none", 1: "none", 3: "partial", 4: "full"}
"""The online service of a procedure by its level."""
CHANNELS: Final = {1: 2, 2: 1}
"""How a dossier was filed, of docs/neighbours/one-stop.md, by the form of reception."""
_PROCEDURE: Final = re.compile(r"[0-9]\.[0-9]{6}(\.[0-9A-Za-z.]{3,20})?")
_SITE: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class TrackedStep:
    """A step of a dossier, as `/TrackingMCDT` takes it."""

    site: str
    code: str
    procedure: str
    procedure_name: str
    status: int
    """0 other, 1 received, 2 in process, 3 returned, 4 assigned."""
    channel: int
    """1 at the counter, 2 online."""
    payment: int
    """0 none, 1 online, 2 directly."""
    service: str
    """`full`, `partial`, `none`."""
    from_portal: bool
    by_post: int
    """0 directly, 1 by post, 2 otherwise."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit of a page."""

    site: str
    page: str
    """Path of its address, without what follows a question mark."""


def read_step(content: bytes) -> TrackedStep:
    """Read the body of `/TrackingMCDT`; raises `DossierRefused` with the first thing that is wrong."""
    if len(content) > STEP_BYTES:
        _refuse("step-readable", "body", f"{len(content):,} bytes", f"at most {STEP_BYTES:,}")
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DossierRefused(Refused("step-readable", "body", "no JSON", "an object of JSON")) from error
    if not isinstance(value, dict):
        _refuse("step-readable", "body", type(value).__name__, "an object of JSON")
    members = {name.lower(): member for name, member in value.items()}
    level = _number(members, "Level", SERVICES)
    return TrackedStep(
        site=read_site(_text(members, "SiteId")),
        code=_text(members, "MaHoSo", "") or _text(members, "CodeProfile"),
        procedure=_matched(members, "CodeTTHC", _PROCEDURE, "a code such as 1.003560"),
        procedure_name=_text(members, "NameTTHC", ""),
        status=_number(members, "Status", range(5)),
        channel=CHANNELS[_number(members, "FormsReception", CHANNELS)],
        payment=_number(members, "FormsPayments", range(3), 0),
        service=SERVICES[level],
        from_portal=bool(_number(members, "IsFromDVCQG", range(2), 0)),
        by_post=_number(members, "IsDVCBC", range(3), 0),
    )


def read_visit(members: Mapping[str, str]) -> Visit:
    """Read the parameters of a visit, `idsite` and `url`; raises `DossierRefused`."""
    address = members.get("url", "")
    if len(address) > PAGE_LETTERS:
        _refuse("visit-readable", "url", f"{len(address):,} letters", f"at most {PAGE_LETTERS:,}")
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        _refuse("visit-readable", "url", "no address" if address else "nothing", "the address of a web page")
    return Visit(read_site(members.get("idsite", "")), parts.path or "/")


def read_site(text: str) -> str:
    """Return a SiteId; raises `DossierRefused` for what is none."""
    if _SITE.fullmatch(text) is None:
        _refuse("site-readable", "SiteId", _shown(text), "a number of at most 9 digits")
    return str(int(text))


def _text(members: Mapping[str, Any], name: str, otherwise: str | None = None) -> str:
    value = members.get(name.lower())
    if value is None or value == "":
        if otherwise is None:
            _refuse("member-given", name, "nothing", "a text")
        return otherwise or ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        _refuse("member-readable", name, type(value).__name__, "a text or a whole number")
    text = str(value).strip()
    if len(text) > _TEXT_LETTERS:
        _refuse("member-readable", name, f"{len(text):,} letters", f"at most {_TEXT_LETTERS:,}")
    return text


def _matched(members: Mapping[str, Any], name: str, pattern: re.Pattern[str], expected: str) -> str:
    text = _text(members, name)
    if pattern.fullmatch(text) is None:
        _refuse("member-readable", name, _shown(text), expected)
    return text


def _number(
    members: Mapping[str, Any], name: str, known: range | Mapping[int, Any], otherwise: int | None = None
) -> int:
    text = _text(members, name, None if otherwise is None else str(otherwise))
    number = int(text) if text.isascii() and text.isdigit() and len(text) == 1 else -1
    if number not in known:
        _refuse("member-known", name, _shown(text), ", ".join(str(each) for each in known))
    return number


def _shown(text: str) -> str:
    return repr(text) if len(text) <= 60 else f"{text[:57]!r}…"  # noqa: PLR2004 - a line of a page


def _refuse(rule: str, place: str, found: str, expected: str) -> None:
    raise DossierRefused(Refused(rule, place, found, expected))
