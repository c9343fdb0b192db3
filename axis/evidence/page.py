"""The page of an evidence archive: what the other parts prove, in words, Vietnamese first and then English.

It is made from the manifest, `verdicts.json` and `statuses.json`. The words are in
`axis.evidence.page_texts`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from axis.evidence.page_texts import WORDS
from axis.protocol.document_types import DOCUMENT_TYPES
from axis.protocol.manifest import Manifest
from axis.protocol.statuses import NAMES
from signing.pages.formats import shown_day, shown_time
from signing.pages.standalone import escaped, standalone_page, verdict_badge
from signing.verdict_report import article, facts_table
from signing.verdict_report_texts import LABELS
from signing.verdict_sentences import Language

PAGE_VERSION: Final = 2
"""To be raised with whatever changes the page of the same parts. Pages of other versions are not compared."""
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")

Members = Mapping[str, Any]


def evidence_page(manifest: Manifest, verdicts: Members, statuses: Members) -> str:
    """Return the page. `verdicts` and `statuses` are the members of the parts of these names."""
    parts = []
    for language in LANGUAGES:
        parts.append(f'<main lang="{language}">')
        parts += _told(manifest, verdicts, statuses, language)
        parts.append("</main>")
    title = f"{manifest.number} · {WORDS['vi']['title']}"
    generator = _generator(PAGE_VERSION)
    return standalone_page(title, "\n".join(parts), "vi", style=_STYLE, generator=generator)


def is_of_this_version(page: bytes) -> bool:
    """Tell whether a page says that it was made as this module makes them."""
    return f'content="{_generator(PAGE_VERSION)}"'.encode() in page[:1024]


def _generator(version: int) -> str:
    return f"axis evidence page {version}"


def _told(manifest: Manifest, verdicts: Members, statuses: Members, language: Language) -> Iterable[str]:
    words = WORDS[language]
    yield f"<h1>{words['title']}</h1><p>{words['purpose']}</p>"
    yield f"<h2>{words['document']}</h2>{facts_table(_facts(manifest, statuses, language))}"
    yield f"<h2>{words['files']}</h2>{_files(manifest, language)}"
    yield f"<h2>{words['verdicts']}</h2>"
    for verdict in verdicts["items"]:
        yield _verdict(verdict, language)
    yield f"<h2>{words['since']}</h2>"
    if not statuses["complete"]:
        yield f"<p>{words['own']}</p>"
    for delivery in statuses["deliveries"]:
        yield _delivery(delivery, language)
    yield f"<h2>{words['proof']}</h2>"
    yield facts_table([(words["id"], statuses["document"]), (words["position"], str(statuses["position"]))])
    yield f"<p>{words['receipts']}</p>"


def _facts(manifest: Manifest, statuses: Members, language: Language) -> list[tuple[str, str]]:
    words = WORDS[language]
    names = {each["to"]: each["name"] for each in statuses["deliveries"]}
    kind = DOCUMENT_TYPES.get(manifest.type)
    facts = [
        (words["number"], manifest.number),
        (words["issued_on"], shown_day(manifest.issued_on, language)),
        (words["type"], manifest.type if kind is None else getattr(kind, language)),
        (words["subject"], manifest.subject),
        (words["action"], words[manifest.action]),
        (words["priority"], words[manifest.priority]),
        (words["from"], _agency(manifest.sender, statuses["from"]["name"])),
        *((words["to"], _agency(code, names.get(code))) for code in manifest.to),
        (words["accepted"], shown_time(statuses["accepted_at"], language)),
    ]
    if manifest.signer is not None:
        position = f" · {manifest.signer.position}" if manifest.signer.position else ""
        facts.append((words["signer"], f"{manifest.signer.name}{position}"))
    for cited in manifest.refers_to:
        day = shown_day(cited.issued_on, language)
        facts.append((words["refers_to"], f"{cited.number} · {day} · {cited.sender}"))
    return facts


def _agency(code: str, name: str | None) -> str:
    return f"{name} ({code})" if name else code


def _files(manifest: Manifest, language: Language) -> str:
    words = WORDS[language]
    rows = [(each.name, str(each.size), each.sha256) for each in manifest.attachments]
    return _grid((words["name"], words["bytes"], "SHA-256"), rows)


def _verdict(verdict: Members, language: Language) -> str:
    words, labels = WORDS[language], LABELS[language]
    said = verdict["vi"] if language == "vi" else verdict
    heading = words["later" if verdict["sequence"] else "at-acceptance"]
    found = verdict["indication"] or "NONE"
    badge = verdict_badge(found, labels[found])
    remedy = f"<p>{labels['remedy']}: {escaped(said['remedy'])}</p>" if said["remedy"] else ""
    signatures = [
        article(_in_local_time(each, language), labels, is_open=True) for each in said["signatures"]
    ]
    return "\n".join(
        [
            f"<section><h3>{heading}, {shown_time(verdict['at'], language)} {badge}</h3>",
            f"<p>{escaped(said['sentence'])}</p>{remedy}",
            *(signatures or [f"<p>{words['unsigned']}</p>"]),
            f"<p>{words['policy']}: {escaped(verdict['policy'])}</p></section>",
        ]
    )


def _in_local_time(signature: Members, language: Language) -> Members:
    """Return a signature's verdict with Viet Nam's times; the receipt proves that of acceptance."""

    def told(value: Any) -> Any:
        if isinstance(value, str):
            return shown_time(value, language)
        if isinstance(value, Mapping):
            return {name: told(each) for name, each in value.items()}
        return [told(each) for each in value] if isinstance(value, list) else value

    shown: Members = told(signature)
    source = signature["time_source"]
    return {**shown, "time_source": "receipt" if source == "acceptance" else source}


def _delivery(delivery: Members, language: Language) -> str:
    words = WORDS[language]
    heading = f"<h3>{words['recipient']}: {escaped(_agency(delivery['to'], delivery['name']))}</h3>"
    if not delivery["events"]:
        return f"{heading}<p>{words['nothing']}</p>"
    rows = [
        (shown_time(each["at"], language), _status(each, language), each["by"] or "", each["note"] or "")
        for each in delivery["events"]
    ]
    return heading + _grid((words["time"], words["event"], words["by"], words["note"]), rows)


def _status(event: Members, language: Language) -> str:
    words = WORDS[language]
    name = NAMES.get(event["code"]) if event["kind"] == "status" else None
    shown = event["code"] if name is None else f"{event['code']} · {getattr(name, language)}"
    request = event.get("request")
    return f"{shown} ({words['request']} {words[f'request-{request}']})" if request else shown


def _grid(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    heads = "".join(f"<th>{escaped(each)}" for each in headings)
    lines = "".join(f"<tr>{''.join(f'<td>{escaped(each)}' for each in row)}</tr>" for row in rows)
    return f"<table><tr>{heads}</tr>{lines}</table>"


_STYLE: Final = """
main + main { border-top: 2px solid var(--strong) }
@media print { main + main { break-before: page; border: 0 } }
"""
