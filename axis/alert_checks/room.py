"""Finds disks with too little free room, and a database that is too large."""

import shutil
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from sqlalchemy import text

from axis.alert_checks.sight import Sight
from axis.alerts.changes import Finding
from axis.database import Read
from axis.database.engine import sqlite_path

GIB: Final = 1 << 30


def disk_room(path: Path) -> tuple[int, int]:
    """Return the free and the total bytes of the disk on which a path lies. Raises `OSError`."""
    usage = shutil.disk_usage(path)
    return usage.free, usage.total


def look_at_room(sight: Sight, tx: Read) -> list[Finding]:
    """Return the disks with less free room than the setting says, and a database above its size."""
    settings = sight.settings
    found: list[Finding] = []
    for path in _folders(sight) if settings.alert_store_free_percent else ():
        try:
            free, total = sight.room(path)
        except OSError:
            continue  # a folder that is not there fills no disk; `/readyz` says what is missing
        if total and free * 100 < total * settings.alert_store_free_percent:
            full, most = 100 - free * 100 / total, 100 - settings.alert_store_free_percent
            found.append(_filling(str(path), f"{full:.1f}%", f"{most}%"))
    if settings.alert_store_bytes and (size := _store_bytes(sight, tx)) > settings.alert_store_bytes:
        limit = settings.alert_store_bytes
        found.append(_filling("database", f"{size / GIB:.1f} GiB", f"{limit / GIB:.1f} GiB"))
    return found


def _filling(subject: str, found: str, threshold: str) -> Finding:
    facts = {"subject": subject, "found": found, "threshold": threshold}
    return Finding("store-filling", subject, facts)


def _folders(sight: Sight) -> list[Path]:
    """Return the folders in which the hub keeps what it has."""
    folders: list[Path] = []
    store = sqlite_path(sight.settings.database_url)
    if store is not None:
        folders.append(store.parent)
    objects = urlsplit(sight.settings.objects_url)
    if objects.scheme == "file":
        folders.append(Path(unquote(objects.path)))
    return folders


def _store_bytes(sight: Sight, tx: Read) -> int:
    if tx.dialect == "postgresql":
        return int(tx.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    path = sqlite_path(sight.settings.database_url)
    assert path is not None
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(each.stat().st_size for each in files if each.exists())
