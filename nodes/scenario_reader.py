"""Reads scenarios from their files; whatever is wrong in one is told at once, each with its line.

`scenario_schema` judges keys and types, this module what they mean together: what cannot come out is refused
before a run, with the nearest that can.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from axis.protocol.agency_codes import CodeUnreadable
from nodes import toml_lines
from nodes.calendar import WorkingTime, working_days
from nodes.errors import ScenarioFault, ScenarioInvalid, UnknownAgency
from nodes.known_agencies import Agency, agencies, agency
from nodes.node import Habits
from nodes.scenario import Assumptions, Locality, Scenario, phases
from nodes.scenario_schema import AgencyEntry, Mix, ScenarioFile, table_of
from nodes.volumes import least_documents, nearest_printable

_SHIPPED = files("nodes").joinpath("scenarios")
_DOCUMENTS_WITHOUT_WORD = 20  # of each agency: enough for a share of 5 %
_RECEIVED_FOR_EACH_SENT = 2


def shipped() -> tuple[str, ...]:
    """Names of the scenarios that come with the package."""
    names = (entry.name for entry in _SHIPPED.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def text_of(name_or_path: str) -> str:
    """Return the file of a shipped scenario, or of any path; raises `ScenarioInvalid`."""
    if name_or_path in shipped():
        return _SHIPPED.joinpath(f"{name_or_path}.toml").read_text(encoding="utf-8")
    try:
        return Path(name_or_path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(shipped())
        raise ScenarioInvalid(
            f"{name_or_path}: no such scenario (shipped: {known}), and no readable file"
        ) from error


def find(name_or_path: str) -> Scenario:
    """Load a shipped scenario by its name, or any other by the path of its file; raises `ScenarioInvalid`."""
    return read(text_of(name_or_path), name_or_path)


def read(text: str, file: str = "scenario") -> Scenario:
    """Read a scenario; raises `ScenarioInvalid` with everything that is wrong in `file`."""
    try:
        value = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioInvalid(f"{file}: not TOML: {error}") from error
    check = _Check(file, toml_lines.lines_of(text))
    try:
        written = ScenarioFile.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False)
        for detail in details:
            check.add(*_shape_fault(detail))
        if (rest := _without(value, details)) is not None:
            _scenario(rest, check)  # whatever else is wrong
        raise ScenarioInvalid.of(check.faults) from error
    scenario = _scenario(written, check)
    if check.faults:
        raise ScenarioInvalid.of(check.faults)
    return scenario


def _without(value: dict[str, Any], details: Sequence[ErrorDetails]) -> ScenarioFile | None:
    """Leave out of a file what the schema refused; None where the rest is no scenario."""
    for detail in details:
        *tables, last = detail["loc"]
        inner: Any = value
        for key in tables:
            inner = (
                inner[key]
                if isinstance(inner, dict | list) and not isinstance(key, str)
                else inner.get(key, {})
            )
        if isinstance(inner, dict):
            inner.pop(last, None)
        else:
            return None  # an entry of a list that went would move those behind it
    try:
        return ScenarioFile.model_validate({"name": "unnamed", **value})
    except ValidationError:
        return None


@dataclass(slots=True)
class _Check:
    """Collects what is wrong, with its line."""

    file: str
    lines: Mapping[toml_lines.Path, int]
    faults: list[ScenarioFault] = field(default_factory=list)

    def add(self, path: toml_lines.Path, found: str, expected: str) -> None:
        line = toml_lines.line_of(path, self.lines)
        self.faults.append(ScenarioFault(self.file, line, _named(path), found, expected))

    def must(self, holds: bool, path: toml_lines.Path, found: object, expected: str) -> None:
        if not holds:
            self.add(path, str(found), expected)

    def agency(self, code: str, path: toml_lines.Path) -> Agency | None:
        """Look an agency up, and say which code was perhaps meant."""
        try:
            return agency(code)
        except (UnknownAgency, CodeUnreadable):
            short = [known.rpartition(".")[2] for known in agencies()]
            near = get_close_matches(code.rpartition(".")[2], short, n=1, cutoff=0.5)
            meant = f"; perhaps {near[0]}" if near else ""
            self.add(path, repr(code), f"the code of a known agency{meant}")
            return None


def _shape_fault(detail: ErrorDetails) -> tuple[toml_lines.Path, str, str]:
    """Say of one finding of the schema where it is, what was found, and what was expected."""
    path = tuple(key for key in detail["loc"] if key not in {"list[constrained-int]", "list[str]"})
    kind = detail["type"]
    if kind == "missing":
        return path, "nothing", "a value: the key is required"
    if kind == "extra_forbidden":
        known = _keys_beside(path)
        near = get_close_matches(str(path[-1]), known, n=1)
        return path, "an unknown key", near[0] if near else "one of " + ", ".join(known)
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


def _keys_beside(path: toml_lines.Path) -> list[str]:
    """Return the known keys of the table that a path ends in."""
    table: Any = ScenarioFile
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


def _scenario(written: ScenarioFile, check: _Check) -> Scenario:
    """Judge what the keys mean together, and make the scenario; its values count only if nothing is wrong."""
    period, mix = written.period, written.mix
    holidays = frozenset(period.holidays)
    _check_period(written, holidays, check)
    office = check.agency(written.centre.government_office, ("centre", "government_office"))
    localities = [
        _locality(entry, written, holidays, ("agency", place), check)
        for place, entry in enumerate(written.agency)
    ]
    codes = [each.code for each in localities]
    for place, code in enumerate(codes):
        first = codes.index(code)
        check.must(
            first == place, ("agency", place, "code"), code, f"another code: agency[{first + 1}] has it"
        )
        check.must(
            office is None or code != office.code,
            ("agency", place, "code"),
            code,
            "another agency than the Government Office",
        )
    for place, count in enumerate(mix.centre_recipients):
        most = len(codes)
        check.must(
            count <= most,
            ("mix", "centre_recipients", place),
            f"{count} recipients",
            f"at most {most}: there are no more agencies",
        )
    sent = written.volume.sent_at_least or _DOCUMENTS_WITHOUT_WORD * sum(
        entry.documents is None for entry in written.agency
    )
    sent += sum(entry.documents or 0 for entry in written.agency) if not written.volume.sent_at_least else 0
    _check_volume(written, check)
    received = written.volume.received_at_least
    hours = WorkingTime(written.habits.opens, written.habits.closes, holidays)
    check.must(
        hours.opens < hours.closes, ("habits", "closes"), hours.closes, f"a time after {hours.opens:%H:%M}"
    )
    return Scenario(
        name=written.name,
        title=written.title or written.name,
        source=written.source or "every figure",
        first=period.first,
        last=period.last,
        holidays=holidays,
        sent=sent,
        received=_RECEIVED_FOR_EACH_SENT * sent if received is None else received,
        scale=written.volume.scale,
        government_office="" if office is None else office.code,
        ministries=_ministries(written, check),
        centre_door=written.centre.door,
        localities=tuple(localities),
        assumed=_assumptions(mix),
        habits=_habits(written, hours),
        is_invented=not written.source if written.invented is None else written.invented,
    )


def _check_period(written: ScenarioFile, holidays: frozenset[date], check: _Check) -> None:
    first, last = written.period.first, written.period.last
    if last < first:
        check.add(("period", "to"), str(last), f"a day from {first} on")
    elif next(working_days(first, last, holidays), None) is None:
        opens = next(working_days(last, last + timedelta(days=60), holidays), None)
        check.add(("period", "to"), f"{first} to {last}, without a working day", f"at least up to {opens}")


def _check_volume(written: ScenarioFile, check: _Check) -> None:
    """See that agencies with a number of their own leave room for the total."""
    total = written.volume.sent_at_least
    own = [entry.documents for entry in written.agency if entry.documents is not None]
    if total is not None and own and (sum(own) > total or len(own) == len(written.agency)):
        check.must(
            sum(own) == total,
            ("volume", "sent_at_least"),
            total,
            f"{sum(own)}, the sum of the agencies' documents, or nothing",
        )


def _locality(
    entry: AgencyEntry, written: ScenarioFile, holidays: frozenset[date], path: toml_lines.Path, check: _Check
) -> Locality:
    known = check.agency(entry.code, (*path, "code"))
    period = written.period
    starts = [period.first, *(change.first for change in entry.change)]
    for place, (earlier, later) in enumerate(pairwise(starts)):
        check.must(
            earlier < later <= period.last,
            (*path, "change", place, "from"),
            later,
            f"a day after {earlier}, up to {period.last}",
        )
    changes = [(change.first, int(change.share * 1000)) for change in entry.change]
    divided = phases(period.first, period.last, int(entry.share * 1000), changes)
    for place, phase in enumerate(divided):
        if phase.first <= phase.last and len(divided) > 1:
            check.must(
                next(working_days(phase.first, phase.last, holidays), None) is not None,
                (*path, "change", max(0, place - 1), "from"),
                f"{phase.first} to {phase.last}, without a working day",
                "a phase with a working day",
            )
    least = sum(least_documents(phase.thousandths) for phase in divided)
    if entry.documents is not None and entry.documents < least:
        check.add(
            (*path, "documents"),
            f"{entry.documents} documents",
            _what_can(entry.documents, [phase.thousandths for phase in divided], least),
        )
    return Locality(
        entry.code if known is None else known.code,
        divided,
        entry.published,
        entry.weight,
        entry.door,
        entry.documents,
    )


def _what_can(documents: int, shares: Sequence[int], least: int) -> str:
    """Say what comes nearest to shares that so few documents cannot give."""
    if len(shares) > 1:
        return f"at least {least}: no fewer can print its {len(shares)} shares"
    near, of, signed = nearest_printable(documents, shares[0])
    return (
        f"at least {least}: no fewer can print {shares[0] / 10:.1f} %; "
        f"the nearest that {documents} can is share = {near / 1000} ({signed} of {of})"
    )


def _ministries(written: ScenarioFile, check: _Check) -> tuple[str, ...]:
    named = written.centre.ministries
    if named == "all":
        return tuple(code for code, known in agencies().items() if known.kind == "ministry")
    path = ("centre", "ministries")
    check.must(bool(named), path, "none", 'at least one ministry, or "all"')
    found: list[str] = []
    for code in named:
        known = check.agency(code, path)
        if known is None:
            continue
        check.must(known.kind == "ministry", path, code, "a ministry")
        check.must(known.code not in found, path, f"{code} twice", "each ministry once")
        found.append(known.code)
    return tuple(found)


def _assumptions(mix: Mix) -> Assumptions:
    return Assumptions(
        to_government_office=mix.to_government_office,
        also_to_ministries=mix.also_to_ministries,
        from_peers=mix.from_peers,
        centre_recipients=tuple(mix.centre_recipients),
        centre_by_government_office=mix.centre_by_government_office,
        centre_signed=mix.centre_signed,
        signed_by_both=mix.signed_by_both,
    )


def _habits(written: ScenarioFile, hours: WorkingTime) -> Habits:
    habits = written.habits
    return Habits(
        confirms_arrival=habits.confirms_arrival,
        refused_share=float(habits.refused_share),
        completed_share=float(habits.completed_share),
        declined_share=float(habits.declined_share),
        days_to_complete=habits.days_to_complete,
        hours=hours,
    )
