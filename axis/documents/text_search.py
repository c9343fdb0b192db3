"""Finds documents by words of their subject and number, without regard to marks, the bar of đ, or case.

`chuyen doi so` finds documents with the three words anywhere, `"chuyen doi so"` those with the words side by
side. docs/decisions/documents-text-search.md says why each database has an index of its own kind.
"""

from sqlalchemy import ARRAY, ColumnElement, Text, and_, cast, column, func, select, table

from axis.database import Read
from axis.database.paging import Driver
from axis.documents.tables import documents
from axis.protocol.text_folding import words

_word_index = table("document_words", column("rowid"), column("document_words"))
"""SQLite's full-text index over `documents.searchable`. Triggers that the migration made keep it up to
date."""

Phrases = tuple[tuple[str, ...], ...]
"""What is searched: all of these phrases, each a run of words."""


def searchable(number: str, subject: str) -> str:
    """Return the text by which a document is found: the words of its number and subject."""
    return " ".join(words(f"{number} {subject}"))


def phrases(text: str) -> Phrases:
    """Return the phrases of a text: each part in quotation marks, and each other part without a space."""
    parts: list[str] = []
    for place, part in enumerate(text.split('"')):
        parts.extend([part] if place % 2 else part.split())
    return tuple(phrase for part in parts if (phrase := tuple(words(part))))


def holds(wanted: Phrases) -> ColumnElement[bool]:
    """Return the condition that a document has every phrase. No index is used for it."""
    padded = " " + documents.c.searchable + " "
    return and_(*(padded.contains(f" {' '.join(phrase)} ") for phrase in wanted))


def found_by_words(tx: Read, wanted: Phrases) -> Driver:
    """Return the driver of documents that may have every phrase, from the database's index of words."""
    if tx.dialect == "sqlite":
        match = " AND ".join(f'"{" ".join(phrase)}"' for phrase in wanted)
        row = _word_index.c.rowid
        return Driver(select(row).where(_word_index.c.document_words.op("MATCH")(match)), row)
    each = sorted({word for phrase in wanted for word in phrase})
    indexed = func.string_to_array(documents.c.searchable, " ", type_=ARRAY(Text))
    position = documents.c.position
    found = select(position).where(indexed.op("@>")(cast(each, ARRAY(Text))))
    return Driver(found, position, ordered=False)
