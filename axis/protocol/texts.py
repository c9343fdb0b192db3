"""Text as the axis compares, stores and refuses it.

It alters nothing but the Unicode form: NFC, so that the two ways of writing "ế" are one text.
"""

import re
from unicodedata import is_normalized, normalize

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_IN_PROSE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def nfc(text: str) -> str:
    """Return `text` in Unicode Normalization Form C."""
    return text if text.isascii() or is_normalized("NFC", text) else normalize("NFC", text)


def has_control(text: str) -> bool:
    """Tell whether a one-line text holds a control character (C0, DEL, C1) or a lone surrogate."""
    return _CONTROL.search(text) is not None


def control_as_space(text: str) -> str:
    """Return `text` with a space for every control character and lone surrogate."""
    return _CONTROL.sub(" ", text)


def has_control_in_prose(text: str) -> bool:
    """Tell the same of a text of several lines, where tab, line feed and carriage return are no fault."""
    return _CONTROL_IN_PROSE.search(text) is not None


def has_invisible(text: str) -> bool:
    """Tell whether `text` holds characters that show nothing or turn the direction of writing.

    With them two numbers or file names look the same and are not, or `exe.pdf` is `fdp.exe`.
    """
    return not text.isascii() and _INVISIBLE.search(text) is not None


def printable(text: str) -> str:
    """Return `text` with every character that does not print replaced by its escape: it may be anything."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)
