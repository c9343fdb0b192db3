"""Reading values out of a PDF's objects, references followed and null taken for nothing."""

from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis.policies import _is_id

__all__ = ["is_defined", "is_same", "items_of", "raw_of", "value_of"]


def raw_of(holder: Any, key: str) -> Any:
    """Give an entry of a dictionary as it stands there; `None` where there is none."""
    return holder.raw_get(key) if key in holder else None


def value_of(holder: Any, key: str) -> Any:
    """Give what an entry of a dictionary comes to; `None` for none and for null (ISO 32000-2 §7.3.9)."""
    value = holder[key] if key in holder else None  # noqa: SIM401 - `get` does not follow references
    return None if isinstance(value, generic.NullObject) else value


def items_of(value: Any) -> list[Any]:
    """Give the items of an array as they stand there. Raises `TypeError` for what is none."""
    if not isinstance(value, list):
        raise TypeError
    return list(list.__iter__(value))


def is_same(old: Any, new: Any) -> bool:
    """Tell whether two values as they stand say the same, references compared by their numbers."""
    if old is None or new is None:
        return old is new
    return bool(_is_id(old, new))


def is_defined(revision: HistoricalResolver, reference: Any) -> bool:
    """Tell whether an object has a value in a revision."""
    found = revision.reader.xrefs.get_historical_ref(reference, revision.revision)
    return found is not None
