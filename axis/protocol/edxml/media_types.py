"""Tells the media type of a file, by its first bytes, or by its name where these say too little.

It uses no table of the machine, so that a file has the same type everywhere.
"""

from typing import Final

UNKNOWN: Final = "application/octet-stream"
ZIP: Final = "application/zip"
_OLE: Final = "application/x-ole-storage"

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_IN_ZIP: Final = {
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pptx": _OFFICE + "presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_IN_OLE: Final = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}
_FIRST_BYTES: Final = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
)
_BY_NAME: Final = {"txt": "text/plain", "csv": "text/csv", "xml": "text/xml", "html": "text/html"}


_WORD: Final = frozenset({_IN_ZIP["docx"], _IN_OLE["doc"]})
_SAID_OF_WORD: Final = frozenset({*_WORD, "application/doc", "application/docx", "application/vnd.ms-word"})
"""The declared types of Word files of both generations, which systems tell apart by the name alone."""


def extension(name: str) -> str:
    """Return the part after the last dot in lower case; `""` where there is none."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def seen_type(name: str, content: bytes) -> str | None:
    """Return the media type that the first bytes show; None where they show none."""
    media_type = next((known for start, known in _FIRST_BYTES if content.startswith(start)), None)
    if media_type == ZIP:
        return _IN_ZIP.get(extension(name), ZIP)
    return _IN_OLE.get(extension(name), _OLE) if media_type == _OLE else media_type


def media_type_of(name: str, content: bytes) -> str:
    """Return the media type of a file; `application/octet-stream` when it is unknown."""
    return seen_type(name, content) or _BY_NAME.get(extension(name), UNKNOWN)


def lies(declared: str, name: str, content: bytes) -> bool:
    """Tell whether a declared type differs from the one that the first bytes show."""
    seen = seen_type(name, content)
    said = declared.partition(";")[0].strip().lower()
    if seen is None or said in {"", UNKNOWN, seen}:
        return False
    if said == ZIP and seen in _IN_ZIP.values():
        return False
    return not (seen in _WORD and said in _SAID_OF_WORD)
