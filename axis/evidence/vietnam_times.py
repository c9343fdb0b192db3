"""Writes times for people: Viet Nam's, with their zone, in Vietnamese or English."""

import datetime as dt
import re
from typing import Final

from axis.clock import VIET_NAM
from signing.verdict_sentences import Language

_RFC3339: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z")


def shown_time(text: str, language: Language) -> str:
    """Return a time of RFC 3339 for reading, to the second; whatever is none as it is."""
    if not _RFC3339.fullmatch(text):
        return text
    try:
        moment = dt.datetime.fromisoformat(text).astimezone(VIET_NAM)
    except (ValueError, OverflowError):
        return text
    if language == "vi":
        return f"{moment:%H:%M:%S} ngày {moment:%d/%m/%Y} (giờ Việt Nam)"
    return f"{moment:%Y-%m-%d %H:%M:%S} (Viet Nam's time, UTC+07:00)"


def shown_day(text: str, language: Language) -> str:
    """Return a day `YYYY-MM-DD` for reading."""
    year, _, rest = text.partition("-")
    month, _, day = rest.partition("-")
    return f"{day}/{month}/{year}" if language == "vi" and day else text
