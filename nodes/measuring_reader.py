"""Reads the measuring system of a scenario's file, and checks what its keys mean together."""

from collections.abc import Sequence

from nodes.known_agencies import agencies
from nodes.scenario import PUBLISHED_TARGETS, Measuring
from nodes.scenario_findings import Findings
from nodes.scenario_schema import ScenarioFile
from nodes.systems_reader import check_doors
from nodes.systems_schema import MeasuringEntry


def read_measuring(
    written: ScenarioFile, telling: Sequence[str], participants: Sequence[str], found: Findings
) -> Measuring | None:
    """Read it; None where there is none. Its values count where nothing is wrong.

    `telling` are the agencies whose one-stop systems send it messages, `participants` all on the hub.
    """
    entry = written.measuring
    if entry is None:
        return None
    own, told = (_code(entry.agency, "agency", found), _code(entry.reports_to, "reports_to", found))
    for key, code in (("agency", own), ("reports_to", told)):
        found.must(
            not code or code in participants,
            ("measuring", key),
            code,
            "an agency that takes part: one above, or named by centre.ministries",
        )
    check_doors(written, [(("measuring", "agency"), own), (("measuring", "reports_to"), told)], found)
    units = _units(entry, telling, found)
    absent = [_code(code, "not_connected", found) for code in entry.not_connected]
    for code in absent:
        found.must(
            code in units and code not in telling,
            ("measuring", "not_connected"),
            code,
            "a unit that is measured and has no one-stop system",
        )
    calling = len(units) - len({*telling, *absent})
    found.must(
        entry.dossiers >= calling and (calling > 0 or not entry.dossiers),
        ("measuring", "dossiers"),
        entry.dossiers,
        f"at least {calling}, one for each who calls over HTTP"
        if calling
        else "none: nobody calls over HTTP",
    )
    found.must(
        entry.fully_online <= entry.dossiers,
        ("measuring", "fully_online"),
        entry.fully_online,
        f"at most {entry.dossiers}, all dossiers",
    )
    years = [each.year for each in entry.target]
    found.must(len(set(years)) == len(years), ("measuring", "target"), years, "each year once")
    return Measuring(
        code=own,
        reports_to=told,
        units=units,
        not_connected=frozenset(absent),
        dossiers=entry.dossiers,
        fully_online=entry.fully_online,
        visits=entry.visits,
        targets=tuple(
            (each.year, int(each.ministries * 1000), int(each.provinces * 1000)) for each in entry.target
        )
        or PUBLISHED_TARGETS,
    )


def _units(entry: MeasuringEntry, telling: Sequence[str], found: Findings) -> tuple[str, ...]:
    all_provinces = [code for code, known in agencies().items() if known.kind == "province"]
    ministries = [_code(code, "ministries", found) for code in entry.ministries]
    for code in ministries:
        found.must(
            not code or agencies()[code].kind != "province", ("measuring", "ministries"), code, "a ministry"
        )
    provinces = (
        all_provinces
        if entry.provinces == "all"
        else [_code(code, "provinces", found) for code in entry.provinces]
    )
    for code in provinces:
        found.must(not code or code in all_provinces, ("measuring", "provinces"), code, "a province")
    units = tuple(dict.fromkeys(code for code in (*ministries, *provinces, *telling) if code))
    found.must(bool(units), ("measuring",), "nobody to measure", "ministries, provinces or a one-stop system")
    return units


def _code(code: str, key: str, found: Findings) -> str:
    known = found.agency(code, ("measuring", key))
    return "" if known is None else known.code
