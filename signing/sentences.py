"""Verdicts in words: what is wrong and what to do about it, in Vietnamese and English.

Chooses and fills in texts; the reasons come from the verdict. A parameter that an older verdict does not
carry is shown as "?".
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from signing import texts_en, texts_vi

__all__ = ["LANGUAGES", "Language", "check_title", "sentence_and_remedy"]

Language = Literal["vi", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")

_SENTENCES: Final = MappingProxyType({"en": texts_en.SENTENCES, "vi": texts_vi.SENTENCES})
_REASONS: Final = MappingProxyType({"en": texts_en.REASONS, "vi": texts_vi.REASONS})
_CHECKS: Final = MappingProxyType({"en": texts_en.CHECKS, "vi": texts_vi.CHECKS})


class _Shown(dict[str, str]):
    """Parameters for a text; what is missing is shown so, instead of failing."""

    def __missing__(self, key: str) -> str:
        return "?"


def sentence_and_remedy(
    key: str | None, params: Mapping[str, str], language: Language
) -> tuple[str, str | None]:
    """One plain sentence and what to do about it; `key` is a sub-indication, `None` when all passed."""
    texts = _SENTENCES[language]
    named = params.get("reason", "")
    # A reason, or all reasons of a format (`pdf-…`), may have words of their own.
    special = texts.get(f"{key}:{named}") or texts.get(f"{key}:{named.partition('-')[0]}")
    sentence, remedy = special or texts[key or "TOTAL_PASSED"]
    shown = _Shown(params)
    reason = shown.get("reason")
    if reason is not None:
        shown["reason"] = _REASONS[language].get(reason, reason).format_map(shown)
    return sentence.format_map(shown), remedy


def check_title(name: str, language: Language) -> str:
    """Say in words what a check looks at."""
    return _CHECKS[language].get(name, name)
