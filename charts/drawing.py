"""Draws a chart as a figure for a page of HTML: SVG without scripts, styles or addresses.

pygal lays it out; its own script and styles are taken away. The look is in `charts.style`. WAI-ARIA 1.2, role
`img`.
"""

import html
import math
import re
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # the library ships no types

from charts.chart import Chart, Form, Language, Series
from charts.style import LABEL_PIXELS

MAX_ROWS: Final[dict[Form, int]] = {"bars": 60, "stacked_bars": 60, "lines": 1_000}
"""The rows that are drawn of a longer table: more bars cannot be compared by eye."""
MAX_SERIES: Final = 7
"""As many as the sheet of styles has colours."""
LABEL_CHARACTERS: Final = 32
WIDTH: Final = 760
_LINES_HEIGHT: Final = 320
_BAR_PIXELS: Final = 18
_AROUND_PIXELS: Final = 90
"""What stands above and below the bars: figures of the axis and the legend."""
_RIGHT_PIXELS: Final = 64
"""Room for the figure beside the longest bar."""
_TICKS: Final = 5
_TIME_LABELS: Final = 8
_SHARES: Final = (0, 0.25, 0.5, 0.75, 1)
_CLASSES: Final = {"lines": "Line", "bars": "HorizontalBar", "stacked_bars": "HorizontalStackedBar"}
_UNPRINTABLE: Final = re.compile("[^\t -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SVG: Final = "{http://www.w3.org/2000/svg}"
_UNSEEN: Final = frozenset(f"{_SVG}{tag}" for tag in ("defs", "title", "desc"))


def figure(chart: Chart, name: str) -> str:
    """Return the chart as an HTML `figure`, for a page that has `charts.style.STYLE` among its styles.

    `name` is part of the ids in it, once in a page: letters, digits and hyphens. Of a longer table the
    first `MAX_ROWS` are drawn. A chart without any number is the empty string.

    Raises:
        ValueError: when the name is none, a series has another length than the labels, or there are too many.

    """
    if not re.fullmatch("[A-Za-z][A-Za-z0-9-]*", name):
        raise ValueError(f"{name!r} cannot be part of an id")
    if not 0 < len(chart.series) <= MAX_SERIES:
        raise ValueError(f"{len(chart.series)} series, and 1 to {MAX_SERIES} can be told apart")
    if any(len(each.values) != len(chart.labels) for each in chart.series):
        raise ValueError("a series has another length than the labels")
    most = MAX_ROWS[chart.form]
    labels = [_shortened(label) for label in chart.labels[:most]]
    series = [(_shortened(each.name), _numbers(each, most)) for each in chart.series]
    if all(value is None for _, values in series for value in values):
        return ""
    svg = _cleaned(_drawn(chart, labels, series), chart, name)
    title = f"<figcaption>{html.escape(chart.title)}</figcaption>"
    return f'<figure class="chart" tabindex="0">{title}{svg}</figure>\n'  # it scrolls by itself, by keys too


def _drawn(chart: Chart, labels: Sequence[str], series: Sequence[tuple[str, list[float | None]]]) -> str:
    """Lay the chart out; return the text of pygal's SVG."""
    pygal = _pygal()
    is_lying = chart.form != "lines"
    rows = 1 if chart.form == "stacked_bars" else len(series)
    height = _AROUND_PIXELS + len(labels) * (rows * _BAR_PIXELS + 8) if is_lying else _LINES_HEIGHT
    ticks = _SHARES if chart.shares else _ticks(_highest(chart, series))
    drawing = getattr(pygal, _CLASSES[chart.form])(
        disable_xml_declaration=True, style=pygal.style.Style(**dict.fromkeys(
            ("label_font_size", "major_label_font_size", "legend_font_size", "value_font_size"), LABEL_PIXELS
        )),
        classes=["drawing"], no_prefix=True, js=[], css=[],
        margin=8, margin_right=_RIGHT_PIXELS, width=WIDTH, height=height,
        title=None, show_legend=len(series) > 1, legend_at_bottom=True, truncate_legend=-1, truncate_label=-1,
        range=(0, ticks[-1]), y_labels=list(ticks), dots_size=3, allow_interruptions=True,
        print_values=chart.form == "bars", print_values_position="top",
        formatter=lambda value: _figure_text(value, chart),
        value_formatter=lambda value: _figure_text(value, chart),
        x_labels_major_every=max(1, -(-len(labels) // _TIME_LABELS)), show_minor_x_labels=is_lying,
    )  # fmt: skip
    drawing.x_labels = labels[::-1] if is_lying else labels
    for title, values in series:
        drawing.add(title, values[::-1] if is_lying else values)
    svg: str = drawing.render(is_unicode=True)
    return svg


def _pygal() -> ModuleType:
    """Load pygal, without the finder of modules for its maps: it is of a kind that Python warns of."""
    import pygal  # noqa: PLC0415 - a tenth of a second that those who draw nothing need not spend

    for finder in [each for each in sys.meta_path if isinstance(each, pygal.PluginImportFixer)]:
        sys.meta_path.remove(finder)
    return pygal  # type: ignore[no-any-return]  # not annotated


def _cleaned(svg: str, chart: Chart, name: str) -> str:
    """Keep of pygal's SVG what is seen, and say what it shows."""
    tree = etree.fromstring(svg, etree.XMLParser(remove_comments=True, resolve_entities=False))
    for element in list(tree.iter()):
        if element.tag in _UNSEEN or "tooltip-overlay" in element.get("class", ""):
            element.getparent().remove(element)
        else:
            element.attrib.pop("id", None)
    del tree.attrib["class"]
    tree.set("role", "img")
    tree.set("aria-labelledby", f"{name}-title {name}-description")
    for place, (tag, part, text) in enumerate(
        [("title", "title", chart.title), ("desc", "description", chart.description)]
    ):
        element = etree.Element(f"{_SVG}{tag}", id=f"{name}-{part}")
        element.text = _printable(text)
        tree.insert(place, element)
    etree.cleanup_namespaces(tree)
    cleaned: str = etree.tostring(tree, encoding="unicode")
    return cleaned


def _numbers(series: Series, most: int) -> list[float | None]:
    return [value if value is not None and math.isfinite(value) else None for value in series.values[:most]]


def _highest(chart: Chart, series: Sequence[tuple[str, list[float | None]]]) -> float:
    rows = zip(*(values for _, values in series), strict=True)
    together = sum if chart.form == "stacked_bars" else max
    return max(1, *(together(value or 0 for value in row) for row in rows))


def _ticks(highest: float) -> list[int]:
    """Return whole, round numbers from nothing to at least the highest value."""
    step = magnitude = 1
    while step * _TICKS < highest:
        step = next((m * magnitude for m in (2, 5) if m * magnitude > step), magnitude * 10)
        magnitude = magnitude * 10 if step == magnitude * 10 else magnitude
    return [step * place for place in range(math.ceil(highest / step) + 1)]


def _figure_text(value: float | None, chart: Chart) -> str:
    """Return a figure as the chart's language writes it; a share as a percentage."""
    if value is None:
        return ""
    if chart.shares:
        return _in(chart.language, f"{value * 100:.1f}".removesuffix(".0")) + (
            "%" if chart.language == "vi" else " %"
        )
    return _in(chart.language, f"{value:,.1f}".removesuffix(".0"))


def _in(language: Language, figure: str) -> str:
    return figure.translate(str.maketrans(",.", ".,")) if language == "vi" else figure


def _shortened(text: str) -> str:
    plain = _printable(text)
    return plain if len(plain) <= LABEL_CHARACTERS else f"{plain[: LABEL_CHARACTERS - 1]}…"


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)
