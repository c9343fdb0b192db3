"""A letter as the form of `/compose` has it, and the manifest that is made of it.

It checks no rule of manifests (`axis.protocol.manifest` does), so that what was typed comes back as it was. A
letter is read from its manifest again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any, Final, Self

from axis.protocol.agency_codes import canonical_or_none
from axis.protocol.text_normalisation import nfc
from axis.web.file_forms import FileForm

_SEPARATORS: Final = str.maketrans(",;\r\n\t", "     ")


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A file that the hub has already, by its digest."""

    name: str
    media_type: str
    size: int
    sha256: str

    @property
    def written(self) -> str:
        """The file as a field of the form holds it."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class LetterReference:
    """A document that a letter refers to, as it was typed."""

    sender: str
    number: str
    issued_on: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What someone has typed so far."""

    sender: str
    to: tuple[str, ...] = ()
    number: str = ""
    issued_on: str = ""
    type: str = "cong-van"
    subject: str = ""
    priority: str = "normal"
    action: str = "new"
    due_on: str = ""
    signer_name: str = ""
    signer_position: str = ""
    refers_to: tuple[LetterReference, ...] = ()
    files: tuple[LetterFile, ...] = ()

    @classmethod
    def from_form(cls, form: FileForm, sender: str) -> Self:
        """Return the letter of a form; `sender`: where the form names none."""
        files = _unique_files(_file_of(each) for each in form.values("file"))
        return cls(
            sender=_code(form.value("from") or sender),
            to=_unique(form.values("to") + form.value("codes").translate(_SEPARATORS).split()),
            number=form.value("number"),
            issued_on=form.value("issued_on"),
            type=form.value("type"),
            subject=form.value("subject"),
            priority=form.value("priority"),
            action=form.value("action"),
            due_on=form.value("due_on"),
            signer_name=form.value("signer_name"),
            signer_position=form.value("signer_position"),
            refers_to=_references(form),
            files=_main_first(files, form.value("main")),
        )

    @classmethod
    def from_members(cls, value: object) -> Self:
        """Return the letter whose manifest has these members; what no form of ours made is left out."""
        members = value if isinstance(value, dict) else {}
        signer = _mapping(members.get("signer"))
        references = [_mapping(each) for each in _items(members, "refers_to")]
        files = [_file_of(json.dumps(each)) for each in _items(members, "attachments")]
        return cls(
            sender=_text(members, "from"),
            to=tuple(str(each) for each in _items(members, "to")),
            number=_text(members, "number"),
            issued_on=_text(members, "issued_on"),
            type=_text(members, "type"),
            subject=_text(members, "subject"),
            priority=_text(members, "priority") or "normal",
            action=_text(members, "action") or "new",
            due_on=_text(members, "due_on"),
            signer_name=_text(signer, "name"),
            signer_position=_text(signer, "position"),
            refers_to=tuple(
                LetterReference(_text(each, "from"), _text(each, "number"), _text(each, "issued_on"))
                for each in references
            ),
            files=_unique_files(files),
        )

    def manifest(self) -> bytes:
        """Return the bytes of its manifest: these are signed, and sent as they are."""
        members: dict[str, Any] = {
            "from": self.sender,
            "to": list(self.to),
            "number": self.number,
            "issued_on": self.issued_on,
            "type": self.type,
            "subject": self.subject,
            "priority": self.priority,
            "action": self.action,
        }
        if self.refers_to:
            members["refers_to"] = [
                {"from": each.sender, "number": each.number, "issued_on": each.issued_on}
                for each in self.refers_to
            ]
        if self.signer_name or self.signer_position:
            members["signer"] = {"name": self.signer_name}
            if self.signer_position:
                members["signer"]["position"] = self.signer_position
        if self.due_on:
            members["due_on"] = self.due_on
        members["attachments"] = [asdict(each) for each in self.files]
        return nfc(json.dumps(members, ensure_ascii=False, indent=2)).encode(errors="replace") + b"\n"


def _references(form: FileForm) -> tuple[LetterReference, ...]:
    names = ("reference_from", "reference_number", "reference_issued_on")
    rows = zip_longest(*(_column(form, name) for name in names), fillvalue="")
    return tuple(
        LetterReference(_code(sender) if sender else _code(form.value("from")), number, day)
        for sender, number, day in rows
        if number or day
    )


def _column(form: FileForm, name: str) -> list[str]:
    """Return every value of a field, also the empty ones: the rows of a table stay together."""
    return [value.strip() for known, value in form.fields if known == name]


def _code(text: str) -> str:
    """Return a code in canonical form, or the text as it was typed where it is none."""
    return canonical_or_none(text) or text


def _unique(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_code(each) for each in codes))


def _file_of(text: str) -> LetterFile | None:
    try:
        found = _mapping(json.loads(text))
        name, media_type, size, sha256 = (found[key] for key in ("name", "media_type", "size", "sha256"))
    except (ValueError, KeyError, RecursionError):
        return None
    is_whole = isinstance(size, int) and all(isinstance(each, str) for each in (name, media_type, sha256))
    return LetterFile(name, media_type, size, sha256) if is_whole else None


def _unique_files(files: Iterable[LetterFile | None]) -> tuple[LetterFile, ...]:
    """Return the files, of several of one name the last."""
    return tuple({each.name: each for each in files if each is not None}.values())


def _main_first(files: tuple[LetterFile, ...], main: str) -> tuple[LetterFile, ...]:
    return tuple(sorted(files, key=lambda each: each.name != main))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""


def _items(members: Mapping[str, Any], name: str) -> Sequence[Any]:
    value = members.get(name)
    return value if isinstance(value, list) else ()
