"""Charts are whole in themselves, the same each time, and hold text as text, whatever a name is."""

import itertools
import math
import re

import pytest
from lxml import etree

from charts.chart import Chart, Form, Language, Series
from charts.drawing import LABEL_CHARACTERS, MAX_ROWS, MAX_SERIES, figure
from charts.style import STYLE

FORMS: tuple[Form, ...] = ("bars", "stacked_bars", "lines")
SVG = "{http://www.w3.org/2000/svg}"


def chart(
    form: Form = "bars",
    rows: int = 3,
    name: str = "UBND tỉnh Vĩnh Phúc",
    language: Language = "en",
    *,
    shares: bool = False,
) -> Chart:
    values: list[float | None] = [None, *(1 / place if shares else 1_000 * place for place in range(1, rows))]
    return Chart(
        "Tỷ lệ ký số",
        "Hai tỷ lệ.",
        [name] * rows,
        [Series("A", values), Series("B", values)],
        form,
        shares,
        language,
    )


def svg(html: str) -> etree._Element:
    found = re.search("<svg.*</svg>", html, re.DOTALL)
    assert found
    return etree.fromstring(found[0])


def texts(html: str) -> list[str]:
    return [each.text or "" for each in svg(html).iter(f"{SVG}text")]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_chart_is_the_same_text(form: Form) -> None:
    assert figure(chart(form), "a") == figure(chart(form), "a")


@pytest.mark.parametrize("form", FORMS)
def test_a_chart_has_no_script_style_address_or_date_of_its_own(form: Form) -> None:
    html = figure(chart(form), "a").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"<script|<style|style=|http|href|<!--|pygal|\bon[a-z]+=", html)
    assert not re.search(r"20\d\d-\d\d", html)


def test_who_cannot_see_it_is_told_what_it_shows() -> None:
    drawn = svg(figure(chart(), "sent-by-month"))
    title, description = drawn[0], drawn[1]
    assert (title.tag, title.text) == (f"{SVG}title", "Tỷ lệ ký số")
    assert (description.tag, description.text) == (f"{SVG}desc", "Hai tỷ lệ.")
    assert drawn.get("role") == "img"
    assert drawn.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert [each.get("id") for each in drawn.iter() if each.get("id")] == [
        title.get("id"),
        description.get("id"),
    ]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a & b", "\x00\x1b\ud800", "]]>", "x" * 5_000])
@pytest.mark.parametrize("form", FORMS)
def test_a_name_is_text_whatever_it_holds(form: Form, name: str) -> None:
    html = figure(Chart(name, name, [name] * 2, [Series(name, [1, 2]), Series("b", [2, 1])], form), "a")
    assert "<script" not in html
    drawn = svg(html)
    shown = [text for text in texts(html) if text[:1] == re.sub(r"[\x00\x1b\ud800]", "\ufffd", name)[:1]]
    assert shown
    assert all(len(text) <= LABEL_CHARACTERS for text in texts(html))
    assert not drawn.findall(f".//{SVG}script")


def test_the_first_row_of_the_table_stands_on_top() -> None:
    html = figure(Chart("t", "d", ["first", "last"], [Series("a", [1, 2])], "bars"), "a")
    places = {each.text: float(each.get("y", "0")) for each in svg(html).iter(f"{SVG}text")}
    assert places["first"] < places["last"]


def test_figures_are_written_as_the_language_does() -> None:
    assert {"50 %", "33.3 %"} <= set(texts(figure(chart(rows=4, shares=True), "a")))
    assert {"50%", "33,3%"} <= set(texts(figure(chart(rows=4, language="vi", shares=True), "a")))
    assert "2,000" in texts(figure(chart(), "a"))
    assert "2.000" in texts(figure(chart(language="vi"), "a"))


@pytest.mark.parametrize("form", FORMS)
def test_of_a_long_table_the_first_rows_are_drawn(form: Form) -> None:
    rows = MAX_ROWS[form] + 5
    one = Chart("t", "d", [str(row) for row in range(rows)], [Series("a", [1] * rows)], form)
    marks = list(svg(figure(one, "a")).iter(f"{SVG}circle" if form == "lines" else f"{SVG}rect"))
    assert len([mark for mark in marks if "reactive" in mark.get("class", "")]) == MAX_ROWS[form]


@pytest.mark.parametrize("highest", [0, 1, 2, 3, 7, 9, 10, 11, 99, 101, 999_999, 12_345_678])
def test_the_axis_goes_up_in_whole_round_steps_to_at_least_the_highest(highest: int) -> None:
    html = figure(Chart("t", "d", ["a"], [Series("s", [highest])], "lines"), "a")
    axis = svg(html).findall(f".//{SVG}g[@class='axis y always_show']//{SVG}text")
    ticks = [int((each.text or "").replace(",", "")) for each in axis]
    steps = {after - before for before, after in itertools.pairwise(ticks)}
    assert ticks[0] == 0
    assert ticks[-1] >= highest
    assert len(steps) == 1
    assert len(ticks) <= 6
    assert str(steps.pop()).rstrip("0") in {"1", "2", "5"}


def test_what_is_no_number_is_left_out() -> None:
    assert figure(Chart("t", "d", ["a", "b"], [Series("s", [None, math.nan])], "bars"), "a") == ""
    assert figure(Chart("t", "d", [], [Series("s", [])], "lines"), "a") == ""
    assert "nan" not in figure(Chart("t", "d", ["a", "b"], [Series("s", [1, math.inf])], "bars"), "a")


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (Chart("t", "d", ["a"], [Series("s", [1])], "bars"), "a b"),
        (Chart("t", "d", ["a"], [Series("s", [1, 2])], "bars"), "a"),
        (Chart("t", "d", ["a"], [], "bars"), "a"),
        (Chart("t", "d", ["a"], [Series("s", [1])] * (MAX_SERIES + 1), "bars"), "a"),
    ],
)
def test_a_chart_that_cannot_be_drawn_is_refused(wrong: Chart, name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        figure(wrong, name)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 between two colours."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_every_colour_stands_out_from_its_background_in_both_modes() -> None:
    bright, dark = STYLE.split("@media screen", 1)
    for sheet, paper in ((bright, "#ffffff"), (dark, "#121212")):
        colours = dict(re.findall(r"--chart-(\d|ink|quiet): (#[0-9a-f]+)", sheet))
        assert len(colours) == MAX_SERIES + 2
        for name, short in colours.items():
            colour = short if len(short) == 7 else "#" + "".join(digit * 2 for digit in short[1:])
            assert contrast(colour, paper) >= (3 if name.isdigit() else 4.5), name
