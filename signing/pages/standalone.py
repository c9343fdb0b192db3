"""Pages that stand by themselves as a file: one HTML document with its stylesheet within.

The caller escapes the body, by `escaped`. The same body and `look.css` give the same bytes, since pages of
evidence are made again and compared.
"""

import hashlib
import html
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Final

from signing.pages.formats import printable
from signing.verdict_sentences import Language

LOOK: Final = files("signing.pages").joinpath("look.css").read_text(encoding="utf-8")
"""The stylesheet that all pages share."""

SIGNS: Final[Mapping[str, str]] = {
    "TOTAL-PASSED": "✓",
    "TOTAL-FAILED": "✗",
    "INDETERMINATE": "?",
    "NONE": "–",  # noqa: RUF001 - a dash as wide as the other signs
}
"""What stands beside a verdict's word, so that its colour is never alone; `NONE` where nothing was signed."""


def standalone_page(
    title: str, body: str, language: Language, *, style: str = "", generator: str | None = None
) -> str:
    """Return a page; `title` is text, `body` is HTML, `style` follows the shared stylesheet."""
    sheet = LOOK + style
    made_by = "" if generator is None else f'<meta name="generator" content="{html.escape(generator)}">\n'
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'{made_by}<meta http-equiv="Content-Security-Policy" content="{policy_of(sheet)}">\n'
        f"<title>{escaped(title)}</title>\n<style>{sheet}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def policy_of(style: str) -> str:
    """Return the content security policy of a page with this stylesheet within: nothing else is loaded."""
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def verdict_badge(indication: str, word: str) -> str:
    """Return a verdict's sign and word as HTML; `indication` is `NONE` where nothing was signed."""
    sign = SIGNS[indication]
    return f'<b class="verdict {indication}"><span aria-hidden="true">{sign}</span> {escaped(word)}</b>'


def scrolling_table(name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table that scrolls by itself where the window is narrow.

    `name` says what it is to who does not see it; it and the headings are text, the cells of the rows HTML.
    """
    heads = "".join(f'<th scope="col">{escaped(each)}' for each in headings)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in row)}</tr>\n" for row in rows)
    return (
        f'<div class="wide" tabindex="0" role="group" aria-label="{escaped(name)}"><table>'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}</tbody></table></div>"
    )


def facts_list(facts: Iterable[tuple[str, str]]) -> str:
    """Return names with their values; a name is text, a value HTML."""
    lines = "".join(f"<dt>{escaped(name)}</dt><dd>{value}</dd>" for name, value in facts)
    return f'<dl class="facts">{lines}</dl>'


def apart(value: str | None) -> str:
    """Return a stranger's text as HTML that does not turn the direction of what stands beside it."""
    return f"<bdi>{escaped(value)}</bdi>" if value else ""


def escaped(value: str | None) -> str:
    """Return a text for a page, whatever it holds."""
    return html.escape(printable(value or ""))
