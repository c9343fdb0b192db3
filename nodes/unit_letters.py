"""Sketches what units of provinces exchange: reports up, circulars down, letters across to others and back.

Numbers are whole and involve no chance; chance decides who writes, and which of it is signed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random

from axis.protocol.agency_codes import AgencyCode, parent
from nodes.scenario import Scenario
from nodes.volumes import rounded


def unit_letters(scenario: Scenario, scale: Decimal, rng: Random) -> list[tuple[str, tuple[str, ...]]]:
    """Return sender and recipients of each, reports first, then circulars.

    No unit sends two reports more than another, and no agency two circulars.
    """
    units = scenario.units
    if units is None:
        return []
    above = {code: parent(AgencyCode(code)) or "" for code in units.codes}
    below: defaultdict[str, list[str]] = defaultdict(list)
    for code, superior in above.items():
        below[superior].append(code)
    up = _in_turn(units.codes, rounded(units.sent * scale), rng)
    down = _in_turn(list(below), rounded(units.circulars * scale), rng)
    reports: list[tuple[str, tuple[str, ...]]] = [(code, (above[code],)) for code in up]
    circulars = [(code, tuple(below[code])) for code in down]
    return reports + circulars + _across(scenario, above, rounded(units.across * scale), rng)


def _across(
    scenario: Scenario, above: Mapping[str, str], number: int, rng: Random
) -> list[tuple[str, tuple[str, ...]]]:
    """Have units write to the centre and to other localities, and these to units, in turn.

    Every second letter of a unit goes to whom is above it as well, every second one to a unit to two of them.
    """
    tops = {code.rpartition(".")[2] for code in above}
    outside = [
        code for code in scenario.participants if code not in above and code.rpartition(".")[2] not in tops
    ]
    letters: list[tuple[str, tuple[str, ...]]] = []
    for place in range(number):
        other, unit = rng.choice(outside), rng.choice(list(above))
        also = place // 2 % 2 == 0
        if place % 2 == 0:
            letters.append((unit, (other, above[unit]) if also else (other,)))
        else:
            letters.append((other, tuple(rng.sample(list(above), 1 + also))))
    return letters


def _in_turn(codes: Sequence[str], number: int, rng: Random) -> list[str]:
    """Choose so many, everybody as often as everybody else, and chance who comes once more."""
    if not codes:
        return []
    turns, rest = divmod(number, len(codes))
    return [*codes] * turns + rng.sample(codes, rest)
