"""How much a message may hold.

The limits that follow from a message's shape are constants; those an operator may choose are a value that is
passed in.
"""

from dataclasses import dataclass
from typing import Final

MAX_DEPTH: Final = 32
"""Messages nest nine deep."""
MAX_ELEMENTS: Final = 20_000
"""Two thousand recipients with every field filled; read in some 30 ms."""
MAX_ATTRIBUTES: Final = 64
"""Of one element; an edXML element has none, or an xlink's four."""
MAX_PREFIXES: Final = 64
"""In scope at once: a declaration copies those around it."""
MAX_TOKEN_BYTES: Final = 256 * 1024
"""Of one tag or comment: expat keeps one whole before it tells of it, and its attributes cost much more."""
MAX_TEXT: Final = 64 * 1024
"""Characters of one field; a file's content alone may be longer."""
MAX_DOCUMENT_ID: Final = 255
MAX_JUNK_BYTES: Final = 4096
"""How far a message may begin late."""
MAX_RATIO: Final = 100
"""Times its compressed size that a zipped file may have, past `FREE_BYTES`; deflate reaches 1,000."""
FREE_BYTES: Final = 1024 * 1024
"""What all files together that are packed tighter may come to: many small bombs are one large one."""
WRAPPED_BYTES: Final = 4096
"""Up to this size a file is written packed however tightly; two hundred of them are within `FREE_BYTES`."""


@dataclass(frozen=True, slots=True)
class EdxmlLimits:
    """What a message may come to: bytes as received, files, and bytes of all files once decoded."""

    message_bytes: int = 96 * 1024 * 1024
    attachments: int = 200
    content_bytes: int = 64 * 1024 * 1024


DEFAULT_LIMITS: Final = EdxmlLimits()
"""Room for the usual 50 MB of files as base64."""
