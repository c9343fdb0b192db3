"""Normalises text for comparing and storing (NFC), and finds characters that are refused.

It changes nothing but the Unicode form, so that the two ways of writing "ế" are one text.
"""

import re
from typing import Literal
from unicodedata import combining, is_normalized, normalize

REQUEST_ID_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"
"""A request's id, a caller's own too."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_IN_PROSE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
_MANY_MARKS = re.compile(r"[\W\uff9e\uff9f]{32}")
"""A run of so many characters that may be marks: none is a letter or digit, but for two that become marks.
`normalize` moves each mark past those before it, so a field of marks alone would take it minutes. No script
has ten on a letter.
"""


def nfc(text: str) -> str:
    """Return `text` in Unicode Normalization Form C."""
    if text.isascii() or is_normalized("NFC", text):
        return text
    return normalize("NFC", decomposed(text) if _MANY_MARKS.search(text) else text)


def decomposed(text: str, form: Literal["NFD", "NFKD"] = "NFD") -> str:
    """Return `text` in a decomposed form, in time linear in its length."""
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
    """Tell the same of a text of several lines, which may have tabs, line feeds and carriage returns."""
    return _CONTROL_IN_PROSE.search(text) is not None


def has_invisible(text: str) -> bool:
    """Tell whether `text` has characters that are invisible or change the direction of writing.

    With these, two different numbers or file names may look the same, or `fdp.exe` like `exe.pdf`.
    """
    return not text.isascii() and _INVISIBLE.search(text) is not None


def printable(text: str) -> str:
    """Return `text`, whatever it is, with an escape for every character that does not print."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)
