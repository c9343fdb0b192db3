"""Reads dossiers and steps of their progress, as one-stop systems send them, into items of messages.

Who hands a dossier in is checked for its form and goes no further. docs/neighbours/portal.md.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from axis.protocol.working_calendar import VIET_NAM
from nodes.adapter.replies import CallRefused
from nodes.systems.dossiers import CHANNELS, DONE, FOLLOWING, NEW, NOT_RECEIVED, RECEIVED, RETURNED

_TIME: Final = "%Y%m%d%H%M%S"
_DATE_OF: Final = {
    NEW: "NgayNopHoSo",
    RECEIVED: "NgayTiepNhan",
    NOT_RECEIVED: "NgayTuChoi",
    DONE: "NgayKetThucXuLy",
    RETURNED: "NgayTra",
}
"""The member that says since when a dossier has a status; for others it is the latest that is known."""
_ORDERS: Final = (
    ("NgayNopHoSo", "NgayTiepNhan", "NgayKetThucXuLy", "NgayTra"),
    ("NgayNopHoSo", "NgayTiepNhan", "NgayHenTra"),
    ("NgayNopHoSo", "NgayTuChoi"),
)
"""Each not before those before it."""
_FOURTEEN_DIGITS: Final = re.compile("[0-9]{14}")
_FIRST_YEAR: Final = 1900
_OWNERS: Final = {"1", "2", "3", "4"}
_DIGITS: Final = {"1": 12, "2": 9}
_MOST: Final = {"TrichYeuHoSo": 1_000, "NoiDungXuLy": 1_000, "PhongBanXuLy": 300}
MOST_CHARACTERS: Final = 2_000
"""Of a text that has no limit of its own."""


def dossier_item(told: object, place: str, service_of: Mapping[str, str]) -> dict[str, Any]:
    """Read a dossier into an item of `trang-thai-ho-so`; raises `CallRefused` with the place in the call.

    `service_of` knows the online service of each procedure, by the number of its code.
    """
    item = as_object(told, place)
    code, procedure = text(item, "MaHoSo", place), text(item, "MaTTHC", place)
    channel = _of(item, "KenhThucHien", place, [str(each) for each in CHANNELS])
    status = int(_of(item, "TrangThaiHoSo", place, [str(each) for each in FOLLOWING]))
    dates = {name: moment(item, name, place) for names in _ORDERS for name in names}
    for names in _ORDERS:
        known = [(name, at) for name in names if (at := dates[name]) is not None]
        for (_, before), (name, at) in pairwise(known):
            if at < before:
                raise CallRefused(
                    "dates-forward", f"{place}.{name}", f"{at:{_TIME}}", f"{before:{_TIME}} or later"
                )
    given = [at for name, at in dates.items() if at is not None and name != "NgayHenTra"]
    since = dates.get(_DATE_OF.get(status, "")) or max(given, default=None)
    if since is None:
        raise CallRefused("member-form", f"{place}.NgayTiepNhan", "nothing", "yyyyMMddHHmmss")
    _check_owner(item, place)
    optional_text(item, "TrichYeuHoSo", place)
    due = dates["NgayHenTra"]
    return {
        "code": code,
        "procedure": procedure,
        "channel": int(channel),
        "service": service_of.get(".".join(procedure.split(".")[:2]), "none"),
        "status": status,
        "at": since.isoformat(),
        "due": None if due is None else due.isoformat(),
    }


def step_item(told: object, place: str, unit: str) -> dict[str, Any]:
    """Read a step of progress into an item of `tien-do-ho-so`; raises `CallRefused`.

    Where no part of the unit is named it is the unit itself. Who did it, and as what, goes no further.
    """
    item = as_object(told, place)
    at = moment(item, "ThoiDiemXuLy", place)
    if at is None:
        raise CallRefused("member-form", f"{place}.ThoiDiemXuLy", "nothing", "yyyyMMddHHmmss")
    begun = moment(item, "NgayBatDau", place)
    if begun is not None and at < begun:
        raise CallRefused(
            "dates-forward", f"{place}.ThoiDiemXuLy", f"{at:{_TIME}}", f"{begun:{_TIME}} or later"
        )
    due = moment(item, "NgayKetThucTheoQuyDinh", place)
    return {
        "code": text(item, "MaHoSo", place),
        "status": int(_of(item, "TrangThai", place, [str(each) for each in FOLLOWING])),
        "at": at.isoformat(),
        "department": optional_text(item, "PhongBanXuLy", place) or unit,
        "text": optional_text(item, "NoiDungXuLy", place),
        "begun": None if begun is None else begun.isoformat(),
        "due": None if due is None else due.isoformat(),
    }


def as_object(told: object, place: str) -> Mapping[str, Any]:
    """Return a JSON object; raises `CallRefused` for another value."""
    if not isinstance(told, dict):
        raise CallRefused("member-form", place, _shown(told), "an object")
    return told


def text(item: Mapping[str, Any], name: str, place: str) -> str:
    """Return a text that must be there; raises `CallRefused`."""
    value = optional_text(item, name, place)
    if not value:
        raise CallRefused("member-form", at_member(place, name), "nothing", "a text")
    return value


def optional_text(item: Mapping[str, Any], name: str, place: str) -> str:
    """Return a text, without blanks around it, `""` where there is none; a whole number is taken for one."""
    value = item.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    most = _MOST.get(name, MOST_CHARACTERS)
    if not isinstance(value, str) or len(value) > most:
        raise CallRefused(
            "member-form", at_member(place, name), _shown(value), f"a text of at most {most} characters"
        )
    return value.strip()


def moment(item: Mapping[str, Any], name: str, place: str) -> datetime | None:
    """Return a moment `yyyyMMddHHmmss` of Viet Nam, None where there is none; raises `CallRefused`."""
    value = optional_text(item, name, place)
    if not value:
        return None
    try:  # strptime takes fewer digits, too
        at = datetime.strptime(f"{value}+0700", f"{_TIME}%z") if _FOURTEEN_DIGITS.fullmatch(value) else None
    except ValueError:
        at = None
    if at is None or at.year < _FIRST_YEAR:
        raise CallRefused(
            "member-form", at_member(place, name), value, f"yyyyMMddHHmmss from {_FIRST_YEAR} on"
        )
    return at.astimezone(VIET_NAM)


def at_member(place: str, name: str) -> str:
    """Name a member of a place of the call; the call itself is the place `""`."""
    return f"{place}.{name}" if place else name


def _of(item: Mapping[str, Any], name: str, place: str, known: list[str]) -> str:
    value = optional_text(item, name, place)
    if value not in known:
        raise CallRefused("member-form", f"{place}.{name}", value or "nothing", f"one of {', '.join(known)}")
    return value


def _check_owner(item: Mapping[str, Any], place: str) -> None:
    """Check what is said of who hands it in, as far as it is said; no value is shown."""
    kind = optional_text(item, "LoaiDoiTuong", place)
    if kind and kind not in _OWNERS:
        raise CallRefused("member-form", f"{place}.LoaiDoiTuong", kind, "one of 1, 2, 3, 4")
    numbers = item.get("DinhDanhCHS")
    numbers = [] if numbers is None or numbers == "" else numbers
    if not isinstance(numbers, list):
        raise CallRefused("member-form", f"{place}.DinhDanhCHS", _shown(numbers), "a list")
    for position, each in enumerate(numbers):
        at = f"{place}.DinhDanhCHS[{position}]"
        number = as_object(each, at)
        digits = _DIGITS.get(optional_text(number, "LoaiDinhDanh", at))
        given = optional_text(number, "SoDinhDanh", at)
        if digits is not None and given and not (len(given) == digits and given.isdecimal()):
            raise CallRefused("member-form", f"{at}.SoDinhDanh", "another number", f"{digits} digits")


def _shown(value: object) -> str:
    """Name what was found without showing what it says."""
    if isinstance(value, str):
        return f"{len(value)} characters"
    names: dict[type, str] = {bool: "true or false", list: "a list", dict: "an object", float: "a number"}
    return "null" if value is None else names.get(type(value), "another value")
