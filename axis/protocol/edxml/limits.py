"""The limits of messages: constants of their form, and those that an operator may choose."""

from dataclasses import dataclass
from typing import Final

MAX_DEPTH: Final = 32
"""Real messages nest nine levels."""
MAX_ELEMENTS: Final = 20_000
"""Enough for two thousand recipients with every field; read in some 30 ms."""
MAX_ATTRIBUTES: Final = 64
"""Attributes of one element. An edXML element has none, or the four of xlink."""
MAX_PREFIXES: Final = 64
"""Prefixes in scope at once: a declaration copies those around it."""
MAX_TOKEN_BYTES: Final = 256 * 1024
"""Bytes of one tag or comment: expat keeps it whole before it reports it, and its attributes take much
more."""
MAX_TEXT: Final = 64 * 1024
"""Characters of one field. Only a file's content may be longer."""
MAX_DOCUMENT_ID: Final = 255
MAX_JUNK_BYTES: Final = 4096
"""The most bytes of junk before a message."""
MAX_RATIO: Final = 100
"""The highest compression ratio of a zipped file beyond `FREE_BYTES`. Deflate reaches 1,000."""
FREE_BYTES: Final = 1024 * 1024
"""The most bytes of all highly compressed files together: many small bombs are one large one."""
WRAPPED_BYTES: Final = 4096
"""Up to this size a file may be written with any compression ratio: two hundred of them are within
`FREE_BYTES`."""


@dataclass(frozen=True, slots=True)
class EdxmlLimits:
    """The limits of a message: received bytes, number of files, and decoded bytes of all files."""

    message_bytes: int = 96 * 1024 * 1024
    attachments: int = 200
    content_bytes: int = 64 * 1024 * 1024


DEFAULT_LIMITS: Final = EdxmlLimits()
"""Room for the usual 50 MB of files as base64."""
