"""The old protocol on the wire: reads a call's parameters from its headers, and proves who calls.

Parameters are headers `XroadVnpt-<name>`; those in the signed JSON of `sign-header` count. Systems and
secrets are looked up by `axis.vxp.calling_systems`. docs/old-axis.md#the-wire-protocol.
"""

import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from axis.protocol.errors import MalformedJson, TooLarge, shorten
from axis.protocol.strict_json import loads

# Signed parameters count since the real client sends headers of earlier calls again, and two of its names
# differ just by case.

PREFIX: Final = "XroadVnpt-"
MAX_SIGNED_BYTES: Final = 64 * 1024
"""The longest signed text: room for two thousand recipients in `to`."""
DEFAULT_WINDOW: Final = dt.timedelta(hours=12)
"""The client sets its time once for each object, and keeps the object for hours."""
DEFAULT_SKEW: Final = dt.timedelta(minutes=5)
VIET_NAM: Final = dt.timezone(dt.timedelta(hours=7))
ZONES: Final = (VIET_NAM, dt.UTC)
"""The client writes its machine's local time without a zone, which is Viet Nam's or UTC. So a call in Viet
Nam's time is valid for seven hours more than the window.
"""
FILE_END: Final = b"\r\n"
"""The line end that the client adds to a file in the body."""

_SIGNATURE_HEADERS: Final = ("sign-header-key", "sign-header", "hash-header")
_TIMESTAMP: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})T([0-9]{2})([0-9]{2})([0-9]{2})\+([0-9]{1,4})")
_HEX: Final = re.compile(r"[0-9a-f]{32,64}", re.IGNORECASE)

Fault = Literal["header-missing", "header-list", "signed-text", "digest", "timestamp", "parameter"]
"""Which part was wrong: for the log and the operator, not for the reply."""


class VxpRefused(Exception):
    """The headers do not authenticate the caller, or lack a parameter of the operation.

    `fault`: which part. `detail`: what was there. The secret is in neither.
    """

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(fault, detail)
        self.fault: Fault = fault
        self.detail = shorten(detail)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its method and its required parameters.

    `needed`: groups of names of which one must be signed; `systemid` and `timestamp` must always be. `once`:
    a signed text is valid for one call, since it covers neither operation nor body.
    """

    name: str
    method: Literal["GET", "POST"] = "POST"
    needed: tuple[tuple[str, ...], ...] = ()
    once: bool = False
    also: tuple[Literal["GET", "POST"], ...] = ()
    """Other methods: the client says GET for counts, and sends POST."""

    @property
    def methods(self) -> tuple[str, ...]:
        """Every method it may be called by, the client's own first."""
        return (self.method, *self.also)


_DOCUMENT_ID: Final = "docId"
_DOCUMENT: Final = (_DOCUMENT_ID, "docid")
OPERATIONS: Final[dict[str, Operation]] = {
    operation.name: operation
    for operation in (
        Operation("sendEdoc", needed=(("messagetype",), ("from",), ("hash-file",))),
        Operation("getReceivedEdocList"),
        Operation("getSentEdocList"),
        Operation("getEdoc", needed=(_DOCUMENT,)),
        Operation("updateStatus", needed=(("docid", _DOCUMENT_ID), ("status",))),
        Operation("getAgenciesList"),
        Operation("getAgenciesListQD20"),
        Operation("getSynchronizeUnit"),
        Operation("registerAgency", once=True),
        Operation("deleteAgency", needed=(("AgencyCode",),), once=True),
        Operation("countReceiveEdoc", also=("GET",)),
        Operation("countReceiveStatus", also=("GET",)),
        Operation("downloadEdoc", "GET", needed=(_DOCUMENT,)),
    )
}
"""The thirteen operations by name."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The content of the headers before authentication. `system_id` serves to find the secret."""

    system_id: str
    signed_text: bytes
    digest: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated call. `signed_digest`: SHA-256 of the signed text, by which it is used once."""

    system_id: str
    operation: Operation
    parameters: Mapping[str, str]
    at: dt.datetime
    signed_digest: str

    def first(self, *names: str) -> str:
        """Return the first of these parameters that is not empty; `""` if all are."""
        return next((value for name in names if (value := self.parameters.get(name, ""))), "")

    @property
    def document(self) -> str:
        """The exchange's id of the item in question. The operation's own spelling goes first."""
        return self.first(*next((group for group in self.operation.needed if _DOCUMENT_ID in group), ()))


def read_claim(headers: Iterable[tuple[bytes, bytes]]) -> Claim:
    """Return the claim in the headers, whose names may have any case.

    Raises `VxpRefused` when one of the three headers of the signature is missing or there twice, or when the
    signed text is not a JSON object of texts with the listed names.
    """
    key, text, digest = _signature(headers)
    try:
        value = loads(text, max_bytes=MAX_SIGNED_BYTES)
    except (MalformedJson, TooLarge) as error:
        raise VxpRefused("signed-text", str(error)) from None
    if not isinstance(value, dict):
        raise VxpRefused("signed-text", "no JSON object")
    parameters: dict[str, str] = {}
    for name, held in value.items():
        if not isinstance(held, str) or not name.startswith(PREFIX):
            raise VxpRefused("signed-text", f"{name} is no parameter with a text")
        parameters[name.removeprefix(PREFIX)] = held
    listed = key.decode("utf-8", "replace").split(";")
    if listed != list(parameters):
        raise VxpRefused("header-list", ";".join(listed))
    for name in ("systemid", "timestamp"):
        if not parameters.get(name):
            raise VxpRefused("header-list", f"{name} is not signed")
    return Claim(parameters["systemid"], text, digest.decode("ascii", "replace"), parameters)


def _signature(headers: Iterable[tuple[bytes, bytes]]) -> tuple[bytes, bytes, bytes]:
    found: dict[bytes, bytes] = {}
    wanted = {(PREFIX + name).lower().encode(): name for name in _SIGNATURE_HEADERS}
    for name, value in headers:
        lower = name.lower()
        if lower in wanted:
            if lower in found:
                raise VxpRefused("header-list", f"{wanted[lower]} is there twice")
            found[lower] = value
    missing = [name for lower, name in wanted.items() if lower not in found]
    if missing:
        raise VxpRefused("header-missing", ", ".join(missing))
    key, text, digest = (found[lower] for lower in wanted)
    return key, text, digest.strip()


def prove(
    claim: Claim,
    secret: bytes,
    operation: Operation,
    now: dt.datetime,
    window: dt.timedelta = DEFAULT_WINDOW,
    skew: dt.timedelta = DEFAULT_SKEW,
) -> Call:
    """Return the call that the headers prove with a system's secret.

    `now` has a zone. A timestamp may be `window` before it and `skew` after it. Raises `VxpRefused` with
    `digest`, then `timestamp`, then `parameter` for a missing one.
    """
    expected = hmac.new(secret, claim.signed_text, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), claim.digest.lower().encode("utf-8", "replace")):
        raise VxpRefused("digest", "hash-header is not that of sign-header under the secret")
    at = _moment(claim.parameters["timestamp"], now, window, skew)
    for group in operation.needed:
        if not any(claim.parameters.get(name) for name in group):
            raise VxpRefused("parameter", f"{' or '.join(group)} is not signed")
    signed_digest = hashlib.sha256(claim.signed_text).hexdigest()
    return Call(claim.system_id, operation, claim.parameters, at, signed_digest)


def sign(parameters: Mapping[str, str], secret: bytes) -> list[tuple[str, str]]:
    """Return the headers that the real client sends for parameters, in its order."""
    named = {PREFIX + name: value for name, value in parameters.items()}
    text = json.dumps(named, separators=(",", ":"))
    digest = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    return [
        *named.items(),
        (f"{PREFIX}sign-header-key", ";".join(parameters)),
        (f"{PREFIX}sign-header", text),
        (f"{PREFIX}hash-header", digest),
    ]


def stamp(at: dt.datetime) -> str:
    """Return a moment as the client writes it: local time in Viet Nam, milliseconds after the plus."""
    local = at.astimezone(VIET_NAM)
    date, time = f"{local.day:02}{local.month:02}{local.year:04}", f"{local:%H%M%S}"
    return f"{date}T{time}+{local.microsecond // 1000:04}"


def _moment(text: str, now: dt.datetime, window: dt.timedelta, skew: dt.timedelta) -> dt.datetime:
    """Return the time of a timestamp: of its possible zones, the first that puts it within the window."""
    found = _TIMESTAMP.fullmatch(text)
    if not found:
        raise VxpRefused("timestamp", f"{text} is not of the form ddMMyyyyTHHmmss+SSSS")
    day, month, year, hour, minute, second, milliseconds = map(int, found.groups())
    if milliseconds > 999:  # noqa: PLR2004 - of a second
        raise VxpRefused("timestamp", f"{text} has more than 999 milliseconds")
    try:
        local = dt.datetime(year, month, day, hour, minute, second, milliseconds * 1000, tzinfo=dt.UTC)
        for zone in ZONES:
            at = local.replace(tzinfo=zone)
            if -skew <= now - at <= window:
                return at
    except (ValueError, OverflowError):
        raise VxpRefused("timestamp", f"{text} is no time") from None
    raise VxpRefused("timestamp", f"{text} is outside the window of {window}, at {now.isoformat()}")


def file_of(body: bytes, declared: str) -> bytes | None:
    """Return the file in a body, without the client's line end; None when no form of the digest matches.

    A digest may be padded or not (`digest_matches`).
    """
    if body.endswith(FILE_END):
        file = body[: -len(FILE_END)]
        if digest_matches(declared, hashlib.sha256(file).digest()):
            return file
    return body if digest_matches(declared, hashlib.sha256(body).digest()) else None


def digest_matches(declared: str, digest: bytes) -> bool:
    """Tell whether a declared SHA-256, with padded or unpadded bytes, is this one."""
    if not _HEX.fullmatch(declared):
        return False
    said = declared.lower()
    return said in (digest.hex(), "".join(f"{byte:x}" for byte in digest))


def codes_of(to: str) -> tuple[str, ...]:
    """Return the codes in a `to` parameter: a JSON array of texts in a text.

    Raises `VxpRefused` with `parameter` for anything else.
    """
    try:
        value = loads(to.encode("utf-8", "surrogatepass"), max_bytes=MAX_SIGNED_BYTES)
    except (MalformedJson, TooLarge) as error:
        raise VxpRefused("parameter", f"to: {error}") from None
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise VxpRefused("parameter", "to is no JSON array of texts")
    return tuple(value)
