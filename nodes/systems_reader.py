"""Reads the neighbouring systems of a scenario's file, and checks what their keys mean together."""

from nodes.scenario import OneStop
from nodes.scenario_findings import Findings
from nodes.scenario_schema import OneStopEntry, ScenarioFile
from nodes.working_time import WorkingTime

LEAST_WORKING_DAYS = 40
"""Of a period with a one-stop system: the longest procedure, and time to be late, fit into it."""


def read_one_stops(written: ScenarioFile, hours: WorkingTime, found: Findings) -> tuple[OneStop, ...]:
    """Read the one-stop systems; their values count where nothing is wrong."""
    entries = written.one_stop
    days = sum(1 for _ in hours.days(written.period.first, written.period.last)) if entries else 0
    found.must(
        not entries or days >= LEAST_WORKING_DAYS,
        ("period", "to"),
        f"{days} working days",
        f"at least {LEAST_WORKING_DAYS} where there is a one-stop system",
    )
    found.must(
        not entries or written.habits.certificate_days is None,
        ("habits", "certificate_days"),
        written.habits.certificate_days,
        "no renewals where systems send messages",
    )
    read = [_read(entry, ("one_stop", place), found) for place, entry in enumerate(entries)]
    codes = [each.code for each in read]
    for place, code in enumerate(codes):
        found.must(code not in codes[:place], ("one_stop", place, "agency"), code, "each agency once")
    return tuple(read)


def _read(entry: OneStopEntry, path: tuple[str, int], found: Findings) -> OneStop:
    own, told = (
        found.agency(entry.agency, (*path, "agency")),
        found.agency(entry.reports_to, (*path, "reports_to")),
    )
    parts = {
        name: getattr(entry, name)
        for name in (
            "resolved_in_time",
            "resolved_overdue",
            "resolved_without_deadline",
            "open_in_time",
            "open_overdue",
            "open_without_deadline",
        )
    }
    for name, least, most in (
        ("received", sum(parts.values()), None),
        ("fully_online", 0, entry.received),
        ("portal_full", 0, entry.services_full),
        ("portal_partial", 0, entry.services_partial),
    ):
        value = getattr(entry, name)
        fits = value >= least and (most is None or value <= most)
        bound = f"at least {least}, all its parts" if most is None else f"at most {most}"
        found.must(fits, (*path, name), value, bound)
    return OneStop(
        code="" if own is None else own.code,
        reports_to="" if told is None else told.code,
        received=entry.received,
        fully_online=entry.fully_online,
        services=(entry.services_full, entry.services_partial, entry.portal_full, entry.portal_partial),
        **parts,
    )
