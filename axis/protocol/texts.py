"""Text as the axis compares, stores and refuses it.

It alters nothing but the Unicode form: NFC, so that the two ways of writing "ế" are one text.
"""

import re
from typing import Literal
from unicodedata import combining, is_normalized, normalize

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_IN_PROSE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
_MANY_MARKS = re.compile(r"[\W\uff9e\uff9f]{32}")
"""Where marks may follow each other that long: none is a letter or digit, but for two that turn into marks.

`normalize` moves each mark past those before it, so that a field of nothing but marks would take it minutes.
No writing has ten on a letter.
"""


def nfc(text: str) -> str:
    """Return `text` in Unicode Normalization Form C."""
    if text.isascii() or is_normalized("NFC", text):
        return text
    return normalize("NFC", decomposed(text) if _MANY_MARKS.search(text) else text)


def decomposed(text: str, form: Literal["NFD", "NFKD"] = "NFD") -> str:
    """Return `text` in a decomposed form, in time that grows with its length and no faster."""
    if _MANY_MARKS.search(text) is None:
        return normalize(form, text)
    ordered: list[str] = []
    marks: list[str] = []
    for character in text:
        for part in normalize(form, character):
            if combining(part):
                marks.append(part)
                continue
            if marks:
                ordered += sorted(marks, key=combining)  # those of one class keep their order
                marks.clear()
            ordered.append(part)
    ordered += sorted(marks, key=combining)
    return "".join(ordered)


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
