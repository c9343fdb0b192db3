"""Unicode normalisation: `nfc` for comparing and storing text, `decomposed` for taking its marks away.

Characters are refused by `axis.protocol.refused_characters`. Unicode Standard Annex 15.
"""

import re
from typing import Literal
from unicodedata import combining, is_normalized, normalize

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
