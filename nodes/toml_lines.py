"""Finds the line of a TOML file on which a value stands, since the standard library's reader tells none.

A value within a table or list that stands behind one key has that key's line. TOML 1.0.
"""

import re
import tomllib
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""Keys and positions from the root: `("agency", 1, "share")`."""

_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*[^\s#\[\]=][^=]*=")


def lines_of(text: str) -> Mapping[Path, int]:
    """Return the line, from 1, of every table header and every key."""
    found: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if header := _HEADER.match(line):
            table = _table(header[2], counts, repeats=header[1] == "[[")
            found.setdefault(table, number)
            found.setdefault(table[:-1], number)
        elif _KEY.match(line):
            end = _end_of_value(lines, number)
            keys = _keys("\n".join(lines[number - 1 : end]))
            for length in range(1, len(keys) + 1):
                found.setdefault(table + keys[:length], number)
            number = end
    return found


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """Return the line of the innermost place of `path` that has one."""
    return next(lines[path[:length]] for length in range(len(path), -1, -1) if path[:length] in lines)


def _table(name: str, counts: dict[Path, int], *, repeats: bool) -> Path:
    """Return the path of a header: within lists of tables it means the newest entry."""
    path: Path = ()
    keys = _keys(f"{name} = 0")
    for place, key in enumerate(keys):
        path = (*path, key)
        if repeats and place == len(keys) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _end_of_value(lines: list[str], number: int) -> int:
    """Return how many lines there are up to the end of the value that begins on line `number`."""
    for end in range(number, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[number - 1 : end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    return number


def _keys(text: str) -> tuple[str, ...]:
    """Return the keys of `a.b = …`, outermost first."""
    keys: list[str] = []
    value = tomllib.loads(text)
    equals = _first_keys(text)
    while len(keys) < equals and isinstance(value, dict):
        key = next(iter(value))
        keys.append(key)
        value = value[key]
    return tuple(keys)


def _first_keys(text: str) -> int:
    """Count the keys before the equals sign: dots outside quotes, and one."""
    count, quote = 1, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == ".":
            count += 1
        elif letter == "=":
            break
    return count
