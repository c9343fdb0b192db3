"""Draws the pages of systems from their templates, in Vietnamese or English."""

import functools
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from signing.pages.formats import number_text, printable, shown_day, shown_time
from signing.verdict_sentences import Language

Texts = Mapping[str, tuple[str, str]]
"""What pages say, by name: Vietnamese and English."""


def render(template: str, language: Language, texts: Texts, **shown: Any) -> str:
    """Draw a page."""
    place = 0 if language == "vi" else 1
    say = {name: both[place] for name, both in texts.items()}
    return _environment(language).get_template(template).render(language=language, say=say, **shown)


def _shown(at: datetime, language: Language) -> str:
    return shown_time(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", language)


@functools.cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("nodes.systems"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda number: number_text(number, language)
    environment.filters["day"] = lambda text: shown_day(text, language)
    environment.filters["time"] = lambda at: _shown(at, language)
    return environment
