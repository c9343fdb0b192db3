"""The page of a measuring system: units ranked, against their targets, and who is not connected."""

import sqlite3
from dataclasses import dataclass
from typing import Final

from nodes.known_agencies import known_name
from nodes.systems.measuring_indicators import Indicators, indicators, not_connected, target_of
from nodes.systems.rendering import Texts, render
from signing.verdict_sentences import Language

_TEXTS: Final[Texts] = {
    "title": ("Đo lường dịch vụ công trực tuyến", "Online public services, measured"),
    "province": ("Địa phương", "Provinces"),
    "ministry": ("Bộ, ngành", "Ministries"),
    "rank": ("Hạng", "Rank"),
    "unit": ("Đơn vị", "Unit"),
    "dossiers": ("Hồ sơ", "Dossiers"),
    "online": ("Nộp trực tuyến", "Filed online"),
    "fully_online": ("Toàn trình", "Fully online"),
    "target": ("Chỉ tiêu", "Target"),
    "met": ("đạt", "met"),
    "missed": ("chưa đạt", "not met"),
    "services": ("Dịch vụ có hồ sơ / cung cấp", "Services with dossiers / offered"),
    "visits": ("Lượt truy cập", "Visits"),
    "not_connected": ("Chưa kết nối", "Not connected"),
    "all_connected": ("Tất cả đơn vị đã kết nối.", "All units are connected."),
    "all": ("Toàn bộ thời gian", "Whole period"),
    "nothing": ("Chưa có số liệu.", "Nothing was told yet."),
    "meaning": (
        "Toàn trình: hồ sơ nộp trực tuyến của thủ tục toàn trình, trên tổng số hồ sơ của tháng báo lần đầu.",
        "Fully online: dossiers filed online of procedures offered end to end, of all first told of then.",
    ),
    "invented": ("Mọi hồ sơ và người đều là giả lập.", "All dossiers and persons are invented."),
}
_MONTHS: Final = """
SELECT month FROM dossiers UNION SELECT month FROM visits ORDER BY month DESC
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's line of the page."""

    row: Indicators
    share: str
    """`41,7 %`, or a dash without dossiers."""
    target: str
    is_met: bool | None
    """None without a target or dossiers."""


def shown_months(register: sqlite3.Connection) -> list[str]:
    """Return the months that something was told of, the newest first."""
    return [month for (month,) in register.execute(_MONTHS)]


def lines_of(register: sqlite3.Connection, month: str, language: Language) -> list[Line]:
    """Return the lines of a month, or of the whole period for an empty one, by kind and rank."""
    months = shown_months(register)
    first, last = (month, month) if month else (months[-1], months[0]) if months else ("", "")
    lines = []
    for row in indicators(register, first, last):
        target = target_of(register, row.unit, int(last[:4]))
        is_met = None
        if target is not None and row.dossiers:
            is_met = row.fully_online * 1000 >= target * row.dossiers
        lines.append(Line(row, _percent(row.thousandths, language), _percent(target, language), is_met))
    return lines


def measuring_page(register: sqlite3.Connection, month: str, language: Language) -> str:
    """Draw the page of a month, or of the whole period for an empty one."""
    lines = lines_of(register, month, language)
    (code,) = register.execute("SELECT code FROM measuring").fetchone()
    return render(
        "measuring.html",
        language,
        _TEXTS,
        agency=known_name(code) or code,
        month=month,
        months=shown_months(register),
        kinds=[
            (kind, [line for line in lines if line.row.kind == kind]) for kind in ("ministry", "province")
        ],
        absent=not_connected(register),
    )


def _percent(thousandths: int | None, language: Language) -> str:
    if thousandths is None:
        return "–"  # noqa: RUF001 - a dash as wide as a figure
    text = f"{thousandths / 10:.1f} %"
    return text.replace(".", ",") if language == "vi" else text
