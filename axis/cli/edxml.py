"""`axis edxml`: check and show messages in the real axis's format, and make one.

It needs no store and no hub, and judges no signature: `axis verify` does. A message that it makes has this
machine's time.
"""

import argparse
import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path

from axis.cli.common import CommandParser, RefusedError, add_json_option, show
from axis.protocol.document_types import DOCUMENT_TYPES
from axis.protocol.edxml import (
    VIET_NAM,
    Attachment,
    Business,
    Document,
    DocumentCode,
    EdxmlInvalid,
    Hop,
    OtherInfo,
    Party,
    Priority,
    Reading,
    ResponseFor,
    Status,
    kind_of,
    read,
    slug_of,
    write,
)
from axis.protocol.statuses import NAMES, NOTE_REQUIRED

FOUND_PROBLEMS = 1


def register(parser: CommandParser) -> None:
    """Describe the commands."""
    parser.description = __doc__
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    check = actions.add_parser("check", help="say whether messages can be read, and what is odd about them")
    check.add_argument("files", type=Path, nargs="+", metavar="FILE")
    check.set_defaults(run=run_check)
    shown = actions.add_parser("show", help="show what a message says")
    shown.add_argument("file", type=Path, metavar="FILE")
    shown.add_argument(
        "--extract", type=Path, metavar="DIR", help="write its files there; none is overwritten"
    )
    shown.set_defaults(run=run_show)
    new = actions.add_parser("new", help="make a document, or a status about one")
    new.add_argument("files", type=Path, nargs="*", metavar="FILE", help="what the document consists of")
    new.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the message goes")
    new.add_argument("--from", dest="sender", required=True, metavar="CODE", help="the sending agency")
    new.add_argument("--to", action="append", default=[], metavar="CODE", help="a recipient; may be repeated")
    new.add_argument("--number", metavar="NUMBER", help="as 217/SGD-VP")
    new.add_argument("--subject", default="", metavar="TEXT")
    types = sorted(slug for slug, kind in DOCUMENT_TYPES.items() if not kind.is_message)
    new.add_argument("--type", choices=types, default="cong-van", help="(default: cong-van)")
    new.add_argument("--on", type=_day, metavar="DAY", help="its date, as 2026-01-15 (default: today)")
    new.add_argument("--priority", type=int, choices=[int(known) for known in Priority], default=0)
    new.add_argument("--status", choices=list(NAMES), help="make a status in the place of a document")
    new.add_argument("--about", type=Path, metavar="FILE", help="the document that the status is about")
    new.add_argument("--note", default="", metavar="TEXT", help="what the status says besides")
    new.set_defaults(run=run_new)
    for action in (check, shown, new):
        add_json_option(action)


def run_check(args: argparse.Namespace) -> int:
    """Read each file. A file that cannot be read is a problem; a warning is none."""
    answers, lines, refused = [], [], False
    for file in args.files:
        try:
            reading = read(file.read_bytes())
        except EdxmlInvalid as error:
            refused = True
            lines.append(f"{file}: refused: {error.code}: {error}")
            fault = {name: getattr(error, name) for name in ("code", "line", "element", "found", "expected")}
            answers.append({"file": str(file), "readable": False, "fault": fault, "warnings": []})
            continue
        warnings = [dataclasses.asdict(warning) for warning in reading.warnings]
        answers.append({"file": str(file), "readable": True, "fault": None, "warnings": warnings})
        count = len(warnings)
        lines.append(f"{file}: {_named(reading)}, {count or 'no'} warning{'' if count == 1 else 's'}")
        lines.extend(
            f"  line {warning.line}, {warning.element or 'outside'}: {warning.code}: {warning.found}"
            for warning in reading.warnings
        )
    show(args, {"items": answers}, "\n".join(lines))
    return FOUND_PROBLEMS if refused else 0


def run_show(args: argparse.Namespace) -> int:
    """Show every field that is not empty."""
    reading = _read(args.file)
    fields = _plain(reading.message)
    value = {"kind": _named(reading).partition(" ")[0], "message": fields, "signature": reading.signed}
    if args.extract is not None and isinstance(reading.message, Document):
        args.extract.mkdir(parents=True, exist_ok=True)
        for attachment in reading.message.attachments:  # the names were checked when they were read
            with (args.extract / attachment.name).open("xb") as file:
                file.write(attachment.content)
    show(args, value, "\n".join([_named(reading), *_outline(fields, 1)]))
    return 0


def run_new(args: argparse.Namespace) -> int:
    """Make a message."""
    message = _new_status(args) if args.status else _new_document(args)
    try:
        data = write(message)
        read(data)  # refuse to make what we would refuse to read
    except EdxmlInvalid as error:
        raise RefusedError(str(error)) from None
    args.out.write_bytes(data)
    show(args, {"file": str(args.out), "bytes": len(data)}, "")
    return 0


def _new_document(args: argparse.Namespace) -> Document:
    if not (args.to and args.number and args.subject):
        raise RefusedError("a document has a recipient, a number and a subject: --to, --number, --subject")
    now = dt.datetime.now(dt.UTC).astimezone(VIET_NAM)
    day = args.on or now.date()
    number, _, notation = args.number.partition("/")
    return Document(
        sender=Party(args.sender),
        recipients=tuple(map(Party, args.to)),
        document_id=f"{args.sender},{day.year:04}/{day.month:02}/{day.day:02},{args.number}",
        code=DocumentCode(number, notation),
        promulgated_on=day,
        kind=kind_of(args.type),
        subject=args.subject,
        content=args.subject,
        other=OtherInfo(Priority(args.priority)),
        trace=(Hop(args.sender, now),),
        business=Business(reason="Văn bản điện tử mới"),
        attachments=tuple(
            Attachment(str(place), file.name, file.read_bytes(), file.name)
            for place, file in enumerate(args.files, start=1)
        ),
    )


def _new_status(args: argparse.Namespace) -> Status:
    if args.about is None or args.files:
        raise RefusedError("a status is about one document, and has no files: --about FILE")
    if args.status in NOTE_REQUIRED and not args.note:
        raise RefusedError(f"a status {args.status} says why: --note TEXT")
    document = _read(args.about).message
    if not isinstance(document, Document):
        raise RefusedError(f"{args.about} is itself a status")
    return Status(
        sender=Party(args.sender),
        about=ResponseFor(
            document.sender.organ_id, document.code.text, document.document_id, document.promulgated_on
        ),
        code=args.status,
        description=args.note or NAMES[args.status].vi,
        at=dt.datetime.now(dt.UTC),
    )


def _read(file: Path) -> Reading:
    try:
        return read(file.read_bytes())
    except EdxmlInvalid as error:
        raise RefusedError(f"{file}: {error}") from None


def _named(reading: Reading) -> str:
    message = reading.message
    if isinstance(message, Status):
        return f"status {message.code} from {message.sender.organ_id} about {message.about.document_id}"
    kind = slug_of(message.kind) or "of no known type"
    files = len(message.attachments)
    return f"document {message.document_id} ({kind}, {files} file{'' if files == 1 else 's'})"


def _plain(value: object) -> object:
    """Return a value of the message for JSON: files by size and digest, without empty fields."""
    if isinstance(value, bytes):
        return {"size": len(value), "sha256": hashlib.sha256(value).hexdigest()}
    if isinstance(value, IntEnum):
        return {"code": int(value), "name": value.name.lower().replace("_", " ")}
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        plain = {name: _plain(inner) for name, inner in fields.items()}
        return {name: inner for name, inner in plain.items() if inner not in (None, "", [], {})}
    return value


def _outline(value: object, level: int) -> Iterator[str]:
    indent = "  " * level
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, dict | list):
                yield f"{indent}{name}:"
                yield from _outline(inner, level + 1)
            else:
                yield f"{indent}{name}: {_one_line(inner)}"
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict):
                yield f"{indent}-"
                yield from _outline(item, level + 1)
            else:
                yield f"{indent}- {_one_line(item)}"


def _one_line(value: object) -> str:
    return "".join(character if character.isprintable() else " " for character in str(value))


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day, as 2026-01-15") from None
