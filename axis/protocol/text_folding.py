"""Folds text for searching: without marks, the bar of đ, or case.

It is for searching alone. `axis.protocol.text_normalisation` is for text that is compared, stored or signed.
Decomposition after Unicode Standard Annex 15, case folding after the Unicode Standard, section 3.13.
"""

import re
from unicodedata import category

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


def words(text: str) -> list[str]:
    """Return the folded words of `text`: runs of letters and digits, so `123/QĐ-UBND` has three."""
    plain = text if text.isascii() else decomposed(text).replace("đ", "d").replace("Đ", "D")
    encoded = plain.encode(errors="surrogatepass")
    if _BEYOND_VIETNAMESE.search(encoded) is None:  # one pass over bytes instead of four over text
        return encoded.translate(_AS_WORDS, _MARKS).decode().split()
    return [word for word in _SEPARATORS.split(fold(text)) if word]


_MARKS = bytes(range(0x80, 0xCD))
"""All bytes of the marks U+0300 to U+033F in UTF-8, which every mark of Vietnamese is among."""
_BEYOND_VIETNAMESE = re.compile(rb"[\xC0-\xCB\xCD-\xFF]")
"""The first byte of anything that is neither ASCII nor such a mark."""
_AS_WORDS = bytes(ord(chr(byte).lower()) if chr(byte).isalnum() else ord(" ") for byte in range(128)) + bytes(
    128
)
"""What each byte becomes: letters small, digits as they are, all else a space between words."""


def _without_marks(text: str) -> str:
    return _BEYOND_ASCII.sub(_drop_mark, text)


def _drop_mark(match: re.Match[str]) -> str:
    character = match.group()
    return "" if category(character).startswith("M") else character
