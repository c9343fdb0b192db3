"""`axis verify FILE.zip`: checks an evidence archive offline, and says what it took on the archive's word.

The checks are in `axis.evidence.checking`.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from axis.cli.common import RefusedError, show
from axis.cli.verify_material import read_material
from axis.cli.verify_receipt import read_keys
from axis.evidence.checking import ALTERED, HOLDS, UNSAID, Checked, NotAnArchive, check_evidence
from axis.evidence.evidence_of_many import Collection, check_collection, open_collection
from axis.judging.workers import Workers
from axis.protocol.refused_characters import printable
from signing.notes import VerifierKey
from signing.pages.formats import shown_time
from signing.verdict_report_texts import LABELS
from signing.verdict_sentences import Language

SUFFIX: Final = ".zip"
NAMED: Final = 20
"""The most findings that are put into words: an archive may have a hundred thousand parts too many."""
_CONTAINER_MARK: Final = b"mimetype"
"""The name of the first file of signed containers, which are ZIP archives of another kind."""
_OTHERS: Final = ("signature", "intermediates", "crl", "at", "receipt", "sender", "html")


def is_evidence(files: Sequence[Path], signature: Path | None) -> bool:
    """Tell whether the command is about an evidence archive, by the file's name. Raises `OSError`."""
    if len(files) != 1 or signature is not None or files[0].suffix.lower() != SUFFIX:
        return False
    with files[0].open("rb") as stream:
        return not stream.read(64)[30:].startswith(_CONTAINER_MARK)


def verify_evidence(args: argparse.Namespace) -> int:
    """Check the archive and print what came of it; return the exit status.

    Raises:
        RefusedError: when it is no evidence archive, or an option says what the archive says itself.

    """
    given = [name for name in _OTHERS if getattr(args, name)]
    if given:
        raise RefusedError(
            f"--{given[0]} does not go with an evidence archive, which holds all that is needed"
        )
    keys = read_keys(args.ledger_key) if args.ledger_key else []
    roots = read_material(args.trust, [], []).roots if args.trust else ()
    (file,) = args.files
    workers = Workers(1)
    try:
        with file.open("rb") as stream:
            collection = open_collection(stream)
            if collection is not None:
                return _verify_collection(args, collection, keys, roots, workers)
            checked = check_evidence(stream, keys, roots, workers)
    except NotAnArchive as reason:
        raise RefusedError(f"{file} is no evidence archive of an axis: {reason}") from None
    finally:
        workers.close()
    taken = _taken(checked, args.lang, has_keys=bool(keys), has_roots=bool(roots))
    show(args, _members(file, checked, taken, args.lang), _text(file, checked, taken, args.lang))
    return checked.status


def _verify_collection(
    args: argparse.Namespace,
    collection: Collection,
    keys: Sequence[VerifierKey],
    roots: Sequence[bytes],
    workers: Workers,
) -> int:
    """Check the evidence of many documents; tell how many hold, and of the others what is wrong."""
    language: Language = args.lang
    words, (file,) = _WORDS[language], args.files
    counts, wrong, taken = {HOLDS: 0, ALTERED: 0, UNSAID: 0}, [], dict[str, None]()
    for document, checked in check_collection(collection, keys, roots, workers):
        counts[checked.status] += 1
        taken.update(dict.fromkeys(_taken(checked, language, has_keys=bool(keys), has_roots=bool(roots))))
        wrong += [(document, finding) for finding in checked.findings]
    status = next((each for each in (ALTERED, UNSAID) if counts[each]), HOLDS)
    value = {
        "file": str(file),
        "result": _RESULTS[status],
        "documents": len(collection.documents),
        "results": {_RESULTS[each]: count for each, count in counts.items()},
        "findings": [{"document": document, **each.to_json(language)} for document, each in wrong],
        "taken_on_its_word": list(taken),
    }
    lines = [f"{printable(str(file))}: {words[_RESULTS[status]]}"]
    lines.append("  " + words["many"].format(all=len(collection.documents), hold=counts[HOLDS]))
    lines += _named(
        [f"{document} {finding.sentence(language)}".strip() for document, finding in wrong], words
    )
    if taken:
        lines += [f"  {words['taken']}", *(f"    - {each}" for each in taken)]
    show(args, value, "\n".join(lines))
    return status


def _taken(checked: Checked, language: Language, *, has_keys: bool, has_roots: bool) -> list[str]:
    """Return what the answer rests on that nothing but the archive, or the hub, says."""
    if checked.told is None:
        return []
    words = _WORDS[language]
    is_signed = any(each["chain"] for item in checked.told.verdicts["items"] for each in item["signatures"])
    taken = [] if has_keys else [words["key"]]
    taken += [words["roots"]] if is_signed and not has_roots else []
    return taken + [words["owner"].format(signer=printable(owner)) for owner in checked.owners]


def _members(file: Path, checked: Checked, taken: Sequence[str], language: Language) -> dict[str, Any]:
    told, proven = checked.told, checked.proven
    return {
        "file": str(file),
        "result": _RESULTS[checked.status],
        "document": None if told is None else told.statuses["document"],
        "accepted_at": None if told is None else told.statuses["accepted_at"],
        "indication": None if told is None else told.verdicts["items"][-1]["indication"],
        "ledger": None if proven is None else proven.ledger,
        "findings": [finding.to_json(language) for finding in checked.findings],
        "taken_on_its_word": list(taken),
    }


def _text(file: Path, checked: Checked, taken: Sequence[str], language: Language) -> str:
    words = _WORDS[language]
    lines = [f"{printable(str(file))}: {words[_RESULTS[checked.status]]}"]
    if checked.told is not None and checked.proven is not None:
        lines += _about(checked, language)
    lines += _named([finding.sentence(language) for finding in checked.findings], words)
    if taken:
        lines += [f"  {words['taken']}", *(f"    - {each}" for each in taken)]
    return "\n".join(lines)


def _named(sentences: Sequence[str], words: Mapping[str, str]) -> list[str]:
    """Return lines that name what was found, and how much more there is; `--json` has all of it."""
    lines = [f"  {each}" for each in sentences[:NAMED]]
    more = len(sentences) - NAMED
    return [*lines, "  " + words["more"].format(more=more)] if more > 0 else lines


def _about(checked: Checked, language: Language) -> list[str]:
    words, told, proven = _WORDS[language], checked.told, checked.proven
    assert told is not None
    assert proven is not None
    manifest, statuses = told.manifest, told.statuses
    newest = told.verdicts["items"][-1]
    members = {
        "sender": statuses["from"]["name"] or manifest.sender,
        "number": manifest.number,
        "to": ", ".join(manifest.to),
        "at": shown_time(statuses["accepted_at"], language),
        "position": str(statuses["position"]),
        "ledger": proven.ledger,
    }
    shown = {name: printable(text) for name, text in members.items()}
    found = LABELS[language][newest["indication"] or "NONE"]
    said = newest["vi"] if language == "vi" else newest
    lines = [words["sent"].format(**shown), words["signed"].format(found=found, sentence=said["sentence"])]
    if proven.leaves[statuses["position"]].get("clock") != "real":
        lines.append(words["moved"])
    return [f"  {printable(line)}" for line in lines]


_RESULTS: Final = {HOLDS: "holds", ALTERED: "altered", UNSAID: "unsaid"}
_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "holds": "everything in it holds",
        "altered": "it was altered, or contradicts itself",
        "unsaid": "it cannot be told whether everything holds",
        "sent": "{sender} sent {number} to {to}; accepted {at}, position {position} of the ledger {ledger}.",
        "signed": "Signatures: {found}. {sentence}",
        "moved": "A sandbox had moved the axis's clock: the times are not real.",
        "more": "… and {more} more findings, which --json names.",
        "many": "{hold} of {all} documents hold.",
        "taken": "Taken on its own word:",
        "key": "the ledger's key: whoever made the archive may have made it (--ledger-key)",
        "roots": "the root certificates: whoever made the archive may have made them (--trust)",
        "owner": "that the certificate of {signer} is this agency's: it was registered with the hub",
    },
    "vi": {
        "holds": "mọi thứ trong hồ sơ đều đúng",
        "altered": "hồ sơ đã bị thay đổi hoặc tự mâu thuẫn",
        "unsaid": "không kết luận được mọi thứ có đúng hay không",
        "sent": "{sender} gửi {number} đến {to}; tiếp nhận {at}, vị trí {position} trong sổ cái {ledger}.",
        "signed": "Chữ ký số: {found}. {sentence}",
        "moved": "Đồng hồ của trục đã bị môi trường thử nghiệm chỉnh: thời gian không phải thời gian thực.",
        "more": "… và {more} điểm khác, xem bằng --json.",
        "many": "{hold} trong {all} văn bản có hồ sơ đúng.",
        "taken": "Chỉ dựa vào chính hồ sơ:",
        "key": "khóa của sổ cái: người tạo hồ sơ có thể đã tạo ra khóa này (--ledger-key)",
        "roots": "các chứng thư số gốc: người tạo hồ sơ có thể đã tạo ra chúng (--trust)",
        "owner": "chứng thư số của {signer} là của cơ quan đó: do đăng ký với trục",
    },
}
