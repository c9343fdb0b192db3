"""The rules of a one-stop register: what a dossier, its code, its status and its dates may be.

Refusals name rule, place, found and expected. docs/neighbours/one-stop.md.
"""

import re
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from axis.protocol.working_calendar import VIET_NAM
from nodes.systems.system import Refused
from nodes.working_time import WorkingTime

NEW, RECEIVED, NOT_RECEIVED, IN_PROCESS, SUPPLEMENT, PAYMENT, WITHDRAWN, STOPPED, DONE, RETURNED = range(
    1, 11
)
STATUS_NAMES: Final[dict[int, tuple[str, str]]] = {
    NEW: ("Mới đăng ký", "Newly filed"),
    RECEIVED: ("Được tiếp nhận", "Received"),
    NOT_RECEIVED: ("Không được tiếp nhận", "Not received"),
    IN_PROCESS: ("Đang xử lý", "In process"),
    SUPPLEMENT: ("Yêu cầu bổ sung giấy tờ", "Papers asked for"),
    PAYMENT: ("Yêu cầu thực hiện nghĩa vụ tài chính", "Payment asked for"),
    WITHDRAWN: ("Công dân yêu cầu rút hồ sơ", "Withdrawn"),
    STOPPED: ("Dừng xử lý", "Stopped"),
    DONE: ("Đã xử lý xong", "Done"),
    RETURNED: ("Đã trả kết quả", "Result handed over"),
}
"""Each status in Vietnamese and English."""
CHANNEL_NAMES: Final[dict[int, tuple[str, str]]] = {
    1: ("Trực tiếp", "At the counter"),
    2: ("Trực tuyến", "Online"),
    3: ("Bưu chính", "By post"),
}
"""How a dossier may be filed, in Vietnamese and English."""
FOLLOWING: Final[dict[int, frozenset[int]]] = {
    NEW: frozenset({RECEIVED, NOT_RECEIVED, WITHDRAWN}),
    RECEIVED: frozenset({IN_PROCESS, SUPPLEMENT, PAYMENT, WITHDRAWN, STOPPED}),
    NOT_RECEIVED: frozenset(),
    IN_PROCESS: frozenset({SUPPLEMENT, PAYMENT, WITHDRAWN, STOPPED, DONE}),
    SUPPLEMENT: frozenset({IN_PROCESS, WITHDRAWN, STOPPED}),
    PAYMENT: frozenset({IN_PROCESS, WITHDRAWN, STOPPED}),
    WITHDRAWN: frozenset(),
    STOPPED: frozenset({IN_PROCESS, WITHDRAWN}),
    DONE: frozenset({RETURNED}),
    RETURNED: frozenset(),
}
"""Which statuses may follow each."""
WAITING: Final = frozenset({SUPPLEMENT, PAYMENT, STOPPED})
"""While a dossier waits it is in time, and its deadline moves."""
RESOLVED: Final = frozenset({DONE, RETURNED})
CLOSED: Final = RESOLVED | {NOT_RECEIVED, WITHDRAWN}
CHANNELS: Final = {1: "counter", 2: "online", 3: "post"}
_CODE: Final = re.compile(r"(?P<unit>[0-9A-Za-z.]+)-(?P<day>[0-9]{6})-(?P<counter>[0-9]{4,6})")


@dataclass(frozen=True, slots=True)
class Filed:
    """A dossier as it is handed in."""

    code: str
    procedure: str
    channel: int
    owner: str
    owner_number: str
    at: datetime
    due: datetime | None
    """None where the clerk entered no deadline."""


class DossierRefused(Exception):
    """What a register does not take."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(str(refused))
        self.refused = refused


def read_code(code: str) -> tuple[str, date] | None:
    """Return the unit of a dossier's code, as written, and its day; None for a text that is no code."""
    found = _CODE.fullmatch(code)
    if found is None or not found["counter"].strip("0"):
        return None
    try:
        return found["unit"], datetime.strptime(found["day"], "%y%m%d").replace(tzinfo=VIET_NAM).date()
    except ValueError:
        return None


def file_dossier(register: sqlite3.Connection, unit: str, filed: Filed) -> None:
    """Enter a new dossier; raises `DossierRefused`."""
    if read_code(filed.code) != (unit, filed.at.date()):
        _refuse("code-of-unit", filed.code, "code", filed.code, f"{unit}-{filed.at:%y%m%d}-NNNN")
    known = register.execute("SELECT 1 FROM procedures WHERE code = ?", (filed.procedure,)).fetchone()
    if known is None:
        _refuse("procedure-known", filed.code, "procedure", filed.procedure, "a procedure of this one-stop")
    if filed.channel not in CHANNELS:
        _refuse("channel-known", filed.code, "channel", str(filed.channel), "1, 2 or 3")
    if filed.due is not None and filed.due < filed.at:
        _refuse("dates-forward", filed.code, "due", filed.due.isoformat(), f"no day before {filed.at}")
    if register.execute("SELECT 1 FROM dossiers WHERE code = ?", (filed.code,)).fetchone():
        _refuse("code-once", filed.code, "code", filed.code, "a code that no dossier has")
    due = None if filed.due is None else filed.due.isoformat()
    register.execute(
        "INSERT INTO dossiers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            filed.code,
            filed.procedure,
            filed.channel,
            filed.owner,
            filed.owner_number,
            NEW,
            filed.at.isoformat(),
            filed.at.isoformat(),
            due,
        ),
    )
    register.execute("INSERT INTO progress VALUES (?, 0, ?, ?)", (filed.code, NEW, filed.at.isoformat()))


def move_dossier(
    register: sqlite3.Connection, code: str, status: int, at: datetime, hours: WorkingTime
) -> None:
    """Give a dossier its next status; after waiting, its deadline moves by the working days it waited.

    Raises `DossierRefused`.
    """
    row = register.execute("SELECT status, since, due FROM dossiers WHERE code = ?", (code,)).fetchone()
    if row is None:
        _refuse("dossier-known", code, "code", code, "a dossier of this register")
    before, since, due = row[0], datetime.fromisoformat(row[1]), row[2]
    if status not in FOLLOWING[before]:
        may = ", ".join(str(each) for each in sorted(FOLLOWING[before])) or "none: it is closed"
        _refuse("status-follows", code, "status", f"{status} after {before}", may)
    if at < since:
        _refuse("dates-forward", code, "at", at.isoformat(), f"no time before {since.isoformat()}")
    if before in WAITING and due is not None:
        waited = sum(1 for _ in hours.days(since.date() + timedelta(days=1), at.date()))
        due = hours.later(datetime.fromisoformat(due), waited).isoformat() if waited else due
    register.execute(
        "UPDATE dossiers SET status = ?, since = ?, due = ? WHERE code = ?",
        (status, at.isoformat(), due, code),
    )
    register.execute(
        "INSERT INTO progress SELECT ?, count(*), ?, ? FROM progress WHERE dossier = ?",
        (code, status, at.isoformat(), code),
    )


def _refuse(rule: str, code: str, member: str, found: str, expected: str) -> None:
    raise DossierRefused(Refused(rule, f"dossiers/{code}/{member}", found, expected))
