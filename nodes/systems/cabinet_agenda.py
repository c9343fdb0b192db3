"""Who sits in a cabinet, what is put to the vote and when, and how each member will vote: all from a seed.

Counts are exact. The secretariat's system is in `cabinet`, the members' in `cabinet_members`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from nodes.invented_texts import Signer, invented_name
from nodes.scenario import Cabinet, CabinetBallot
from nodes.systems.signers import SystemPerson
from nodes.working_time import WorkingTime
from signing.keys import derive_p256

PRIME_MINISTER: Final = "TTg"
_TITLES: Final = {
    "G19": "Thống đốc Ngân hàng Nhà nước",
    "G20": "Tổng Thanh tra Chính phủ",
    "G21": "Bộ trưởng, Chủ nhiệm Ủy ban Dân tộc",
    "G22": "Bộ trưởng, Chủ nhiệm Văn phòng Chính phủ",
}
_DAYS_BEFORE: Final = (5, 4, 3)
"""Working days from drawing up, submitting and approving a ballot to its day, where the period has them."""
_OPINIONS: Final = (
    "Đề nghị cơ quan soạn thảo làm rõ nguồn lực thực hiện trước khi trình.",
    "Đề nghị bổ sung đánh giá tác động và lộ trình thực hiện.",
)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the cabinet, or someone who takes himself for one."""

    agency: str
    """The agency that sends this person's messages."""
    person: SystemPerson


@dataclass(frozen=True, slots=True)
class Intention:
    """A ballot that someone will send."""

    on: date
    ballot: str
    member: str
    """In whose name."""
    signer: str
    """Who signs it; another than `member` where it is forged."""
    agency: str
    """Of the signer."""
    choice: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Plans:
    """All that happens around one ballot."""

    code: str
    written: CabinetBallot
    meeting: str | None
    """The code of its meeting."""
    before: tuple[date, date, date]
    """When it is drawn up, submitted, and approved; then members are invited to its meeting."""
    attendance: dict[str, str]
    """How each member takes part in the meeting."""
    intentions: tuple[Intention, ...]


def members_of(cabinet: Cabinet, seed: int) -> tuple[Member, ...]:
    """Invent the members: the Prime Minister and deputies at the secretariat, and the head of each agency."""
    posts = [(cabinet.secretariat, PRIME_MINISTER, "Thủ tướng Chính phủ")]
    posts += [
        (cabinet.secretariat, f"PTTg-{number}", "Phó Thủ tướng Chính phủ")
        for number in range(1, cabinet.leaders)
    ]
    for agency in cabinet.heads:
        code = agency.rpartition(".")[2]
        posts.append((agency, code, _TITLES.get(code, "Bộ trưởng")))
    return tuple(Member(agency, _person(code, title, seed)) for agency, code, title in posts)


def strangers_of(cabinet: Cabinet, seed: int) -> tuple[Member, ...]:
    """Invent those who are no members and vote, as many as the ballot with the most of them has."""
    most = max((ballot.strangers for ballot in cabinet.ballots), default=0)
    return tuple(
        Member(cabinet.strangers_at, _person(f"khach-{number}", "Chuyên viên", seed))
        for number in range(1, most + 1)
    )


def plans_of(cabinet: Cabinet, hours: WorkingTime, first: date, last: date, seed: int) -> tuple[Plans, ...]:
    """Say what will happen to each ballot, day by day."""
    members, strangers = members_of(cabinet, seed), strangers_of(cabinet, seed)
    days = list(hours.days(first, last))
    return tuple(
        _plans(number, ballot, members, strangers, days, seed)
        for number, ballot in enumerate(cabinet.ballots, 1)
    )


def _person(code: str, title: str, seed: int) -> SystemPerson:
    rng = Random(f"cabinet {seed} {code}")  # noqa: S311 - a name, to be repeated
    return SystemPerson(
        code, Signer(invented_name(rng), title), derive_p256(f"nodes {seed} cabinet {code}".encode())
    )


def _plans(
    number: int,
    ballot: CabinetBallot,
    members: Sequence[Member],
    strangers: Sequence[Member],
    days: Sequence[date],
    seed: int,
) -> Plans:
    rng, code = Random(f"cabinet {seed} ballot {number}"), f"PYK-{number}"  # noqa: S311 - to be repeated
    choices = _choices(ballot, members, rng)
    own = [day for day in days if ballot.opens <= day <= ballot.closes]
    after = next(day for day in days if day > ballot.closes)
    cast = {
        member: own[0] if ballot.meeting else rng.choice(own)
        for member, choice in choices.items()
        if choice != "none"
    }
    silent = [member for member, choice in choices.items() if choice == "none"]
    agencies = {each.person.code: each.agency for each in members}
    intentions = [
        _intention(day, code, member, member, agencies[member], choices[member], rng)
        for member, day in cast.items()
    ]
    intentions += [
        _intention(after, code, member, member, agencies[member], "agree", rng)
        for member in silent[: ballot.late]
    ]
    for member in rng.sample(sorted(cast), ballot.repeated):
        other = "disagree" if choices[member] == "agree" else "agree"
        intentions.append(_intention(own[-1], code, member, member, agencies[member], other, rng))
    victims = (silent[::-1] + sorted(cast))[: ballot.forged]
    for victim in victims:
        forger = next(each for each in members if each.agency != agencies[victim])
        signer = forger.person.code
        intentions.append(_intention(own[-1], code, victim, signer, forger.agency, "agree", rng))
    for each in strangers[: ballot.strangers]:
        name = each.person.code
        intentions.append(_intention(own[-1], code, name, name, each.agency, "agree", rng))
    position = days.index(ballot.opens)
    drawn_up, submitted, approved = (days[max(0, position - each)] for each in _DAYS_BEFORE)
    return Plans(
        code,
        ballot,
        f"PH-{number}" if ballot.meeting else None,
        (drawn_up, submitted, approved),
        _attendance(ballot, choices),
        tuple(intentions),
    )


def _choices(ballot: CabinetBallot, members: Sequence[Member], rng: Random) -> dict[str, str]:
    """Give every member a choice, the Prime Minister the one that is written; `none`: no ballot in time."""
    others = [each.person.code for each in members if each.person.code != PRIME_MINISTER]
    rng.shuffle(others)
    left = ["agree"] * ballot.agree + ["disagree"] * ballot.disagree + ["other"] * ballot.other
    left += ["none"] * (len(members) - len(left))
    left.remove(ballot.prime_minister)
    return {PRIME_MINISTER: ballot.prime_minister, **dict(zip(others, left, strict=True))}


def _attendance(ballot: CabinetBallot, choices: dict[str, str]) -> dict[str, str]:
    """Say who sits in the room: of those in favour as many as is written, and all who vote otherwise."""
    in_favour = [member for member, choice in choices.items() if choice == "agree"]
    in_room = set(in_favour[: ballot.in_room])
    return {
        member: "absent"
        if choice == "none"
        else "room"
        if choice != "agree" or member in in_room
        else "remote"
        for member, choice in choices.items()
    }


def _intention(
    on: date, ballot: str, member: str, signer: str, agency: str, choice: str, rng: Random
) -> Intention:
    text = rng.choice(_OPINIONS) if choice == "other" else None
    return Intention(on, ballot, member, signer, agency, choice, text)
