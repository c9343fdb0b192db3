"""Reads scenarios from their files, and checks what their values mean together.

Keys and types are checked by `nodes.scenario_schema`. A figure that cannot come out is refused with the
nearest that can.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from difflib import get_close_matches
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from axis.protocol.working_calendar import NOON
from nodes import toml_lines
from nodes.behaviour_reader import read_behaviour, read_province_hub, read_units
from nodes.errors import ScenarioInvalid
from nodes.faults.catalogue import CATALOGUE
from nodes.known_agencies import agencies
from nodes.node import Habits
from nodes.scenario import Assumptions, FaultWish, Locality, Phase, Scenario, phases
from nodes.scenario_findings import Findings, shape_finding
from nodes.scenario_schema import AgencyEntry, FaultEntry, Mix, ScenarioFile
from nodes.scenario_systems import with_systems
from nodes.volumes import least_documents, nearest_printable
from nodes.working_time import WorkingTime

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
    found = Findings(file, toml_lines.lines_of(text))
    try:
        written = ScenarioFile.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False)
        for detail in details:
            found.add(*shape_finding(detail))
        if (rest := _without(value, details)) is not None:
            _scenario(rest, found)  # whatever else is wrong
        raise ScenarioInvalid.of(found.faults) from error
    scenario = _scenario(written, found)
    if found.faults:
        raise ScenarioInvalid.of(found.faults)
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
    value.setdefault("name", "unnamed")
    try:
        return ScenarioFile.model_validate(value)
    except ValidationError as error:  # what went was required in its table: leave out the table, if it may be
        left_out = {detail["loc"][0] for detail in error.errors(include_url=False)}
    rest = {key: table for key, table in value.items() if key not in left_out}
    try:
        return ScenarioFile.model_validate(rest)
    except ValidationError:
        return None


def with_faults(scenario: Scenario, names: Sequence[str]) -> Scenario:
    """Add a fault for each name; raises `ScenarioInvalid` for one that nobody knows."""
    for name in names:
        if name not in CATALOGUE:
            near = get_close_matches(name, CATALOGUE, n=1, cutoff=0.5)
            meant = f"; perhaps {near[0]}" if near else ""
            raise ScenarioInvalid(f"--fault {name}: no such fault (see: nodes faults list){meant}")
    if not any(locality.door == "rest" for locality in scenario.localities):
        raise ScenarioInvalid("--fault: faults strike agencies that speak REST, and there is none")
    return replace(scenario, faults=(*scenario.faults, *(FaultWish(name) for name in names)))


def _scenario(written: ScenarioFile, found: Findings) -> Scenario:
    """Judge what the keys mean together, and make the scenario; its values count only if nothing is wrong."""
    period, mix = written.period, written.mix
    hours = WorkingTime(
        written.habits.opens,
        written.habits.closes,
        frozenset(period.holidays),
        frozenset(period.worked),
    )
    _check_period(written, hours, found)
    office = found.agency(written.centre.government_office, ("centre", "government_office"))
    localities = [
        _locality(each, written, hours, ("agency", at), found) for at, each in enumerate(written.agency)
    ]
    codes = [each.code for each in localities]
    own = "" if office is None else office.code
    _check_codes(codes, own or None, found)
    for place, count in enumerate(mix.centre_recipients):
        found.must(
            count <= len(codes),
            ("mix", "centre_recipients", place),
            f"{count} recipients",
            f"at most {len(codes)}: there are no more agencies",
        )
    sent = written.volume.sent_at_least or sum(
        entry.documents or _DOCUMENTS_WITHOUT_WORD for entry in written.agency
    )
    _check_volume(written, found)
    received = written.volume.received_at_least
    scenario = Scenario(
        name=written.name,
        title=written.title or written.name,
        title_vi=written.title_vi or written.title or written.name,
        source=written.source or "every figure",
        first=period.first,
        last=period.last,
        sent=sent,
        received=_RECEIVED_FOR_EACH_SENT * sent if received is None else received,
        exchanged=written.volume.exchanged_at_least,
        scale=written.volume.scale,
        government_office=own,
        ministries=_ministries(written, found),
        centre_door=written.centre.door,
        localities=tuple(localities),
        assumed=_assumptions(mix),
        habits=_habits(written, hours),
        behaviour=read_behaviour(written, hours, found),
        faults=_faults(written, localities, hours, found),
        units=read_units(written.units, codes, found),
        province_hub=read_province_hub(written.province_hub, codes, found),
        is_invented=not written.source if written.invented is None else written.invented,
    )
    return with_systems(scenario, written, hours, found)


def _check_codes(codes: Sequence[str], office: str | None, found: Findings) -> None:
    """See that every agency stands once, and none is the Government Office."""
    for place, code in enumerate(codes):
        path, first = ("agency", place, "code"), codes.index(code)
        found.must(first == place, path, code, f"another code: agency[{first + 1}] has it")
        found.must(code != office, path, code, "another agency than the Government Office")


def _check_period(written: ScenarioFile, hours: WorkingTime, found: Findings) -> None:
    first, last = written.period.first, written.period.last
    begins = NOON[1] if NOON[0] <= hours.opens < NOON[1] else hours.opens
    found.must(begins < hours.closes, ("habits", "closes"), hours.closes, f"a time after {begins:%H:%M}")
    for place, day in enumerate(written.period.worked):
        found.must(
            day not in hours.holidays,
            ("period", "worked", place),
            day,
            "a day that is not among the holidays as well",
        )
    if last < first:
        found.add(("period", "to"), str(last), f"a day from {first} on")
    elif next(hours.days(first, last), None) is None:
        opens = next(hours.days(last, last + timedelta(days=60)), None)
        found.add(("period", "to"), f"{first} to {last}, without a working day", f"at least up to {opens}")


def _check_volume(written: ScenarioFile, found: Findings) -> None:
    """See that agencies with a number of their own leave room for the total."""
    total = written.volume.sent_at_least
    own = [entry.documents for entry in written.agency if entry.documents is not None]
    if total is not None and own and (sum(own) > total or len(own) == len(written.agency)):
        found.must(
            sum(own) == total,
            ("volume", "sent_at_least"),
            total,
            f"{sum(own)}, the sum of the agencies' documents, or nothing",
        )


def _locality(
    entry: AgencyEntry,
    written: ScenarioFile,
    hours: WorkingTime,
    path: toml_lines.Path,
    found: Findings,
) -> Locality:
    known = found.agency(entry.code, (*path, "code"))
    period = written.period
    starts = [period.first, *(change.first for change in entry.change)]
    for place, (earlier, later) in enumerate(pairwise(starts)):
        found.must(
            earlier < later <= period.last,
            (*path, "change", place, "from"),
            later,
            f"a day after {earlier}, up to {period.last}",
        )
    changes = [(change.first, int(change.share * 1000)) for change in entry.change]
    divided = phases(period.first, period.last, int(entry.share * 1000), changes)
    for place, phase in enumerate(divided):
        if phase.first <= phase.last and len(divided) > 1:
            found.must(
                next(hours.days(phase.first, phase.last), None) is not None,
                (*path, "change", max(0, place - 1), "from"),
                f"{phase.first} to {phase.last}, without a working day",
                "a phase with a working day",
            )
    _check_absences(entry, divided, hours, path, found)
    least = sum(least_documents(phase.thousandths) for phase in divided)
    if entry.documents is not None and entry.documents < least:
        found.add(
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
        entry.answers_after,
        tuple((each.first, each.last) for each in entry.absent),
    )


def _check_absences(
    entry: AgencyEntry,
    divided: Sequence[Phase],
    hours: WorkingTime,
    path: toml_lines.Path,
    found: Findings,
) -> None:
    """See that an agency that is away at times has days left to send on, with each of its shares."""
    away = [(each.first, each.last) for each in entry.absent]
    for place, (first, last) in enumerate(away):
        found.must(first <= last, (*path, "absent", place, "to"), last, f"a day from {first} on")
    for phase in divided if away else ():
        left = (
            day
            for day in hours.days(phase.first, phase.last)
            if not any(first <= day <= last for first, last in away)
        )
        found.must(
            next(left, None) is not None,
            (*path, "absent"),
            f"away on every working day from {phase.first} to {phase.last}",
            "a working day left on which it sends",
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


def _faults(
    written: ScenarioFile, localities: Sequence[Locality], hours: WorkingTime, found: Findings
) -> tuple[FaultWish, ...]:
    return tuple(
        _fault(entry, written, localities, hours, ("fault", place), found)
        for place, entry in enumerate(written.fault)
    )


def _fault(
    entry: FaultEntry,
    written: ScenarioFile,
    localities: Sequence[Locality],
    hours: WorkingTime,
    path: toml_lines.Path,
    found: Findings,
) -> FaultWish:
    near = get_close_matches(entry.name, CATALOGUE, n=1, cutoff=0.5)
    meant = f"; perhaps {near[0]}" if near else ""
    found.must(
        entry.name in CATALOGUE,
        (*path, "name"),
        repr(entry.name),
        f"a fault that `nodes faults list` names{meant}",
    )
    on_rest = [locality.code for locality in localities if locality.door == "rest"]
    known = None if entry.agency is None else found.agency(entry.agency, (*path, "agency"))
    found.must(bool(on_rest), path, "no agency that speaks REST", "one: faults strike those alone")
    found.must(
        known is None or known.code in on_rest,
        (*path, "agency"),
        entry.agency,
        "one of the agencies, which speaks REST",
    )
    first, last = written.period.first, written.period.last
    found.must(
        entry.on is None or (first <= entry.on <= last and hours.is_working_day(entry.on)),
        (*path, "on"),
        entry.on,
        f"a working day from {first} to {last}",
    )
    return FaultWish(entry.name, entry.count, None if known is None else known.code, entry.on)


def _ministries(written: ScenarioFile, found: Findings) -> tuple[str, ...]:
    named = written.centre.ministries
    if named == "all":
        return tuple(code for code, known in agencies().items() if known.kind == "ministry")
    path = ("centre", "ministries")
    found.must(bool(named), path, "none", 'at least one ministry, or "all"')
    codes: list[str] = []
    for code in named:
        known = found.agency(code, path)
        if known is None:
            continue
        found.must(known.kind == "ministry", path, code, "a ministry")
        found.must(known.code not in codes, path, f"{code} twice", "each ministry once")
        codes.append(known.code)
    return tuple(codes)


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
        certificate_days=habits.certificate_days,
        hours=hours,
    )
