"""The stored form of a refusal: its code, places and parameters.

Sentences are not stored; they are made in the reader's language when a refusal is shown.
"""

import json

from axis.protocol.errors import ALL, AxisError, Place

_BY_CODE = {kind.code: kind for kind in ALL}


def to_stored(error: AxisError) -> str:
    """Return the error's code, places and plain parameters as JSON."""
    plain = {name: value for name, value in error.params.items() if _is_plain(value)}
    places = [[place.pointer, place.found, place.expected] for place in error.places]
    return json.dumps({"code": error.code, "places": places, "params": plain}, ensure_ascii=False)


def from_stored(text: str) -> AxisError:
    """Return the error that `to_stored` wrote."""
    stored = json.loads(text)
    places = (Place(pointer, found, expected) for pointer, found, expected in stored["places"])
    return _BY_CODE[stored["code"]](*places, **stored["params"])


def _is_plain(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_plain(item) for item in value)
    return value is None or isinstance(value, str | int | bool)
