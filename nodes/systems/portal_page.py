"""The pages of the portal: where a dossier stands, asked by its code, and who is connected."""

import sqlite3
from typing import Final

from nodes.known_agencies import known_name
from nodes.systems.dossiers import CHANNEL_NAMES, STATUS_NAMES
from nodes.systems.portal import look_up, report
from nodes.systems.rendering import Texts, render
from signing.verdict_sentences import Language

CODE_CHARACTERS: Final = 64
"""Of a code that is asked for: more than any has."""
_TEXTS: Final[Texts] = {
    "title": ("Cổng Dịch vụ công", "Public Service Portal"),
    "look_up": ("Tra cứu hồ sơ", "Where a dossier stands"),
    "connected": ("Các đơn vị đã kết nối", "Who is connected"),
    "code": ("Mã hồ sơ", "Code of the dossier"),
    "hint": ("Ví dụ: 000.00.00.H50-200115-0001", "For example 000.00.00.H50-200115-0001"),
    "ask": ("Tra cứu", "Look up"),
    "not_found": (
        "Không có hồ sơ nào có mã này. Hãy kiểm tra lại mã trên giấy tiếp nhận hồ sơ.",
        "No dossier has this code. Compare it with the one on your receipt.",
    ),
    "unit": ("Đơn vị", "Unit"),
    "procedure": ("Thủ tục", "Procedure"),
    "channel": ("Hình thức nộp", "Filed"),
    "status": ("Trạng thái", "Status"),
    "since": ("Từ", "Since"),
    "due": ("Hẹn trả", "Due"),
    "no_due": ("Không có hẹn trả", "No date was entered"),
    "history": ("Quá trình trạng thái", "Statuses"),
    "steps": ("Tiến độ xử lý", "What was done"),
    "ministry": ("Bộ, ngành", "Ministries"),
    "province": ("Địa phương", "Provinces"),
    "of": ("trên", "of"),
    "is_connected": ("Kết nối", "Connected"),
    "yes": ("Đã kết nối", "yes"),
    "no": ("Chưa kết nối", "no"),
    "messages": ("Thông điệp", "Messages"),
    "statuses": ("Trạng thái đã đồng bộ", "Statuses synchronised"),
    "services": ("Dịch vụ trên cổng", "Services on the portal"),
    "first": ("Thông điệp đầu tiên", "First message"),
    "accounts": ("Tài khoản", "Accounts"),
    "dossiers": ("Hồ sơ", "Dossiers"),
    "invented": ("Mọi hồ sơ và người đều là giả lập.", "All dossiers and persons are invented."),
}
_UNITS: Final = """
SELECT code, name, first_message, messages, statuses,
    (SELECT count(*) FROM procedures WHERE unit = units.code AND on_portal) AS services
FROM units WHERE kind = ? ORDER BY first_message IS NULL, statuses DESC, code
"""


def look_up_page(register: sqlite3.Connection, code: str, language: Language) -> str:
    """Draw the page on which a citizen asks, with the answer where a code was given."""
    place = 0 if language == "vi" else 1
    asked = code.strip()[:CODE_CHARACTERS]
    found = look_up(register, asked) if asked else None
    return render(
        "look_up.html",
        language,
        _TEXTS,
        asked=asked,
        found=found,
        unit=None if found is None else known_name(found.unit) or found.unit_name,
        channel=None if found is None else CHANNEL_NAMES[found.channel][place],
        names={status: names[place] for status, names in STATUS_NAMES.items()},
    )


def connected_page(register: sqlite3.Connection, language: Language) -> str:
    """Draw the page of all ministries and provinces: who tells the portal where dossiers stand."""
    kinds = [(kind, register.execute(_UNITS, (kind,)).fetchall()) for kind in ("ministry", "province")]
    return render("connected.html", language, _TEXTS, kinds=kinds, counted=report(register))
