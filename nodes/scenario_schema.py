"""The shape of a scenario's TOML file: its keys, with type, default and description.

The published JSON Schema and the table of docs/scenarios.md are made from it. What keys mean together is
checked by `nodes.scenario_reader`. JSON Schema 2020-12, TOML 1.0.
"""

from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema
from pydantic.fields import FieldInfo

from axis.protocol.working_calendar import CLOSES, OPENS
from nodes.faults.catalogue import CATALOGUE
from nodes.known_agencies import UnitLists
from nodes.scenario import Door
from nodes.scenario_table import STRICT, Share, whole_or_decimal
from nodes.systems_schema import CabinetEntry, MeasuringEntry, OneStopEntry, PopulationEntry, PortalEntry

Scale = Annotated[
    Decimal,
    BeforeValidator(whole_or_decimal),
    Field(ge=Decimal("0.001"), le=1),
    WithJsonSchema({"type": "number", "minimum": 0.001, "maximum": 1}),
]


class _Table(BaseModel):
    """A table of the file: no key that is not known, no value of another type."""

    model_config = STRICT


class Period(_Table):
    """The days of the run, on Viet Nam's calendar."""

    first: date = Field(alias="from")
    """First day."""
    last: date = Field(alias="to")
    """Last day, included."""
    holidays: list[date] = []
    """Days without work besides weekends and Viet Nam's public holidays."""
    worked: list[date] = []
    """Days worked although they are a weekend's or a public holiday."""


class Change(_Table):
    """From a day on an agency signs another share."""

    first: date = Field(alias="from", examples=[date(2019, 6, 10)])
    """The day from which on the share holds."""
    share: Share = Field(examples=[Decimal("0.9")])
    """Signed share from then on."""


class Absence(_Table):
    """Days on which an agency neither sends nor reads; what came is read on the next working day."""

    first: date = Field(alias="from", examples=[date(2019, 6, 5)])
    """First day."""
    last: date = Field(alias="to", examples=[date(2019, 6, 6)])
    """Last day, included."""


class AgencyEntry(_Table):
    """One of the agencies whose figures are compared, in the order of the report."""

    code: str
    """Its code, `H24` or `000.00.00.H24`, one of `nodes/data/agencies.csv`."""
    share: Share = Decimal(1)
    """Signed share of what it sends to the Government Office."""
    documents: Annotated[int, Field(ge=1)] | None = Field(default=None, examples=[50])
    """Documents it sends at full scale; without it, its part of `volume.sent_at_least`."""
    weight: Annotated[int, Field(ge=1)] = 1
    """Its part of `volume.sent_at_least`, relative to the others'; without meaning beside `documents`."""
    door: Door = "rest"
    """How it speaks to the hub: REST, or the real axis's own protocol."""
    published: str = ""
    """What the source says of its share, for the report."""
    answers_after: Annotated[int, Field(ge=0, le=250)] = 0
    """Working days that what it receives lies before it is read: a slow agency."""
    absent: list[Absence] = []
    """Days on which it is away; each a table `[[agency.absent]]`."""
    change: list[Change] = []
    """Shares that follow the first one, in order of time; each a table `[[agency.change]]`."""


class Volume(_Table):
    """How much is exchanged, at full scale."""

    sent_at_least: Annotated[int, Field(ge=1)] | None = Field(default=None, examples=[100])
    """Documents the agencies send together; without it 20 each. Shares may need more."""
    received_at_least: Annotated[int, Field(ge=0)] | None = Field(default=None, examples=[200])
    """Deliveries the agencies receive together; without it twice the documents sent."""
    exchanged_at_least: Annotated[int, Field(ge=1)] | None = Field(default=None, examples=[500])
    """What all must have sent and received together: compared alone; the two above are assumed then."""
    scale: Scale = Decimal(1)
    """Part of the volume that a run without `--scale` has."""


class Centre(_Table):
    """The Government Office and the ministries."""

    government_office: str = "G22"
    """To which the shares refer."""
    ministries: list[str] | Literal["all"] = ["G12"]
    """Those who take part, or `"all"`."""
    door: Door = "rest"
    """How they speak to the hub."""


class Mix(_Table):
    """What goes to whom; shares are between 0 and 1."""

    to_government_office: Share = Decimal("0.5")
    """Of an agency's documents, those to the Government Office: the nearest number that gives its share."""
    also_to_ministries: Share = Decimal("0.2")
    """Of those, how many go to a ministry as well."""
    from_peers: Share = Decimal("0.5")
    """Of what the agencies receive, how much comes from one another."""
    centre_recipients: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)] = [1]
    """Agencies that a document of the centre goes to, in turn."""
    centre_by_government_office: Share = Decimal("0.5")
    """Of the centre's documents; the ministries send the rest."""
    centre_signed: Share = Decimal(1)
    """Of the centre's documents, those that are signed."""
    signed_by_both: Share = Decimal("0.5")
    """Of signed documents, those with the person's signature beside the organisation's."""
    urgent: Share = Decimal("0.08")
    """Of all documents, those with priority `urgent`."""
    answers: Share = Decimal(0)
    """Of all documents, those that answer an earlier letter and refer to it, as far as there are such."""
    misaddressed: Share = Decimal(0)
    """Of all documents, those that also go to an agency they do not concern, whose staff refuse them."""
    recalls: Share = Decimal(0)
    """For so many of all documents a recall follows within five working days, in addition."""
    updates: Share = Decimal(0)
    """The same for updates, which count as sent and received."""
    replacements: Share = Decimal(0)
    """The same for replacements."""
    newer_codes: Share = Decimal(0)
    """Of all documents, those that name agencies as `H26.31.01`; the others have `000.01.31.H26`."""
    types: dict[str, Annotated[int, Field(ge=1, le=1000)]] = {
        "cong-van": 6,
        "bao-cao": 3,
        "to-trinh": 1,
        "thong-bao": 1,
        "giay-moi": 1,
        "ke-hoach": 1,
        "quyet-dinh": 1,
    }
    """Kinds of document by their slugs, with weights relative to one another."""


class SizeEntry(_Table):
    """A size that documents have; without any every document is one page."""

    pages: Annotated[int, Field(ge=1, le=200)] = 1
    """Pages of the document itself."""
    appendix_kilobytes: Annotated[int, Field(ge=0, le=20_000)] = 0
    """Size of an appendix in a second file, a scan; 0 for none."""
    weight: Annotated[int, Field(ge=1, le=1000)] = 1
    """How common it is, relative to the other sizes."""


class PeakEntry(_Table):
    """Days on which more is sent, as before Tết and at the end of a year."""

    first: date = Field(alias="from", examples=[date(2019, 6, 6)])
    """First day."""
    last: date = Field(alias="to", examples=[date(2019, 6, 7)])
    """Last day, included."""
    weight: Annotated[int, Field(ge=1, le=100)] = Field(examples=[3])
    """How many times as much as on other days."""


class UnitsEntry(_Table):
    """Units of the agencies that are provinces; without the table there are none."""

    of: UnitLists = Field(examples=["2025-01"])
    """The month whose units are meant: `2025-01`, districts and communes, or `2025-07`, communes alone."""
    sent_at_least: Annotated[int, Field(ge=0)] | None = Field(default=None, examples=[1000])
    """Documents the units send together at full scale, each to the agency above; without it one each."""
    provinces: Annotated[list[str], Field(min_length=1)] | None = Field(default=None, examples=[["H62"]])
    """Provinces whose units take part; without it all among the agencies."""
    departments: bool = False
    """Whether the provinces' departments take part as well; of `2025-01` alone."""
    circulars_at_least: Annotated[int, Field(ge=0)] = 0
    """Documents at full scale that go from a province or district to all units right below it."""
    across_at_least: Annotated[int, Field(ge=0)] = 0
    """Documents at full scale between units and the centre or other agencies, half of them each way."""
    signed: Share = Decimal(1)
    """Of all of these, those that are signed."""


class ProvinceHubEntry(_Table):
    """A province with a hub of its own, which a relay joins to the national one; without the table none."""

    of: str = Field(examples=["H62"])
    """The province, one of the agencies: its hub serves it and all its units."""


class HabitsEntry(_Table):
    """How agencies treat what arrives; shares are between 0 and 1."""

    confirms_arrival: bool = True
    """Post 01 before anything else."""
    refused_share: Share = Decimal(0)
    """Refused by staff, with a reason, although nothing is technically wrong."""
    completed_share: Share = Decimal("0.5")
    """Of the accepted, how many are told of to the end; agencies often stop at 03."""
    declined_share: Share = Decimal("0.1")
    """Of the requests for recall, update or replacement, how many are declined."""
    days_to_complete: Annotated[int, Field(ge=0, le=250)] = 5
    """Working days within which an accepted document is completed."""
    certificate_days: Annotated[int, Field(ge=2, le=1800)] | None = Field(default=None, examples=[30])
    """Days a certificate is valid; who sends on its last day or later gets another first. Else five years."""
    opens: time = OPENS
    """When offices open, Viet Nam's time; they answer at 15:00 of a working day."""
    closes: time = CLOSES
    """When offices close."""


class FaultEntry(_Table):
    """A fault that is injected; docs/faults.md names them all."""

    name: str = Field(examples=["altered-manifest"], json_schema_extra={"enum": list(CATALOGUE)})
    """Its name in the catalogue: `nodes faults list`."""
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    """How often."""
    agency: str | None = Field(default=None, examples=["H62"])
    """Whom it strikes, one of the agencies that speaks REST; without it chance decides."""
    on: date | None = Field(default=None, examples=[date(2019, 6, 5)])
    """On which working day; without it chance decides."""


class ScenarioFile(_Table):
    """A scenario: agencies, a period, and what they exchange in it."""

    name: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,59}$")]
    """Its name: at most 60 small letters, digits and hyphens."""
    title: str = ""
    """One line for people; without it the name."""
    title_vi: str = ""
    """The same in Vietnamese, for pages that are; without it `title`."""
    source: str = ""
    """Where the figures come from; without it they count as invented."""
    invented: bool | None = Field(default=None, examples=[True])
    """Whether the figures are invented although `source` says something."""
    period: Period
    agency: Annotated[list[AgencyEntry], Field(min_length=1)]
    volume: Volume = Volume()
    centre: Centre = Centre()
    mix: Mix = Mix()
    habits: HabitsEntry = HabitsEntry()
    size: list[SizeEntry] = []
    """What documents look like; each a table `[[size]]`. Without any, one page."""
    peak: list[PeakEntry] = []
    """When more is sent; each a table `[[peak]]`."""
    units: UnitsEntry | None = None
    """Departments, districts and communes of the provinces above; without the table there are none."""
    province_hub: ProvinceHubEntry | None = None
    """A second hub, which serves a province; without the table one hub serves all."""
    one_stop: list[OneStopEntry] = []
    """Systems that take dossiers in, and tell where they stand; each a table `[[one_stop]]`."""
    portal: list[PortalEntry] = []
    """Portals that take in where dossiers stand; each a table `[[portal]]`."""
    measuring: MeasuringEntry | None = None
    """A system that measures which services are offered and used; without the table there is none."""
    cabinet: CabinetEntry | None = None
    """An e-cabinet, whose members vote by signed messages; without the table there is none."""
    population: PopulationEntry | None = None
    """A population register, which officers ask by signed messages; without the table there is none."""
    fault: list[FaultEntry] = []
    """What goes wrong on purpose; each a table `[[fault]]`."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario's file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **ScenarioFile.model_json_schema(by_alias=True),
    }


def table_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the table that a key holds, or a list of; None for a key with a plain value."""
    kind: Any = field.annotation
    inner = next(iter(getattr(kind, "__args__", ())), kind)
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None
