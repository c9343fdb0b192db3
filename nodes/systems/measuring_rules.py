"""The rules of a measuring system's register: whose steps it takes, of which dossiers, and in which order.

Refusals name rule, place, found and expected. docs/neighbours/measuring.md.
"""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NoReturn

from nodes.systems.dossiers import DossierRefused
from nodes.systems.portal_rules import PASSED, canonical_code, check_code, is_of
from nodes.systems.system import Incoming, Refused

_OTHER, _RECEIVED, _PROCESSING, _RETURNED, _ASSIGNED = range(5)
_FOLLOWING: Final[dict[int, frozenset[int]]] = {
    _OTHER: frozenset({_OTHER, _RECEIVED, _PROCESSING, _RETURNED, _ASSIGNED}),
    _RECEIVED: frozenset({_OTHER, _RECEIVED, _PROCESSING, _RETURNED, _ASSIGNED}),
    _PROCESSING: frozenset({_OTHER, _PROCESSING, _RETURNED, _ASSIGNED}),
    _ASSIGNED: frozenset({_OTHER, _PROCESSING, _RETURNED, _ASSIGNED}),
    _RETURNED: frozenset({_RETURNED}),
}
"""Which statuses may follow each; a status may be told of again."""


def unit_of_site(register: sqlite3.Connection, site: str) -> str:
    """Return the unit whose pages have a SiteId; raises `DossierRefused`."""
    row = register.execute("SELECT code FROM units WHERE site = ?", (site,)).fetchone()
    if row is None:
        _refuse("site-known", "SiteId", site, "a SiteId that was given to a unit")
    code: str = row[0]
    return code


def check_telling(register: sqlite3.Connection, message: Incoming) -> str:
    """Return the unit that a message speaks for; raises `DossierRefused`."""
    if message.indication != PASSED:
        _refuse("signature-passed", "signature", message.indication or "no signature", PASSED)
    if register.execute("SELECT 1 FROM units WHERE code = ?", (message.sender,)).fetchone() is None:
        _refuse("unit-measured", "from", message.sender, "a unit that is measured here")
    unit: str = message.body["unit"]
    if not is_of(unit, message.sender):
        _refuse("unit-of-sender", "unit", unit, f"{message.sender} or a unit below it")
    return message.sender


def check_step(register: sqlite3.Connection, unit: str, told: Mapping[str, Any]) -> tuple[str, str, bool]:
    """Check a step; raises `DossierRefused`.

    Returns the dossier's code in canonical form, the procedure's online service, and whether it is new.
    What a unit declared of a service counts, whatever the step says: clients are known to call one that is
    online in part one that is so end to end.
    """
    written = told["code"]
    check_code(written, unit)
    code = canonical_code(written)
    number = ".".join(told["procedure"].split(".")[:2])
    known = register.execute(
        "SELECT service FROM procedures WHERE unit = ? AND code = ?", (unit, number)
    ).fetchone()
    if (
        known is None
        and register.execute(
            "SELECT 1 FROM procedures WHERE unit = ? AND is_declared LIMIT 1", (unit,)
        ).fetchone()
    ):
        _refuse(
            "procedure-known", f"dossiers/{written}/procedure", told["procedure"], f"one that {unit} declared"
        )
    row = register.execute(
        "SELECT status, since, unit, procedure FROM dossiers WHERE code = ?", (code,)
    ).fetchone()
    if row is not None:
        before, since, _, procedure = row
        if procedure != number:
            _refuse("procedure-same", f"dossiers/{written}/procedure", number, f"{procedure}, as before")
        if told["status"] not in _FOLLOWING[before]:
            may = ", ".join(str(each) for each in sorted(_FOLLOWING[before]))
            _refuse("status-follows", f"dossiers/{written}/status", f"{told['status']} after {before}", may)
        if datetime.fromisoformat(told["at"]) < datetime.fromisoformat(since):
            _refuse("dates-forward", f"dossiers/{written}/at", told["at"], f"no time before {since}")
    return code, told["service"] if known is None else known[0], known is None


def _declares(register: sqlite3.Connection, unit: str) -> bool:
    """Tell whether a unit declared which services it offers; of others they are learned from dossiers."""
    found = register.execute("SELECT 1 FROM procedures WHERE unit = ? AND is_declared LIMIT 1", (unit,))
    return found.fetchone() is not None


def _refuse(rule: str, place: str, found: str, expected: str) -> NoReturn:
    raise DossierRefused(Refused(rule, place, found, expected))
