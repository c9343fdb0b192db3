"""Finds characters that texts may not have, control and invisible ones, and escapes what does not print.

Unicode normalisation is in `axis.protocol.text_normalisation`.
"""

import re

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_IN_PROSE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def has_control(text: str) -> bool:
    """Tell whether a one-line text holds a control character (C0, DEL, C1) or a lone surrogate."""
    return not text.isprintable() and _CONTROL.search(text) is not None  # no such character is printable


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
