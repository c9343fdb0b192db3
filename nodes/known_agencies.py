"""The agencies by code: ministries, the Government Office and the provinces, and the provinces' units.

The first level is `data/agencies.csv`, as published when the axis opened; `notation` is the abbreviation
after the slash in their document numbers (`UBND` in `123/UBND-VX`). Units are districts and communes of
`data/divisions-*.csv` and departments of `data/departments-*.csv`; which codes they have is made up.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, cast

from axis.protocol.agency_codes import AgencyCode, canonical, level, parent
from nodes.errors import UnknownAgency

AgencyKind = Literal["ministry", "government_office", "province", "department", "district", "commune"]
UnitLists = Literal["2025-01", "2025-07"]
"""The month a list of units is of: before and after the districts went, on 1 July 2025."""

_LISTS: tuple[UnitLists, ...] = ("2025-01", "2025-07")
_COUNCILS = tuple(
    f"UBND {kind} "
    for kind in ("tỉnh", "thành phố", "quận", "huyện", "thị xã", "thị trấn", "phường", "xã", "đặc khu")
)


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency of the directory."""

    code: AgencyCode
    """Canonical, lowest level first: `000.00.00.H24`."""
    name: str
    """Its official Vietnamese name, NFC."""
    kind: AgencyKind
    notation: str
    """Its abbreviation in document numbers: `UBND` in `123/UBND-VX`."""

    @property
    def place(self) -> str:
        """The name of the place alone, for a province or a unit (`Vĩnh Phúc`); else the whole name."""
        for prefix in _COUNCILS:
            if self.name.startswith(prefix):
                return self.name.removeprefix(prefix).partition(", ")[0]
        return self.name


@cache
def agencies() -> MappingProxyType[str, Agency]:
    """All agencies of the first level by canonical code, in the order of the list."""
    text = files("nodes").joinpath("data/agencies.csv").read_text(encoding="utf-8")
    found: dict[str, Agency] = {}
    for row in csv.DictReader(text.splitlines()):
        code = canonical(row["code"])
        found[code] = Agency(code, row["name"], cast("AgencyKind", row["kind"]), row["notation"])
    return MappingProxyType(found)


@cache
def units(of: UnitLists) -> MappingProxyType[str, Agency]:
    """All districts and communes of a list by canonical code, in its order: each above those below it."""
    text = files("nodes").joinpath(f"data/divisions-{of}.csv").read_text(encoding="utf-8")
    places: dict[str, str] = {}
    found: dict[str, Agency] = {}
    for row in csv.DictReader(text.splitlines()):
        code, name = canonical(row["code"]), row["name"]
        above = parent(code)
        places[code] = name[:1].lower() + name[1:]
        if above is not None:
            places[code] += f", {places[above]}"
            kind: AgencyKind = "district" if level(code) == _DISTRICTS else "commune"
            found[code] = Agency(code, f"UBND {places[code]}", kind, "UBND")
    return MappingProxyType(found)


_DISTRICTS = 2


@cache
def departments() -> MappingProxyType[str, Agency]:
    """All departments of the provinces by canonical code, as provinces had them in January 2025."""
    text = files("nodes").joinpath("data/departments-2025-01.csv").read_text(encoding="utf-8")
    provinces = [each for each in agencies().values() if each.kind == "province"]
    found: dict[str, Agency] = {}
    for row in csv.DictReader(text.splitlines()):
        for province in provinces:
            code = canonical(f"{province.code.rpartition('.')[2]}.{row['number']}")
            name = f"{row['name']} {province.name.removeprefix('UBND ')}"
            found[code] = Agency(code, name, "department", row["notation"])
    return MappingProxyType(found)


def agency(code: str) -> Agency:
    """Look an agency up by its code, `H24` or `000.00.00.H24`; raises `UnknownAgency`."""
    wanted = canonical(code)
    found = agencies().get(wanted) or departments().get(wanted)
    for of in _LISTS if found is None else ():
        found = found or units(of).get(wanted)
    if found is None:
        raise UnknownAgency(code)
    return found


def known_name(code: str) -> str:
    """Return the name of an agency of the first level, `""` for any other; raises `CodeUnreadable`."""
    found = agencies().get(canonical(code))
    return found.name if found else ""
