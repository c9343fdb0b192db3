"""The tables of a scenario's file that describe neighbouring systems.

What their keys mean together is checked by `nodes.systems_reader` and others. JSON Schema 2020-12, TOML 1.0.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from nodes.scenario_table import STRICT, Share


class _Table(BaseModel):
    """A table of the file."""

    model_config = STRICT


class OneStopEntry(_Table):
    """A one-stop system, its dossiers at full scale: what is neither resolved nor open is withdrawn."""

    agency: str = Field(examples=["H50"])
    """The agency whose system it is: the Government Office, a ministry or an agency above."""
    reports_to: str = "G22"
    """The agency that its messages go to."""
    received: Annotated[int, Field(ge=1)] = Field(examples=[1000])
    """Dossiers handed in."""
    resolved_in_time: Annotated[int, Field(ge=0)] = Field(examples=[900])
    """Resolved early or on the day."""
    resolved_overdue: Annotated[int, Field(ge=0)] = 0
    """Resolved late."""
    resolved_without_deadline: Annotated[int, Field(ge=0)] = 0
    """Resolved, and without a recorded deadline: a source's total may have more than its two parts."""
    open_in_time: Annotated[int, Field(ge=0)] = 0
    """In progress, and not late."""
    open_overdue: Annotated[int, Field(ge=0)] = 0
    """In progress, and late."""
    open_without_deadline: Annotated[int, Field(ge=0)] = 0
    """In progress, and without a recorded deadline."""
    fully_online: Annotated[int, Field(ge=0)] = 0
    """Of those handed in, how many are handled online end to end."""
    services_full: Annotated[int, Field(ge=1)] = 10
    """Procedures offered online end to end."""
    services_partial: Annotated[int, Field(ge=0)] = 5
    """Procedures offered online in part."""
    portal_full: Annotated[int, Field(ge=0)] = 0
    """Of those end to end, how many are on the national portal."""
    portal_partial: Annotated[int, Field(ge=0)] = 0
    """Of those in part, how many are on the national portal."""


class PortalEntry(_Table):
    """The Public Service Portal; a connected unit without a `[[one_stop]]` gets an invented one."""

    agency: str = "G22"
    """The agency that runs it."""
    ministries: list[str] = []
    """The ministries that are connected."""
    provinces: list[str] | Literal["all"] = []
    """The provinces that are connected, or `"all"`."""
    accounts: Annotated[int, Field(ge=0)] = 0
    """Accounts that citizens open in the period, at full scale."""
    statuses: Annotated[int, Field(ge=1)] = Field(examples=[1000])
    """Statuses of dossiers that all connected units tell of in the period, at full scale."""


class MeasuringTargetEntry(_Table):
    """Which share of dossiers is to be handled online end to end in a year."""

    year: Annotated[int, Field(ge=2000, le=2100)] = Field(examples=[2024])
    """The year."""
    ministries: Share = Field(examples=[Decimal("0.7")])
    """Share of the ministries' dossiers."""
    provinces: Share = Field(examples=[Decimal("0.3")])
    """Share of the provinces' dossiers."""


class MeasuringEntry(_Table):
    """A measuring system; it gets the messages of all one-stop systems, and calls over HTTP of the others."""

    agency: str = "G14"
    """The agency that runs it: the Government Office, a ministry or an agency above."""
    reports_to: str = "G22"
    """The agency that it tells of each month."""
    ministries: list[str] = []
    """Ministries that are measured, beside the agencies of one-stop systems."""
    provinces: list[str] | Literal["all"] = []
    """Provinces that are measured, or `"all"`."""
    not_connected: list[str] = []
    """Of those, who tells nothing; who has no one-stop system and is not among them calls over HTTP."""
    dossiers: Annotated[int, Field(ge=0)] = 0
    """Dossiers that are told of over HTTP, at full scale, at least one for each who calls."""
    fully_online: Annotated[int, Field(ge=0)] = 0
    """Of those, how many are handled online end to end."""
    visits: Annotated[int, Field(ge=0)] = 0
    """Visits of the pages of all who are connected, at full scale."""
    target: list[MeasuringTargetEntry] = []
    """Targets, each a table `[[measuring.target]]`; without any those that were published."""


class CabinetBallotEntry(_Table):
    """A question that is put to the vote: how many members vote how; the others' ballots do not come."""

    question: Annotated[str, Field(min_length=1, max_length=300)] = Field(
        examples=["V/v thông qua nghị quyết"]
    )
    """What is asked; it is the subject of the resolution."""
    meeting: Annotated[str, Field(max_length=300)] = ""
    """The meeting at which it is cast, on the day it opens; without it opinions are collected in writing."""
    opens: date = Field(examples=[date(2019, 6, 5)])
    """The working day on which members get the papers."""
    closes: date = Field(examples=[date(2019, 6, 6)])
    """The last day on which a ballot counts; a working day has to follow, for the count."""
    agree: Annotated[int, Field(ge=0)] = Field(examples=[20])
    """Members in favour."""
    in_room: Annotated[int, Field(ge=0)] = 0
    """Of those in favour, how many sit in the room; the others vote from afar."""
    disagree: Annotated[int, Field(ge=0)] = 0
    """Members not in favour."""
    other: Annotated[int, Field(ge=0)] = 0
    """Members with another opinion, which they write."""
    prime_minister: Literal["agree", "disagree", "other", "none"] = "agree"
    """The Prime Minister's own ballot, one of those above; `none`: it does not come."""
    late: Annotated[int, Field(ge=0)] = 0
    """Members whose ballot comes on the working day after the last one, and does not count."""
    repeated: Annotated[int, Field(ge=0)] = 0
    """Members who vote once more, and otherwise: the second ballot does not count."""
    forged: Annotated[int, Field(ge=0)] = 0
    """Ballots in the name of a member that another member signed."""
    strangers: Annotated[int, Field(ge=0, le=20)] = 0
    """Ballots of persons of the first agency above, who are no members."""


class CabinetEntry(_Table):
    """An e-cabinet; its members are the leaders, and the heads of the Government Office and of ministries."""

    leaders: Annotated[int, Field(ge=1, le=20)] = 5
    """The Prime Minister and the deputies, who vote at the Government Office."""
    ministries: list[str] | Literal["all"] = "all"
    """The ministries whose heads are members, or `"all"` that take part."""
    ballot: Annotated[list[CabinetBallotEntry], Field(min_length=1)]
    """What is put to the vote; each a table `[[cabinet.ballot]]`."""


class PopulationUnitEntry(_Table):
    """A unit whose officers look persons up: how many look-ups of each sort."""

    agency: str = Field(examples=["H50"])
    """The unit: the Government Office, a ministry or an agency above."""
    officers: Annotated[int, Field(ge=1, le=100)] = 2
    """Officers with an account of their own."""
    look_ups: Annotated[int, Field(ge=0, le=100_000)] = Field(examples=[20])
    """Look-ups of persons that the register has, each of another person."""
    unknown: Annotated[int, Field(ge=0)] = 0
    """Look-ups of a number that nobody has."""
    mismatched: Annotated[int, Field(ge=0)] = 0
    """Look-ups with another name than the register's."""
    without_officer: Annotated[int, Field(ge=0)] = 0
    """Look-ups without the officer's own number, which are refused."""
    without_purpose: Annotated[int, Field(ge=0)] = 0
    """Look-ups without a purpose, which are refused."""
    foreign_account: Annotated[int, Field(ge=0)] = 0
    """Look-ups with a number and an account that do not belong together, which are refused."""
    prying: Annotated[int, Field(ge=0)] = 0
    """Look-ups of one person by one officer, which the register's report shows."""


class PopulationEntry(_Table):
    """A population register of invented persons."""

    agency: str = "G01"
    """The agency whose register it is."""
    persons: Annotated[int, Field(ge=1, le=1_000_000)] = 500
    """Persons in it."""
    most_of_one_person: Annotated[int, Field(ge=1, le=100_000)] = 3
    """Look-ups of one person by one officer, above which the register flags them."""
    unit: Annotated[list[PopulationUnitEntry], Field(min_length=1)]
    """Who looks persons up; each a table `[[population.unit]]`."""
