"""Plans every document of a scenario: who sends what to whom, on which day, signed by whom.

The same scenario, scale and seed give the same plan. Numbers come from `nodes.volumes`; documents are written
and sent by `nodes.swarm`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import NamedTuple

from nodes.document_writer import Action, SignedBy
from nodes.faults.planning import PlannedFault, plan_faults
from nodes.letters import Letter, behave
from nodes.scenario import ONE_PAGE, Locality, Phase, Scenario, Size
from nodes.sending_days import SendingDays
from nodes.unit_letters import unit_letters
from nodes.volumes import LocalityVolume, Volumes, rounded, volumes

_MOST_MINISTRIES = 3  # a letter rarely goes to more ministries at once


class PlannedDocument(NamedTuple):
    """One document to be; a tuple, because a full plan holds a hundred thousand."""

    day: date
    sender: str
    counter: int
    """Running number of the sender's register, from 1."""
    recipients: tuple[str, ...]
    signed_by: SignedBy
    type: str = "cong-van"
    size: Size = ONE_PAGE
    is_urgent: bool = False
    action: Action = "new"
    about: "PlannedDocument | None" = None
    """What it answers, recalls, updates or replaces."""
    misaddressed: str | None = None
    """The recipient whom it does not concern."""
    has_newer_codes: bool = False
    """Whether it names agencies by codes of the newer form."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All documents of a run, in order of day."""

    scenario: Scenario
    scale: Decimal
    seed: int
    volumes: Volumes
    documents: tuple[PlannedDocument, ...]
    faults: tuple[PlannedFault, ...] = ()
    is_cut: bool = False
    """Holds the first days alone: shares need not have come out yet."""


class _Sketch(NamedTuple):
    """A document before it has a day and a number."""

    sender: str
    recipients: tuple[str, ...]
    signed_by: SignedBy
    phase: Phase | None = None
    """The days it belongs to; None for any of the period."""


def plan(scenario: Scenario, scale: Decimal, seed: int) -> Plan:
    """Plan a run; raises `ScenarioInvalid` for a scale that is not offered."""
    sizes = volumes(scenario, scale)
    rng = Random(f"plan {scenario.name} {seed}")  # noqa: S311 - a plan is to be repeated
    sketches = _from_localities(scenario, sizes, rng)
    sketches += _from_centre(scenario, sizes.received - sizes.from_peers, rng)
    sketches += _of_units(scenario, scale, rng)
    rng.shuffle(sketches)
    days = SendingDays(scenario)
    letters = [
        Letter(
            days.choose(sketch.sender, sketch.phase, rng), sketch.sender, sketch.recipients, sketch.signed_by
        )
        for sketch in sketches
    ]
    behaviour = Random(f"behaviour {scenario.name} {seed}")  # noqa: S311 - to be repeated as well
    letters = behave(letters, scenario, days.of, behaviour)
    return Plan(scenario, scale, seed, sizes, _numbered(letters), plan_faults(scenario, seed))


def _numbered(letters: Sequence[Letter]) -> tuple[PlannedDocument, ...]:
    """Put letters in order of day, and give each its number in its sender's register."""
    counters: Counter[str] = Counter()
    planned: dict[int, PlannedDocument] = {}
    for letter in sorted(letters, key=lambda each: each.day):
        counters[letter.sender] += 1
        planned[id(letter)] = PlannedDocument(
            letter.day,
            letter.sender,
            counters[letter.sender],
            letter.recipients,
            letter.signed_by,
            letter.type,
            letter.size,
            letter.is_urgent,
            letter.action,
            None if letter.about is None else planned[id(letter.about)],  # of an earlier day
            letter.misaddressed,
            letter.has_newer_codes,
        )
    return tuple(planned.values())


def _from_localities(scenario: Scenario, sizes: Volumes, rng: Random) -> list[_Sketch]:
    elsewhere = [size.sent - size.to_government_office for size in sizes.localities]
    copies = spread(sizes.from_peers, sum(elsewhere), len(scenario.localities) - 1, rng)
    sketches: list[_Sketch] = []
    for locality, size, documents in zip(scenario.localities, sizes.localities, elsewhere, strict=True):
        own_copies, copies = copies[:documents], copies[documents:]
        sketches += _to_government_office(scenario, locality, size, rng)
        marks = _marks(documents, Decimal(size.signed) / size.to_government_office, scenario, rng)
        peers = [other.code for other in scenario.localities if other.code != locality.code]
        for number, mark in zip(own_copies, marks, strict=True):
            chosen = rng.sample(peers, number)
            if number == 0 or rng.random() < scenario.assumed.also_to_ministries:
                chosen += _some_ministries(scenario, rng)
            sketches.append(_Sketch(locality.code, tuple(chosen), mark))
    return sketches


def _to_government_office(
    scenario: Scenario, locality: Locality, size: LocalityVolume, rng: Random
) -> list[_Sketch]:
    sketches = []
    for phase, (documents, signed) in zip(locality.phases, size.phases, strict=True):
        for mark in _marked(documents, signed, scenario, rng):
            recipients = [scenario.government_office]
            if rng.random() < scenario.assumed.also_to_ministries:
                recipients += _some_ministries(scenario, rng)
            sketches.append(_Sketch(size.code, tuple(recipients), mark, phase))
    return sketches


def _from_centre(scenario: Scenario, deliveries: int, rng: Random) -> list[_Sketch]:
    """Sketch documents of the centre that make exactly so many deliveries to localities."""
    sizes: list[int] = []
    pattern = scenario.assumed.centre_recipients
    while deliveries > 0:
        size = min(pattern[len(sizes) % len(pattern)], deliveries)
        sizes.append(size)
        deliveries -= size
    by_office = rounded(len(sizes) * scenario.assumed.centre_by_government_office)
    codes = [locality.code for locality in scenario.localities]
    marks = _marks(len(sizes), scenario.assumed.centre_signed, scenario, rng)
    rng.shuffle(sizes)
    sketches = []
    for place, (size, mark) in enumerate(zip(sizes, marks, strict=True)):
        sender = scenario.government_office if place < by_office else rng.choice(scenario.ministries)
        sketches.append(_Sketch(sender, tuple(rng.sample(codes, size)), mark))
    return sketches


def _of_units(scenario: Scenario, scale: Decimal, rng: Random) -> list[_Sketch]:
    if scenario.units is None:
        return []
    letters = unit_letters(scenario, scale, rng)
    marks = _marks(len(letters), scenario.units.signed, scenario, rng)
    return [_Sketch(*letter, mark) for letter, mark in zip(letters, marks, strict=True)]


def _some_ministries(scenario: Scenario, rng: Random) -> list[str]:
    most = min(_MOST_MINISTRIES, len(scenario.ministries))
    return rng.sample(scenario.ministries, rng.randint(1, most))


def _marks(documents: int, share: Decimal, scenario: Scenario, rng: Random) -> list[SignedBy]:
    return _marked(documents, rounded(documents * share), scenario, rng)


def _marked(documents: int, signed: int, scenario: Scenario, rng: Random) -> list[SignedBy]:
    """Say of each document who signs it: exactly `signed` of them, the stated part of those by both."""
    both = rounded(signed * scenario.assumed.signed_by_both)
    marks: list[SignedBy] = ["both"] * both
    marks += ["organisation"] * (signed - both)
    marks += ["none"] * (documents - signed)
    rng.shuffle(marks)
    return marks


def spread(copies: int, documents: int, most: int, rng: Random) -> list[int]:
    """Give `documents` documents `copies` recipients altogether, none more than `most`, by chance.

    `copies` must not exceed `documents * most`.
    """
    counts = [0] * documents
    for _ in range(copies):
        place = rng.randrange(documents)
        while counts[place] >= most:
            place = (place + 1) % documents
        counts[place] += 1
    return counts


def by_day(plan: Plan) -> list[tuple[date, list[PlannedDocument], list[PlannedFault]]]:
    """Group a plan's documents and faults by their days, in order; documents keep theirs."""
    days: dict[date, tuple[list[PlannedDocument], list[PlannedFault]]] = {}
    for document in plan.documents:
        days.setdefault(document.day, ([], []))[0].append(document)
    for fault in plan.faults:
        days.setdefault(fault.day, ([], []))[1].append(fault)
    return [(day, *days[day]) for day in sorted(days)]
