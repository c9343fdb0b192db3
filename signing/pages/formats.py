"""Figures, days and times as a page shows them, in Vietnamese or English; times are Viet Nam's.

The forms are written here and not taken from a library, since a page of evidence is made again years later
and must come out the same.
"""

import datetime as dt
import re
from typing import Final

from signing.verdict_sentences import Language

VIET_NAM: Final = dt.timezone(dt.timedelta(hours=7))
_RFC3339: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z")
_STEP: Final = 1024
_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")


def number_text(number: int, language: Language) -> str:
    """Return a number with its thousands set apart: `1,260,000`, and in Vietnamese `1.260.000`."""
    text = f"{number:,}"
    return text.replace(",", ".") if language == "vi" else text


def share_text(share: float | None, language: Language) -> str:
    """Return a share for reading: `17.9 %`, and in Vietnamese `17,9%`. What is not all never reads as all.

    A share above zero never reads as none, either.
    """
    if share is None:
        return "-"
    text = f"{share * 100:.1f}"
    if share < 1 and text == "100.0":
        text = "> 99.9"
    elif share > 0 and text == "0.0":
        text = "< 0.1"
    return text.replace(".", ",") + "%" if language == "vi" else f"{text} %"


def size_text(size: int, language: Language) -> str:
    """Return a number of bytes in the unit in which it is short: `19.5 KiB`."""
    value, unit = float(size), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    text = f"{value:.1f}" if unit else str(size)
    return f"{text.replace('.', ',') if language == 'vi' else text} {_UNITS[unit]}"


def shown_time(text: str, language: Language) -> str:
    """Return a time of RFC 3339 for reading, to the second; whatever is none as it is."""
    moment = _moment(text)
    if moment is None:
        return text
    if language == "vi":
        return f"{moment:%H:%M:%S} ngày {moment:%d/%m/%Y} (giờ Việt Nam)"
    return f"{moment:%Y-%m-%d %H:%M:%S} (Viet Nam's time, UTC+07:00)"


def short_time(text: str, language: Language) -> str:
    """Return a time of RFC 3339 for a table, to the minute, without its zone; whatever is none as it is."""
    moment = _moment(text)
    if moment is None:
        return text
    return f"{moment:%H:%M %d/%m/%Y}" if language == "vi" else f"{moment:%Y-%m-%d %H:%M}"


def shown_day(text: str, language: Language) -> str:
    """Return a day `YYYY-MM-DD` for reading."""
    year, _, rest = text.partition("-")
    month, _, day = rest.partition("-")
    return f"{day}/{month}/{year}" if language == "vi" and day else text


def shown_month(text: str, language: Language) -> str:
    """Return a month `YYYY-MM` for reading."""
    year, _, month = text.partition("-")
    return f"{month}/{year}" if language == "vi" and month else text


def printable(text: str) -> str:
    """Return a text with an escape for every character that does not print or turns the way of writing."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def _moment(text: str) -> dt.datetime | None:
    if not _RFC3339.fullmatch(text):
        return None
    try:
        return dt.datetime.fromisoformat(text).astimezone(VIET_NAM)
    except (ValueError, OverflowError):
        return None
