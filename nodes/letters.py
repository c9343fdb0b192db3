"""Gives sketched letters their kind, size and urgency, and has some answered, misdirected or followed up.

Numbers are whole and follow from the shares a scenario states; chance decides which letters it is.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import TypeVar

from nodes.document_writer import Action, SignedBy
from nodes.scenario import ONE_PAGE, Behaviour, Scenario, Size
from nodes.volumes import apportion, rounded

T = TypeVar("T")

_DAYS_TO_FOLLOW = 5
"""Working days within which a letter is recalled, updated or replaced."""


@dataclass(slots=True, eq=False)
class Letter:
    """A document with its day, before it has a number."""

    day: date
    sender: str
    recipients: tuple[str, ...]
    signed_by: SignedBy
    type: str = "cong-van"
    size: Size = ONE_PAGE
    is_urgent: bool = False
    action: Action = "new"
    about: "Letter | None" = None
    """The letter that it answers, recalls, updates or replaces."""
    misaddressed: str | None = None
    """The recipient whom it does not concern."""
    has_newer_codes: bool = False
    """Whether it names agencies by codes of the newer form."""


def behave(
    letters: list[Letter], scenario: Scenario, days: Callable[[str], Sequence[date]], rng: Random
) -> list[Letter]:
    """Give letters what the scenario's behaviour says, and return them with those that follow them up.

    `days` returns the days on which an agency sends, in order.
    """
    behaviour = scenario.behaviour
    number = len(letters)
    _misaddress(letters, rounded(number * behaviour.misaddressed), scenario, rng)
    _answer(letters, rounded(number * behaviour.answers), rng)
    more = [*letters, *_follow_up(letters, scenario, days, rng)]
    _differ(more, behaviour, rng)
    on_rest = [letter for letter in more if letter.sender not in scenario.old_doors]
    for letter in _shuffled(on_rest, number := rounded(len(more) * behaviour.newer_codes), rng)[:number]:
        letter.has_newer_codes = True
    return more


def _differ(letters: Sequence[Letter], behaviour: Behaviour, rng: Random) -> None:
    """Give each letter its kind, size and urgency: so many of each as weights and shares say."""
    kinds = [slug for slug, _ in behaviour.types]
    types = _dealt(kinds, [weight for _, weight in behaviour.types], len(letters), rng)
    sizes = _dealt(behaviour.sizes, [size.weight for size in behaviour.sizes], len(letters), rng)
    urgent = rounded(len(letters) * behaviour.urgent)
    marks = [True] * urgent + [False] * (len(letters) - urgent)
    rng.shuffle(marks)
    for letter, kind, size, is_urgent in zip(letters, types, sizes, marks, strict=True):
        letter.type, letter.size, letter.is_urgent = kind, size, is_urgent


def _dealt(values: Sequence[T], weights: Sequence[int], number: int, rng: Random) -> list[T]:
    counts = apportion(number, weights, [0] * len(weights))
    dealt = [value for value, count in zip(values, counts, strict=True) for _ in range(count)]
    rng.shuffle(dealt)
    return dealt


def _misaddress(letters: Sequence[Letter], wanted: int, scenario: Scenario, rng: Random) -> None:
    """Send so many letters to one more agency, which speaks REST and has nothing to do with them."""
    others = [each.code for each in scenario.localities if each.door == "rest"]
    for letter in _shuffled(letters, wanted, rng):
        free = [code for code in others if code != letter.sender and code not in letter.recipients]
        if wanted == 0 or not free:
            continue
        letter.misaddressed = rng.choice(free)
        letter.recipients += (letter.misaddressed,)
        wanted -= 1


def _answer(letters: Sequence[Letter], wanted: int, rng: Random) -> None:
    """Have so many letters answer one that their sender got on an earlier day from one of the recipients."""
    got: defaultdict[tuple[str, str], list[Letter]] = defaultdict(list)
    for letter in sorted(letters, key=lambda each: each.day) if wanted else ():
        for code in letter.recipients:
            got[letter.sender, code].append(letter)
    for letter in _shuffled(letters, wanted, rng):
        for code in letter.recipients:
            earlier = got.get((code, letter.sender), [])
            number = bisect_left(earlier, letter.day, key=lambda each: each.day)
            if wanted and number:
                letter.about = earlier[rng.randrange(number)]
                wanted -= 1
                break


def _follow_up(
    letters: Sequence[Letter], scenario: Scenario, days: Callable[[str], Sequence[date]], rng: Random
) -> list[Letter]:
    """Recall, update or replace letters that went by REST alone, and not to the Government Office.

    The shares of what went there stay what they are.
    """
    behaviour, old = scenario.behaviour, scenario.old_doors
    shares: dict[Action, Decimal] = {
        "recall": behaviour.recalls,
        "update": behaviour.updates,
        "replace": behaviour.replacements,
    }
    actions = [action for action, share in shares.items() for _ in range(rounded(len(letters) * share))]
    rng.shuffle(actions)
    following = []
    for letter in _shuffled(letters, len(actions), rng):
        if not actions:
            break
        concerned = {letter.sender, *letter.recipients}
        if scenario.government_office in concerned or concerned & old:
            continue
        own = days(letter.sender)
        first = bisect_right(own, letter.day)
        if later := own[first : first + _DAYS_TO_FOLLOW]:
            following.append(
                Letter(
                    rng.choice(later),
                    letter.sender,
                    letter.recipients,
                    letter.signed_by,
                    action=actions.pop(),
                    about=letter,
                )
            )
    return following


def _shuffled(letters: Sequence[Letter], wanted: int, rng: Random) -> list[Letter]:
    """Return the letters in an order of chance; none where nothing is wanted."""
    return rng.sample(letters, len(letters)) if wanted else []
