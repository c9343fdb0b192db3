"""How signatures inside files are read and judged, for each kind of file.

Modules of a kind are loaded when the first such file comes, which saves time at a hub's start. Kinds are told
by `signing.file_kinds`.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from signing.content import Content
from signing.file_kinds import FileKind, cms_type
from signing.judging_context import JudgingContext
from signing.verdict import SignatureVerdict
from signing.verdict_vocabulary import STOPPED, Params
from signing.verify import CMS, judge_cms, unreadable

__all__ = ["FileFormat", "format_of", "judge_cms_file"]


class FileFormat(NamedTuple):
    """How a kind of file is read and judged."""

    read: Callable[..., Any]
    """Takes the file's bytes, and the policy where `takes_policy`; it and what it gives can be pickled."""
    takes_policy: bool
    abandoned: Any
    """The result for a file whose reading was stopped to protect the computer."""
    too_large: Callable[[Params], Any]
    """Returns the result for a file that is too large to be read, from its size `found` and the `limit`."""
    judge: Callable[..., tuple[SignatureVerdict, ...]]
    """Takes what was read, how to name the file, and the `JudgingContext`."""


def format_of(kind: FileKind) -> FileFormat:
    """Return the format of files of this kind. `FileKind.CMS` is for `judge_cms_file`."""
    if kind is FileKind.PDF:
        return _pdf()
    if kind is FileKind.XML:
        return _xml()
    from signing import unjudged_formats  # noqa: PLC0415 - see the module
    from signing.containers import findings, judging, messages, signed_archives  # noqa: PLC0415 - see the module

    read, takes_policy = {
        FileKind.ARCHIVE: (signed_archives.read_container, True),
        FileKind.MESSAGE: (messages.read_message, True),
        FileKind.OLE: (unjudged_formats.read_ole, False),
        FileKind.PGP: (unjudged_formats.read_pgp, False),
        FileKind.SSH: (unjudged_formats.read_ssh, False),
        FileKind.JWS: (unjudged_formats.read_jws, False),
        FileKind.JSON: (unjudged_formats.read_json, False),
    }[kind]
    name = _NAMES[kind]
    return FileFormat(
        read,
        takes_policy,
        findings.ContainerSignatures(name, problem=STOPPED),
        lambda sizes: findings.ContainerSignatures(name, problem=(("reason", "container-too-large"), *sizes)),
        judging.judge_container,
    )


_NAMES: Final = MappingProxyType(
    {
        FileKind.ARCHIVE: "ZIP",
        FileKind.MESSAGE: "S/MIME",
        FileKind.OLE: "OLE",
        FileKind.PGP: "OpenPGP",
        FileKind.SSH: "SSH",
        FileKind.JWS: "JWS",
        FileKind.JSON: "JWS",
    }
)
"""The names in verdicts of formats that could not be read."""


def _pdf() -> FileFormat:
    from signing.pades import PdfSignatures, judge_pdf, read_pdf  # noqa: PLC0415 - see the module
    from signing.pades.findings import ABANDONED  # noqa: PLC0415 - see the module

    def too_large(sizes: Params) -> PdfSignatures:
        return PdfSignatures(problem=(("reason", "pdf-too-large"), *sizes), is_undecided=True)

    return FileFormat(read_pdf, False, ABANDONED, too_large, judge_pdf)


def _xml() -> FileFormat:
    from signing.xmldsig.judging import judge_xml  # noqa: PLC0415 - see the module
    from signing.xmldsig.reading import (  # noqa: PLC0415 - see the module
        ABANDONED,
        XmlSignature,
        XmlSignatures,
        read_xml,
    )

    def too_large(sizes: Params) -> XmlSignatures:
        return XmlSignatures((XmlSignature(fault=(("reason", "too-large"), *sizes)),))

    return FileFormat(read_xml, True, ABANDONED, too_large, judge_xml)


def judge_cms_file(
    data: bytes,
    covers: str,
    context: JudgingContext,
    *,
    max_bytes: int,
) -> tuple[SignatureVerdict, ...]:
    """Judge a CMS that encloses its content.

    One with certificates alone, which nobody signed, gives no verdict.

    What has more than `max_bytes` is not read. `covers`: how to name the file.
    """
    question = context.question(Content(b""), covers)
    if len(data) > max_bytes:
        params = (("reason", "too-large"), ("found", str(len(data))), ("limit", str(max_bytes)))
        return (unreadable(question, CMS, "too-large", params, is_undecided=True),)
    kind = cms_type(data)
    if kind != "SignedData":  # encrypted mostly, and perhaps signed inside
        reason = "unjudged-encrypted" if "Enc" in kind or "Env" in kind else "unjudged-format"
        told = (("reason", reason), ("found", f"CMS {kind}"))
        return (unreadable(question, CMS, reason, told, is_undecided=True),)
    verdicts = judge_cms(question, data, is_encapsulated=True)
    return () if dict(verdicts[0].params).get("reason") == "no-signer" else verdicts
