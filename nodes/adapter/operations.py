"""The adapter's operations: login, `LayThuTuc`, `TraCuuHoSo`, `DongBoHoSoMC`, `CapNhatTienDoHoSoMC`.

What a call says is tried on the portal's register and undone; what is good goes over the axis as one message,
from which the register takes it. docs/neighbours/portal.md.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from axis.protocol.agency_codes import canonical_or_none
from axis.protocol.messages import DOSSIERS_MOST, message_faults
from axis.protocol.working_calendar import VIET_NAM
from nodes.adapter.payloads import dossier_item, optional_text, step_item, text
from nodes.adapter.replies import CallRefused, Item, Success, done, logged_in, of_items
from nodes.adapter.sessions import Sessions
from nodes.systems.dossiers import DossierRefused, read_code
from nodes.systems.portal import STATUSES, STEPS
from nodes.systems.portal_rules import canonical_code, is_of, procedure_of, take_status, take_step

LEVELS: Final = {"full": "Toàn trình", "partial": "Một phần", "none": "Cung cấp thông tin"}
_OF_DOSSIERS: Final = {"procedure": "MaTTHC", "at": "NgayTiepNhan", "status": "TrangThaiHoSo"}
_OF_STEPS: Final = {"at": "ThoiDiemXuLy", "status": "TrangThai"}
"""The names that calls have for members of messages; for any other it is `MaHoSo`."""

Send = Callable[[str, str, Mapping[str, Any]], None]
"""Has a unit's message of a kind sent over the axis and taken by the portal; raises `CallRefused`."""


@dataclass(frozen=True, slots=True)
class Operations:
    """What the operations work on."""

    register: sqlite3.Connection
    """The portal's; written by messages alone."""
    sessions: Sessions
    send: Send
    success: Success = "0"

    def login(self, call: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a login; raises `CallRefused`."""
        return logged_in(self.sessions.login(text(call, "username", ""), text(call, "password", "")))

    def answer(self, call: Mapping[str, Any]) -> dict[str, Any]:
        """Answer any other call, by its `service`; raises `CallRefused`."""
        unit = self.sessions.unit_of(optional_text(call, "session", ""))
        named = text(call, "madonvi", "")
        if not is_of(named, unit):
            raise CallRefused("code-of-unit", "madonvi", named, f"{unit} or a unit below it")
        service = text(call, "service", "")
        operation = {
            "LayThuTuc": self._procedure,
            "TraCuuHoSo": self._dossier,
            "DongBoHoSoMC": self._synchronise,
            "CapNhatTienDoHoSoMC": self._progress,
        }.get(service)
        if operation is None:
            known = "LayThuTuc, TraCuuHoSo, DongBoHoSoMC, CapNhatTienDoHoSoMC"
            raise CallRefused("service-known", "service", service, f"one of {known}")
        return operation(unit, named, call)

    def _procedure(self, unit: str, _named: str, call: Mapping[str, Any]) -> dict[str, Any]:
        wanted = text(call, "maTTHC", "")
        found = procedure_of(self.register, unit, wanted)
        if found is None:
            raise CallRefused("procedure-known", "maTTHC", wanted, f"a procedure of {unit}")
        code, name, service, _ = found
        return done(self.success, [{"MaTTHC": code, "TenTTHC": name, "MucDo": LEVELS[service]}])

    def _dossier(self, unit: str, _named: str, call: Mapping[str, Any]) -> dict[str, Any]:
        wanted = text(call, "mahoso", "")
        parts = read_code(wanted)
        if parts is None or not is_of(parts[0], unit):
            raise CallRefused("code-of-unit", "mahoso", wanted, f"{unit}-yyMMdd-NNNN, or of a unit below it")
        row = self.register.execute(
            "SELECT procedure, channel, status, since, due FROM dossiers WHERE code = ?",
            (canonical_code(wanted),),
        ).fetchone()
        if row is None:
            raise CallRefused("dossier-known", "mahoso", wanted, "a dossier that was synchronised")
        procedure, channel, status, since, due = row
        found = procedure_of(self.register, unit, procedure)
        told = {
            "MaHoSo": wanted,
            "MaTTHC": procedure,
            "TenTTHC": "" if found is None else found[1],
            "KenhThucHien": str(channel),
            "TrangThaiHoSo": str(status),
            "ThoiDiemTrangThai": _time(since),
            "NgayHenTra": _time(due),
        }
        return done(self.success, [told])

    def _synchronise(self, unit: str, named: str, call: Mapping[str, Any]) -> dict[str, Any]:
        updates = _is_updating(call)
        data = _data(call)
        services: dict[str, str] = dict(
            self.register.execute("SELECT code, service FROM procedures WHERE unit = ?", (unit,)).fetchall()
        )
        spoken = str(canonical_or_none(named))

        def read(told: object, place: str) -> dict[str, Any]:
            item = dossier_item(told, place, services)
            known = self.register.execute(
                "SELECT 1 FROM dossiers WHERE code = ?", (canonical_code(item["code"]),)
            ).fetchone()
            if known is not None and not updates:
                raise CallRefused(
                    "dossier-new", f"{place}.MaHoSo", item["code"], "a code that no dossier has"
                )
            if known is None and updates:
                raise CallRefused("dossier-known", f"{place}.MaHoSo", item["code"], "a dossier to update")
            check_shape(STATUSES, {"unit": named, "dossiers": [item]}, place, _OF_DOSSIERS)
            return item

        def take(item: Mapping[str, Any]) -> bool:
            return take_status(self.register, unit, spoken, item, "")

        items, good = self._tried(data, read, take, _OF_DOSSIERS)
        if good:
            self.send(unit, STATUSES, {"unit": named, "dossiers": good})
        return of_items(self.success, items)

    def _progress(self, unit: str, named: str, call: Mapping[str, Any]) -> dict[str, Any]:
        data, spoken = _data(call), str(canonical_or_none(named))

        def read(told: object, place: str) -> dict[str, Any]:
            item = step_item(told, place, named)
            check_shape(STEPS, {"unit": named, "steps": [item]}, place, _OF_STEPS)
            return item

        def take(item: Mapping[str, Any]) -> bool:
            return take_step(self.register, spoken, item, "")

        items, good = self._tried(data, read, take, _OF_STEPS)
        if good:
            self.send(unit, STEPS, {"unit": named, "steps": good})
        return of_items(self.success, items)

    def _tried(
        self,
        data: Sequence[object],
        read: Callable[[object, str], dict[str, Any]],
        take: Callable[[Mapping[str, Any]], bool],
        members: Mapping[str, str],
    ) -> tuple[list[Item], list[dict[str, Any]]]:
        """Try items on the register one by one and undo them; return all, and those that are good and new."""
        items: list[Item] = []
        good: list[dict[str, Any]] = []
        self.register.execute("BEGIN")
        try:
            for position, told in enumerate(data):
                place = f"data[{position}]"
                named = str(told.get("MaHoSo", ""))[:64] if isinstance(told, dict) else ""
                try:
                    item = read(told, place)
                    if take(item):
                        good.append(item)
                    items.append(Item(named))
                except CallRefused as error:
                    items.append(Item(named, error.refused))
                except DossierRefused as error:
                    refused, member = error.refused, error.refused.place.rpartition("/")[2]
                    at = f"{place}.{members.get(member, 'MaHoSo')}"
                    items.append(Item(named, replace(refused, place=at)))
        finally:
            self.register.execute("ROLLBACK")
        return items, good


def _is_updating(call: Mapping[str, Any]) -> bool:
    value = call.get("isUpdating")
    word = str(value).lower() if isinstance(value, bool) else optional_text(call, "isUpdating", "").lower()
    if word not in {"true", "false"}:
        raise CallRefused("member-form", "isUpdating", word or "nothing", '"True" or "False"')
    return word == "true"


def _data(call: Mapping[str, Any]) -> Sequence[object]:
    data = call.get("data")
    if not isinstance(data, list) or not 1 <= len(data) <= DOSSIERS_MOST:
        found = f"{len(data)} items" if isinstance(data, list) else "no list"
        raise CallRefused("member-form", "data", found, f"a list of 1 to {DOSSIERS_MOST} items")
    return data


def check_shape(kind: str, body: Mapping[str, Any], place: str, members: Mapping[str, str]) -> None:
    """See that an item fits the schema of its message, which the hub would refuse; raises `CallRefused`."""
    for fault in message_faults(kind, json.dumps(body, ensure_ascii=False).encode()):
        member = members.get(fault.pointer.rpartition("/")[2], "MaHoSo")
        raise CallRefused("member-form", f"{place}.{member}", fault.found or "", fault.expected or "")


def _time(text: str | None) -> str:
    return "" if text is None else f"{datetime.fromisoformat(text).astimezone(VIET_NAM):%Y%m%d%H%M%S}"
