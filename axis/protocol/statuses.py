"""The statuses of a delivery: which may follow which, and the state they lead to.

There are two tracks: the receiver's processing (01 to 06), and the sender's request for a recall, update or
replacement (13, answered by 15 or 16). They are applied to deliveries by `axis.deliveries.transitions`.
docs/old-axis.md#statuses.
"""

from dataclasses import dataclass, replace
from typing import Literal

from axis.protocol.errors import Place, StatusInvalid, StatusNotAllowed, shorten
from axis.protocol.manifest import Action
from axis.protocol.manifest_rules import NOTHING, shown
from axis.protocol.refused_characters import has_control_in_prose, printable
from axis.protocol.strict_json_faults import escape_pointer
from axis.protocol.text_normalisation import nfc

Side = Literal["sender", "receiver"]
Request = Literal["open", "agreed", "refused"]
Outcome = Literal["pending", "handled", "refused", "withdrawn"]

ARRIVED, REFUSED, ACCEPTED, ASSIGNED, IN_PROCESS, COMPLETED = "01", "02", "03", "04", "05", "06"
REQUESTED, AGREED, DECLINED = "13", "15", "16"

NOTE_CHARACTERS = 2_000
NOTE_REQUIRED = frozenset({REFUSED, REQUESTED, DECLINED})

_AFTER: dict[str | None, tuple[str, ...]] = {
    None: (ARRIVED, REFUSED, ACCEPTED),
    ARRIVED: (REFUSED, ACCEPTED),
    REFUSED: (),
    ACCEPTED: (ASSIGNED, IN_PROCESS, COMPLETED),
    ASSIGNED: (IN_PROCESS,),
    IN_PROCESS: (IN_PROCESS, COMPLETED),
    COMPLETED: (),
}


@dataclass(frozen=True, slots=True)
class StatusName:
    """The names of a code."""

    vi: str
    en: str


NAMES: dict[str, StatusName] = {
    ARRIVED: StatusName("Đã đến", "arrived"),
    REFUSED: StatusName("Từ chối tiếp nhận", "refused"),
    ACCEPTED: StatusName("Đã tiếp nhận", "accepted"),
    ASSIGNED: StatusName("Phân công", "assigned"),
    IN_PROCESS: StatusName("Đang xử lý", "in process"),
    COMPLETED: StatusName("Hoàn thành", "completed"),
    REQUESTED: StatusName(
        "Yêu cầu thu hồi, cập nhật hoặc thay thế", "recall, update or replacement asked for"
    ),
    AGREED: StatusName("Đồng ý thu hồi, cập nhật hoặc thay thế", "recall, update or replacement agreed to"),
    DECLINED: StatusName("Từ chối thu hồi, cập nhật hoặc thay thế", "recall, update or replacement declined"),
}
"""Every code there is, with its names."""


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """The state of a delivery.

    `processing` is the newest of 01 to 06, and `request` the state of the newest request; None where there
    was none. `newest_code`, `newest_note` and `newest_by` are the newest status of either side, by which a
    repetition is known.
    """

    processing: str | None = None
    request: Request | None = None
    newest_code: str | None = None
    newest_note: str | None = None
    newest_by: Side | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The result of a status: the state after it, and its note in the stored form.

    `repeated`: it is the newest status again, by the same side, so nothing is added.
    """

    state: DeliveryState
    note: str | None
    repeated: bool


def read_status(value: object, beside: frozenset[str] = frozenset()) -> tuple[str, str | None]:
    """Return the code and note of a status's JSON value. Members named in `beside` are left to the caller.

    Raises `StatusInvalid` when they are missing or of another type, or when there are other members.
    """
    if not isinstance(value, dict):
        raise StatusInvalid(Place("", found=shown(value), expected="an object with code and note"))
    code, note = value.get("code", NOTHING), value.get("note")
    faults = [
        Place(f"/{escape_pointer(shorten(name))}", found="a member", expected="no such member")
        for name in value.keys() - beside - {"code", "note"}
    ]
    if not isinstance(code, str):
        faults.append(Place("/code", found=shown(code), expected='a text of two digits, such as "03"'))
    if note is not None and not isinstance(note, str):
        faults.append(Place("/note", found=shown(note), expected="a text, or null"))
    if faults or not isinstance(code, str):
        raise StatusInvalid(*faults)
    return code, note


def allowed(state: DeliveryState, by: Side, *, elsewhere: bool = False) -> tuple[str, ...]:
    """Return the codes that one side may send next.

    While a request is open, the receiver answers that first. It may still give 01, which its system does by
    itself on download. `elsewhere`: the receiver gave it on another hub, which may not have heard of the
    request yet.
    """
    if by == "sender":
        return () if state.request in {"open", "agreed"} else (REQUESTED,)
    if state.request == "open" and elsewhere:
        return (*_AFTER[state.processing], AGREED, DECLINED)
    if state.request == "open":
        return (AGREED, DECLINED) if state.processing else (ARRIVED, AGREED, DECLINED)
    return () if state.request == "agreed" else _AFTER[state.processing]


def next_state(
    state: DeliveryState, code: str, by: Side, note: str | None = None, *, elsewhere: bool = False
) -> Step:
    """Return the step that a status of one side makes; `elsewhere`: on another hub, as for `allowed`.

    Raises `StatusInvalid` for an unknown code and for a note that is missing, too long or holds control
    characters; `StatusNotAllowed` where the code may not follow, naming the current one and those that may.
    """
    note = _checked(code, note)
    if (code, note, by) == (state.newest_code, state.newest_note, state.newest_by):
        return Step(state, note, repeated=True)
    may_follow = allowed(state, by, elsewhere=elsewhere)
    if code not in may_follow:
        current = state.newest_code
        after = f"after {current}" if current else "as the first status"
        choice = f"one of {', '.join(may_follow)}" if may_follow else "no further status"
        raise StatusNotAllowed(
            Place("/code", found=code, expected=f"{choice} from the {by} {after}"),
            status=code,
            current=current,
            allowed=list(may_follow),
        )
    newer = replace(state, newest_code=code, newest_note=note, newest_by=by)
    if code in _REQUEST_AFTER:
        return Step(replace(newer, request=_REQUEST_AFTER[code]), note, repeated=False)
    return Step(replace(newer, processing=code), note, repeated=False)


def outcome(state: DeliveryState, request_action: Action | None) -> Outcome:
    """Return the column of the exchange statistics in which a delivery counts (docs/contract.md#statistics).

    `request_action`: the kind of the newest request: `recall` if a status 13 alone opened it, else the action
    of the document that did; None without a request.
    """
    if state.request == "agreed" and request_action == "recall":
        return "withdrawn"
    if state.processing == REFUSED:
        return "refused"
    if state.request == "agreed":
        return "handled"
    return "pending" if state.processing in {None, ARRIVED} else "handled"


_REQUEST_AFTER: dict[str, Request] = {REQUESTED: "open", AGREED: "agreed", DECLINED: "refused"}


def _checked(code: str, note: str | None) -> str | None:
    """Return the note in NFC, None for a blank one."""
    faults: list[Place] = []
    if code not in NAMES:
        found = shorten(printable(code))
        faults.append(Place("/code", found=found, expected=f"one of {', '.join(NAMES)}"))
    text = nfc(note or "")
    if has_control_in_prose(text):
        found = shorten(printable(text))
        faults.append(Place("/note", found=found, expected="a note without control characters"))
    elif len(text) > NOTE_CHARACTERS:
        expected = f"a note of at most {NOTE_CHARACTERS} characters"
        faults.append(Place("/note", found=f"{len(text)} characters", expected=expected))
    elif not text.strip() and code in NOTE_REQUIRED:
        faults.append(
            Place("/note", found="nothing", expected=f"a note with the reason, as {code} needs one")
        )
    if faults:
        raise StatusInvalid(*faults)
    return text if text.strip() else None
