"""Reads what a scenario's file says of behaviour and of units, and judges what its keys mean together.

`scenario_reader` calls it and reads the rest.
"""

from collections.abc import Sequence

from axis.protocol.agency_codes import AgencyCode, level
from axis.protocol.document_types import DOCUMENT_TYPES
from nodes.known_agencies import departments, units
from nodes.scenario import ONE_PAGE, Behaviour, Peak, Size, Units
from nodes.scenario_findings import Findings
from nodes.scenario_schema import PeakEntry, ProvinceHubEntry, ScenarioFile, UnitsEntry
from nodes.working_time import WorkingTime


def read_behaviour(written: ScenarioFile, hours: WorkingTime, found: Findings) -> Behaviour:
    """Read how letters differ; notes kinds that nobody may send, and peaks without a day."""
    mix = written.mix
    kinds = [slug for slug, kind in DOCUMENT_TYPES.items() if not kind.is_message]
    for slug in mix.types:
        found.must(slug in kinds, ("mix", "types", slug), slug, f"one of {', '.join(kinds)}")
    found.must(bool(mix.types), ("mix", "types"), "none", "at least one kind with its weight")
    followed = mix.recalls + mix.updates + mix.replacements
    found.must(
        followed <= 1,
        ("mix", "recalls"),
        f"recalls, updates and replacements of {followed} together",
        "at most 1: one of them at most follows a document",
    )
    for place, peak in enumerate(written.peak):
        _check_peak(place, peak, written, hours, found)
    return Behaviour(
        types=tuple(mix.types.items()),
        sizes=tuple(Size(each.pages, each.appendix_kilobytes, each.weight) for each in written.size)
        or (ONE_PAGE,),
        peaks=tuple(Peak(each.first, each.last, each.weight) for each in written.peak),
        urgent=mix.urgent,
        answers=mix.answers,
        misaddressed=mix.misaddressed,
        recalls=mix.recalls,
        updates=mix.updates,
        replacements=mix.replacements,
        newer_codes=mix.newer_codes,
    )


def _check_peak(
    place: int, peak: PeakEntry, written: ScenarioFile, hours: WorkingTime, found: Findings
) -> None:
    first, last = max(peak.first, written.period.first), min(peak.last, written.period.last)
    found.must(
        next(hours.days(first, last), None) is not None,
        ("peak", place, "to"),
        f"{peak.first} to {peak.last}, without a working day of the period",
        f"days that reach into {written.period.first} to {written.period.last}",
    )
    for before in written.peak[:place]:
        found.must(
            peak.last < before.first or before.last < peak.first,
            ("peak", place, "from"),
            f"{peak.first} to {peak.last}",
            f"days that are not in the peak from {before.first} to {before.last}",
        )


def read_units(entry: UnitsEntry | None, localities: Sequence[str], found: Findings) -> Units | None:
    """Take the units of the provinces that are named, or of all that take part."""
    if entry is None:
        return None
    tops = _tops(entry, localities, found)
    found.must(
        not entry.departments or entry.of == "2025-01",
        ("units", "departments"),
        f"departments with units of {entry.of}",
        "units of 2025-01: those of other months are not known",
    )
    lists = [departments(), units(entry.of)] if entry.departments else [units(entry.of)]
    codes = tuple(code for each in lists for code in each if code.rpartition(".")[2] in tops)
    found.must(bool(codes), ("units",), "no province among the agencies", "one that has units")
    for place, code in enumerate(localities):
        found.must(code not in codes, ("agency", place, "code"), code, "a code that is no unit's")
    sent = len(codes) if entry.sent_at_least is None else entry.sent_at_least
    return Units(codes, sent, entry.circulars_at_least, entry.signed, entry.across_at_least)


def _tops(entry: UnitsEntry, localities: Sequence[str], found: Findings) -> set[str]:
    """Return how the codes of the provinces end whose units take part."""
    tops = {code.rpartition(".")[2] for code in localities if level(AgencyCode(code)) == 1}
    if entry.provinces is None:
        return tops
    path = ("units", "provinces")
    named = [known for code in entry.provinces if (known := found.agency(code, path)) is not None]
    for known in named:
        found.must(known.code in localities, path, known.code, "one of the agencies")
    return tops & {known.code.rpartition(".")[2] for known in named}


def read_province_hub(
    entry: ProvinceHubEntry | None, localities: Sequence[str], found: Findings
) -> str | None:
    """Take the province that has a hub of its own: one of the agencies, and not the only one."""
    path = ("province_hub", "of")
    known = None if entry is None else found.agency(entry.of, path)
    if known is None:
        return None
    is_fine = known.kind == "province" and known.code in localities
    found.must(is_fine, path, known.code, "a province among the agencies")
    return known.code
