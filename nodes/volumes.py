"""How many documents each locality sends, so that every published share comes out to its printed decimal.

A share of 99.0 % needs at least 96 documents (95 of 96): where the scale leaves fewer, the volume is raised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import count

from nodes.errors import ScenarioInvalid
from nodes.scenario import Locality, Scenario

LEAST_SCALE = Decimal("0.001")
FULL_SCALE = Decimal(1)
_MOST_PEER_COPIES = (
    4  # per document to peers: leaves room below "all of the others", however few the documents
)


@dataclass(frozen=True, slots=True)
class LocalityVolume:
    """What one locality sends in the period."""

    code: str
    sent: int
    phases: tuple[tuple[int, int], ...]
    """Documents to the Government Office in each phase, and how many of them are signed."""

    @property
    def to_government_office(self) -> int:
        """Documents to the Government Office in the whole period."""
        return sum(documents for documents, _ in self.phases)

    @property
    def signed(self) -> int:
        """Of those to the Government Office."""
        return sum(signed for _, signed in self.phases)


@dataclass(frozen=True, slots=True)
class Volumes:
    """What is exchanged in the period."""

    localities: tuple[LocalityVolume, ...]
    asked_sent: int
    """What the scale alone asks for; `sent` is more when shares need more documents than that."""
    received: int
    """Deliveries to localities."""
    from_peers: int
    """Of those, how many come from other localities."""

    @property
    def sent(self) -> int:
        """Documents sent by the localities together."""
        return sum(locality.sent for locality in self.localities)


def volumes(scenario: Scenario, scale: Decimal) -> Volumes:
    """Lay out the volumes at `scale`, 0.001 to 1; raises `ScenarioInvalid` for another scale."""
    if not (scale.is_finite() and LEAST_SCALE <= scale <= FULL_SCALE):
        raise ScenarioInvalid(f"scale {scale}: must lie between {LEAST_SCALE} and {FULL_SCALE}")
    received = rounded(scenario.received * scale)
    least = [
        sum(least_documents(phase.thousandths) for phase in locality.phases)
        for locality in scenario.localities
    ]
    asked, sent = _sent(scenario, scale, least)
    localities = [
        LocalityVolume(locality.code, documents, _to_office(scenario, locality, documents))
        for locality, documents in zip(scenario.localities, sent, strict=True)
    ]
    elsewhere = sum(locality.sent - locality.to_government_office for locality in localities)
    copies = min(_MOST_PEER_COPIES, len(localities) - 1) * elsewhere
    from_peers = min(rounded(received * scenario.assumed.from_peers), copies)
    return Volumes(tuple(localities), asked, received, from_peers)


def _sent(scenario: Scenario, scale: Decimal, least: Sequence[int]) -> tuple[int, list[int]]:
    """Return what the scale asks for altogether, and what each locality sends, as its shares need."""
    asked = rounded(scenario.sent * scale)
    own = {
        place: max(rounded(locality.documents * scale), least[place])
        for place, locality in enumerate(scenario.localities)
        if locality.documents is not None
    }
    others = [place for place in range(len(least)) if place not in own]
    if others:
        needed = [least[place] for place in others]
        left = max(asked - sum(own.values()), sum(needed))
        weights = [scenario.localities[place].weight for place in others]
        own |= dict(zip(others, apportion(left, weights, needed), strict=True))
    return asked, [own[place] for place in range(len(least))]


def _to_office(scenario: Scenario, locality: Locality, documents: int) -> tuple[tuple[int, int], ...]:
    """Share documents to the Government Office among a locality's phases, by their working days."""
    wanted = rounded(documents * scenario.assumed.to_government_office)
    least = [least_documents(phase.thousandths) for phase in locality.phases]
    hours = scenario.habits.hours
    days = [sum(1 for _ in hours.days(phase.first, phase.last)) for phase in locality.phases]
    most = apportion(documents, days, least)
    parts = apportion(max(wanted, sum(least)), days, least)
    return tuple(
        nearest_share(part, phase.thousandths, most=room)
        for part, phase, room in zip(parts, locality.phases, most, strict=True)
    )


def signed_of(documents: int, thousandths: int) -> int | None:
    """How many of `documents` must be signed to print as that share, or None where no number does.

    The printed share is rounded to a tenth of a per cent; a tie between two decimals counts as neither.
    """
    signed = (2 * documents * thousandths + 1000) // 2000
    return signed if 2 * abs(1000 * signed - thousandths * documents) < documents else None


def least_documents(thousandths: int) -> int:
    """Return the smallest number of documents of which some number prints as that share."""
    return next(documents for documents in count(1) if signed_of(documents, thousandths) is not None)


def nearest_share(wanted: int, thousandths: int, *, most: int) -> tuple[int, int]:
    """Find the number of documents nearest to `wanted` that can print the share, and how many are signed.

    It is at most `most`, which must be no less than `least_documents`.
    """
    for distance in count():
        for documents in (wanted + distance, wanted - distance):
            signed = signed_of(documents, thousandths) if 0 < documents <= most else None
            if signed is not None:
                return documents, signed
        if distance > wanted + most:
            break
    raise ScenarioInvalid(f"no {most} documents or fewer give a share of {thousandths} thousandths")


def nearest_printable(most: int, thousandths: int) -> tuple[int, int, int]:
    """Find the share nearest to `thousandths` that `most` documents or fewer print.

    Returns it in thousandths, the number of documents and how many of them are signed.
    """
    printable = (
        (round(1000 * Decimal(signed) / documents), documents, signed)
        for documents in range(1, most + 1)
        for signed in range(documents + 1)
    )
    return min(
        (each for each in printable if signed_of(each[1], each[0]) == each[2]),
        key=lambda each: (abs(each[0] - thousandths), -each[1]),
    )


def apportion(total: int, weights: Sequence[int], least: Sequence[int]) -> list[int]:
    """Share `total` out by weight, largest remainders first, nobody getting less than their `least`.

    `total` must be no less than the sum of `least`.
    """
    fixed: dict[int, int] = {}
    while True:
        open_places = [place for place in range(len(weights)) if place not in fixed]
        left = total - sum(fixed.values())
        weight = sum(weights[place] for place in open_places)
        parts = {place: left * weights[place] // weight for place in open_places}
        short = [place for place in open_places if parts[place] < least[place]]
        if not short:
            break
        fixed |= {place: least[place] for place in short}
        if len(fixed) == len(weights):
            # everybody is at the least: what remains goes to the first
            fixed[0] += total - sum(fixed.values())
            return [fixed[place] for place in range(len(weights))]
    by_remainder = sorted(open_places, key=lambda place: (-(left * weights[place] % weight), place))
    for place in by_remainder[: left - sum(parts.values())]:
        parts[place] += 1
    shared = fixed | parts
    return [shared[place] for place in range(len(weights))]


def rounded(value: Decimal) -> int:
    """Round half up, as figures are printed."""
    return int(value.to_integral_value(ROUND_HALF_UP))
