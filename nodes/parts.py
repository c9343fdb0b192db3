"""Divides a plan's agencies among parts of a run: processes of one machine, or machines.

Every part makes the same plan, and carries out what its own agencies do. `nodes.meeting` keeps them in step.
"""

import re
from collections import Counter
from hashlib import sha256
from typing import NamedTuple

from nodes.errors import ScenarioInvalid
from nodes.planner import Plan

_NAME_CHARACTERS = 23

MOST_PARTS = 64  # what a hub's sandbox takes


class Part(NamedTuple):
    """One part of a run."""

    number: int
    """From 1; the first moves the clock and injects the faults."""
    of: int

    @property
    def leads(self) -> bool:
        """It is the first."""
        return self.number == 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


WHOLE = Part(1, 1)


def read_part(text: str) -> Part:
    """Read `2/4`; raises `ValueError`."""
    found = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]) <= MOST_PARTS:
        raise ValueError(f"{text!r} is no part such as 2/4, of at most {MOST_PARTS}")
    return Part(int(found[1]), int(found[2]))


def agencies_of(plan: Plan, part: Part) -> frozenset[str]:
    """Return the agencies of a part: each is in one, and all have about as much to send and to read.

    Raises `ScenarioInvalid` where there are more parts than agencies.
    """
    codes = plan.scenario.participants
    if part.of > len(codes):
        raise ScenarioInvalid(f"found {part.of} parts, expected at most {len(codes)}: one for each agency")
    work: Counter[str] = Counter(dict.fromkeys(codes, 1))
    for document in plan.documents:
        work[document.sender] += 1
        work.update(document.recipients)
    loads = [0] * part.of
    own = set()
    for code in sorted(codes, key=lambda each: (-work[each], each)):
        lightest = loads.index(min(loads))
        loads[lightest] += work[code]
        if lightest == part.number - 1:
            own.add(code)
    return frozenset(own)


def run_name(plan: Plan, of: int) -> str:
    """Return what parts call a run: of another plan, or in another number of parts, it is another name."""
    told = repr((plan.scenario.name, str(plan.scale), plan.seed, of, plan.documents, plan.faults))
    return f"{plan.scenario.name[:_NAME_CHARACTERS]}-{sha256(told.encode()).hexdigest()[:16]}"
