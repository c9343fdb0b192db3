"""Folds text for searching: without marks, the bar of đ, or case.

Text that is compared, stored or signed goes through `axis.protocol.text_normalisation`. Unicode Standard
Annex 15, and the Unicode Standard, section 3.13.
"""

import codecs
import re
from unicodedata import category, normalize

from axis.protocol.text_normalisation import decomposed

_COMMON_MARKS = re.compile("[\u0300-\u036f]+")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_SEPARATORS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return `text` folded: `Quyết định` and `QUYET DINH` are both `quyet dinh`.

    Folding twice changes nothing more.
    """
    if text.isascii():
        return text.lower()
    bare = _COMMON_MARKS.sub("", decomposed(text))
    bare = bare.replace("đ", "d").replace("Đ", "D")  # its bar is no combining mark
    if bare.isascii():  # all of Vietnamese; the rest is for other scripts
        return bare.lower()
    return _without_marks(decomposed(_without_marks(bare).casefold()))  # folding may make new marks


def _without_marks(text: str) -> str:
    return _BEYOND_ASCII.sub(_drop_mark, text)


def _drop_mark(match: re.Match[str]) -> str:
    character = match.group()
    return "" if category(character).startswith("M") else character


def words(text: str) -> list[str]:
    """Return the folded words of `text`: runs of letters and digits, so `123/QĐ-UBND` has three."""
    try:
        encoded, _ = codecs.charmap_encode(text, "strict", _CODES)
    except UnicodeEncodeError:  # a character that Vietnamese is not written with
        return [word for word in _SEPARATORS.split(fold(text)) if word]
    return encoded.translate(_AS_WORDS, _MARK_CODES).decode("ascii").split()


_MARKS = "\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b"
_LETTERS = sorted(
    {
        letter
        for base in "aăâeêioôơuưyđ"
        for mark in ("", *_MARKS[:5])
        for small in [normalize("NFC", base + mark)]
        for letter in (small, small.upper())
        if len(letter) == 1 and not letter.isascii()
    }
)
_ALPHABET = "".join(
    [
        "\0\t\n\r",
        *map(chr, range(ord(" "), 127)),
        *_LETTERS,
        *_MARKS,
        "\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u00a0",
    ]
)
"""What Vietnamese is written with, in either Unicode form: fewer than 256 characters, so that each has a byte
and the interpreter translates a text as a whole. Such a table begins with NUL."""
_CODES = codecs.charmap_build(_ALPHABET)
_MARK_CODES = bytes(map(_ALPHABET.index, _MARKS))
_AS_WORDS = bytes(
    ord(" " if _SEPARATORS.fullmatch(each) else fold(each) or " ") for each in _ALPHABET.ljust(256, "\0")
)
"""What each byte becomes: letters plain and small, digits as they are, all else a space between words."""
