"""An agency's registers as the hub has them, and the letters that are written by hand.

Whether a status may be given or a letter is taken, the hub decides.
"""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from axis.protocol.agency_codes import canonical
from axis.protocol.statuses import DeliveryState, allowed
from axis.protocol.working_calendar import VIET_NAM
from nodes.answers import Answer, Answered, Json, Sent
from nodes.client import Client
from nodes.document_writer import (
    Draft,
    Office,
    Reference,
    SignedBy,
    main_attachment,
    sign_manifest,
    write_manifest,
)
from nodes.invented_texts import Signer
from nodes.known_agencies import Agency, agencies

Direction = Literal["in", "out"]

SHOWN: Final = 200
"""The newest entries that a page shows."""


@dataclass(frozen=True, slots=True)
class Register:
    """The newest entries of a register, the newest first."""

    entries: tuple[Json, ...]
    left_out: int


def register(client: Client, code: str, direction: Direction) -> Register:
    """Read a register to its end; raises `NodesError`."""
    whose = {"in": "recipient", "out": "sender"}[direction]
    newest: deque[Json] = deque(maxlen=SHOWN)
    count, after = 0, None
    while True:
        page = client.deliveries(after=after, **{whose: code})
        newest.extend(page.items)
        count, after = count + len(page.items), page.next
        if after is None:
            return Register(tuple(reversed(newest)), count - len(newest))


def may_answer(delivery: Json, code: str) -> tuple[str, ...]:
    """Return the statuses that a recipient may give a delivery next, by what the hub says of it."""
    return allowed(_state_of(delivery), "receiver") if delivery["to"] == code else ()


def may_recall(delivery: Json, code: str) -> bool:
    """Tell whether an agency may ask back a delivery that it sent, by what the hub says of it."""
    return bool(delivery["from"] == code and "13" in allowed(_state_of(delivery), "sender"))


def _state_of(delivery: Json) -> DeliveryState:
    processing = request = None
    for status in delivery["statuses"]:
        given = status["code"]
        if given < "13":
            processing = given
        else:
            request = {"13": "open", "15": "agreed", "16": "refused"}[given]
    return DeliveryState(processing, request)  # type: ignore[arg-type]  # one of the three above


def answer(client: Client, delivery: str, code: str, note: str) -> Answered:
    """Give a status; `refused` of the result is the problem's code."""
    (answered,) = client.post_statuses([Answer(delivery, code, note or None)])
    return answered


def suggested_number(office: Office, at: datetime) -> str:
    """Return a number that is hardly taken: day and time, and the agency's abbreviation."""
    return f"{at.astimezone(VIET_NAM):%y%m%d%H%M%S}/{office.agency.notation}-VP"


def recall(client: Client, office: Office, delivery: Json, fields: Mapping[str, str], at: datetime) -> Sent:
    """Ask a delivery back from its recipient by a document of its own; raises `NodesError`."""
    about = Reference(delivery["from"], delivery["number"], delivery["issued_on"])
    draft = Draft(
        number=fields.get("number", "").strip(),
        issued_on=at.astimezone(VIET_NAM).date().isoformat(),
        type="cong-van",
        subject=fields.get("subject", "").strip(),
        recipients=(canonical(delivery["to"]),),
        action="recall",
        refers_to=(about,),
    )
    return _signed_and_sent(client, office, draft, fields, at)


def send(client: Client, office: Office, fields: Mapping[str, str], at: datetime) -> Sent:
    """Write, sign and send a letter as the form's fields say; raises `NodesError`, `CodeUnreadable`."""
    codes = tuple(canonical(code) for code in re.split(r"[\s,;]+", fields.get("to", "")) if code)
    draft = Draft(
        number=fields.get("number", "").strip(),
        issued_on=at.astimezone(VIET_NAM).date().isoformat(),
        type=fields.get("type", "cong-van"),
        subject=fields.get("subject", "").strip(),
        recipients=codes,
        priority=fields.get("priority", "normal"),
    )
    return _signed_and_sent(client, office, draft, fields, at)


def _signed_and_sent(
    client: Client, office: Office, draft: Draft, fields: Mapping[str, str], at: datetime
) -> Sent:
    attachment = main_attachment(office, [agency_of(code) for code in draft.recipients], draft)
    manifest = write_manifest(office.agency.code, draft, [attachment], _named_signer(office))
    signatures = sign_manifest(
        manifest,
        signed_by(office, fields),
        organisation=office.organisation,
        person=office.person,
        at=at,
    )
    return client.send(manifest, signatures, [attachment])


def _named_signer(office: Office) -> Signer | None:
    """Return who signs, for a manifest, where name and title are known."""
    return office.signer if office.signer.name and office.signer.title else None


def signed_by(office: Office, fields: Mapping[str, str]) -> SignedBy:
    """Return who signs: as the form says, and as far as there are keys."""
    wanted: Any = fields.get("signed_by")
    return wanted if wanted in possible_signers(office) else "none"


def possible_signers(office: Office) -> tuple[SignedBy, ...]:
    """Return who can sign, the best first."""
    found: list[SignedBy] = []
    if office.organisation is not None and office.person is not None:
        found.append("both")
    if office.organisation is not None:
        found.append("organisation")
    if office.person is not None:
        found.append("person")
    return (*found, "none")


def agency_of(code: str, name: str = "") -> Agency:
    """Return an agency by its canonical code; one that is not in the list of `nodes` by its code alone."""
    known = agencies().get(canonical(code))
    return known or Agency(canonical(code), name or code, "province", "UBND")
