"""The texts of pages: English stands in templates and code, Vietnamese in `catalogues/vi.po`.

docs/pages.md says how texts are added; a test finds those without a translation.
"""

import functools
import gettext
import io
from importlib.resources import files
from typing import Any, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from axis.problems import Language
from signing.pages.formats import printable

LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")
FILE: Final = "catalogues/vi.po"


def N_(text: str) -> str:  # noqa: N802 - the name by which babel finds texts that are translated later
    """Mark a text of code for the catalogue, and return it."""
    return text


class Texts:
    """The texts of one language. What a sentence names is text too, whatever it holds."""

    def __init__(self, translations: gettext.NullTranslations) -> None:
        self._translations = translations

    def one(self, text: str, /, **named: Any) -> Markup:
        """Return a text with its `%(name)s` filled in. The text itself is ours, and may hold markup."""
        return Markup(self._translations.gettext(text)) % _safe(named)  # noqa: S704 - from our catalogue

    def many(self, one: str, many: str, number: int, /, **named: Any) -> Markup:
        """Return the text for a number of things."""
        text = self._translations.ngettext(one, many, number)
        return Markup(text) % _safe({"number": number, **named})  # noqa: S704 - as above


@functools.cache
def texts_of(language: Language) -> Texts:
    """Return the texts of a language, read once they are needed."""
    if language == "en":
        return Texts(gettext.NullTranslations())
    source = files("axis.web").joinpath(FILE).read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=language))
    compiled.seek(0)
    return Texts(gettext.GNUTranslations(compiled))


def _safe(named: dict[str, Any]) -> dict[str, Markup]:
    return {
        name: value if isinstance(value, Markup) else escape(printable(str(value)))
        for name, value in named.items()
    }
