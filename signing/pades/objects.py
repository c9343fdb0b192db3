"""Small helpers for objects of a PDF.

They give an entry as it is written, or its value with references followed and null as missing; the items of
an array; whether two values are the same; whether a revision defines an object.
"""

from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis.policies import _is_id

__all__ = ["is_defined", "is_same", "items_of", "raw_of", "value_of"]


def raw_of(holder: Any, key: str) -> Any:
    """Return an entry of a dictionary as it is written; `None` if there is none."""
    return holder.raw_get(key) if key in holder else None


def value_of(holder: Any, key: str) -> Any:
    """Return the value of an entry of a dictionary; `None` if it is missing or null (ISO 32000-2 §7.3.9)."""
    value = holder[key] if key in holder else None  # noqa: SIM401 - `get` does not follow references
    return None if isinstance(value, generic.NullObject) else value


def items_of(value: Any) -> list[Any]:
    """Return the items of an array as they are written. Raises `TypeError` for what is no array."""
    if not isinstance(value, list):
        raise TypeError
    return list(list.__iter__(value))


def is_same(old: Any, new: Any) -> bool:
    """Tell whether two written values are the same. References are compared by their numbers."""
    if old is None or new is None:
        return old is new
    return bool(_is_id(old, new))


def is_defined(revision: HistoricalResolver, reference: Any) -> bool:
    """Tell whether an object has a value in a revision."""
    found = revision.reader.xrefs.get_historical_ref(reference, revision.revision)
    return found is not None
