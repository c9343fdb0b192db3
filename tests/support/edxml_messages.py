"""Two messages as the real axis has them, with invented agencies, and ways to spoil them."""

import io
import zipfile
from base64 import b64encode
from pathlib import Path

from support import project

from axis.protocol.edxml import EdxmlInvalid, read

FOLDER: Path = project.ROOT / "tests/axis/protocol/edxml"
DOCUMENT = (FOLDER / "document.edxml").read_bytes()
STATUS = (FOLDER / "status.edxml").read_bytes()
PDF = b"%PDF-1.7\n%%EOF\n"


def edited(data, *changes):
    """The message with texts replaced, each of which has to be there."""
    for old, new in changes:
        assert old.encode() in data, old
        data = data.replace(old.encode(), new.encode() if isinstance(new, str) else new)
    return data


def with_file(name, content, declared="application/pdf"):
    """The document with another file."""
    return edited(
        DOCUMENT,
        ("217-SGD-VP.pdf", name),
        (b64encode(PDF).decode(), b64encode(content)),
        ("application/pdf", declared),
    )


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return packed.getvalue()


def warnings_of(data):
    return [(warning.code, warning.line, warning.element, warning.found) for warning in read(data).warnings]


def fault_of(data, *more):
    try:
        read(data, *more)
    except EdxmlInvalid as error:
        return error
    raise AssertionError("it was read")


def line_of(data, text):
    """The line, from 1, on which a text first stands."""
    return data[: data.index(text.encode())].count(b"\n") + 1
