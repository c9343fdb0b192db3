"""Puts verdicts into words, in Vietnamese and English: what is wrong, and what to do about it.

The texts are in `signing.verdict_texts_en` and `signing.verdict_texts_vi`, and others for certain files or
for a command in `signing.verdict_situations_en` and `signing.verdict_situations_vi`.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal

from signing import verdict_situations_en, verdict_situations_vi, verdict_texts_en, verdict_texts_vi

__all__ = ["LANGUAGES", "Language", "Place", "check_title", "place_of", "sentence_and_remedy"]

Language = Literal["vi", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")
Place = Literal["manifest", "beside", "carried", "pdf", "xml", "package"]
"""Where a signature stands: over the manifest, beside its file, around it (`name.p7m`), or inside of it."""

_SENTENCES: Final = MappingProxyType({"en": verdict_texts_en.SENTENCES, "vi": verdict_texts_vi.SENTENCES})
_SITUATIONS: Final = MappingProxyType(
    {"en": verdict_situations_en.SITUATIONS, "vi": verdict_situations_vi.SITUATIONS}
)
_OR_MANIFEST: Final = MappingProxyType(
    {"en": verdict_situations_en.OR_MANIFEST, "vi": verdict_situations_vi.OR_MANIFEST}
)
_REASONS: Final = MappingProxyType({"en": verdict_texts_en.REASONS, "vi": verdict_texts_vi.REASONS})
_CHECKS: Final = MappingProxyType({"en": verdict_texts_en.CHECKS, "vi": verdict_texts_vi.CHECKS})

_CARRYING: Final = (".p7m", ".p7b", ".p7c", ".p7", ".cms")
_SPARED_BY_THE_MANIFEST: Final = frozenset({"FORMAT_FAILURE", "CRYPTO_CONSTRAINTS_FAILURE", "GENERIC"})
"""What is wrong with how a file was signed: a signature over the manifest does without it."""
_AGAIN: Final = "stopped"
"""The reason to which no other signature is an answer."""
_SIZES: Final = "too-large"
"""How reasons end that are filled in with numbers of bytes."""
_UNITS: Final = ((1024 * 1024, "MB"), (1024, "KB"))


class _Shown(dict[str, str]):
    """Parameters for a text; what is missing is shown so, instead of failing."""

    def __missing__(self, key: str) -> str:
        return "?"


def place_of(signature_format: str, covers: str) -> Place:
    """Tell where a signature stands, by its format and by how its verdict names what it covers."""
    if signature_format == "PAdES":
        return "pdf"
    if signature_format.startswith(("XMLDSig", "XAdES")):
        return "xml"
    if not signature_format.startswith(("CMS", "CAdES")):
        return "package"
    if covers == "manifest":
        return "manifest"
    return "carried" if covers.lower().endswith(_CARRYING) else "beside"


def sentence_and_remedy(
    key: str | None,
    params: Mapping[str, str],
    language: Language,
    place: Place = "manifest",
    *,
    is_offline: bool = False,
) -> tuple[str, str | None]:
    """One plain sentence and what to do about it; `key` is a sub-indication, `None` when all passed.

    `is_offline`: for who judges files without a hub, and so has to do it again themselves.
    """
    word, reason = key or "TOTAL_PASSED", params.get("reason", "")
    sentence, remedy = _texts(word, reason, language, _situations(place, is_offline=is_offline))
    if not is_offline and place != "manifest" and word in _SPARED_BY_THE_MANIFEST and reason != _AGAIN:
        remedy = f"{remedy} {_OR_MANIFEST[language]}"
    shown = _Shown(params)
    if reason:
        if reason.endswith(_SIZES):
            shown.update({name: _size(shown[name], language) for name in ("found", "limit")})
        shown["reason"] = _REASONS[language].get(reason, reason).format_map(shown)
    return sentence.format_map(shown), remedy


def check_title(name: str, language: Language) -> str:
    """Say in words what a check looks at."""
    return _CHECKS[language].get(name, name)


def _texts(word: str, reason: str, language: Language, situations: tuple[str, ...]) -> tuple[str, str | None]:
    """Choose the most special words for the reason, and of those the ones for the situation."""
    general, special = _SENTENCES[language], _SITUATIONS[language]
    for key in _keys(word, reason):
        found = [special[f"{key}@{each}"] for each in situations if f"{key}@{each}" in special]
        if key in general or found:
            sentence, remedy = general.get(key, general[word])
            for other_sentence, other_remedy in found:
                sentence, remedy = other_sentence or sentence, other_remedy or remedy
            return sentence, remedy
    return general[word]


def _keys(word: str, reason: str) -> Iterator[str]:
    """Give the keys of texts, the most special first: a reason, all reasons of a format (`pdf-…`), any."""
    if reason:
        yield f"{word}:{reason}"
        yield f"{word}:{reason.partition('-')[0]}"
    yield word


def _situations(place: Place, *, is_offline: bool) -> tuple[str, ...]:
    """Give the situations that apply, the most telling last."""
    kinds = (place,) if place == "manifest" else ("file", place)
    return (*kinds, "offline") if is_offline else kinds


def _size(number: str, language: Language) -> str:
    """Show a number of bytes as people do; what is no number is shown as it is."""
    if not number.isascii() or not number.isdigit() or len(number) > 18:  # noqa: PLR2004 - digits of a file's size
        return number
    for unit, name in _UNITS:
        if int(number) >= unit:
            text = f"{int(number) / unit:.1f}".removesuffix(".0")
            return f"{text.replace('.', ',') if language == 'vi' else text} {name}"
    return f"{number} byte" if language == "vi" else f"{number} bytes"
