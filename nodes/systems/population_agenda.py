"""Who is in a population register, which officers ask it, and when and for whom: all from a seed.

Persons are invented; their numbers begin with 000, as no real one does.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from nodes.invented_texts import citizen_of
from nodes.known_agencies import agencies
from nodes.scenario import Population, PopulationUnit
from nodes.systems.population_rules import without_accents

SERVICES: Final = (
    ("1.000110", "Đăng ký thường trú"),
    ("1.000656", "Cấp bản sao trích lục hộ tịch"),
    ("1.001193", "Đăng ký khai sinh"),
)
"""What units look persons up for; the codes' form is real, the codes are invented."""
_FIRST_BIRTH, _BIRTH_DAYS = date(1940, 1, 1), 28_000
_OLD_CARDS = 0.4
_YEAR_ALONE = 0.03


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """A person of the register."""

    number: str
    card: str | None
    name: tuple[str, str, str]
    """Surname, middle name, given name."""
    gender: str
    born: str
    """`yyyyMMdd`, or `yyyy`."""
    places: tuple[dict[str, str], ...]
    """Of origin, of residence, present."""
    login: str
    """What the person signs in with at the register's pages."""

    def row(self) -> tuple[str | None, ...]:
        """Return the row of the register."""
        places = (json.dumps(place, ensure_ascii=False) for place in self.places)
        return (self.number, self.card, *self.name, self.gender, self.born, *places, self.login)


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer of a unit with an account."""

    unit: str
    account: str
    number: str
    """The officer's own number."""
    name: str


@dataclass(frozen=True, slots=True)
class Request:
    """A look-up that a unit will send."""

    on: date
    unit: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LookUps:
    """All that happens around a register in a period."""

    persons: tuple[InventedPerson, ...]
    officers: tuple[Officer, ...]
    services: tuple[tuple[str, str, str], ...]
    """Unit, service, and the code under which it was admitted."""
    requests: tuple[Request, ...]


def look_ups_of(population: Population, days: Sequence[date], seed: int) -> LookUps:
    """Invent persons and officers, and say who looks whom up on which of `days`."""
    rng = Random(f"population {seed} persons")  # noqa: S311 - invented, to be repeated
    persons = _persons(population.persons, rng)
    officers, services, requests = [], [], []
    for unit in population.units:
        own = Random(f"population {seed} {unit.code}")  # noqa: S311 - to be repeated
        short = unit.code.rpartition(".")[2]
        staff = [
            Officer(unit.code, f"{short.lower()}.{number}", *reversed(citizen_of(own)))
            for number in range(1, unit.officers + 1)
        ]
        officers += staff
        services += [(unit.code, code, f"TH-{short}-{code}") for code, _ in SERVICES]
        requests += _requests(unit, persons, staff, days, own)
    return LookUps(tuple(persons), tuple(officers), tuple(services), tuple(requests))


def _persons(count: int, rng: Random) -> list[InventedPerson]:
    provinces = [each for each in agencies().values() if each.kind == "province"]
    persons = []
    for place in range(count):
        name, _ = citizen_of(rng)
        surname, *middle, given = name.split()
        born = _FIRST_BIRTH + timedelta(days=rng.randrange(_BIRTH_DAYS))
        home = _place(rng.choice(provinces).code, rng)
        persons.append(
            InventedPerson(
                number=f"000{place:09d}",
                card=f"000{place % 10**6:06d}" if rng.random() < _OLD_CARDS else None,
                name=(surname, " ".join(middle), given),
                gender="2" if "Thị" in middle else "1",
                born=f"{born:%Y}" if rng.random() < _YEAR_ALONE else f"{born:%Y%m%d}",
                places=(_place(rng.choice(provinces).code, rng), home, home),
                login=f"{rng.randrange(10**8):08d}",
            )
        )
    return persons


def _place(province: str, rng: Random) -> dict[str, str]:
    return {
        "MaTinhThanh": province.rpartition(".")[2],
        "MaQuanHuyen": f"{rng.randint(1, 20):02d}",
        "MaPhuongXa": f"{rng.randint(1, 30):02d}",
        "ChiTiet": f"Số {rng.randint(1, 300)}, tổ {rng.randint(1, 12)}",
    }


def _requests(
    unit: PopulationUnit,
    persons: Sequence[InventedPerson],
    staff: Sequence[Officer],
    days: Sequence[date],
    rng: Random,
) -> list[Request]:
    """Write a unit's look-ups, in the order of their days."""
    sorts = [
        sort
        for sort, count in (
            ("found", unit.look_ups),
            ("unknown", unit.unknown),
            ("mismatched", unit.mismatched),
            ("without_officer", unit.without_officer),
            ("without_purpose", unit.without_purpose),
            ("foreign_account", unit.foreign_account),
        )
        for _ in range(count)
    ]
    rng.shuffle(sorts)
    whom = rng.sample(persons[1:], min(len(persons) - 1, unit.look_ups + unit.mismatched))
    written = [(rng.choice(days), sort, rng.choice(staff)) for sort in sorts]
    written += [(rng.choice(days), "prying", staff[0]) for _ in range(unit.prying)]
    written.sort(key=lambda each: each[0])
    requests = []
    for number, (day, sort, officer) in enumerate(written, 1):
        person = whom.pop() if sort in {"found", "mismatched"} else persons[0]
        body = _body(number, unit.code, person, officer, rng)
        if sort == "unknown":
            body["SoDinhDanh"] = f"0009{number:08d}"
        elif sort == "mismatched":
            body["HoVaTen"] += " X"
        elif sort == "without_officer":
            body["MaCanBo"] = ""
        elif sort == "without_purpose":
            body["MucDich"] = " "
        elif sort == "foreign_account":
            body["TaiKhoan"] = next(each.account for each in staff if each is not officer)
        requests.append(Request(day, unit.code, body))
    return requests


def _body(number: int, unit: str, person: InventedPerson, officer: Officer, rng: Random) -> dict[str, Any]:
    code, purpose = rng.choice(SERVICES)
    short = unit.rpartition(".")[2]
    year = len(person.born) == len("yyyy")
    return {
        "MaYeuCau": f"{short}-{number}",
        "MaDVC": code,
        "MaTichHop": f"TH-{short}-{code}",
        "MaCanBo": officer.number,
        "MaDonVi": unit,
        "TaiKhoan": officer.account,
        "MucDich": purpose,
        "SoDinhDanh": person.number,
        "HoVaTen": without_accents(" ".join(person.name)),
        "NgayThangNamSinh": {"Nam": person.born} if year else {"NgayThangNam": person.born},
    }
