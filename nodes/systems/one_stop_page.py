"""The page of a one-stop system: its report, its services, its share online against targets, its register."""

import sqlite3
from datetime import datetime, time
from typing import Any, Final

from axis.protocol.working_calendar import VIET_NAM
from nodes.known_agencies import agency
from nodes.scenario import PUBLISHED_TARGETS
from nodes.systems.dossiers import CHANNEL_NAMES, STATUS_NAMES
from nodes.systems.one_stop import report, services
from nodes.systems.rendering import Texts, render
from signing.pages.formats import share_text
from signing.verdict_sentences import Language

SHOWN: Final = 100
"""Dossiers of the register that the page shows, the newest first."""
_EVENING: Final = time(17, 0)
_TEXTS: Final[Texts] = {
    "title": ("Hệ thống một cửa", "One-stop system"),
    "report": ("Báo cáo đến hết ngày", "Report up to"),
    "targets": ("Tỷ lệ hồ sơ toàn trình so với chỉ tiêu", "Share handled online end to end, and its target"),
    "services": ("Dịch vụ công trực tuyến", "Services online"),
    "register": ("Sổ theo dõi hồ sơ", "Register of dossiers"),
    "newest": ("Hồ sơ mới nhất, không hiển thị người nộp", "The newest dossiers, without who filed them"),
    "what": ("Chỉ tiêu báo cáo", "What"),
    "number": ("Số lượng", "Number"),
    "year": ("Năm", "Year"),
    "filed": ("Nộp ngày", "Filed on"),
    "share": ("Tỷ lệ", "Share"),
    "target": ("Chỉ tiêu", "Target"),
    "met": ("Đạt", "met"),
    "missed": ("Chưa đạt", "not met"),
    "none": ("Không có", "none"),
    "code": ("Mã hồ sơ", "Code"),
    "procedure": ("Thủ tục", "Procedure"),
    "channel": ("Hình thức nộp", "How it was filed"),
    "status": ("Trạng thái", "Status"),
    "due": ("Hẹn trả", "Due"),
    "all": ("Trực tuyến", "Online"),
    "portal": ("Trên Cổng Dịch vụ công", "On the portal"),
    "full": ("Toàn trình", "End to end"),
    "partial": ("Một phần", "In part"),
    "received": ("Đã tiếp nhận", "Received"),
    "resolved": ("Đã giải quyết", "Resolved"),
    "resolved early": ("… trước hạn", "… early"),
    "resolved on the day": ("… đúng hạn", "… on the day"),
    "resolved overdue": ("… quá hạn", "… overdue"),
    "resolved without a recorded deadline": (
        "… không ghi hẹn trả, nên không thuộc phần nào",
        "… without a recorded deadline, so in neither part",
    ),
    "in progress": ("Đang giải quyết", "In progress"),
    "in progress in time": ("… trong hạn", "… in time"),
    "in progress overdue": ("… quá hạn", "… overdue"),
    "in progress without a recorded deadline": (
        "… không ghi hẹn trả, nên không thuộc phần nào",
        "… without a recorded deadline, so in neither part",
    ),
    "not received or withdrawn": ("Không tiếp nhận hoặc rút", "Not received, or withdrawn"),
    "fully online": ("Toàn trình", "Handled online end to end"),
    "apologies": ("Phiếu xin lỗi", "Apologies"),
    "invented": ("Mọi hồ sơ và người đều là giả lập.", "All dossiers and persons are invented."),
}
_YEARS: Final = """
SELECT substr(filed, 1, 4) AS year, count(*), sum(service = 'full' AND channel = 2)
FROM dossiers JOIN procedures ON procedures.code = dossiers.procedure GROUP BY year ORDER BY year
"""
_NEWEST: Final = """
SELECT dossiers.code, name, channel, status, filed, due
FROM dossiers JOIN procedures ON procedures.code = dossiers.procedure
ORDER BY filed DESC, dossiers.code DESC LIMIT ?
"""


def targets_of(register: sqlite3.Connection, language: Language) -> list[dict[str, Any]]:
    """Return for each year what was received and handled online end to end, and the target, if any.

    Every year that a target is known for is told of, also one without dossiers.
    """
    (code,) = register.execute("SELECT code FROM unit").fetchone()
    is_province = agency(code).kind == "province"
    targets = {
        str(year): province if is_province else ministry for year, ministry, province in PUBLISHED_TARGETS
    }
    counted = {year: (received, online) for year, received, online in register.execute(_YEARS)}
    lines = []
    for year in sorted(targets.keys() | counted.keys()):
        received, online = counted.get(year, (0, 0))
        target = targets.get(year)
        judged = target is not None and received > 0
        lines.append(
            {
                "year": year,
                "received": received,
                "online": online,
                "share": share_text(online / received if received else None, language),
                "target": None if target is None else share_text(target / 1000, language),
                "met": online * 1000 >= target * received if judged and target is not None else None,
            }
        )
    return lines


def one_stop_page(register: sqlite3.Connection, language: Language) -> str:
    """Draw the page of a register, up to the last day of its run."""
    code, last = register.execute("SELECT code, last FROM unit").fetchone()
    place = 0 if language == "vi" else 1
    evening = datetime.combine(datetime.fromisoformat(last).date(), _EVENING, VIET_NAM)
    offered = {figure.name: figure.measured for figure in services(register)}
    return render(
        "one_stop.html",
        language,
        _TEXTS,
        unit=agency(code),
        last=last,
        counted=report(register, evening),
        services=[
            (
                kind,
                offered.get(f"services online, {kind}", 0),
                offered.get(f"services online, {kind}, on the portal", 0),
            )
            for kind in ("full", "partial")
        ],
        targets=targets_of(register, language),
        newest=register.execute(_NEWEST, (SHOWN,)).fetchall(),
        statuses={status: names[place] for status, names in STATUS_NAMES.items()},
        channels={channel: names[place] for channel, names in CHANNEL_NAMES.items()},
    )
