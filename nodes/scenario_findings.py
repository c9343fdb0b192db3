"""Collects what is wrong in a scenario's file, so that it is told at once, each finding with its line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from axis.protocol.agency_codes import CodeUnreadable, short_form
from axis.protocol.text_folding import fold
from nodes import toml_lines
from nodes.errors import ScenarioFault, UnknownAgency
from nodes.known_agencies import Agency, agencies, agency
from nodes.scenario_schema import ScenarioFile, table_of


@dataclass(slots=True)
class Findings:
    """Collects what is wrong in one file, each with its line."""

    file: str
    lines: Mapping[toml_lines.Path, int]
    faults: list[ScenarioFault] = field(default_factory=list)

    def add(self, path: toml_lines.Path, found: str, expected: str) -> None:
        """Note what was found at a place, and what was expected."""
        line = toml_lines.line_of(path, self.lines)
        self.faults.append(ScenarioFault(self.file, line, _named(path), found, expected))

    def must(self, holds: bool, path: toml_lines.Path, found: object, expected: str) -> None:
        """Note it unless it holds."""
        if not holds:
            self.add(path, str(found), expected)

    def agency(self, code: str, path: toml_lines.Path) -> Agency | None:
        """Look an agency up, and say which code was perhaps meant."""
        try:
            return agency(code)
        except (UnknownAgency, CodeUnreadable):
            meant = _meant(code)
            perhaps = "" if meant is None else f"; perhaps {short_form(meant.code)}, {meant.name}"
            self.add(path, repr(code), f"the code of a known agency{perhaps}")
            return None


def _meant(text: str) -> Agency | None:
    """Return the agency whose name was written in the place of its code, or whose code is most like it."""
    known = agencies().values()
    for each in known:
        if fold(text) in {fold(each.place), fold(each.name)}:
            return each
    short = {short_form(each.code): each for each in known}
    near = get_close_matches(text.rpartition(".")[2], short, n=1, cutoff=0.5)
    return short[near[0]] if near else None


def shape_finding(
    detail: ErrorDetails, file: type[BaseModel] = ScenarioFile
) -> tuple[toml_lines.Path, str, str]:
    """Say of one finding of a file's schema where it is, what was found, and what was expected."""
    path = tuple(key for key in detail["loc"] if key not in {"list[constrained-int]", "list[str]"})
    kind = detail["type"]
    if kind == "missing":
        return path, "nothing", "a value: the key is required"
    if kind == "extra_forbidden":
        known = _keys_beside(path, file)
        near = get_close_matches(str(path[-1]), known, n=1)
        return path, "an unknown key", near[0] if near else "one of " + ", ".join(known)
    if kind == "list_type" and isinstance(detail["input"], dict):
        return path, f"one table [{path[-1]}]", f"[[{path[-1]}]], in double brackets, once for each"
    if kind == "less_than_equal" and detail.get("ctx", {}).get("le") == 1:
        return path, _shown(detail["input"]), "at most 1, the whole: 40 % is 0.4"
    if kind in _EXPECTED:
        return path, _shown(detail["input"]), _EXPECTED[kind].format(**detail.get("ctx", {}))
    expected = detail["msg"].removeprefix("Input should be ")
    return path, _shown(detail["input"]), expected[:1].lower() + expected[1:]


_EXPECTED = {
    "string_pattern_mismatch": "at most 60 small letters, digits and hyphens",
    "decimal_max_places": "at most three decimals",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "too_short": "at least one",
    "string_too_short": "a text that is not empty",
    "is_instance_of": "a number",
    "date_type": "a day, as 2019-06-03",
    "time_type": "a time of day, as 07:30:00",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "list_type": "a list in square brackets",
    "model_type": "a table",
}
"""What was expected, by the schema's word for what was wrong."""


def _keys_beside(path: toml_lines.Path, file: type[BaseModel]) -> list[str]:
    """Return the known keys of the table that a path ends in."""
    table: Any = file
    for key in path[:-1]:
        if isinstance(key, str):
            table = next(
                table_of(field) for name, field in table.model_fields.items() if key in {name, field.alias}
            )
    return [known.alias or name for name, known in table.model_fields.items()]


def _shown(value: object) -> str:
    if isinstance(value, Decimal | date):
        return str(value)
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004 - a line of a terminal


def _named(path: toml_lines.Path) -> str:
    """Name a place as people do: positions count from 1."""
    text = ""
    for key in path:
        text += f"[{key + 1}]" if isinstance(key, int) else f".{key}"
    return text.removeprefix(".") or "the file"
