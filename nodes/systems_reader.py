"""Reads the neighbouring systems of a scenario's file, and checks what their keys mean together."""

from collections.abc import Sequence
from datetime import timedelta

from axis.protocol.agency_codes import canonical_or_none
from nodes.known_agencies import AgencyKind, agencies
from nodes.scenario import Cabinet, CabinetBallot, OneStop, Population, PopulationUnit, Portal
from nodes.scenario_findings import Findings
from nodes.scenario_schema import ScenarioFile
from nodes.systems_schema import CabinetBallotEntry, OneStopEntry
from nodes.toml_lines import Path
from nodes.working_time import WorkingTime

LEAST_WORKING_DAYS = 40
"""Of a period with a one-stop system: the longest procedure, and time to be late, fit into it."""


def read_one_stops(written: ScenarioFile, hours: WorkingTime, found: Findings) -> tuple[OneStop, ...]:
    """Read the one-stop systems; their values count where nothing is wrong."""
    entries = written.one_stop
    needs_days = bool(entries or written.portal)
    days = sum(1 for _ in hours.days(written.period.first, written.period.last)) if needs_days else 0
    found.must(
        not needs_days or days >= LEAST_WORKING_DAYS,
        ("period", "to"),
        f"{days} working days",
        f"at least {LEAST_WORKING_DAYS} where there is a one-stop system",
    )
    found.must(
        not needs_days or written.habits.certificate_days is None,
        ("habits", "certificate_days"),
        written.habits.certificate_days,
        "no renewals where systems send messages",
    )
    read = [_read(entry, ("one_stop", place), found) for place, entry in enumerate(entries)]
    check_doors(
        written,
        [
            (("one_stop", place, key), code)
            for place, each in enumerate(read)
            for key, code in (("agency", each.code), ("reports_to", each.reports_to))
        ],
        found,
    )
    codes = [each.code for each in read]
    for place, code in enumerate(codes):
        found.must(code not in codes[:place], ("one_stop", place, "agency"), code, "each agency once")
    return tuple(read)


def read_portals(
    written: ScenarioFile, one_stops: Sequence[OneStop], ministries: Sequence[str], found: Findings
) -> tuple[Portal, ...]:
    """Read the portals, `ministries` being the scenario's; their values count where nothing is wrong."""
    read: list[Portal] = []
    for place, entry in enumerate(written.portal):
        path = ("portal", place)
        own = found.agency(entry.agency, (*path, "agency"))
        code = "" if own is None else own.code
        found.must(code not in [each.code for each in read], (*path, "agency"), code, "each agency once")
        if entry.provinces == "all":
            provinces = [code for code, known in agencies().items() if known.kind == "province"]
        else:
            provinces = _units(entry.provinces, "province", (*path, "provinces"), found)
        named = _units(entry.ministries, "ministry", (*path, "ministries"), found)
        portal = Portal(
            code=code,
            connected=(*named, *provinces),
            ministries=tuple(dict.fromkeys((*ministries, *named))),
            accounts=entry.accounts,
            statuses=entry.statuses,
        )
        _check_portal(portal, one_stops, path, found)
        keys = dict.fromkeys(named, "ministries") | dict.fromkeys(provinces, "provinces") | {code: "agency"}
        check_doors(written, [((*path, key), each) for each, key in keys.items()], found)
        read.append(portal)
    return tuple(read)


def _units(codes: Sequence[str], kind: AgencyKind, path: tuple[str | int, ...], found: Findings) -> list[str]:
    """Look agencies of one kind up, each once."""
    units: list[str] = []
    for code in codes:
        known = found.agency(code, path)
        if known is None:
            continue
        found.must(known.kind == kind, path, code, f"a {kind}")
        found.must(known.code not in units, path, f"{code} twice", f"each {kind} once")
        units.append(known.code)
    return units


def _check_portal(
    portal: Portal, one_stops: Sequence[OneStop], path: tuple[str, int], found: Findings
) -> None:
    """See that the units of a portal tell it of as many statuses as it says."""
    found.must(bool(portal.connected), (*path, "provinces"), "none", "at least one ministry or province")
    found.must(
        portal.code not in portal.connected,
        (*path, "agency"),
        portal.code,
        "another agency than those connected: nobody sends messages to itself",
    )
    told = 0
    for place, one_stop in enumerate(one_stops):
        is_connected, reports = one_stop.code in portal.connected, one_stop.reports_to == portal.code
        joined = "is" if is_connected else "is not"
        found.must(
            is_connected == reports,
            ("one_stop", place, "reports_to"),
            f"{one_stop.reports_to} for {one_stop.code}, which {joined} connected to {portal.code}",
            f"{portal.code} for units that are connected to it, and for no other",
        )
        told += one_stop.statuses if is_connected else 0
    invented = len(portal.connected) - sum(each.code in portal.connected for each in one_stops)
    if invented:
        found.must(
            portal.statuses >= told + invented,
            (*path, "statuses"),
            portal.statuses,
            f"at least {told + invented}: {told} of units with a [[one_stop]], and one of each other unit",
        )
    else:
        found.must(
            portal.statuses == told, (*path, "statuses"), portal.statuses, f"{told}, what its units tell"
        )


def check_doors(written: ScenarioFile, exchanging: Sequence[tuple[Path, str]], found: Findings) -> None:
    """See that who exchanges messages speaks REST; each comes with the place that names it, "" if unknown."""
    doors: dict[str, str] = {}
    for place, entry in enumerate(written.agency):
        if entry.door == "vxp":
            doors[entry.code] = f"agency[{place + 1}].door"
    if written.centre.door == "vxp":
        ministries = written.centre.ministries
        named = [code for code, known in agencies().items() if known.kind == "ministry"]
        for code in (written.centre.government_office, *(named if ministries == "all" else ministries)):
            doors[code] = "centre.door"
    by_code = {canonical_or_none(code): key for code, key in doors.items()} | {None: None}
    for path, code in exchanging:
        key = by_code.get(canonical_or_none(code))
        found.must(
            key is None,
            path,
            f"{code}, which speaks the old protocol",
            f'an agency that speaks REST, as messages do alone: {key} = "rest", or another agency',
        )


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


def read_cabinet(
    written: ScenarioFile,
    centre: tuple[str, ...],
    agencies: Sequence[str],
    hours: WorkingTime,
    found: Findings,
) -> Cabinet | None:
    """Read the e-cabinet; `centre`: the Government Office and the ministries, whose heads are members.

    Strangers, who are no members, sit at the first of `agencies`.
    """
    if written.cabinet is None:
        return None
    found.must(
        written.habits.certificate_days is None,
        ("habits", "certificate_days"),
        written.habits.certificate_days,
        "no renewals where systems send messages",
    )
    named, secretariat = written.cabinet.ministries, centre[0]
    ministries = centre[1:]
    if named != "all":
        known = [found.agency(code, ("cabinet", "ministries", place)) for place, code in enumerate(named)]
        ministries = tuple(dict.fromkeys("" if each is None else each.code for each in known))
        for place, code in enumerate(ministries):
            found.must(
                code in centre[1:],
                ("cabinet", "ministries", place),
                code,
                "one of the ministries that take part",
            )
    found.must(
        bool(ministries),
        ("centre", "ministries"),
        "none",
        "at least one ministry where there is an e-cabinet",
    )
    leaders, centre = written.cabinet.leaders, (secretariat, *ministries)
    check_doors(written, [(("centre", "door"), code) for code in centre], found)
    for place, entry in enumerate(written.cabinet.ballot):
        _check_ballot(entry, leaders + len(centre), written, hours, ("cabinet", "ballot", place), found)
    ballots = tuple(CabinetBallot(**entry.model_dump()) for entry in written.cabinet.ballot)
    return Cabinet(secretariat, leaders, centre, agencies[0], ballots)


def _check_ballot(
    entry: CabinetBallotEntry,
    members: int,
    written: ScenarioFile,
    hours: WorkingTime,
    path: tuple[str | int, ...],
    found: Findings,
) -> None:
    cast = entry.agree + entry.disagree + entry.other
    own = {"agree": entry.agree, "disagree": entry.disagree, "other": entry.other, "none": members - cast}
    in_room = entry.agree if entry.meeting else 0
    period = written.period
    opens = period.first <= entry.opens <= period.last and hours.is_working_day(entry.opens)
    follows = next(hours.days(entry.closes + timedelta(days=1), period.last), None)
    for name, holds, value, expected in (
        ("opens", opens, entry.opens, "a working day of the period"),
        ("closes", entry.closes >= entry.opens, entry.closes, f"a day from {entry.opens} on"),
        (
            "closes",
            follows is not None,
            entry.closes,
            f"a day with a working day after it up to {period.last}",
        ),
        ("agree", cast <= members, f"{cast} ballots", f"at most {members}, one of each member"),
        ("in_room", entry.in_room <= in_room, entry.in_room, f"at most {in_room}; none without a meeting"),
        (
            "prime_minister",
            own[entry.prime_minister] > 0,
            entry.prime_minister,
            "one of the ballots that the members cast",
        ),
        ("late", entry.late <= members - cast, entry.late, f"at most {members - cast}, who did not vote"),
        ("repeated", entry.repeated <= cast, entry.repeated, f"at most {cast}, who voted"),
        ("forged", entry.forged <= members, entry.forged, f"at most {members}, one for each member"),
    ):
        found.must(holds, (*path, name), value, expected)


def read_population(written: ScenarioFile, found: Findings) -> Population | None:
    """Read the population register and who asks it."""
    entry = written.population
    if entry is None:
        return None
    found.must(
        written.habits.certificate_days is None,
        ("habits", "certificate_days"),
        written.habits.certificate_days,
        "no renewals where systems send messages",
    )
    register = found.agency(entry.agency, ("population", "agency"))
    named: list[tuple[Path, str]] = [(("population", "agency"), "" if register is None else register.code)]
    units: list[PopulationUnit] = []
    for place, unit in enumerate(entry.unit):
        path = ("population", "unit", place)
        known = found.agency(unit.agency, (*path, "agency"))
        code = "" if known is None else known.code
        others = [each.code for each in units]
        found.must(code not in others, (*path, "agency"), code, "each agency once")
        found.must(
            unit.look_ups + unit.mismatched < entry.persons,
            (*path, "look_ups"),
            f"{unit.look_ups} and {unit.mismatched} mismatched",
            f"fewer than {entry.persons} together, each of another person",
        )
        found.must(
            unit.foreign_account == 0 or unit.officers > 1,
            (*path, "foreign_account"),
            unit.foreign_account,
            "none with one officer alone: there is no other account",
        )
        named.append(((*path, "agency"), code))
        counts = unit.model_dump(exclude={"agency"})
        units.append(PopulationUnit(code=code, **counts))
    check_doors(written, named, found)
    return Population(
        "" if register is None else register.code, entry.persons, entry.most_of_one_person, tuple(units)
    )
