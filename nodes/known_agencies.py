"""The agencies of the first level, by code: ministries, the Government Office and the provinces.

The list is `data/agencies.csv`, as published when the axis opened; `notation` is the abbreviation after the
slash in their document numbers (`UBND` in `123/UBND-VX`).
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, cast

from axis.protocol.agency_codes import AgencyCode, canonical
from nodes.errors import UnknownAgency

AgencyKind = Literal["ministry", "government_office", "province"]

_PROVINCE_PREFIXES = ("UBND tỉnh ", "UBND thành phố ")


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency of the directory."""

    code: AgencyCode
    """Canonical, lowest level first: `000.00.00.H24`."""
    name: str
    """Its official Vietnamese name, NFC."""
    name_en: str
    kind: AgencyKind
    notation: str
    """Its abbreviation in document numbers: `UBND` in `123/UBND-VX`."""

    @property
    def place(self) -> str:
        """The name of the place alone, for a province (`Vĩnh Phúc`); else the whole name."""
        for prefix in _PROVINCE_PREFIXES:
            if self.name.startswith(prefix):
                return self.name.removeprefix(prefix)
        return self.name


@cache
def agencies() -> MappingProxyType[str, Agency]:
    """All known agencies by canonical code, in the order of the list."""
    text = files("nodes").joinpath("data/agencies.csv").read_text(encoding="utf-8")
    found: dict[str, Agency] = {}
    for row in csv.DictReader(text.splitlines()):
        code = canonical(row["code"])
        found[code] = Agency(
            code, row["name"], row["name_en"], cast("AgencyKind", row["kind"]), row["notation"]
        )
    return MappingProxyType(found)


def agency(code: str) -> Agency:
    """Look an agency up by its code, `H24` or `000.00.00.H24`; raises `UnknownAgency`."""
    found = agencies().get(canonical(code))
    if found is None:
        raise UnknownAgency(code)
    return found


def known_name(code: str) -> str:
    """Return an agency's name, or `""` for one that is not in the list; raises `CodeUnreadable`."""
    found = agencies().get(canonical(code))
    return found.name if found else ""
