"""Reads a status as a caller posts it: code and note, the delivery, and what relays add."""

from typing import Any, cast

from axis.deliveries.schemas import ORIGIN_CHARACTERS
from axis.deliveries.statuses import PostedStatus
from axis.protocol.errors import Place, StatusInvalid
from axis.protocol.manifest import Action
from axis.protocol.refused_characters import has_control
from axis.protocol.statuses import REQUESTED, read_status

REQUESTS = ("recall", "update", "replace")
_BESIDE = frozenset({"origin", "request"})


def read_posted(value: object, delivery: str | None = None) -> PostedStatus:
    """Read a status of the delivery with this id; without one, of the delivery that it names itself.

    Raises:
        StatusInvalid: naming what is wrong.

    """
    code, note = read_status(value, _BESIDE if delivery is not None else _BESIDE | {"delivery"})
    members = cast("dict[str, Any]", value)
    faults: list[Place] = []
    if delivery is None:
        delivery = members.get("delivery")
    if not isinstance(delivery, str):
        faults.append(Place("/delivery", "nothing", "the id of a delivery"))
    origin, request = members.get("origin"), members.get("request")
    if origin is not None and not _is_origin(origin):
        faults.append(Place("/origin", "another value", f"a text of 1 to {ORIGIN_CHARACTERS} characters"))
    if request is not None and (request not in REQUESTS or code != REQUESTED):
        faults.append(Place("/request", f"{request} with {code}", f"{' or '.join(REQUESTS)}, with 13 alone"))
    if faults:
        raise StatusInvalid(*faults)
    return PostedStatus(
        cast("str", delivery), code, note, origin=origin, request=cast("Action | None", request)
    )


def _is_origin(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= ORIGIN_CHARACTERS and not has_control(value)
