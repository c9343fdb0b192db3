"""Replies of the old protocol: a status, an error code and a sentence.

The members of each operation are added by `axis.vxp.calls`. The real client reads these texts, breaks on
nulls, and decodes the reply of `sendEdoc` as ASCII. docs/old-axis.md#the-wire-protocol.
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final
from unicodedata import combining

import orjson
from starlette.responses import Response

from axis.agencies.recipients import NOT_LOCKED
from axis.protocol import errors
from axis.protocol.errors import AxisError, Place, shorten
from axis.protocol.text_normalisation import decomposed
from signing.verdict import DocumentVerdict

MEDIA_TYPE: Final = "application/json; charset=utf-8"
"""It names the character set, since old clients take Latin 1 by default."""
CODE_HEADER: Final = "XroadVnpt-ErrorCode"
"""The header with the code of a failure, for a reply without a body."""
DESCRIPTION_CHARACTERS: Final = 1_000
NAMING_CHARACTERS: Final = 40_000
"""The longest sentence about recipients: each is named, and a message may have a thousand."""
OTHER_FILE: Final = "The file in the body is not the one that hash-file says."
"""The sentence for a wrong digest, instead of that about attachments over REST."""
NOT_AUTHENTICATED: Final = (
    "The call is not authenticated: its system id, secret, timestamp or signed headers are not what this "
    "operation needs. The operator of the hub can see which."
)
"""The same sentence whatever was wrong: a more exact one would help to guess."""

_PLAIN: Final = str.maketrans(
    {"đ": "d", "Đ": "D", "…": "...", "\u2013": "-", "\u2014": "-"}
    | dict.fromkeys("\u201c\u201d", '"')
    | dict.fromkeys("\u2018\u2019", "'")
)
_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e]+")


class Code(StrEnum):
    """Error codes of the old protocol."""

    FINE = "0"
    INVALID_FILE = "10"
    NOT_AUTHENTICATED = "15"
    UNKNOWN_RECIPIENT = "18"
    UNKNOWN_SENDER = "19"
    SYSTEM_ERROR = "20"
    FILE_PROCESSING = "21"
    EDXML_INVALID = "22"
    RECIPIENT_LOCKED = "23"


class Refused(Exception):
    """An operation refuses. The reply is a FAIL with this code and sentence."""

    def __init__(self, code: Code, description: str) -> None:
        super().__init__(code, description)
        self.code = code
        self.description = description


def fine(description: str = "Success", **members: object) -> Response:
    """Return the reply of a success."""
    return _reply("OK", Code.FINE, description, members)


def failed(code: Code, description: str, **members: object) -> Response:
    """Return the reply of a failure. Its HTTP status is 200, which the client ignores."""
    response = _reply("FAIL", code, description, members)
    response.headers[CODE_HEADER] = code
    return response


def _reply(status: str, code: Code, description: str, members: dict[str, object]) -> Response:
    naming = code in {Code.UNKNOWN_RECIPIENT, Code.RECIPIENT_LOCKED}
    described = plain(description, NAMING_CHARACTERS if naming else DESCRIPTION_CHARACTERS)
    said = {"status": status, "ErrorCode": code, "ErrorDesc": described, **members}
    return Response(orjson.dumps(said), media_type=MEDIA_TYPE)


def plain(text: str, characters: int = DESCRIPTION_CHARACTERS) -> str:
    """Return `text` in printable ASCII on one line, cut to so many characters. Letters lose their marks."""
    bare = "".join(each for each in decomposed(text.translate(_PLAIN), "NFKD") if not combining(each))
    ascii_only = " ".join(_UNPRINTABLE.sub(_unprintable, bare).split())
    return ascii_only if len(ascii_only) <= characters else ascii_only[: characters - 3] + "..."


def _unprintable(found: re.Match[str]) -> str:
    return " " if found.group().isspace() else "?"


_CODES: Final[dict[type[AxisError], Code]] = {
    errors.NotAuthenticated: Code.NOT_AUTHENTICATED,
    errors.NotPermitted: Code.UNKNOWN_SENDER,
    errors.NotYourAgency: Code.UNKNOWN_SENDER,
    errors.UnknownRecipient: Code.UNKNOWN_RECIPIENT,
    errors.RecipientLocked: Code.RECIPIENT_LOCKED,
    errors.SignatureRejected: Code.INVALID_FILE,
    errors.UnsignedRejected: Code.INVALID_FILE,
    errors.IndeterminateRejected: Code.INVALID_FILE,
    errors.TooLarge: Code.INVALID_FILE,
    errors.TooManySignatures: Code.INVALID_FILE,
    errors.DigestMismatch: Code.INVALID_FILE,
    errors.SizeMismatch: Code.INVALID_FILE,
    errors.ManifestMissing: Code.EDXML_INVALID,
    errors.ManifestInvalid: Code.EDXML_INVALID,
    errors.NumberTaken: Code.EDXML_INVALID,
    errors.AttachmentMissing: Code.EDXML_INVALID,
    errors.AttachmentUndeclared: Code.EDXML_INVALID,
    errors.TooManyParts: Code.EDXML_INVALID,
    errors.ReferenceUnknown: Code.EDXML_INVALID,
    errors.StatusInvalid: Code.EDXML_INVALID,
    errors.StatusNotAllowed: Code.EDXML_INVALID,
}
"""Refusals and their codes of the old protocol. All others are system errors."""


def refused_by(error: AxisError) -> Refused:
    """Return a refusal as one of the old protocol.

    The sentence is the error's own, then what was found and expected at each place.
    """
    code = _CODES.get(type(error), Code.SYSTEM_ERROR)
    if code is Code.NOT_AUTHENTICATED:
        return Refused(code, NOT_AUTHENTICATED)
    return Refused(code, " ".join(_sentences(error)))


def _sentences(error: AxisError) -> Iterator[str]:
    yield OTHER_FILE if isinstance(error, errors.DigestMismatch) else error.message()
    verdict = error.params.get("verdict")
    if isinstance(verdict, DocumentVerdict):
        yield str(verdict.to_json("en")["sentence"])
    if isinstance(error, errors.NotYourAgency) and not error.places:
        yield f"It tried to speak for {shorten(str(error.params.get('agency')))}."
    if isinstance(error, errors.UnknownRecipient | errors.RecipientLocked):
        yield from _named(error.places)  # without words between, so that as many as can be fit
        return
    for place in dict.fromkeys(error.places):  # each once: a message may name the same thing twice
        yield _place(place)


def _named(places: Sequence[Place]) -> Iterator[str]:
    """Name recipients that are not there, then those that are locked, each once."""
    locked = dict.fromkeys(place.found for place in places if place.expected == NOT_LOCKED and place.found)
    others = dict.fromkeys(place.found for place in places if place.expected != NOT_LOCKED and place.found)
    for word, found in (("Found", others), ("Locked", locked)):
        if found:
            yield f"{word}: {', '.join(found)}."


def _place(place: Place) -> str:
    said = (("found", place.found), ("expected", place.expected))
    what = ", ".join(f"{word} {text}" for word, text in said if text)
    where = f"{place.pointer}: " if place.pointer else ""
    return f"{where}{what}."
