"""Writes `data/divisions-*.csv`, Viet Nam's districts and communes, from the package `vietnam-provinces`.

Names and their order are the package's, which has them from the General Statistics Office. The codes are made
here by a rule, since which code each has was not published: a province keeps its own; its districts are
numbered from 31 on the second level, below the departments; communes on the third, or, where there are no
districts, on the fourth, since two digits do not number 168. `2025-01` is of 0.6.0, `2025-07` of 2025.10.1:

    pip download --no-deps vietnam-provinces==0.6.0 && unzip vietnam_provinces-*.whl
    python -m nodes.divisions_writer vietnam_provinces/data/nested-divisions.json divisions-2025-01.csv
"""

import csv
import json
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nodes.known_agencies import agencies

_FIRST_DISTRICT = 31
_KINDS = ("tinh ", "thanh pho ")


def rows(provinces: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield code and name of each province, district and commune, each above those below it.

    Raises `KeyError` for a province that no agency of the first level is named after.
    """
    tops = {
        _folded(known.place): code.rpartition(".")[2]
        for code, known in agencies().items()
        if known.kind == "province"
    }
    tops["hue"] = tops["thua thien hue"]  # renamed on 1 January 2025
    for province in provinces:
        top = tops[_without_kind(_folded(province["name"]))]
        yield f"000.00.00.{top}", province["name"]
        for number, district in enumerate(province.get("districts", ()), start=_FIRST_DISTRICT):
            yield f"000.00.{number:02d}.{top}", district["name"]
            for place, commune in enumerate(district["wards"], start=1):
                yield f"000.{place:02d}.{number:02d}.{top}", commune["name"]
        for place, commune in enumerate(province.get("wards", ()), start=1):
            yield f"{place:03d}.00.00.{top}", commune["name"]


def _without_kind(name: str) -> str:
    for kind in _KINDS:
        name = name.removeprefix(kind)
    return name


def _folded(name: str) -> str:
    """Fold case and marks: `Hoà Bình` and `Hòa Bình` are one place."""
    decomposed = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def main(arguments: list[str]) -> None:
    """Read the package's nested list and write ours; `arguments` are both paths."""
    source, target = map(Path, arguments)
    with target.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(("code", "name"))
        for code, name in rows(json.loads(source.read_text(encoding="utf-8"))):
            lines.writerow((code, unicodedata.normalize("NFC", name)))


if __name__ == "__main__":
    main(sys.argv[1:])
