"""The page of an evidence archive: what the other parts prove, in words, Vietnamese first and then English.

It is made from the manifest, `verdicts.json` and `statuses.json`. The words are in
`axis.evidence.page_texts`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from axis.evidence.page_texts import WORDS
from axis.protocol.document_types import DOCUMENT_TYPES
from axis.protocol.manifest import Manifest
from axis.protocol.statuses import NAMES
from signing.pages.formats import shown_day, shown_time
from signing.pages.standalone import (
    apart,
    escaped,
    facts_list,
    scrolling_table,
    standalone_page,
    verdict_badge,
)
from signing.verdict_report import article
from signing.verdict_report_texts import LABELS
from signing.verdict_sentences import Language

PAGE_VERSION: Final = 3
"""To be raised with whatever changes the page of the same parts. Pages of other versions are not compared."""
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")

Members = Mapping[str, Any]


def evidence_page(manifest: Manifest, verdicts: Members, statuses: Members) -> str:
    """Return the page. `verdicts` and `statuses` are the members of the parts of these names."""
    parts = ["<main>"]
    for language in LANGUAGES:
        parts.append(f'<div class="told" lang="{language}">')
        parts += _told(manifest, verdicts, statuses, language)
        parts.append("</div>")
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
    yield f"<h2>{words['document']}</h2>{facts_list(_facts(manifest, statuses, language))}"
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
    yield facts_list(
        [(words["id"], escaped(statuses["document"])), (words["position"], str(statuses["position"]))]
    )
    yield f"<p>{words['receipts']}</p>"


def _facts(manifest: Manifest, statuses: Members, language: Language) -> list[tuple[str, str]]:
    """Return what the document says of itself: names as text, values as HTML."""
    words = WORDS[language]
    names = {each["to"]: each["name"] for each in statuses["deliveries"]}
    kind = DOCUMENT_TYPES.get(manifest.type)
    facts = [
        (words["number"], apart(manifest.number)),
        (words["issued_on"], shown_day(manifest.issued_on, language)),
        (words["type"], escaped(manifest.type if kind is None else getattr(kind, language))),
        (words["subject"], apart(manifest.subject)),
        (words["action"], escaped(words[manifest.action])),
        (words["priority"], escaped(words[manifest.priority])),
        (words["from"], _agency(manifest.sender, statuses["from"]["name"])),
        *((words["to"], _agency(code, names.get(code))) for code in manifest.to),
        (words["accepted"], escaped(shown_time(statuses["accepted_at"], language))),
    ]
    if manifest.signer is not None:
        position = f" · {apart(manifest.signer.position)}" if manifest.signer.position else ""
        facts.append((words["signer"], f"{apart(manifest.signer.name)}{position}"))
    for cited in manifest.refers_to:
        day = shown_day(cited.issued_on, language)
        facts.append((words["refers_to"], f"{apart(cited.number)} · {day} · {escaped(cited.sender)}"))
    return facts


def _agency(code: str, name: str | None) -> str:
    return f"{apart(name)} ({escaped(code)})" if name else escaped(code)


def _files(manifest: Manifest, language: Language) -> str:
    words = WORDS[language]
    rows = [
        (apart(each.name), str(each.size), f"<code>{each.sha256}</code>") for each in manifest.attachments
    ]
    return scrolling_table(words["files"], (words["name"], words["bytes"], "SHA-256"), rows)


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
    heading = f"<h3>{words['recipient']}: {_agency(delivery['to'], delivery['name'])}</h3>"
    if not delivery["events"]:
        return f"{heading}<p>{words['nothing']}</p>"
    rows = [
        (
            escaped(shown_time(each["at"], language)),
            escaped(_status(each, language)),
            apart(each["by"]),
            apart(each["note"]),
        )
        for each in delivery["events"]
    ]
    headings = (words["time"], words["event"], words["by"], words["note"])
    return heading + scrolling_table(words["since"], headings, rows)


def _status(event: Members, language: Language) -> str:
    words = WORDS[language]
    name = NAMES.get(event["code"]) if event["kind"] == "status" else None
    shown = event["code"] if name is None else f"{event['code']} · {getattr(name, language)}"
    request = event.get("request")
    return f"{shown} ({words['request']} {words[f'request-{request}']})" if request else shown


_STYLE: Final = """
.told + .told { border-top: 2px solid var(--strong); margin-top: 3rem; padding-top: 1rem }
@media print { .told + .told { break-before: page; border: 0; margin: 0 } }
"""
