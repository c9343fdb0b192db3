"""Reads the bodies of requests about webhooks, and names each fault with its place."""

import re
from typing import Final
from urllib.parse import urlsplit

from axis.deliveries.cursors import PATTERN, position_of
from axis.outbound.guarded_http import PORTS
from axis.outbound.webhook_posts import LOOPBACK, Allowed
from axis.protocol.request_members import MembersReader
from axis.push.attempts import Lane
from axis.push.messages import ALERT, KINDS
from axis.push.schemas import REPLAY_MEMBERS, WEBHOOK_MEMBERS
from axis.push.webhooks import Wanted

URL_CHARACTERS: Final = 1_024
_CURSOR: Final = re.compile(PATTERN)


def read_webhook_entry(
    body: object, allowed: Allowed, public_url: str, *, of_operators: bool = False
) -> Wanted:
    """Read what `PUT /v1/webhooks/{name}` is given, by an agency or by an operator.

    Raises:
        QueryInvalid: naming everything that is wrong, an address at a host that is not allowed included.

    """
    reader = MembersReader()
    members = reader.members(body, "", WEBHOOK_MEMBERS)
    url = members.get("url")
    if not isinstance(url, str) or len(url) > URL_CHARACTERS:
        reader.wrong("/url", url, f"an address of http or https, at most {URL_CHARACTERS} characters")
    elif not allowed.allows(url):
        reader.fault("/url", url, _allowed_hosts(allowed))
    elif _is_ours(url, public_url):
        reader.fault("/url", url, "an address that is not this hub's own")
    known = (ALERT,) if of_operators else KINDS
    kinds = members.get("kinds", list(known))
    if not isinstance(kinds, list) or not kinds or len(set(map(str, kinds))) != len(kinds):
        reader.wrong("/kinds", kinds, f"some of {', '.join(known)}, each once")
        kinds = []
    for number, kind in enumerate(kinds):
        if kind not in known:
            reader.wrong(f"/kinds/{number}", kind, f"one of {', '.join(known)}")
    code = members.get("agency")
    if code is not None and of_operators:
        reader.wrong("/agency", code, "no such member: operators are told of all alerts")
    agency = None if code is None else reader.code(code, "/agency", "an agency's code")
    reader.finish()
    return Wanted(str(url), tuple(kind for kind in known if kind in kinds), agency)


def _allowed_hosts(allowed: Allowed) -> str:
    if not (allowed.hosts or allowed.private_hosts or allowed.loopback):
        return "no address: the hub's operator has allowed no host (AXIS_WEBHOOK_HOSTS)"
    return "an address of http or https at a host that the hub's operator has allowed"


def _is_ours(url: str, public_url: str) -> bool:
    """Tell whether a URL leads to the hub's own listener, under this name or another one of this machine."""
    return _listener(url) == _listener(public_url)


def _listener(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    host = "localhost" if parts.hostname in LOOPBACK else parts.hostname
    return host, parts.port or PORTS.get(parts.scheme)


def read_replay(body: object) -> Lane:
    """Read what is to be posted again; the number of its lane is given later.

    Raises:
        QueryInvalid: naming everything that is wrong.

    """
    reader = MembersReader()
    members = reader.members(body, "", REPLAY_MEMBERS)
    places: dict[str, int] = {}
    for name in ("event", "after", "until"):
        value = members.get(name)
        if value is None:
            continue
        if isinstance(value, str) and _CURSOR.fullmatch(value):
            places[name] = position_of(value)
        else:
            reader.wrong(f"/{name}", value, "a place, as this API gives them")
    if "event" in places and len(members) > 1:
        reader.fault("/event", "other members beside it", "`event` alone, or an interval")
    aside = reader.flag(members["failures"], "/failures") if "failures" in members else False
    reader.finish()
    if "event" in places:
        return Lane(1, places["event"] - 1, places["event"])
    return Lane(1, places.get("after", -1), places.get("until"), aside)
