"""Sketches what districts and communes exchange with those above them: reports up, circulars down.

Numbers are whole and involve no chance; chance decides who writes, and which of it is signed.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from random import Random

from axis.protocol.agency_codes import AgencyCode, parent
from nodes.scenario import Scenario
from nodes.volumes import rounded


def unit_letters(scenario: Scenario, scale: Decimal, rng: Random) -> list[tuple[str, tuple[str, ...]]]:
    """Return sender and recipients of each, reports first.

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
    return reports + [(code, tuple(below[code])) for code in down]


def _in_turn(codes: Sequence[str], number: int, rng: Random) -> list[str]:
    """Choose so many, everybody as often as everybody else, and chance who comes once more."""
    if not codes:
        return []
    turns, rest = divmod(number, len(codes))
    return [*codes] * turns + rng.sample(codes, rest)
