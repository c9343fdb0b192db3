"""Reads the file names in the header of a multipart part, as browsers, .NET and Java write them.

`axis.intake.multipart_body` matches them with the names that the manifest declares. RFC 7578 §4.2, RFC 8187
(`filename*`), RFC 2047 (encoded words).
"""

import contextlib
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from typing import Final
from urllib.parse import unquote

_EXTENDED: Final = re.compile(
    r";\s*filename\*\s*=\s*\"?(?P<charset>utf-8|iso-8859-1)'[^']*'(?P<text>[^;\"]*)", re.IGNORECASE
)
_ENCODED_WORD: Final = re.compile(r"=\?[^?\s]+\?[bq]\?[^?]*\?=", re.IGNORECASE)
_CHARACTERS: Final = {"%22": '"', "%0D": "\r", "%0A": "\n"}
_ESCAPED: Final = re.compile("|".join(_CHARACTERS), re.IGNORECASE)
"""How browsers write the three characters that a quoted name cannot hold (HTML, multipart/form-data)."""


def names_in(disposition: str, written: str | None) -> tuple[str, ...]:
    """Return every name that a part may mean, the one as `written` first; empty where it names none.

    `disposition`: the part's whole Content-Disposition. A name that cannot be decoded is left out.
    """
    return tuple(dict.fromkeys(name for name in _names(disposition, written) if name))


def _names(disposition: str, written: str | None) -> Iterator[str]:
    if written:
        yield written
    extended = _EXTENDED.search(disposition)
    if extended is not None:
        with contextlib.suppress(UnicodeDecodeError):
            yield unquote(extended["text"], extended["charset"], errors="strict")
    if written and _ENCODED_WORD.search(written):
        with contextlib.suppress(MessageError, UnicodeError, LookupError, ValueError):
            yield str(make_header(decode_header(written)))
    if written and "%" in written:
        yield _ESCAPED.sub(lambda found: _CHARACTERS[found[0].upper()], written)
