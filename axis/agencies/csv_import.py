"""Reads agencies from a CSV file, and names each fault with its line.

CSV follows RFC 4180, and may have what spreadsheets write: a byte order mark, semicolons or tabs between
fields, Vietnamese headings. Agencies are stored by `axis.agencies.directory_changes`.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from axis.agencies.contacts import CONTACTS
from axis.agencies.directory_changes import DEFAULT, AgencyEntry, Default, name_fault
from axis.agencies.relay_names import relay_name_fault
from axis.protocol.agency_codes import AgencyCode, CodeUnreadable, canonical
from axis.protocol.errors import shorten
from axis.protocol.text_folding import fold
from axis.protocol.text_normalisation import nfc

HEADINGS = {
    "code": ("code", "ma", "ma dinh danh", "ma don vi", "ma co quan"),
    "name": ("name", "ten", "ten don vi", "ten co quan"),
    "parent": ("parent", "pcode", "ma cha", "ma don vi cap tren", "cap tren"),
    "mail": ("mail", "email", "e-mail", "thu dien tu", "dia chi thu dien tu"),
    "mobile": ("mobile", "di dong", "so di dong", "dien thoai di dong"),
    "fax": ("fax", "so fax"),
    "via": ("via", "qua", "truc trung chuyen"),
}
"""The headings of each column, folded. Other columns are refused: nobody knows what they mean."""
FAULTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class CsvFault:
    """One thing wrong with the file. Lines count from 1, the heading being the first."""

    line: int
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: found {self.found!r}, expected {self.expected}"


class CsvRefusedError(Exception):
    """The file holds faults, so nothing of it was taken."""

    def __init__(self, faults: list[CsvFault]) -> None:
        super().__init__("\n".join(map(str, faults[:FAULTS_SHOWN])))
        self.faults = faults


def read_agencies(data: bytes) -> list[AgencyEntry]:
    """Read agencies from the bytes of a CSV file with a heading.

    `parent`, `mail`, `mobile`, `fax` and `via` may be left out or empty. They then stay as they were.

    Raises:
        CsvRefusedError: naming every line that cannot be taken.

    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CsvRefusedError(
            [CsvFault(line, "text", repr(data[error.start : error.end]), "UTF-8")]
        ) from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    faults: list[CsvFault] = []
    entries: list[AgencyEntry] = []
    lines: dict[str, int] = {}
    try:
        columns = _columns(next(reader, []), faults)
        if faults:
            raise CsvRefusedError(faults)
        for fields in reader:
            if any(field.strip() for field in fields):
                entries += _entry(fields, columns, reader.line_num, lines, faults)
    except csv.Error as error:
        faults.append(CsvFault(reader.line_num, "line", str(error), "CSV"))
    if faults:
        raise CsvRefusedError(faults)
    return entries


def _columns(headings: list[str], faults: list[CsvFault]) -> dict[str, int]:
    folded = [fold(heading).strip() for heading in headings]
    columns = {
        name: folded.index(next(heading for heading in known if heading in folded))
        for name, known in HEADINGS.items()
        if any(heading in folded for heading in known)
    }
    found = shorten(", ".join(headings)) or "nothing"
    faults += [
        CsvFault(1, name, found, f"a column {name}") for name in ("code", "name") if name not in columns
    ]
    known = {heading for names in HEADINGS.values() for heading in names}
    for heading, plain in zip(headings, folded, strict=True):
        if not plain:
            continue  # spreadsheets write such columns
        if plain not in known:
            faults.append(CsvFault(1, "heading", shorten(heading), f"one of {', '.join(HEADINGS)}"))
        elif folded.index(plain) not in columns.values() or folded.count(plain) > 1:
            faults.append(CsvFault(1, "heading", shorten(heading), "each column once"))
    return columns


def _entry(
    fields: list[str], columns: dict[str, int], line: int, lines: dict[str, int], faults: list[CsvFault]
) -> Iterator[AgencyEntry]:
    values = {name: fields[at].strip() if at < len(fields) else "" for name, at in columns.items()}
    code = _code(values["code"], "code", line, faults)
    name = nfc(values["name"])
    if expected := name_fault(name):
        faults.append(CsvFault(line, "name", shorten(name), expected))
    parent: AgencyCode | Default | None = DEFAULT
    if values.get("parent"):
        parent = _code(values["parent"], "parent", line, faults)
    contacts: dict[str, Any] = {member: nfc(values[member]) for member in CONTACTS if values.get(member)}
    for member, value in contacts.items():
        if expected := CONTACTS[member](value):
            faults.append(CsvFault(line, member, shorten(value), expected))
    via: str | Default = values.get("via") or DEFAULT
    if isinstance(via, str) and (expected := relay_name_fault(via)):
        faults.append(CsvFault(line, "via", shorten(via), expected))
    if code is None:
        return
    if code in lines:
        faults.append(CsvFault(line, "code", code, f"each agency once; line {lines[code]} has it already"))
    lines[code] = line
    yield AgencyEntry(code, name, parent, via=via, **contacts)


def _code(text: str, column: str, line: int, faults: list[CsvFault]) -> AgencyCode | None:
    try:
        return canonical(text)
    except CodeUnreadable as error:
        faults.append(CsvFault(line, column, shorten(text), str(error)))
        return None
